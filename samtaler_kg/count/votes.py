"""Votes: from the rows of the stored query ``votes`` to how many there are of each kind, in every group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from samtaler_kg.ask import answer
from samtaler_kg.catalogue import Given
from samtaler_kg.count.direction import KINDS, one_verdict, side
from samtaler_kg.count.rules import Rule
from samtaler_kg.graph import Graph
from samtaler_kg.problems import Problem, Refused, nearest

Row = Mapping[str, str | None]
"""One result: what it counts under, its verdict and the side of its estimate; None where it is not coded."""

ALL_TOGETHER = "results-by-outcome-group"
"""The stored query that counts without another grouping than the outcomes."""


class Place(NamedTuple):
    """Where a count stands: its group of the dimension asked for, and its group of outcomes."""

    group: str | None
    outcome_group: str | None


def rows(graph: Graph, where: Given, scope: str) -> list[Row]:
    """The results that count, one row each."""
    table = answer(graph, graph.catalogue.find("votes"), "coded", {**where, "scope": scope})
    return [
        {name: None if value is None else str(value) for name, value in row.items()} for row in table.records()
    ]


def grouped(found: Iterable[Row], by: str | None) -> dict[Place, list[Row]]:
    """The rows of each place, places sorted; a group that is not coded stands first, as None."""
    places: dict[Place, list[Row]] = {}
    for row in found:
        places.setdefault(Place(row[by] if by else None, row["outcome_group"]), []).append(row)
    return {place: places[place] for place in sorted(places, key=lambda p: (p.group or "", p.outcome_group or ""))}


def tally(found: Iterable[Row], rule: Rule) -> dict[str, int]:
    """How many votes there are of each kind under *rule*; every kind is told, a sign that is not known as unknown."""
    units: dict[tuple[str | None, ...], list[str]] = {}
    for row in found:
        units.setdefault(tuple(row[column] for column in rule.vote_of), []).append(str(row[rule.reads]))
    vote = side if rule.reads == "favours" else one_verdict
    kinds = Counter(vote(said) for said in units.values())
    return {kind: kinds[kind] for kind in KINDS}


def groupings(graph: Graph) -> dict[str, str]:
    """The dimensions that a count can be grouped by, and the stored query that counts by each."""
    queries = [query for query in graph.catalogue.all() if query.name.startswith("results-by-")]
    return {query.columns[0]: query.name for query in queries if query.columns[1] == "outcome_group"}


def counting_query(graph: Graph, by: str | None) -> str:
    """The stored query that counts results by *by*. Raises Refused where nothing counts by it."""
    if by is None:
        return ALL_TOGETHER
    known = groupings(graph)
    if by not in known:
        raise Refused(Problem("unknown-grouping", facts={"value": by, "hint": nearest(by, known)}))
    return known[by]
