"""What the published margins leave open: the smallest and largest value of any count of results.

A count that the memo does not print is asked of every whole-number table that fits all published figures
at once (partial identification): an integer programme over the cells, minimised and maximised with HiGHS
through `scipy.optimize.milp`. Where the two ends meet, the count is known; otherwise it is an interval and
*not identified*. Margins that no table fits are refused, naming the smallest set of claims that clash.

HiGHS computes in binary floats. A table it returns is rounded and checked against every equation in whole
numbers, and its optimality against the solver's own bound; an answer that fails either is not given.
Unit of every count: study results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from samtaler_kg.margins import FRAME, Cell, Equation, Frame, Margin, Where, equations

__all__ = [
    "Bound",
    "Infeasible",
    "Program",
    "Row",
    "Unsolved",
    "bounds",
    "clash",
    "fitting_table",
    "one_table",
    "solve",
]

SEARCHED = 6
"""Clashes of up to this many claims are searched exhaustively; a larger one is only made irreducible."""

_NO_SOLUTION = 2  # scipy.optimize.milp: "Problem is infeasible."
_HALF = 0.5  # costs are whole numbers: a lower bound less than this below the cost proves it least


class Infeasible(ValueError):
    """No table fits the margins: the claims that clash, and whether no smaller set of claims does."""

    def __init__(self, claims: tuple[str, ...], smallest: bool = True) -> None:
        """Keep the claims' ids; `smallest` is False where only irreducibility is certain."""
        super().__init__(f"no table fits all of {', '.join(claims)} at once")
        self.claims = claims
        self.smallest = smallest


class Unsolved(RuntimeError):
    """The solver gave no answer that stands up to exact arithmetic."""


@dataclass(frozen=True)
class Bound:
    """The smallest and largest value of a count over all tables that fit; `high` None = no limit."""

    low: int
    high: int | None

    @property
    def identified(self) -> bool:
        """True where the margins leave exactly one value."""
        return self.low == self.high


class Row(NamedTuple):
    """One condition of a programme: low <= sum of coefficient x variable <= high."""

    terms: Mapping[int, int]
    low: int
    high: int


@dataclass(frozen=True)
class Program:
    """An integer programme with whole-number data: variables from 0 to `upper` that meet all `rows`."""

    upper: tuple[int, ...]
    rows: tuple[Row, ...]

    def met(self, values: Sequence[int]) -> bool:
        """Check a solution in whole numbers."""
        return all(0 <= value <= top for value, top in zip(values, self.upper, strict=True)) and all(
            row.low <= sum(factor * values[n] for n, factor in row.terms.items()) <= row.high
            for row in self.rows
        )


def solve(program: Program, cost: Sequence[int]) -> tuple[int, ...] | None:
    """The variables that meet the programme at the least cost, or None where none do."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix = np.zeros((len(program.rows), len(program.upper)))
    for line, row in zip(matrix, program.rows, strict=True):
        line[list(row.terms)] = list(row.terms.values())
    limits = LinearConstraint(matrix, [row.low for row in program.rows], [row.high for row in program.rows])
    answer = milp(
        np.array(cost, dtype=float),
        integrality=np.ones(len(program.upper)),
        bounds=Bounds(np.zeros(len(program.upper)), np.array(program.upper, dtype=float)),
        constraints=limits if program.rows else None,
        options={"mip_rel_gap": 0},
    )
    return None if answer.status == _NO_SOLUTION else _exact(program, cost, answer)


def _exact(program: Program, cost: Sequence[int], answer: Any) -> tuple[int, ...]:
    if answer.status != 0 or answer.x is None:
        raise Unsolved(f"HiGHS: {answer.message}")
    values = tuple(round(float(value)) for value in answer.x)
    if not program.met(values):
        raise Unsolved("the rounded solution breaks an equation")
    reached = sum(factor * value for factor, value in zip(cost, values, strict=True))
    if reached - float(answer.mip_dual_bound) >= _HALF:
        raise Unsolved(f"the cost {reached} is not proved least ({answer.mip_dual_bound})")
    return values


def one_table(given: Iterable[Equation], width: int, cost: Mapping[int, int]) -> tuple[int, ...] | None:
    """The cells of a table that meets the equations at the least cost; cells in no equation stay empty."""
    held = tuple(given)
    upper = tuple(min((e.total for e in held if cell in e.cells), default=0) for cell in range(width))
    rows = tuple(Row(dict.fromkeys(e.cells, 1), e.total, e.total) for e in held)
    return solve(Program(upper, rows), [cost.get(cell, 0) for cell in range(width)])


def fitting_table(
    margins: Iterable[Margin], cost: Mapping[int, int], frame: Frame = FRAME
) -> dict[Cell, int]:
    """The table that fits all margins at the least cost (by position of the cell), or `Infeasible`."""
    held = list(margins)
    found = one_table(equations(held, frame), len(frame.cells()), cost)
    if found is None:
        raise clash(held, frame) or Unsolved("a table was found for margins that had none")
    return dict(zip(frame.cells(), found, strict=True))


def bounds(
    margins: Iterable[Margin], where: Where, given: Iterable[Margin] = (), frame: Frame = FRAME
) -> Bound:
    """The interval of the number of results in `where`; `given` adds what-if margins to the published.

    A cell that no margin covers has no upper limit, and neither has a count that includes it.

    >>> published = [Margin("M1", "numerator", {}, 5), Margin("M2", "numerator", {"region": ("denmark",)}, 3)]
    >>> bounds(published, {"verdict": ("none",)})
    Bound(low=0, high=5)
    >>> bounds(published, {"region": ("northern-europe-excl-denmark",)}).identified
    True
    """
    held = [*margins, *given]
    asked = frame.select(where)
    covered = {cell for equation in equations(held, frame) for cell in equation.cells}
    low = fitting_table(held, dict.fromkeys(asked, 1), frame)
    if not covered.issuperset(asked):
        return Bound(_sum(low, asked), None)
    high = fitting_table(held, dict.fromkeys(asked, -1), frame)
    return Bound(_sum(low, asked), _sum(high, asked))


def _sum(table: Mapping[Cell, int], positions: Iterable[int]) -> int:
    counts = list(table.values())
    return sum(counts[n] for n in positions)


def clash(margins: Iterable[Margin], frame: Frame = FRAME) -> Infeasible | None:
    """The smallest set of claims that no table fits, of several the first as given; None where all fit.

    Sets of claims are tried by size. Every set found to fit is extended to a largest one that does, and
    what that leaves out must be met by any clash: sets that miss it are skipped without being solved.
    """
    search = _Search(margins, frame)
    repairs: list[int] = []
    for size in range(min(SEARCHED, len(search.claims)) + 1):
        for chosen in combinations(search.bits, size):
            wanted = sum(chosen)
            if all(wanted & repair for repair in repairs):
                repair = search.repair(wanted)
                if repair is None:
                    return Infeasible(search.names(wanted))
                if not repair:
                    return None
                repairs.append(repair)
    return Infeasible(search.names(search.irreducible()), smallest=False)


class _Search:
    """Sets of claims as bits of a whole number, and which of them a table fits."""

    def __init__(self, margins: Iterable[Margin], frame: Frame) -> None:
        by_claim: dict[str, list[Margin]] = {}
        for margin in margins:
            by_claim.setdefault(margin.claim, []).append(margin)
        self.claims = tuple(by_claim)
        self.bits = [1 << n for n in range(len(self.claims))]
        self.equations = [equations(by_claim[claim], frame) for claim in self.claims]
        self.width = len(frame.cells())

    def names(self, chosen: int) -> tuple[str, ...]:
        return tuple(claim for bit, claim in zip(self.bits, self.claims, strict=True) if bit & chosen)

    def fit(self, chosen: int) -> tuple[int, ...] | None:
        picked = (e for bit, e in zip(self.bits, self.equations, strict=True) if bit & chosen)
        return one_table(sorted({equation for group in picked for equation in group}), self.width, {})

    def repair(self, chosen: int) -> int | None:
        """The claims to leave out so that these and as many others as possible fit; None where none do."""
        table = self.fit(chosen)
        if table is None:
            return None
        for bit, group in zip(self.bits, self.equations, strict=True):
            if not chosen & bit:
                wider = table if _meets(table, group) else self.fit(chosen | bit)
                if wider is not None:
                    chosen, table = chosen | bit, wider
        return sum(self.bits) - chosen

    def irreducible(self) -> int:
        """A clash of which every claim is needed: claims are dropped one by one (deletion filter)."""
        kept = sum(self.bits)
        for bit in self.bits:
            if self.fit(kept - bit) is None:
                kept -= bit
        return kept


def _meets(table: tuple[int, ...], group: tuple[Equation, ...]) -> bool:
    return all(sum(table[cell] for cell in equation.cells) == equation.total for equation in group)
