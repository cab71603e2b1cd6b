"""One table that fits every published margin, and the 40 study slots and 72 result records made from it.

The memo lists no study and prints no cross-table, so this is one of many tables that its figures allow.
Which one is declared: the feasible whole-number table nearest to the maximum-entropy table, that is to the
table that assumes nothing beyond the margins. The table is committed as data, so that no release of a
solver moves it; the functions here say how it was found, and a test that it is still the nearest.

Records carry no title, author or outcome and belong to no slot: the memo says nothing of it.
Unit of every count: study results, in slots studies.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Mapping
from itertools import repeat, zip_longest
from math import fsum
from operator import itemgetter
from pathlib import Path
from typing import TypedDict

from samtaler_kg.bounds import Program, Row, Unsolved, fitting_table, solve
from samtaler_kg.margins import (
    FRAME,
    Cell,
    Equation,
    Frame,
    Margin,
    MarginError,
    counted_unit,
    dimensions,
    equations,
    margins_from_claims,
    printed_count,
    unmet_by_table,
)

__all__ = [
    "SCALE",
    "Record",
    "Slot",
    "TableError",
    "distance",
    "maximum_entropy",
    "nearest_table",
    "read_table",
    "records",
    "slots",
    "write_table",
]

SCALE = 1_000_000
"""Distances are measured in millionths of a result, as whole numbers, so that ties are exact."""

COUNTRY_OF_REGION: Mapping[str, str] = {"denmark": "DNK"}
"""The regions that are one country: there the record's country follows from its region."""

_CLOSE = 1e-11  # results: the largest deviation from any margin at which fitting has converged
_ROUNDS = 100_000


class TableError(ValueError):
    """A file that is no table of the frame's cells: what stands in it and what should."""


class Slot(TypedDict):
    """One of the 40 studies that the memo counts; it lists none, so nothing else is known of it."""

    id: str
    source: str
    year_from: int
    year_to: int
    quality: list[str]
    derived_from: list[str]


class Record(TypedDict):
    """One result of the reconstruction; `country` is None where neither claim nor region gives it."""

    id: str
    region: str
    period: str
    mechanism: str
    verdict: str
    country: str | None
    derived_from: list[str]


def maximum_entropy(margins: Iterable[Margin], frame: Frame = FRAME) -> dict[Cell, float]:
    """The table of largest entropy among those that meet all margins, cells in results.

    Iterative proportional fitting (Deming & Stephan 1940): from ones everywhere, the cells of each margin
    in turn are scaled to its count until all hold. Cells that are empty in every whole-number table that
    fits (19 = 12 + 7 leaves no negative motivation result) start, and stay, at zero. The sums are exactly
    rounded and the margins are taken in an order of their own, so every machine gets the same floats.
    """
    held = list(margins)
    sums = equations(held, frame)
    filled = _possible(held, frame)
    values = [float(cell in filled) for cell in range(len(frame.cells()))]
    for _ in range(_ROUNDS):
        if _fit_once(values, sums) <= _CLOSE:
            return dict(zip(frame.cells(), values, strict=True))
    raise Unsolved("the proportional fitting does not converge")


def _possible(margins: list[Margin], frame: Frame) -> set[int]:
    """The cells that are not empty in all tables: ask for the most in those not yet seen filled."""
    unseen = set(range(len(frame.cells())))
    if unseen - {cell for equation in equations(margins, frame) for cell in equation.cells}:
        raise Unsolved("a cell is in no margin: no table has the largest entropy")
    filled: set[int] = set()
    while unseen:
        table = fitting_table(margins, dict.fromkeys(unseen, -1), frame)
        more = {n for n, count in enumerate(table.values()) if count and n in unseen}
        if not more:
            break
        filled |= more
        unseen -= more
    return filled


def _fit_once(values: list[float], sums: Iterable[Equation]) -> float:
    """Scale to each margin in turn; the largest deviation that was met on the way, in results."""
    worst = 0.0
    for equation in sums:
        total = fsum(values[cell] for cell in equation.cells)
        worst = max(worst, abs(total - equation.total))
        if total:
            for cell in equation.cells:
                values[cell] = values[cell] * equation.total / total
    return worst


def _millionths(ideal: Mapping[Cell, float], frame: Frame) -> tuple[int, ...]:
    return tuple(round(SCALE * ideal[cell]) for cell in frame.cells())


def distance(table: Mapping[Cell, int], ideal: Mapping[Cell, float], frame: Frame = FRAME) -> int:
    """The L1 distance of a table from an ideal one rounded to millionths, in millionths of a result."""
    aims = _millionths(ideal, frame)
    return sum(abs(SCALE * table[cell] - aim) for cell, aim in zip(frame.cells(), aims, strict=True))


def nearest_table(margins: Iterable[Margin], frame: Frame = FRAME) -> dict[Cell, int]:
    """The table that fits all margins nearest (L1) to the maximum-entropy table, and first among equals.

    The ideal table is rounded to millionths of a result, so every distance is a whole number and a tie is
    a tie. Among tables equally near, the lexicographically smallest is taken: the least count in the first
    cell of the frame's order, then in the second, and so on.
    """
    held = list(margins)
    ideal = maximum_entropy(held, frame)
    near = _Near(equations(held, frame), _millionths(ideal, frame))
    table = dict(zip(frame.cells(), near.first(), strict=True))
    if distance(table, ideal, frame) != near.least:
        raise Unsolved("the table is not at the least distance")
    return table


class _Near:
    """The integer programme of the nearest table.

    A cell is floor(aim) + z + p - q with z in {0, 1} and p, q >= 0: z steps over the aim and costs the
    difference of the two distances, p and q step away from it and cost one result each. The aim's distance
    to its floor is paid in any case. The relaxation is as tight as the convex distance allows.
    """

    def __init__(self, sums: tuple[Equation, ...], aims: tuple[int, ...]) -> None:
        self.floors = [aim // SCALE for aim in aims]
        rests = [aim - SCALE * low for aim, low in zip(aims, self.floors, strict=True)]
        self.cost = [price for rest in rests for price in (SCALE - 2 * rest, SCALE, SCALE)]
        room = max(equation.total for equation in sums)
        upper = [top for low in self.floors for top in (1, room, low)]
        self.program = Program(tuple(upper), tuple(self._sum(e.cells, e.total, e.total) for e in sums))
        best = self._solve(self.program, self.cost)
        paid = sum(price * value for price, value in zip(self.cost, best, strict=True))
        self.least = sum(rests) + paid
        prices = dict(enumerate(self.cost))
        self.nearest = Program(self.program.upper, (*self.program.rows, Row(prices, paid, paid)))

    def first(self) -> list[int]:
        """The lexicographically smallest table at the least distance: cell by cell, each then fixed."""
        found: list[int] = []
        for cell, low in enumerate(self.floors):
            fixed = tuple(self._sum((n,), count, count) for n, count in enumerate(found))
            program = Program(self.nearest.upper, (*self.nearest.rows, *fixed))
            cost = [0] * len(self.cost)
            cost[3 * cell : 3 * cell + 3] = [1, 1, -1]
            z, p, q = self._solve(program, cost)[3 * cell : 3 * cell + 3]
            found.append(low + z + p - q)
        return found

    def _sum(self, cells: tuple[int, ...], low: int, high: int) -> Row:
        terms = {3 * cell + step: sign for cell in cells for step, sign in enumerate((1, 1, -1))}
        floors = sum(self.floors[cell] for cell in cells)
        return Row(terms, low - floors, high - floors)

    @staticmethod
    def _solve(program: Program, cost: list[int]) -> tuple[int, ...]:
        found = solve(program, cost)
        if found is None:
            raise Unsolved("no table is found although some fit")
        return found


def slots(claims: Iterable[Mapping[str, str]]) -> list[Slot]:
    """The studies that the claims count, one plain record each: 18 from one source and 22 from the other."""
    rows = [row for row in claims if counted_unit(row) == "study"]
    totals = [row for row in rows if "source" not in dimensions(row["dimensions"])]
    parts = sorted((row for row in rows if row not in totals), key=itemgetter("claim_id"))
    drafts = [draft for row in parts for draft in _drafts(row, totals)]
    for row in totals:
        if printed_count(row, "numerator") != len(drafts):
            raise MarginError(row["claim_id"], f"counts {row['numerator']} studies, its parts {len(drafts)}")
    return [{**draft, "id": f"S{n:02}"} for n, draft in enumerate(drafts, start=1)]


def _drafts(row: Mapping[str, str], totals: list[Mapping[str, str]]) -> Iterable[Slot]:
    told, claim = dimensions(row["dimensions"], row["claim_id"]), row["claim_id"]
    years = [year for span in told.get("years", ()) for year in span.split("-")]
    if not set(told) <= {"unit", "source", "years", "quality"} or [len(year) for year in years] != [4, 4]:
        raise MarginError(claim, "studies of a source need years=first-last, and may have a quality besides")
    draft = Slot(
        id="",
        source=told["source"][0],
        year_from=int(years[0]),
        year_to=int(years[1]),
        quality=list(told.get("quality", ())),
        derived_from=sorted(found["claim_id"] for found in (*totals, row)),
    )
    return repeat(draft, printed_count(row, "numerator"))


def records(
    table: Mapping[Cell, int], claims: Iterable[Mapping[str, str]], frame: Frame = FRAME
) -> list[Record]:
    """The results of the table, one plain record each, in the order of the cells.

    Each is derived from every claim whose own count (the numerator) includes it.
    """
    told = [m for m in margins_from_claims(claims, frame) if m.part == "numerator"]
    drawn = [cell for cell in frame.cells() for _ in range(table[cell])]
    return [_record(f"R{n:02}", cell, table, told, frame) for n, cell in enumerate(drawn, start=1)]


def _record(name: str, cell: Cell, table: Mapping[Cell, int], told: list[Margin], frame: Frame) -> Record:
    place = dict(zip(frame.dims, cell, strict=True))
    country = _country(place, table, told, frame)
    return Record(
        id=name,
        region=place["region"],
        period=place["period"],
        mechanism=place["mechanism"],
        verdict=place["verdict"],
        country=country,
        derived_from=sorted(margin.claim for margin in told if margin.holds({**place, "country": country})),
    )


def _country(
    place: Mapping[str, str], table: Mapping[Cell, int], told: list[Margin], frame: Frame
) -> str | None:
    """The country that a claim prints for all results in a part of the table, or that the region is."""
    printed = (
        margin.country[0]
        for margin in told
        if len(margin.country) == 1 and margin.holds({**place, "country": margin.country[0]})
        if not unmet_by_table(table, [margin], frame)
    )
    return next(printed, COUNTRY_OF_REGION.get(place["region"]))


def read_table(path: Path, frame: Frame = FRAME) -> dict[Cell, int]:
    """Read a table of cell counts: one line a cell, in the frame's order, a whole number each."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    wanted = map(list, [frame.dims, *frame.cells()])
    for line, (row, want) in enumerate(zip_longest(rows, wanted, fillvalue=list[str]()), start=1):
        count = "count" if line == 1 else "[0-9]+"
        if not want or row[:-1] != want or not re.fullmatch(count, row[-1]):
            raise TableError(f"{path}:{line}: '{','.join(row)}' is not {','.join(want)} and a count")
    return {tuple(row[:-1]): int(row[-1]) for row in rows[1:]}


def write_table(path: Path, table: Mapping[Cell, int], frame: Frame = FRAME) -> None:
    """Write a table in the form that `read_table` reads, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*frame.dims, "count"])
            writer.writerows([*cell, table[cell]] for cell in frame.cells())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
