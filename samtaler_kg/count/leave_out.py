"""What a conclusion rests on: which single study or trial, left out, changes it, and how far the nearest change is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from samtaler_kg.catalogue import Given
from samtaler_kg.count import jobeffekter, labels
from samtaler_kg.count.counting import Asked, texts
from samtaler_kg.count.rules import Rule, rule_named
from samtaler_kg.count.votes import Row, tally
from samtaler_kg.graph import Graph, layer_named
from samtaler_kg.problems import Problem, Refused, nearest

#: What can be left out, and the column of the votes that names it: a trial stands for its whole cluster.
UNITS = {"study": "study", "trial": "cluster"}


class Flip(NamedTuple):
    """What, left out, gives another conclusion, and which."""

    left_out: str
    label: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One group's conclusion and what it rests on.

    *units* is how many studies or trials were left out in turn; *distance* the fewest votes that would have to be
    another kind for another conclusion, None where no number would do; *flips* those left out that give another one.
    """

    rule: str
    where: Mapping[str, str]
    by: str | None
    group: str | None
    outcome_group: str | None
    unit: str
    units: int
    label: str
    distance: int | None
    flips: Sequence[Flip]

    def as_record(self) -> dict[str, Any]:
        """What the conclusion rests on as a plain record."""
        flips = [{"left_out": flip.left_out, "label": flip.label} for flip in self.flips]
        return {"unit": self.unit, "units": self.units, "label": self.label, "distance": self.distance, "flips": flips}


def leave_one_out(
    graph: Graph,
    rule: str,
    unit: str,
    by: str | None = None,
    where: Given | None = None,
    layer: str | None = None,
    scope: str = "memo",
    assume: Mapping[str, str] | None = None,
) -> list[LeftOut]:
    """Leave out each study or trial in turn and conclude again, in every group of *by*.

    Raises Refused as `count` does, and on the reconstructed layer, whose records belong to no study.
    """
    if unit not in UNITS:
        raise Refused(Problem("unknown-unit", facts={"value": unit, "hint": nearest(unit, UNITS)}))
    asked = Asked(graph, by, texts(where or {}), layer_named(layer or "coded"), scope, "wilson", dict(assume or {}))
    if asked.layer != "coded":
        facts = {"rule": f"--leave-one-out {unit}", "layer": asked.layer, "hint": "coded"}
        raise Refused(Problem("rule-not-on-layer", facts=facts))
    wanted = rule_named(graph.base, rule)
    asked.must_fit(wanted)
    conclude = _conclusions(wanted, asked)
    found = []
    for place, _ in asked.places:
        units, label, distance, flips = rests_on(asked.rows.get(place, []), UNITS[unit], conclude)
        found.append(LeftOut(rule, asked.where, by, *place, unit, units, label, distance, flips))
    return found


#: From rows to their conclusion and its distance from another.
Conclude = Callable[[Sequence[Row]], tuple[str, int | None]]


def rests_on(
    rows: Sequence[Row], column: str, conclude: Conclude
) -> tuple[int, str, int | None, tuple[Flip, ...]]:
    """How many units there are, the conclusion, its distance from another, and the units that it would not survive."""
    label, distance = conclude(rows)
    units = sorted({str(row[column]) for row in rows})
    after = ((unit, conclude([row for row in rows if row[column] != unit])[0]) for unit in units)
    return len(units), label, distance, tuple(Flip(unit, other) for unit, other in after if other != label)


def _conclusions(rule: Rule, asked: Asked) -> Conclude:
    def voted(rows: Sequence[Row]) -> tuple[str, int | None]:
        votes = tally(rows, rule)
        shared = {kind: votes[kind] for kind in rule.share_of}
        return (labels.majority(shared) if rows else "no-results"), labels.distance(shared)

    def weighed(rows: Sequence[Row]) -> tuple[str, int | None]:
        votes = asked.weighing.weigh(rows).votes
        if not votes:
            return "not-applicable" if rows else "no-results", None
        scale = asked.weighing.scale
        return jobeffekter.conclude(votes, scale).label, jobeffekter.distance(votes, scale)

    return weighed if rule.weighted else voted
