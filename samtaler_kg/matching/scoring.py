"""One record against one study: what agrees, what it is worth, and whether both are one version of the work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from samtaler_kg.matching.names import Person, shared
from samtaler_kg.matching.records import Record, Study, people
from samtaler_kg.matching.settings import Settings
from samtaler_kg.matching.titles import Title, compared, title
from samtaler_kg.words import Language, say

#: Whether a record is of the version that is coded here, or of another version of the same work.
Version = Literal["same", "other"]

_UNLIKE = frozenset({"unlike", "unlike-untranslated"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against: ``link.reasons.<name>`` in the texts, filled with *facts*; its points."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)
    points: float = 0.0

    def told(self, lang: Language) -> str:
        """The reason in words, with its points where it has any."""
        said = {name: fact if name != "similarity" else _number(fact, lang) for name, fact in self.facts.items()}
        text = say(f"link.reasons.{self.name}", lang, **said) if said else say(f"link.reasons.{self.name}", lang)
        return f"{text} ({_number(f'{self.points:+.2f}', lang)})" if self.points else text


def _number(value: object, lang: Language) -> str:
    return str(value).replace(".", ",") if lang == "da" else str(value)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record with its titles and authors in the form in which they are compared."""

    record: Record
    titles: tuple[Title, ...]
    authors: tuple[Person, ...]


def prepared(record: Record, settings: Settings) -> Prepared:
    """Make *record* ready to be compared with many studies."""
    titles = tuple(made for text in record.titles if (made := title(text, settings)) is not None)
    return Prepared(record, titles, tuple(people(record.authors, settings)))


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a record fits a study: the score from 0 to 1, the version, and the reasons.

    ``named`` says that a DOI of the study is the record's: such a pair is never dropped in silence.
    """

    study: Study
    score: float
    version: Version
    named: bool
    reasons: tuple[Reason, ...]


def weigh(theirs: Prepared, study: Study, settings: Settings) -> Weighed:
    """Hold one record against one study."""
    record = theirs.record
    level, similarity = _title(theirs, study, settings)
    kind = _doi(record, study)
    reasons = [
        *_of_doi(kind, level, record, study, settings),
        *_of_title(level, similarity, settings),
        *_of_authors(theirs.authors, study, settings),
        *_of_year(record, study, settings),
        *_of_country(record, study, settings),
    ]
    score = round(min(1.0, max(0.0, sum(reason.points for reason in reasons))), 4)
    return Weighed(study, score, _version(kind, record, study), kind in ("same", "related"), tuple(reasons))


def _doi(record: Record, study: Study) -> str:
    """How the DOIs stand to each other: same, related, other, unknown."""
    if not record.doi:
        return "unknown"
    if record.doi == study.doi:
        return "same"
    if record.doi == study.related:
        return "related"
    return "other" if study.doi or study.related else "unknown"


def _version(kind: str, record: Record, study: Study) -> Version:
    """The same version where its DOI says so; without a DOI that speaks, where the year is the same."""
    if kind == "unknown":
        return "same" if record.year is not None and record.year == study.year else "other"
    return "same" if kind == "same" else "other"


def _of_doi(kind: str, level: str, record: Record, study: Study, settings: Settings) -> Iterator[Reason]:
    if kind == "unknown":
        return
    name = f"{kind}-title-unlike" if kind != "other" and level in _UNLIKE else kind
    facts = {"doi": record.doi} if kind != "other" else {"doi": record.doi, "ours": study.doi or study.related}
    yield Reason(f"doi-{name}", facts, settings.points("doi", name))


def _title(theirs: Prepared, study: Study, settings: Settings) -> tuple[str, float]:
    """The level of the title that fits best."""
    if study.title is None or not theirs.titles:
        return "unknown", 0.0
    found = [compared(study.title, each, settings) for each in theirs.titles]
    level, similarity = max(found, key=lambda each: (settings.points("title", each[0]), each[1]))
    both = {theirs.record.language, study.language}
    if level == "unlike" and len(both) == 1 and both <= set(settings.matching["title"]["untranslated"]):
        level = "unlike-untranslated"
    return level, similarity


def _of_title(level: str, similarity: float, settings: Settings) -> Iterator[Reason]:
    if level == "unknown":
        yield Reason("title-unknown")
    else:
        yield Reason(f"title-{level}", {"similarity": f"{similarity:.2f}"}, settings.points("title", level))


def _of_authors(theirs: Sequence[Person], study: Study, settings: Settings) -> Iterator[Reason]:
    if not theirs or not study.authors:
        yield Reason("authors-unknown")
        return
    found = shared(study.authors, theirs, study.incomplete, settings)
    facts = {"found": found.found, "ours": found.ours, "theirs": found.theirs}
    yield Reason(f"authors-{found.level}", facts, settings.points("authors", found.level))


def _of_year(record: Record, study: Study, settings: Settings) -> Iterator[Reason]:
    if record.year is None or study.year is None:
        yield Reason("year-unknown")
        return
    apart = abs(record.year - study.year)
    limits = ((0, "same"), *((settings.limit("year", name), name) for name in ("near", "version", "far")))
    level = next((name for limit, name in limits if apart <= limit), "farther")
    facts = {"ours": study.year, "theirs": record.year}
    yield Reason(f"year-{level}", facts, settings.points("year", level))


def _of_country(record: Record, study: Study, settings: Settings) -> Iterator[Reason]:
    if record.country and study.country:
        level = "same" if record.country == study.country else "other"
        facts = {"ours": study.country, "theirs": record.country}
        yield Reason(f"country-{level}", facts, settings.points("country", level))
    elif study.country in record.affiliations:
        yield Reason("country-affiliation", {"ours": study.country}, settings.points("country", "affiliation"))
