"""Counts under a declared rule: how many votes of each kind, of how many results, studies and independent units.

Counts of results come from the stored queries ``results-by-…``; votes of studies and trials are made from the rows of
the stored query ``votes``. Unknown is told with every count and is never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from samtaler_kg.ask import ask
from samtaler_kg.catalogue import Given, split
from samtaler_kg.count import caveats
from samtaler_kg.count.direction import KINDS
from samtaler_kg.count.jobeffekter import conclude
from samtaler_kg.count.labels import majority, settled
from samtaler_kg.count.reconstruction import Range, places, ranges
from samtaler_kg.count.rules import Rule, read_rules, rule_named
from samtaler_kg.count.statistics import INTERVALS, sign_test
from samtaler_kg.count.votes import Place, Row, counting_query, grouped, rows, tally
from samtaler_kg.count.weights import Weighing, weighing
from samtaler_kg.graph import Graph, Layer, layer_named
from samtaler_kg.intervals import part, share_range
from samtaler_kg.problems import Problem, Refused, nearest
from samtaler_kg.words import Language, language

if TYPE_CHECKING:
    import pandas as pd

Number = int | Decimal | None

#: The counts of a stored query at each level, by the name that a Count gives it.
_LEVELS = {"results": "results", "studies": "studies", "trials": "clusters"}

#: What a count carries for those who show it, and no record of it.
_INSIDE = {"ranges", "remark"}


@dataclass(frozen=True, slots=True)
class Count:
    """One count under one rule in one group.

    *positive*, *none*, *negative*, *mixed* and *unknown* are numbers of votes (for Jobeffekter's rule the first three
    are amounts of knowledge); None means not known. *share* is the positive part of those votes that the rule takes a
    share of, *low* and *high* its ends, *interval* of which kind they are. *ranges* says what a count not known lies
    between, *remark* what the caveat says of this count alone.
    """

    rule: str
    layer: Layer
    scope: str
    where: Mapping[str, str]
    by: str | None
    group: str | None
    outcome_group: str | None
    results: int | None
    studies: int | None
    trials: int | None
    positive: Number = None
    none: Number = None
    negative: Number = None
    mixed: Number = None
    unknown: Number = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    p: float | None = None
    label: str = "not-applicable"
    caveat: Mapping[Language, str] = field(default_factory=dict)
    assumed: tuple[Mapping[str, object], ...] = ()
    ranges: Mapping[str, Range] = field(default_factory=dict)
    remark: Mapping[Language, str] = field(default_factory=dict)

    def as_record(self, lang: Language | None = None) -> dict[str, Any]:
        """The count as a plain record, its caveat in *lang* (the reader's language by default)."""
        names = [column.name for column in fields(self) if column.name not in _INSIDE]
        told = {name: getattr(self, name) for name in names}
        amounts = {kind: float(n) for kind in KINDS if isinstance(n := told[kind], Decimal)}
        caveat = self.caveat.get(lang or language(), "")
        return {**told, **amounts, "where": dict(self.where), "caveat": caveat, "assumed": list(self.assumed)}


def count(
    graph: Graph,
    rule: str,
    by: str | None = None,
    where: Given | None = None,
    layer: str | None = None,
    scope: str = "memo",
    interval: str = "wilson",
    assume: Mapping[str, str] | None = None,
) -> list[Count]:
    """Count under *rule* (``all``: under each, side by side), one Count a group of *by* and group of outcomes.

    *where* restricts as in the stored queries; *assume* states what Jobeffekter's rule needs and nobody coded.
    Raises Refused where the rule does not fit the layer, where nothing is coded that it needs, or a name is unknown.
    """
    if interval not in INTERVALS:
        facts = {"value": interval, "hint": nearest(interval, INTERVALS)}
        raise Refused(Problem("unknown-interval", facts=facts))
    wanted = list(read_rules(graph.base).values()) if rule == "all" else [rule_named(graph.base, rule)]
    if assume and not any(each.weighted for each in wanted):
        raise Refused(Problem("rule-assumes-nothing", facts={"rule": rule}))
    asked = Asked(graph, by, texts(where or {}), layer_named(layer or "coded"), scope, interval, dict(assume or {}))
    if rule != "all":
        asked.must_fit(wanted[0])
    return [found for each in wanted for found in asked.under(each)]


def texts(where: Given) -> dict[str, str]:
    """The restrictions as texts by parameter, several codes split by ``|``. Raises Refused for the scope."""
    if "scope" in where:
        raise Refused(Problem("unknown-parameter", facts={"query": "count", "value": "scope", "hint": "--scope"}))
    return {name: "|".join(split(name, value)) for name, value in where.items()}


@dataclass
class Asked:
    """One request for counts, whatever the rule: what is counted, and where."""

    graph: Graph
    by: str | None
    where: dict[str, str]
    layer: Layer
    scope: str
    interval: str
    assume: dict[str, str]

    @cached_property
    def places(self) -> list[tuple[Place, dict[str, Any]]]:
        """Every place with its counts of results, as the stored queries give them."""
        if self.layer == "reconstructed":
            return list(places(self.graph, self.by, self.where, self.scope))
        table = ask(self.graph, counting_query(self.graph, self.by), self.layer, self.scope, self.where)
        found = [(Place(self._group(row), str(row["outcome_group"])), dict(row)) for row in table.records()]
        nothing = (Place(None, None), dict.fromkeys((*KINDS, *_LEVELS.values()), 0))
        return found or ([] if self.by else [nothing])

    def _group(self, row: Mapping[str, Any]) -> str | None:
        return None if self.by is None or row[self.by] is None else str(row[self.by])

    @cached_property
    def rows(self) -> dict[Place, list[Row]]:
        """The results that count, by place; none on a layer that has no votes."""
        return grouped(rows(self.graph, self.where, self.scope), self.by) if self.layer == "coded" else {}

    @cached_property
    def weighing(self) -> Weighing:
        """The weights of Jobeffekter's rule with the reader's assumptions."""
        return weighing(self.graph.base, self.assume)

    def must_fit(self, rule: Rule) -> None:
        """Raise Refused where *rule* cannot be used here, saying why."""
        if not rule.knows(self.layer):
            facts = {"rule": rule.name, "layer": self.layer, "hint": ", ".join(rule.layers)}
            raise Refused(Problem("rule-not-on-layer", facts=facts))
        if not self._fits(rule):
            raise Refused(Problem("no-grades", facts={"rule": rule.name}))

    def _fits(self, rule: Rule) -> bool:
        if not rule.weighted or not rule.knows(self.layer):
            return rule.knows(self.layer)
        graded = any(row["quality"] for found in self.rows.values() for row in found)
        return graded or "quality" in self.weighing.assumed

    def under(self, rule: Rule) -> Iterator[Count]:
        """The counts under *rule*; where it does not fit, counts that say so and leave everything unknown."""
        fits = self._fits(rule)
        for place, found in self.places:
            if not fits:
                facts: dict[str, Any] = {"remark": caveats.not_applicable(rule, self.layer)}
            elif rule.weighted:
                facts = self._weighed(rule, place)
            elif open_ := ranges(found):
                facts = self._open(rule, place, found, open_)
            else:
                facts = self._voted(rule, place, found)
            yield self._count(rule, place, found, facts)

    def _count(self, rule: Rule, place: Place, found: Mapping[str, Any], facts: dict[str, Any]) -> Count:
        told: dict[str, Any] = {name: found.get(column) for name, column in _LEVELS.items()} | facts
        if self.layer == "reconstructed":  # records belong to no study
            told |= {"studies": None, "trials": None}
        elif not found["results"]:
            told["label"] = "no-results"
        told |= place._asdict() | {"caveat": caveats.rule_told(rule, self.layer, facts["remark"])}
        return Count(rule.name, self.layer, self.scope, self.where, self.by, **told)

    def _voted(self, rule: Rule, place: Place, found: Mapping[str, Any]) -> dict[str, Any]:
        per_result = rule.vote_of == ("result",)
        here = self.rows.get(place, [])
        votes = {kind: found.get(kind, 0) for kind in KINDS} if per_result else tally(here, rule)
        shared = {kind: votes[kind] for kind in rule.share_of}
        remark = caveats.sides_told(here, rule) if rule.reads == "favours" else {}
        facts: dict[str, Any] = {**votes, "label": majority(shared), "remark": remark}
        total = sum(shared.values())
        facts["p"] = sign_test(votes["positive"], total) if rule.sign_test and total else None
        return {**facts, **self._share(votes["positive"], total)}

    def _share(self, positive: int, total: int) -> dict[str, Any]:
        """The share with the interval asked for; nothing of nothing."""
        if not total:
            return {}
        low, high = INTERVALS[self.interval](positive, total)
        return {"share": positive / total, "low": low, "high": high, "interval": self.interval}

    def _open(self, rule: Rule, place: Place, found: Mapping[str, Any], open_: Mapping[str, Range]) -> dict[str, Any]:
        """A count that the memo's figures leave open: what it lies between, never the reconstruction's own number."""
        facts: dict[str, Any] = {kind: found.get(kind, 0) for kind in KINDS}
        facts |= {"ranges": open_, "remark": caveats.open_told(open_)}
        if found["results"] is None or found["positive"] is None:
            where = self.where | ({self.by: place.group} if self.by and place.group else {})
            ends = None if "country" in where else share_range(self.graph, part(where))
            facts |= {"low": ends[0], "high": ends[1], "interval": "bounds"} if ends else {}
            return {**facts, "label": "not-identified"}
        held = {kind: open_.get(kind, Range(found[kind], found[kind])) for kind in rule.share_of}
        return {**facts, **self._share(facts["positive"], found["results"]), "label": settled(held, found["results"])}

    def _weighed(self, rule: Rule, place: Place) -> dict[str, Any]:
        weighed = self.weighing.weigh(self.rows.get(place, []))
        end = conclude(weighed.votes, self.weighing.scale)
        facts: dict[str, Any] = {kind: getattr(end, kind) for kind in ("positive", "none", "negative")}
        facts |= {"mixed": 0, "unknown": weighed.left_out}
        facts |= {"label": end.label, "share": float(end.positive / end.amount)} if weighed.votes else {}
        facts["remark"] = caveats.weights_told(weighed, self.weighing)
        facts["assumed"] = tuple(weight.as_record() for weight in weighed.weights if weight.standing != "read")
        return facts


def as_pandas(counts: Sequence[Count]) -> pd.DataFrame:
    """Counts as a DataFrame: whole numbers as Int64, shares and amounts of knowledge as Float64, words as string."""
    import pandas as pd

    columns = [column.name for column in fields(Count) if column.name not in _INSIDE]
    frame = pd.DataFrame([each.as_record() for each in counts], columns=columns, dtype="object")
    amounts = any(isinstance(each.positive, Decimal) for each in counts)
    types: dict[str, Any] = dict.fromkeys(set(columns) - {"where", "assumed"}, "string")
    types |= dict.fromkeys(_LEVELS, "Int64") | dict.fromkeys(("share", "low", "high", "p"), "Float64")
    return frame.astype(types | dict.fromkeys(KINDS, "Float64" if amounts else "Int64"))
