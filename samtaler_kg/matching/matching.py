"""All records against all studies, at a cost that grows with the records alone: words and names find what to compare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from samtaler_kg.matching.names import Person
from samtaler_kg.matching.records import Record, Study
from samtaler_kg.matching.scoring import Prepared, Reason, Version, Weighed, prepared, weigh
from samtaler_kg.matching.settings import Settings
from samtaler_kg.matching.titles import Title
from samtaler_kg.words import Language

Group = Literal["accepted", "review", "no-match"]
GROUPS: tuple[Group, ...] = ("accepted", "review", "no-match")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One foreign record and what came of it.

    ``ours`` is the study that fits best, also where nothing matches; None where no study came into question.
    ``version`` says whether the record is of the version coded here (``same``) or of another one of the work.
    """

    record: Record
    group: Group
    ours: Study | None = None
    score: float = 0.0
    version: Version | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def study(self) -> str | None:
        """The id of the study that fits best."""
        return self.ours.id if self.ours else None

    def told(self, lang: Language) -> list[str]:
        """The reasons in words."""
        return [reason.told(lang) for reason in self.reasons]

    def as_record(self, lang: Language) -> dict[str, Any]:
        """The candidate as a plain record, reasons in *lang*."""
        theirs = self.record
        return {
            "group": self.group,
            "study": self.study,
            "study_title": self.ours.label if self.ours else None,
            "version": self.version,
            "score": self.score,
            "reasons": self.told(lang),
            "object": theirs.object or None,
            "title": theirs.label or None,
            "authors": list(theirs.authors),
            "year": theirs.year,
            "doi": theirs.doi or None,
            "where": str(theirs.where),
        }


class Index:
    """The studies by DOI, by words of their titles and by family names of their authors."""

    def __init__(self, studies: Sequence[Study], settings: Settings) -> None:
        """Index *studies*."""
        self.studies = studies
        self.settings = settings
        self.by_doi: dict[str, list[int]] = defaultdict(list)
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for number, study in enumerate(studies):
            for doi in {study.doi, study.related} - {""}:
                self.by_doi[doi].append(number)
            years = [study.year] if study.year else []
            for word in _words([study.title] if study.title else [], study.authors, years):
                self.by_word[word].append(number)
        most = max(settings.limit("block", "common") * len(studies), 10)
        self.common = {word for word, found in self.by_word.items() if len(found) > most}

    def near(self, theirs: Prepared) -> list[Study]:
        """The studies that a record may be: those of its DOI, and those with which it shares most rare words."""
        weights: Counter[int] = Counter()
        year = theirs.record.year
        years = [year - 1, year, year + 1] if year else []
        for word in _words(theirs.titles, theirs.authors, years) - self.common:
            found = self.by_word.get(word, ())
            for number in found:
                weights[number] += 1 + len(self.studies) // (8 * len(found))
        most = int(self.settings.limit("block", "studies"))
        named = self.by_doi.get(theirs.record.doi, []) if theirs.record.doi else []
        ranked = sorted(weights, key=lambda number: (-weights[number], number))[:most]
        return [self.studies[number] for number in dict.fromkeys([*named, *ranked])]


def _words(titles: Iterable[Title], people: Iterable[Person], years: Iterable[int]) -> set[str]:
    """The words by which a record is looked up: of titles, of names, and each name with each year."""
    words = {word for title in titles for word in (*title.content, *title.numbers)}
    names = {f"@{word}" for each in people for word in each.words if len(word) > 1}
    return words | names | {f"{name} {year}" for name in names for year in years}


def match(records: Iterable[Record], studies: Sequence[Study], settings: Settings) -> list[Candidate]:
    """What becomes of each record, in the order of *records*."""
    index = Index(studies, settings)
    return settle([judged(record, index, settings) for record in records])


def judged(record: Record, index: Index, settings: Settings) -> Candidate:
    """What becomes of one record by itself."""
    theirs = prepared(record, settings)
    weighed = [weigh(theirs, study, settings) for study in index.near(theirs)]
    weighed = [each for each in weighed if each.named or each.score >= settings.limit("decide", "near")]
    weighed.sort(key=lambda each: (-each.score, not each.named, each.study.id))
    if not weighed:
        name = "nothing-near" if theirs.titles or theirs.authors or record.doi else "nothing-said"
        return Candidate(record, "no-match", reasons=(Reason(name),))
    best, *rest = weighed
    rivals = [each for each in rest if best.score - each.score < settings.limit("decide", "margin")]
    group, reason = _group(best, rivals, bool(record.object), settings)
    told = (*best.reasons, *([reason] if reason else []))
    version = None if group == "no-match" else best.version
    return Candidate(record, group, best.study, best.score, version, told)


def _group(best: Weighed, rivals: Sequence[Weighed], named: bool, settings: Settings) -> tuple[Group, Reason | None]:
    """What a score comes to, and what is to be told of it; *named* says that a link has somewhere to lead."""
    accept, review = settings.limit("decide", "accept"), settings.limit("decide", "review")
    if best.score < accept:
        known = best.named or best.score >= review
        limit = accept if known else review
        facts = {"similarity": f"{best.score:.2f} < {limit:.2f}"}
        return ("review", Reason("below-accept", facts)) if known else ("no-match", Reason("below-review", facts))
    if rivals:
        return "review", Reason("rivals", {"studies": ", ".join(rival.study.id for rival in rivals)})
    return "accepted", None if named else Reason("no-object")


def settle(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Several accepted records that claim one study: equals go to a person, and of one version the best stays.

    Records of other versions of the work may stay beside it, unless they fit equally well.
    """
    claims: dict[str | None, _Claims] = defaultdict(_Claims)
    for each in candidates:
        if each.group == "accepted":
            claims[each.study].add(each)
    return [claims[each.study].beside(each) if each.group == "accepted" else each for each in candidates]


@dataclass
class _Claims:
    """The records that claim one study: two of each score, and the best of the version that is coded here."""

    by_score: dict[float, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    best: Candidate | None = None

    def add(self, each: Candidate) -> None:
        """Take one more record in."""
        if len(self.by_score[each.score]) < 2:
            self.by_score[each.score].append(each)
        if each.version == "same" and (self.best is None or each.score > self.best.score):
            self.best = each

    def beside(self, each: Candidate) -> Candidate:
        """What becomes of a record beside the others."""
        equal = next((other for other in self.by_score[each.score] if other is not each), None)
        better = (
            self.best if self.best is not None and each.version == "same" and self.best.score > each.score else None
        )
        other = equal or better
        if other is None:
            return each
        name = "claimed-as-well" if equal else "claimed-better"
        reason = Reason(name, {"other": other.record.where})
        return replace(each, group="review", reasons=(*each.reasons, reason))
