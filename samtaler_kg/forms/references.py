"""References (RIS, BibTeX, CSL-JSON) → the bibliography of a card, and nothing else: a reference knows no result.

What a reference says and the card has no certain place for is left out and told, never guessed. The address is left
out always: a card's address is the page that somebody read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from samtaler_kg.cards import Card, Data
from samtaler_kg.cards.read import MAX_PROBLEMS, Path_, Place
from samtaler_kg.forms import bibtex, ris
from samtaler_kg.forms.jsontext import Node
from samtaler_kg.forms.raw import MAX_CARDS, too_much
from samtaler_kg.forms.reference import Reference, Said
from samtaler_kg.problems import Problem, Refused, Severity, Where

SUFFIXES = (".ris", ".bib")

#: Bytes of a file of references.
MAX_REFERENCES = 5_000_000

#: The types of publication that mean the same for certain, by what each form calls them.
TYPES = {
    word: code
    for code, words in {
        "journal-article": "JOUR EJOUR article article-journal",
        "book-chapter": "CHAP incollection chapter",
        "thesis": "THES phdthesis mastersthesis thesis",
    }.items()
    for word in words.split()
}

#: The types that are reports, working papers or something else: what the reference calls the work decides.
_WIDE = frozenset({"RPRT", "UNPB", "GEN", "techreport", "report", "unpublished", "misc", "article"})
_PAPER = re.compile(r"(working|discussion) papers?|arbejdspapir(er)?", re.IGNORECASE)

#: Languages by the words that references use, of those that the card knows.
LANGUAGES = {
    word: code
    for code, words in {
        "da": "da dan danish dansk",
        "en": "en eng english engelsk",
        "de": "de deu ger german deutsch ngerman tysk",
        "fr": "fr fra fre french français fransk",
        "sv": "sv swe swedish svenska svensk",
        "no": "no nb nn nor nob nno norwegian norsk",
        "nl": "nl nld dut dutch nederlands nederlandsk",
        "fi": "fi fin finnish suomi finsk",
    }.items()
    for word in words.split()
}

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")

#: The types of CSL by which a JSON file is known to hold references.
_CSL_TYPES = frozenset(
    [
        "article",
        "article-journal",
        "article-magazine",
        "article-newspaper",
        "book",
        "chapter",
        "dataset",
        "document",
        "manuscript",
        "paper-conference",
        "post-weblog",
        "report",
        "review",
        "software",
        "speech",
        "thesis",
        "webpage",
    ]
)


def cards_in(text: str, suffix: str, shown: str) -> tuple[list[Card], list[Problem]]:
    """One card for each reference in RIS or BibTeX text."""
    found, problems = (ris.parse if suffix == ".ris" else bibtex.parse)(text, shown)
    return _cards(found, shown, problems)


def is_csl(tree: Node) -> bool:
    """Whether a JSON document is a list of CSL items: each says a type of CSL, none says what only cards say."""
    nodes = tree.value if isinstance(tree.value, list) else [tree]
    own = {"verification", "results", "country", "members"}
    return bool(nodes) and all(
        isinstance(node.value, dict) and node.text("type") in _CSL_TYPES and not own & set(node.value) for node in nodes
    )


def cards_in_csl(tree: Node, shown: str) -> tuple[list[Card], list[Problem]]:
    """One card for each item of CSL-JSON."""
    nodes = tree.value if isinstance(tree.value, list) else [tree]
    if len(nodes) > MAX_CARDS:
        raise Refused(too_much(Where(shown), "cards", MAX_CARDS))
    return _cards([of_csl(node) for node in nodes], shown, [])


def _cards(found: list[Reference], shown: str, problems: list[Problem]) -> tuple[list[Card], list[Problem]]:
    cards = []
    for reference in found:
        writing = _Writing(shown)
        writing.write(reference)
        cards.append(Card("study", writing.data, writing.places, shown))
        problems = [*problems, *writing.problems][:MAX_PROBLEMS]
    if not cards and not problems:
        problems = [Problem("nothing-filled", Where(shown))]
    return cards, problems


@dataclass
class _Writing:
    """One card's bibliography, key by key."""

    shown: str
    data: Data = field(default_factory=dict)
    places: dict[Path_, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def write(self, reference: Reference) -> None:
        """Fill in what the reference says for certain."""
        self.places[()] = reference.place
        self._put("title", reference.get("title"))
        for name in reference.authors:
            self.data.setdefault("authors", []).append(name.text)
            self.places.setdefault(("authors",), name.place)
            self.places["authors", len(self.data["authors"]) - 1] = name.place
        self._matched("year", reference.get("year"), lambda text: _first(_YEAR, text))
        self._put("venue", _venue(reference))
        self._matched("publication_type", reference.get("type"), lambda text: _type(text, reference))
        self._matched("doi", reference.get("doi"), lambda text: _first(_DOI, text))
        self._matched("language", reference.get("language"), lambda text: LANGUAGES.get(_bare_language(text), ""))
        for said in reference.left:
            self._tell("authors", said)

    def _put(self, key: str, said: Said | None) -> None:
        if said is not None and said.text:
            self.data[key] = said.text
            self.places[key,] = said.place

    def _matched(self, key: str, said: Said | None, read: Callable[[str], str]) -> None:
        if said is None:
            return
        if word := read(said.text):
            self._put(key, Said(word, said.place))
        else:
            self._tell(key, said)

    def _tell(self, key: str, said: Said) -> None:
        facts = {"key": key, "value": said.text[:80]}
        self.problems.append(Problem("left-out", Where(self.shown, *said.place, key), facts, Severity.INFORMS))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].rstrip(".,;") if found else ""


def _type(text: str, reference: Reference) -> str:
    """The publication type that a reference's own certainly means; a work called a working paper is one."""
    if text in _WIDE and _PAPER.search(f"{reference.text('genre')} {reference.text('series')}"):
        return "working-paper"
    return TYPES.get(text, "")


def _bare_language(text: str) -> str:
    return re.split("[-_;, ]", text.strip().casefold())[0]


def _venue(reference: Reference) -> Said | None:
    """Journal with volume, issue and pages; else the publisher and its series."""
    if (container := reference.get("container")) is not None:
        issue = f"({reference.text('issue')})" if reference.text("issue") else ""
        parts = " ".join(filter(None, (container.text, reference.text("volume"), issue)))
        pages = re.sub("-{2,}|\N{EN DASH}", "-", reference.text("pages"))
        return Said(", ".join(filter(None, (parts, pages))), container.place)
    series = " ".join(filter(None, (reference.text("series"), reference.text("number"))))
    text = ", ".join(filter(None, (reference.text("publisher"), series)))
    first = reference.get("publisher") or reference.get("series") or reference.get("number")
    return Said(text, first.place) if first is not None else None


#: The fields of CSL by what they mean.
_CSL_FIELDS = {
    "container-title": "container",
    "page": "pages",
    "collection-title": "series",
    "DOI": "doi",
    "URL": "url",
    **{name: name for name in ("type", "title", "volume", "issue", "publisher", "number", "language", "genre")},
}


def of_csl(node: Node) -> Reference:
    """The reference in one item of CSL-JSON."""
    reference = Reference(node.place)
    for name, meaning in _CSL_FIELDS.items():
        for item in _under(node, name):
            if isinstance(item.value, str):
                reference.add(meaning, item.value, item.place)
    if (issued := node.get("issued")) is not None:
        text = " ".join(_strings(issued))
        reference.add("year", text, issued.place)
    for author in _under(node, "author"):
        if name := _csl_name(author):
            reference.authors.append(Said(name, author.place))
        else:
            reference.left.append(Said("author", author.place))
    return reference


def _under(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return found.items() if found is not None else []


def _strings(node: Node) -> list[str]:
    if isinstance(node.value, dict):
        return [text for inner in node.value.values() for text in _strings(inner)]
    if isinstance(node.value, list):
        return [text for inner in node.value for text in _strings(inner)]
    return [node.value] if node.value else []


def _csl_name(author: Node) -> str:
    """A name of CSL as family name, given names; an institution's as it is."""
    parts = (("non-dropping-particle", "family", "suffix"), ("given", "dropping-particle"))
    names = (" ".join(filter(None, map(author.text, part))) for part in parts)
    return author.text("literal") or ", ".join(filter(None, names))
