"""The SWiM report: what the graph can say to each item of the guideline, and what stays open.

Items after Campbell and others 2020, BMJ 368:l6890. The words stand in ``data/swim.toml``; every number is a query's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samtaler_kg.agreement import agreement
from samtaler_kg.ask import ask
from samtaler_kg.graph import Graph
from samtaler_kg.memo import Memo
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.tables import Table
from samtaler_kg.words import Language


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its number and title, what is said or why it is open, and the table that goes with it."""

    number: str
    title: str
    text: str
    open: bool
    table: Table | None = None

    def as_record(self) -> dict[str, Any]:
        """The item as a plain record."""
        rows = None if self.table is None else self.table.records()
        query = None if self.table is None else self.table.about["query"]
        return {
            "item": self.number,
            "title": self.title,
            "open": self.open,
            "text": self.text,
            "query": query,
            "rows": rows,
        }


def swim(graph: Graph, lang: Language) -> list[Item]:
    """The report's items in order. Raises Damaged where the words cannot be read."""
    path = graph.base.data / "swim.toml"
    try:
        items = tomllib.loads(path.read_text(encoding="utf-8"))["item"]
    except (OSError, ValueError, KeyError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None
    facts = _facts(graph, lang)
    return [_item(item, graph, lang, facts) for item in items]


def _item(item: Mapping[str, Any], graph: Graph, lang: Language, facts: Mapping[str, Any]) -> Item:
    table = item.get("table")
    said = item.get("open") or item["text"]
    return Item(
        number=item["number"],
        title=item["title"][lang],
        text=said[lang].format_map(facts),
        open="open" in item,
        table=ask(graph, table["query"], "coded", table.get("scope")) if table else None,
    )


def _facts(graph: Graph, lang: Language) -> dict[str, Any]:
    """Every number that the words may name."""
    scope = Memo(graph).scope()
    counted = ask(graph, "count-results", "coded", "memo").records()[0]
    printed = {row["field"]: row["results"] for row in ask(graph, "missing-for-meta-analysis", "coded", "memo").records()}
    read = {row["verification"]: row["studies"] for row in ask(graph, "studies-by-verification").records()}
    kappas = {f"kappa_{row.field}": _decimal(row.kappa, lang) for row in agreement(graph)}
    return {
        **counted,
        **kappas,
        "of": scope.of,
        "excluded": scope.excluded,
        "printed": printed["text"],
        "partial": read["partial"],
        "all_studies": sum(int(str(n)) for n in read.values()),
        "judgements": len(ask(graph, "judgements").rows),
    }


def _decimal(value: float | None, lang: Language) -> str:
    return "–" if value is None else f"{value:.2f}".replace(".", "," if lang == "da" else ".")
