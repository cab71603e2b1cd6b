"""What the coded studies said of each figure at one time, and what has changed since another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtaler_kg.ask import answer
from samtaler_kg.graph import Graph
from samtaler_kg.memo import Figure, Memo, Params
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Where

State = Mapping[str, Any]

#: The form of a stored state; another number means that its keys have changed.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One figure whose coded count is another than before: the two counts, and which results came, went or changed.

    *changed* are results that count in both, but no longer on the same side of the figure.
    """

    claim: str
    before: Mapping[str, int | None] | None
    now: Mapping[str, int | None] | None
    came: Sequence[str]
    went: Sequence[str]
    changed: Sequence[str]

    def as_record(self) -> dict[str, Any]:
        """The change as a plain record."""
        return {
            "claim": self.claim,
            "before": self.before,
            "now": self.now,
            "came": list(self.came),
            "went": list(self.went),
            "changed": list(self.changed),
        }


def state(graph: Graph) -> State:
    """What the coded studies say of each figure: its coded count, and the results that make numerator and denominator."""
    memo = Memo(graph)
    found = {}
    for figure in memo.figures():
        if figure.coded is not None:
            found[figure.claim] = {"coded": figure.coded.as_record(), **_members(graph, figure)}
    return {"version": VERSION, "scope": "memo", "claims": found}


def _members(graph: Graph, figure: Figure) -> dict[str, list[str]]:
    parts = {"numerator": figure.params, "denominator": figure.denominator_params}
    return {part: _results(graph, params) for part, params in parts.items() if params is not None}


def _results(graph: Graph, params: Params) -> list[str]:
    query = graph.catalogue.find("results")
    given = {name: value for name, value in params.items() if name in query.params}
    rows = answer(graph, query, "coded", {**given, "scope": "memo"}).records()
    return sorted(str(row["result"]) for row in rows)


def read_state(old: str | Path) -> State:
    """The state in *old*: a file that ``memo --write`` left, or the folder of another base.

    Raises Refused where it is neither, Damaged where the other base is.
    """
    path = Path(old)
    if path.is_dir() and (path / "ontology").is_dir():
        return state(Graph(Base(path.resolve())))
    path = path / "memo.json" if path.is_dir() else path
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["version"] != VERSION or not isinstance(found["claims"], dict):
            raise ValueError(found["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(Problem("no-state", Where(str(path)), {"reason": error})) from None
    return found  # type: ignore[no-any-return]


def changes(before: State, now: State) -> list[Change]:
    """The figures whose coded count, or the results behind it, are not what they were; in the order of the claims."""
    return list(_changes(before["claims"], now["claims"]))


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for claim in sorted({*before, *now}, key=lambda name: ("MDQ".find(name[0]), name)):
        old, new = before.get(claim, {}), now.get(claim, {})
        if old == new:
            continue
        inside = [set(side.get("denominator", side.get("numerator", ()))) for side in (old, new)]
        counted = [set(side.get("numerator", ())) for side in (old, new)]
        both = inside[0] & inside[1]
        yield Change(
            claim,
            old.get("coded"),
            new.get("coded"),
            sorted(inside[1] - inside[0]),
            sorted(inside[0] - inside[1]),
            sorted(both & (counted[0] ^ counted[1])),
        )
