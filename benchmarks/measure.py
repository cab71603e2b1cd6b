"""Two sides, one question: run in turn, timed in CPU seconds by median, their answers compared by hash."""

from __future__ import annotations

import hashlib
import json
import math
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.query import Result

from samtaler_kg.stores import Answer, Oxigraph, Term, as_oxigraph
from samtaler_kg.tables import plain

#: Engines keep different numbers of digits of a quotient; the values agree to this many.
DIGITS = 12


@dataclass
class PlainRdflib:
    """rdflib as its users run it: one Graph in memory, each query given as text."""

    graph: rdflib.Graph = field(default_factory=rdflib.Graph)

    def load(self, files: Iterable[Path]) -> None:
        for path in files:
            self.graph.parse(str(path), format="nt")

    def run(self, text: str) -> Result:
        """Only what rdflib itself does: the timed part. The rows are all there when it returns."""
        found = self.graph.query(text)
        len(found.bindings)
        return found

    def query(self, text: str) -> Answer:
        return as_answer(self.run(text))


def as_answer(found: Result) -> Answer:
    """rdflib's rows in pyoxigraph's terms, an unbound row included."""
    rows = [{str(name): value for name, value in row.items()} for row in found.bindings]
    columns = tuple(map(str, found.vars or ()))
    return Answer(columns, [tuple(as_oxigraph(row.get(column)) for column in columns) for row in rows])


def both(files: Sequence[Path]) -> tuple[Oxigraph, PlainRdflib]:
    """Both sides, loaded with the same files."""
    fast, slow = Oxigraph(), PlainRdflib()
    fast.load(files)
    slow.load(files)
    return fast, slow


def fingerprint(answer: Answer) -> str:
    """A hash of columns and rows in their order; numbers by value to the digits that both engines keep."""
    rows = [[_canonical(term) for term in row] for row in answer.rows]
    text = json.dumps([answer.columns, rows], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def agreement(one: Answer, other: Answer) -> str:
    """The hash that two answers share, else how they differ, in capitals."""
    if fingerprint(one) == fingerprint(other):
        return fingerprint(one)
    return "ORDER DIFFERS" if fingerprint(_sorted(one)) == fingerprint(_sorted(other)) else "ANSWERS DIFFER"


def _sorted(answer: Answer) -> Answer:
    rows = sorted(answer.rows, key=lambda row: json.dumps([_canonical(term) for term in row]))
    return Answer(answer.columns, rows)


def _canonical(term: Term | None) -> list[str] | None:
    if term is None:
        return None
    value = plain(term)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return ["number", f"{float(value):.{DIGITS}g}"]
    language = (term.language or "") if isinstance(term, ox.Literal) else ""
    return [type(term).__name__, term.value, language]


def in_turn(sides: Mapping[str, tuple[Callable[[], object], int]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of a call of each side. The sides alternate; each makes its number of calls a round."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, (call, times) in sides.items():
            for _ in range(times):
                start = time.process_time()
                call()
                spent[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in spent.items()}


def geometric_mean(ratios: Sequence[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, ratios))) if ratios else math.nan


def setting() -> dict[str, str]:
    """What the figures depend on besides the code."""
    packages = {name: version(name) for name in ("pyoxigraph", "rdflib")}
    return {"python": platform.python_version(), "machine": platform.machine(), **packages}


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as aligned text: the first column to the left, the others to the right."""
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(_aligned, row, widths, range(len(row)))) for row in cells)


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return "-" if value is None else str(value)
