"""What is compared: a record of another base, and a study of this one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from samtaler_kg.ask import ask
from samtaler_kg.cards.read import CONTROL
from samtaler_kg.forms.references import LANGUAGES
from samtaler_kg.graph import Graph
from samtaler_kg.matching.names import Person, person
from samtaler_kg.matching.settings import Settings
from samtaler_kg.matching.titles import Title, title
from samtaler_kg.problems import Where

#: Characters of a text, and authors of a record, that are looked at.
LONGEST = 1_000
MOST_AUTHORS = 100

#: What an IRI may not hold as it is.
_UNSAFE = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f-\xa0]')
_SCHEME = re.compile(r"(?:https?://[^/\s]+/|urn:[a-z0-9][a-z0-9-]+:)\S", re.IGNORECASE)
_DOI = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|(?:urn:|info:)?doi[:/]?\s*)?(10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+)", re.IGNORECASE
)

#: The marks of a sentence that may stand behind a DOI, and the brackets that may close around one.
ENDS = frozenset(".,;:'\"”’")
_OPENS = {")": "(", "]": "[", ">": "<"}

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_MARKS = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean(text: str, limit: int = LONGEST) -> str:
    """A text on one line without tags, entities or marks that nobody sees, cut at *limit*.

    >>> clean("Jobs &amp; <i>meetings</i>\\n again")
    'Jobs & meetings again'
    """
    plain = _TAG.sub("", html.unescape(text[: 4 * limit]))
    return " ".join(_MARKS.sub("", CONTROL.sub(" ", plain)).split())[:limit]


def doi(text: str) -> str:
    """The DOI in a text, in small letters, without an address before it or a mark behind it; empty where none is.

    >>> doi("https://dx.doi.org/10.1111/SJOE.12180."), doi("doi: 10.1111/sjoe.12180"), doi("sjoe.12180")
    ('10.1111/sjoe.12180', '10.1111/sjoe.12180', '')
    """
    found = _DOI.match(unquote(clean(text)))
    bare = found[1].casefold() if found and "\ufffd" not in found[1] else ""
    while bare and (bare[-1] in ENDS or bare.count(bare[-1]) > bare.count(_OPENS.get(bare[-1], bare[-1]))):
        bare = bare[:-1]
    return bare


def doi_iri(bare: str) -> str:
    """The IRI of a DOI; what an IRI cannot hold is written with percent signs.

    >>> doi_iri("10.1002/(sici)1099<1::aid>3.0.co;2-j")
    'https://doi.org/10.1002/(sici)1099%3C1::aid%3E3.0.co;2-j'
    """
    return "https://doi.org/" + quote(bare, safe="/:;().,_-+@!$&'*=~")


def iri(text: str) -> str:
    """*text* where it is an IRI that another base can be linked by, else nothing.

    >>> iri("https://openalex.org/W1"), iri("W1"), iri("https://example.org/a b"), iri("javascript:alert(1)")
    ('https://openalex.org/W1', '', '', '')
    """
    bare = text.strip()
    usable = len(bare) <= LONGEST and _SCHEME.match(bare) and not _UNSAFE.search(bare)
    return bare if usable and CONTROL.search(bare) is None else ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of another base as far as it was read. An empty field is unknown.

    ``country`` is that of the study, ``affiliations`` those where its authors work.
    """

    where: Where
    id: str = ""
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    country: str = ""
    affiliations: frozenset[str] = field(default=frozenset())
    language: str = ""

    @property
    def object(self) -> str:
        """The IRI that a link leads to: the record's own in its base, else its DOI's; empty where it has neither."""
        return self.id or (doi_iri(self.doi) if self.doi else "")

    @property
    def label(self) -> str:
        """Its title; empty where it has none."""
        return self.titles[0] if self.titles else ""


@dataclass(frozen=True)
class Study:
    """One study here, ready to be compared."""

    id: str
    label: str
    title: Title | None
    authors: tuple[Person, ...]
    incomplete: bool
    printed: str
    year: int | None
    country: str
    language: str
    doi: str
    related: str


def studies(graph: Graph, settings: Settings) -> list[Study]:
    """Every study of the base, those without results and those retracted too."""
    return [study(row, settings) for row in ask(graph, "studies-to-match", "coded").records()]


def study(row: Mapping[str, object], settings: Settings) -> Study:
    """A study from its cells: study, title, authors, year, country, language, doi, related_doi."""
    said = {name: str(value) for name, value in row.items() if value is not None}
    printed = said.get("authors", "")
    return Study(
        said["study"],
        said.get("title", ""),
        title(said.get("title", ""), settings),
        tuple(people(printed.split("; "), settings)),
        settings.unread.search(printed) is not None,
        printed,
        int(said["year"]) if "year" in said else None,
        said.get("country", ""),
        LANGUAGES.get(said.get("language", "").casefold(), ""),
        doi(said.get("doi", "")),
        doi(said.get("related_doi", "")),
    )


def people(names: Iterable[str], settings: Settings) -> list[Person]:
    """Names in the parts that are compared; a name without a letter is none."""
    return [made for name in names if (made := person(name, settings.particles)).family]
