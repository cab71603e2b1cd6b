"""What cards would change if they were taken in: the memo's figures and every declared count, before and after."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtaler_kg import commits
from samtaler_kg.cards import Card, Grammar
from samtaler_kg.changes import State, changes, state
from samtaler_kg.count import Count, count
from samtaler_kg.graph import Graph
from samtaler_kg.intake import graphs, stamps
from samtaler_kg.intake.drafts import Stamp, draft
from samtaler_kg.intake.given import Given
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem
from samtaler_kg.words import Language

#: What counts are told by, beside the count of everything.
GROUPINGS = (None, "region", "period", "mechanism", "purpose")

#: Whose counts are told: the memo's scope, and everything.
SCOPES = ("memo", "all")

#: What a count says, as far as a new study can change it.
SAYS = ("label", "positive", "none", "negative", "mixed", "unknown", "results", "studies", "trials")

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the memo as the coded studies give it, before and after, and which results come and go."""

    claim: str
    before: Said | None
    after: Said | None
    came: Sequence[str] = ()
    went: Sequence[str] = ()

    @property
    def changed(self) -> bool:
        """Whether the counts are others than before."""
        return self.before != self.after

    def as_record(self) -> dict[str, Any]:
        """The figure as a plain record."""
        told = {"claim": self.claim, "changed": self.changed, "before": self.before, "after": self.after}
        return {**told, "came": list(self.came), "went": list(self.went)}


@dataclass(frozen=True, slots=True)
class Counted:
    """One count under one rule in one group, before and after; None where there is no such group."""

    rule: str
    scope: str
    by: str | None
    group: str | None
    outcome_group: str | None
    before: Said | None
    after: Said | None

    @property
    def changed(self) -> bool:
        """Whether anything counted is another than before."""
        return self.before != self.after

    @property
    def turned(self) -> bool:
        """Whether the conclusion is another than before."""
        return (self.before or {}).get("label") != (self.after or {}).get("label")

    def as_record(self) -> dict[str, Any]:
        """The count as a plain record."""
        place = {"by": self.by, "group": self.group, "outcome_group": self.outcome_group}
        return {
            "rule": self.rule,
            "scope": self.scope,
            **place,
            "changed": self.changed,
            "turned": self.turned,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Impact:
    """Every figure and every count, before and after; what is warned of in the cards."""

    studies: tuple[str, ...]
    figures: tuple[Figure, ...]
    counts: tuple[Counted, ...]
    warnings: tuple[Problem, ...] = ()

    def as_record(self, lang: Language) -> dict[str, Any]:
        """The impact as a plain record, warnings in *lang*."""
        return {
            "studies": list(self.studies),
            "figures": [figure.as_record() for figure in self.figures],
            "counts": [each.as_record() for each in self.counts],
            "warnings": [problem.as_record(lang) for problem in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class _Imagined(Base):
    """A base with another graph than its own."""

    other: Path

    @property
    def graph(self) -> Path:
        """The graph that would be there."""
        return self.other


def impact(base: Base, cards: Given | Sequence[Card]) -> Impact:
    """What taking *cards* in would change; nothing is written to the base.

    Raises NotTaken with every problem of the cards, Damaged where the base is.
    """
    with tempfile.TemporaryDirectory() as folder:
        old, new = Graph(base), Graph(_Imagined(base.root, Path(folder)))
        with commits.locked(base):
            found = cards if isinstance(cards, Given) else Given(cards)
            made = draft(base, Grammar.of(base), found, Stamp(stamps.now()))
            graphs.write(base, made.piece.edits, Path(folder))
            old.layer("coded")
        figures = tuple(_figures(state(old), state(new)))
        counts = tuple(_counted(_counts(old), _counts(new)))
    studies = tuple(shift.name for shift in made.shifts if shift.kind == "study")
    return Impact(studies, figures, counts, made.warnings)


def _figures(before: State, after: State) -> Iterator[Figure]:
    moved = {change.claim: change for change in changes(before, after)}
    for claim in before["claims"]:
        was, now = (side["claims"].get(claim, {}).get("coded") for side in (before, after))
        change = moved.get(claim)
        yield Figure(claim, was, now, change.came if change else (), change.went if change else ())


_Place = tuple[str, str, str | None, str | None, str | None]


def _counts(graph: Graph) -> dict[_Place, Said]:
    told: dict[_Place, Said] = {}
    for scope in SCOPES:
        for by in GROUPINGS:
            for each in count(graph, "all", by=by, layer="coded", scope=scope):
                told[each.rule, scope, by, each.group, each.outcome_group] = _said(each)
    return told


def _said(each: Count) -> Said:
    record = each.as_record()
    return {name: record[name] for name in SAYS}


def _counted(before: Mapping[_Place, Said], after: Mapping[_Place, Said]) -> Iterator[Counted]:
    for place in dict.fromkeys((*before, *after)):
        yield Counted(*place, before.get(place), after.get(place))
