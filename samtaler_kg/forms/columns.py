"""Which column of a table holds which key of a card. The names are those that ``samtaler export`` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from samtaler_kg.cards import Grammar, Kind

#: Where in a card the values of a column stand.
Path = tuple[str, ...]

#: The kinds of card that have a table, and the name of that table.
TABLES = {"study": "studies", "result": "results", "trial": "trials"}

#: Names that a table may go by besides its own, in file names and on sheets.
OTHER_NAMES = {"studier": "studies", "resultater": "results", "forsøg": "trials"}

#: Columns that say what follows from others (year, country) or how a row came about. They are told, not read.
DERIVED = frozenset(
    {"region", "period", "layer", "kind", "cluster", "outcome_group", "in_scope", "left_out_because", "retracted"}
)

#: Column names of the tables that the shipped studies were handed over in.
_HANDED_OVER = {
    "estimate": "estimate_value",
    "estimate_low": "estimate_range_low",
    "estimate_high": "estimate_range_high",
    "standard_error": "estimate_se",
    "p_text": "estimate_p",
}

#: The column that ties a result to its study: no key of the result's own card.
PARENT: Path = ("study_id",)


@dataclass(frozen=True)
class Plan:
    """The columns of one table, each with the path of its key; ``others`` are names that are understood besides."""

    kind: str
    columns: Mapping[str, Path]
    others: Mapping[str, str]

    @property
    def name(self) -> str:
        """The table's name."""
        return TABLES[self.kind]

    def path(self, column: str) -> Path | None:
        """The path that the values of *column* go to, None where the table has no such column."""
        return self.columns.get(self.others.get(column, column))


def plan_of(kind: str, grammar: Grammar) -> Plan:
    """The columns of the table of *kind*: study, result or trial."""
    columns = dict(_columns(grammar.kinds[kind], grammar))
    if kind == "result":
        first = {"result_id": columns.pop("result_id"), "study_id": PARENT}
        columns = {**first, **columns}
    others = {"id": f"{kind}_id"}
    for name, path in columns.items():
        if len(path) > 1 and path[-1] not in columns:
            others[path[-1]] = name
    others |= {other: name for other, name in _HANDED_OVER.items() if name in columns}
    return Plan(kind, columns, others)


def _columns(kind: Kind, grammar: Grammar) -> Iterator[tuple[str, Path]]:
    for key in kind.keys:
        child = grammar.kinds[kind.children[key]] if key in kind.children else None
        if key == "id":
            yield f"{kind.name}_id", (key,)
        elif child is None or child.bare or (child.number and key in kind.lists):
            yield key, (key,)
        elif key not in kind.lists:
            yield from ((f"{key}_{inner}", (key, inner)) for inner in child.keys)
        elif child.name not in TABLES:
            yield from ((inner, (key, inner)) for inner in child.keys)


def kinds_of(header: Mapping[int, str], plans: Mapping[str, Plan]) -> list[str]:
    """Which of the tables a header is: one, or those of studies and results at once; [] where it is none."""
    names = set(header.values())
    found = {kind: {name for name in names if plan.path(name) not in (None, PARENT)} for kind, plan in plans.items()}
    trial = found["trial"] - found["study"] - found["result"]
    if len(trial) > 1 and not found["result"] - found["trial"]:
        return ["trial"]
    own = {"study": found["study"] - found["result"], "result": found["result"] - found["study"]}
    return [kind for kind in own if len(own[kind]) > 1] or [kind for kind in own if own[kind]]
