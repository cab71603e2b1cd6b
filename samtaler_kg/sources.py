"""All sources of a base, read and held against each other: cards, trials, codings, claims, mappings, foreign results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from samtaler_kg import claims, links, margins, reconstruct
from samtaler_kg.cards import Card, Data, Grammar, check, read
from samtaler_kg.cards.rdf import many_to_triples, names
from samtaler_kg.cards.read import Path_
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.links import Foreign, LinkSet, foreign
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.terms import id_iri

Triples = list[ox.Triple]

#: Which kinds of card each layer is made of.
KINDS = {"coded": ("study", "trial", "coding", "judgement"), "reconstructed": ("slot", "record"), "memo": ("claim", "reading")}


@dataclass
class Sources:
    """The cards of a base by kind, what is said of how they came to be, and every problem found.

    ``unread`` names the kinds of which not all could be read.
    """

    base: Base
    grammar: Grammar
    cards: dict[str, list[Card]] = field(default_factory=dict)
    activities: Triples = field(default_factory=list)
    links: list[LinkSet] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def triples(self, *kinds: str) -> Triples:
        """The triples of all cards of the *kinds*."""
        return [
            triple
            for kind in kinds
            for triple in many_to_triples((card.data for card in self.cards[kind]), kind, self.grammar)
        ]


def read_all(base: Base, told: Callable[[str], None] = lambda _: None) -> Sources:
    """Read and check every source of *base*; *told* hears the name of each file read.

    Raises Damaged with all problems at once where anything cannot be read or does not fit.
    """
    sources = Sources(base, Grammar.of(base))
    _take(sources, "study", "data/studies/<country>/<id>.yaml", told)
    _take(sources, "trial", "data/trials/<id>.yaml", told)
    for path in sorted((base.data / "codings").glob("*.csv")):
        _try(sources, "coding", partial(_take_rows, sources, "coding", path))
    _try(sources, "judgement", partial(_take_rows, sources, "judgement", base.data / "judgements.csv"))
    _try(sources, "reading", partial(_take_rows, sources, "reading", base.data / "memo" / "readings.csv"))
    _try(sources, "claim", partial(_take_claims, sources))
    if (base.data / "activities.ttl").is_file():
        _try(sources, "activity", partial(_take_activities, sources))
    _try(sources, "link", partial(_take_links, sources))
    _try(sources, "foreign", partial(_take_foreign, sources))
    sources.problems += [*_twice(sources), *_dangling(sources), *_unlinked(sources)]
    if sources.problems:
        raise Damaged(sources.problems)
    return sources


def turtle(base: Base, path: Path) -> Triples:
    """The triples of a Turtle file of *base*.

    Raises Damaged, naming the line, where it is not readable, or holds a blank node: those have no stable name.
    """
    try:
        triples = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        where = Where(shown(base, path), error.lineno, error.offset)
        raise Damaged(Problem("unreadable-rdf", where, {"reason": error.msg})) from None
    except OSError as error:
        raise Damaged(Problem("unreadable-file", Where(shown(base, path)), {"reason": error.strerror})) from None
    if any(isinstance(term, ox.BlankNode) for triple in triples for term in triple):
        raise Damaged(Problem("unreadable-rdf", Where(shown(base, path)), {"reason": "it holds a blank node"}))
    return triples


def shown(base: Base, path: Path) -> str:
    """The name of a file in messages: its path from the root of *base*."""
    return path.relative_to(base.root).as_posix()


def _try(sources: Sources, kind: str, step: Callable[[], None]) -> None:
    """One step of reading the *kind*; its problems are kept, so that all are told at once."""
    try:
        step()
    except Damaged as damage:
        sources.problems += damage.problems
        sources.unread.add(kind)


def _take(sources: Sources, kind: str, pattern: str, told: Callable[[str], None]) -> None:
    """Read the cards that stand where *pattern* says. A file beside them is a problem: it would not be read."""
    found = sources.cards.setdefault(kind, [])
    for path in _files(sources.base.root / pattern.partition("<")[0]):
        name = shown(sources.base, path)
        if path.suffix != ".yaml" or name.count("/") != pattern.count("/"):
            sources.problems.append(Problem("wrong-place", Where(name), {"place": pattern}))
            continue
        told(name)
        card, problems = read(path, kind, name)
        sources.problems += problems
        if card is None:
            sources.unread.add(kind)
            continue
        sources.problems += check(card, sources.grammar)
        sources.problems += _misplaced(card, path, pattern)
        found.append(card)


def _files(folder: Path) -> list[Path]:
    """Every file below *folder*, sorted; what the system hides behind a leading point is no source."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _misplaced(card: Card, path: Path, pattern: str) -> Iterator[Problem]:
    identifier, country = card.data.get("id", ""), card.data.get("country")
    if identifier != path.stem:
        yield Problem("id-not-file", card.where(("id",)), {"value": identifier})
    elif "<country>" in pattern and country and country != path.parent.name:
        place = pattern.replace("<country>", str(country)).replace("<id>", identifier)
        yield Problem("wrong-place", card.where(("country",)), {"place": place})


def _take_rows(sources: Sources, kind: str, path: Path) -> None:
    found = sources.cards.setdefault(kind, [])
    name = shown(sources.base, path)
    for row in claims.read_rows(path, sources.grammar.kinds[kind].keys, name):
        data: Data = {key: value for key, value in row.items() if value}
        card = Card(kind, data, {(): (row.line, 1)}, name)
        sources.problems += check(card, sources.grammar)
        found.append(card)


def _take_activities(sources: Sources) -> None:
    sources.activities = turtle(sources.base, sources.base.data / "activities.ttl")


def _take_links(sources: Sources) -> None:
    sources.links = links.read_all(sources.base)


def _take_foreign(sources: Sources) -> None:
    sources.foreign = foreign.read_all(sources.base)


def _unlinked(sources: Sources) -> list[Problem]:
    """What is wrong with mappings beside each other and beside the base; nothing where studies could not be read."""
    if "study" in sources.unread:
        return []
    studies = {id_iri("study", str(card.data.get("id"))) for card in sources.cards["study"]}
    return links.held(sources.links, sources.grammar.codes.concepts.keys(), studies)


def _take_claims(sources: Sources) -> None:
    """Claims, and the slots and records that their figures and the stored table give."""
    base, grammar = sources.base, sources.grammar
    path = base.data / "memo" / "claims.csv"
    name = shown(base, path)
    rows = claims.read_rows(path, claims.COLUMNS, name)
    sources.cards["claim"] = claims.cards(rows, name)
    told = [problem for card in sources.cards["claim"] for problem in check(card, grammar)]
    if told or len({row["claim_id"] for row in rows}) < len(rows):
        raise Damaged(told)  # nothing can be drawn from such claims; a claim that stands twice is told by _twice
    for kind, drawn in reconstructed(base, rows).items():
        sources.cards[kind] = [Card(kind, _worded(record), file=name) for record in drawn]
        for card in sources.cards[kind]:
            sources.problems += check(card, grammar)


def reconstructed(base: Base, rows: Sequence[Mapping[str, str]]) -> dict[str, list[Mapping[str, object]]]:
    """Slots and records from the claims and the stored table.

    Raises Damaged where a claim is no count over the table's cells, or naming the claims that the table does not meet.
    """
    path = base.data / "reconstruction" / "table.csv"
    where = Where(shown(base, path))
    try:
        table = reconstruct.read_table(path)
    except (OSError, ValueError) as error:
        raise Damaged(Problem("unreadable-file", where, {"reason": error})) from None
    try:
        slots = reconstruct.slots(rows)
        unmet = margins.unmet_by_table(table, margins.margins_from_claims(rows))
        if unmet := [*unmet, *_unmet_by_slots(len(slots), rows)]:
            raise Damaged(Problem("table-unmet", where, {"claims": ", ".join(unmet)}))
        return {"slot": list(slots), "record": list(reconstruct.records(table, rows))}
    except margins.MarginError as error:
        raise Damaged(Problem("unreadable-file", Where("data/memo/claims.csv"), {"reason": error})) from None


def _unmet_by_slots(slots: int, rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The claims that count studies out of all, and print another total than there are slots."""
    for row in rows:
        out_of = margins.dimensions(row["denominator_dimensions"], row["claim_id"])
        if out_of == {"unit": ("study",)} and margins.printed_count(row, "denominator") != slots:
            yield f"{row['claim_id']}/denominator"


def _worded(record: Mapping[str, object]) -> Data:
    """A record's values as a card has them: text, and lists of text; what is None or empty is not said."""
    return {
        key: [str(part) for part in value] if isinstance(value, list) else str(value)
        for key, value in record.items()
        if value not in (None, [])
    }


def _twice(sources: Sources) -> Iterator[Problem]:
    """Cards of different files or rows that would become one node; within one card ``check`` says so."""
    first: dict[str, tuple[int, Where]] = {}
    for kind, cards in sources.cards.items():
        for number, card in enumerate(cards):
            again: Path_ | None = None
            for name, path in names(card.data, sources.grammar.kinds[kind], sources.grammar):
                known, place = first.setdefault(name, (number, card.where(path)))
                if known != number and (again is None or path[: len(again)] != again):
                    again = path  # what is inside it is there again too
                    facts = {"value": name.partition("/")[2], "first": place}
                    yield Problem("id-twice", card.where(path), facts)


def _dangling(sources: Sources) -> Iterator[Problem]:
    """References to studies, results, claims, activities and stored queries that do not exist."""
    known = {
        kind: {name for card in sources.cards[part] for name in _named(card, kind, sources.grammar)}
        for kind, part in (("study", "study"), ("result", "study"), ("claim", "claim"))
        if part not in sources.unread  # else what was not read would seem not to exist
    }
    if "activity" not in sources.unread:
        prefix = id_iri("activity", "")
        subjects = {str(triple.subject) for triple in sources.activities}
        known["activity"] = {name.strip("<>").removeprefix(prefix) for name in subjects}
    known["query"] = set(Catalogue(sources.base).names("answers"))
    for kind, value, where in references(chain.from_iterable(sources.cards.values())):
        if kind in known and value not in known[kind]:
            hint = ", ".join(get_close_matches(value, known[kind])) or "-"
            yield Problem("no-such", where, {"kind": kind, "value": value, "hint": hint})


def _named(card: Card, kind: str, grammar: Grammar) -> Iterator[str]:
    for name, _ in names(card.data, grammar.kinds[card.kind], grammar):
        if name.startswith(f"{kind}/") and name.count("/") == 1:
            yield name.partition("/")[2]


#: The keys that refer to another thing, and its kind; ``evidence`` says the kind itself.
_REFERS = {
    "same_effect_as": "result",
    "study_id": "study",
    "result_id": "result",
    "claim_id": "claim",
    "derived_from": "claim",
    "evidence": "",
    "activity": "activity",
    "query": "query",
}


def references(cards: Iterable[Card]) -> Iterator[tuple[str, str, Where]]:
    """What *cards* refer to: its kind, its identifier, and where that is said."""
    for card in cards:
        for path, value in _texts(card.data, ()):
            kind = _REFERS.get(next(str(part) for part in reversed(path) if isinstance(part, str)))
            if kind == "":
                head, _, tail = value.partition("/")
                kind, value = (head, tail) if head in ("study", "result") else ("result", value)
            if kind:
                yield kind, value, card.where(path)


def _texts(value: object, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _texts(inner, (*path, n))
    elif isinstance(value, str) and path:
        yield path, value
