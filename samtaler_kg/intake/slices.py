"""The piece of a base that a changed card can touch, and what the rules conclude on it before and after.

A rule looks at a study with its results, and at the trials that tie studies together; so the piece is the changed
cards, the ontology, and whatever hangs together with them through trials. Of a study that merely stands in such a trial
only its class is taken; if a conclusion about it changes, its whole card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import pyoxigraph as ox

from samtaler_kg import mentions
from samtaler_kg.build import as_ntriples, checked
from samtaler_kg.cards import Data, Grammar, read, to_triples
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.derive import derive
from samtaler_kg.intake.shelf import LAYER, study_file
from samtaler_kg.lines import Edit, Lines, lines
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.terms import RDF, SAM, id_iri


@dataclass(frozen=True, slots=True)
class Shift:
    """One card that changes: what it says before and after; None where it is not there."""

    kind: str
    before: Data | None
    after: Data | None

    @property
    def name(self) -> str:
        """The card's identifier."""
        return str((self.after or self.before or {})["id"])


@dataclass
class Piece:
    """The edits of every file of the graph that some changed cards make, and what the stored checks find anew."""

    edits: dict[str, Edit] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def piece(base: Base, grammar: Grammar, shifts: Sequence[Shift]) -> Piece:
    """What *shifts* change in the built graph of *base*.

    Raises Damaged where the graph does not say what a changed card says, or a card tied to them cannot be read.
    """
    with ExitStack() as stack:
        coded = stack.enter_context(lines(base.graph / f"{LAYER}.nt"))
        ties = stack.enter_context(lines(base.graph / "derived" / LAYER / "study-evaluates.nt"))
        return _Cut(base, grammar, shifts, coded, ties).piece()


@dataclass
class _Cut:
    base: Base
    grammar: Grammar
    shifts: Sequence[Shift]
    coded: Lines
    ties: Lines

    def piece(self) -> Piece:
        catalogue = Catalogue(self.base)
        if not all(line in self.coded for line in _lines(self._said(after=False))):
            names = ", ".join(shift.name for shift in self.shifts)
            raise Damaged(Problem("graph-differs", Where(str(self.base.graph)), {"files": names}))
        ontology = list(_parsed((self.base.graph / "ontology.nt").read_bytes()))
        around, studies = self._around()
        touched: set[str] = set()
        while True:
            both = [*ontology, *around, *self._companions(studies, touched)]
            sides = [_Side(catalogue, both, self._said(after)) for after in (False, True)]
            found = Piece({name: _edit(*(side.files[name] for side in sides)) for name in sides[0].files})
            more = {name for name in studies - touched if _names(found.edits.values(), id_iri("study", name))}
            if not more:
                known = [problem.facts for problem in sides[0].problems]
                found.problems = [problem for problem in sides[1].problems if problem.facts not in known]
                return found
            touched |= more

    def _said(self, after: bool) -> list[ox.Triple]:
        told = [(shift.kind, shift.after if after else shift.before) for shift in self.shifts]
        return [triple for kind, data in told if data for triple in to_triples(data, kind, self.grammar)]

    def _around(self) -> tuple[list[ox.Triple], set[str]]:
        """What the base says of the unchanged trials that the changed cards hang together with; their other studies."""
        own = {shift.name for shift in self.shifts if shift.kind == "study"}
        changed = {shift.name for shift in self.shifts if shift.kind == "trial"}
        trials, studies, found = set(changed), own | set(self._new_members()), list[bytes]()
        waiting = [*((True, name) for name in trials), *((False, name) for name in studies)]
        while waiting:
            is_trial, name = waiting.pop()
            said = self._trial(name) if is_trial else self.ties.about(id_iri("study", name))
            if is_trial and name not in changed:
                found += said
            seen, kind = (studies, "study") if is_trial else (trials, "trial")
            more = set(_objects(said, SAM.memberStudy if is_trial else SAM.evaluates, kind)) - seen
            seen |= more
            waiting += [(not is_trial, tied) for tied in more]
        return list(_parsed(b"".join(found))), studies - own

    def _trial(self, name: str) -> list[bytes]:
        iri = id_iri("trial", name)
        return [*self.coded.about(iri), *self.coded.beginning(f"<{iri}/".encode())]

    def _new_members(self) -> Iterator[str]:
        for shift in self.shifts:
            if shift.kind == "trial" and shift.after:
                yield from (str(member["study_id"]) for member in shift.after["members"])

    def _companions(self, studies: Iterable[str], touched: Iterable[str]) -> Iterator[ox.Triple]:
        for name in studies:
            yield ox.Triple(ox.NamedNode(id_iri("study", name)), ox.NamedNode(RDF.type), ox.NamedNode(SAM.Study))
        for name in touched:
            path = study_file(self.base, self.coded, name)
            card, problems = read(path, "study") if path else (None, [])
            if card is None:
                raise Damaged(problems or Problem("graph-differs", Where(str(self.base.graph)), {"files": name}))
            yield from to_triples(card.data, "study", self.grammar)


class _Side:
    """One side of a change: what is said and concluded, by file of the graph, and what the checks find."""

    def __init__(self, catalogue: Catalogue, around: Sequence[ox.Triple], said: Sequence[ox.Triple]) -> None:
        known = [*around, *said]
        concluded = derive(LAYER, known, catalogue)
        rules = {f"derived/{LAYER}/{rule}.nt": _lines(triples) for rule, triples in concluded.items()}
        graphs = {f"{LAYER}.nt": _lines(said), **rules}
        turned = mentions.turned(line for lines in graphs.values() for line in lines)
        self.files: Mapping[str, frozenset[bytes]] = {**graphs, mentions.FILE: frozenset(turned)}
        everything = [*known, *(triple for triples in concluded.values() for triple in triples)]
        self.problems = list(checked(LAYER, everything, catalogue))


def _lines(triples: Iterable[ox.Triple]) -> frozenset[bytes]:
    return frozenset(as_ntriples(triples).splitlines(keepends=True))


def _edit(before: frozenset[bytes], after: frozenset[bytes]) -> Edit:
    return Edit(before - after, after - before)


def _names(edits: Iterable[Edit], iri: str) -> bool:
    """Whether any edit is about *iri*."""
    start = f"<{iri}> ".encode()
    return any(line.startswith(start) for edit in edits for line in (*edit.gone, *edit.come))


def _objects(said: Iterable[bytes], prop: str, kind: str) -> Iterator[str]:
    """The identifiers of the things of *kind* that lines give as values of the property."""
    between = f"> <{prop}> <{id_iri(kind, '')}".encode()
    for line in said:
        _, found, value = line.partition(between)
        if found:
            yield value.decode().partition(">")[0]


def _parsed(content: bytes) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES))
