"""What a base concludes: the memo's figures, every declared count by its groups, and the votes behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samtaler_kg.changes import state
from samtaler_kg.count import count
from samtaler_kg.count.votes import rows
from samtaler_kg.graph import Graph
from samtaler_kg.memo import Memo

#: What counts are told by, beside the count of everything.
GROUPINGS = (None, "purpose", "mechanism")

#: Whose counts are told: the memo's scope, and everything.
SCOPES = ("memo", "all")

#: What tells one count from another, and what it says.
PLACE = ("rule", "scope", "by", "group", "outcome_group")
SAYS = ("label", "positive", "none", "negative", "mixed", "unknown", "results", "studies", "trials")

#: What is kept of each vote: where it counts, and what it says.
VOTE = ("study", "outcome", "outcome_group", "purpose", "mechanism", "verdict", "favours")

Votes = Mapping[str, Mapping[str, Mapping[str, str | None]]]


def conclusions(graph: Graph) -> dict[str, Any]:
    """The conclusions of a base as plain records: ``conclusions``, ``figures``, ``counted`` and ``votes`` of a release."""
    told = {"conclusions": state(graph), "figures": _figures(graph)}
    return {**told, "counted": _counted(graph), "votes": _votes(graph)}


def _figures(graph: Graph) -> dict[str, Any]:
    """What each figure of the memo counts."""
    return {each.claim: {"unit": each.unit, "params": dict(each.params)} for each in Memo(graph).figures()}


def _counted(graph: Graph) -> list[dict[str, Any]]:
    found = []
    for scope in SCOPES:
        for by in GROUPINGS:
            for each in count(graph, "all", by=by, layer="coded", scope=scope):
                record = each.as_record()
                found.append({name: record[name] for name in (*PLACE, *SAYS)})
    return found


def _votes(graph: Graph) -> Votes:
    """The results that count, by scope."""
    return {
        scope: {str(row["result"]): {name: row[name] for name in VOTE} for row in rows(graph, {}, scope)}
        for scope in SCOPES
    }
