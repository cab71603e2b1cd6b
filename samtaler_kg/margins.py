"""The table behind the memo's figures: its cells, and every published count as an equation on them.

The memo prints counts of study results by region, period of publication, mechanism and direction, never
the whole cross-table. Here each count of results that it prints (numerator or denominator) becomes one
equation: the cells it covers add up to it. What follows from all of them together is the business of
`samtaler_kg.bounds` and `samtaler_kg.reconstruct`.

Unit of every count: study results. Counts of studies (M01-M03) are no equations of this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from itertools import product
from typing import Literal, NamedTuple

__all__ = [
    "FRAME",
    "Cell",
    "Equation",
    "Frame",
    "Margin",
    "MarginError",
    "Part",
    "Span",
    "Where",
    "counted_unit",
    "dimensions",
    "equations",
    "margins_from_claims",
    "printed_count",
    "rank",
    "unmet",
    "unmet_by_table",
]

Cell = tuple[str, ...]
"""One cell: a code for each dimension of the frame, in the frame's order."""

Where = Mapping[str, tuple[str, ...]]
"""A part of the table: for each dimension named, the codes that count (several = either)."""

Part = Literal["numerator", "denominator"]
"""Which of the two numbers of a claim such as "26 of 35"."""

_DIMENSION_COLUMN: dict[Part, str] = {"numerator": "dimensions", "denominator": "denominator_dimensions"}


class MarginError(ValueError):
    """A claim, or a question, that cannot be read as a count over the table's cells."""

    def __init__(self, place: str, fault: str) -> None:
        """Keep the claim id (or the name of the question) and what is wrong with it."""
        super().__init__(f"{place}: {fault}")
        self.place = place
        self.fault = fault


@dataclass(frozen=True)
class Frame:
    """The dimensions of the table and their codes; the order of codes is the order of cells.

    The codes are those that the memo counts results by: sorting is left out because the memo has no
    result on it (Q08), and lock-in because the memo counts it under the programme effect (Q07).
    """

    region: tuple[str, ...] = ("denmark", "northern-europe-excl-denmark")
    period: tuple[str, ...] = ("2001-2010", "2011-2015", "2016-2022")
    mechanism: tuple[str, ...] = ("motivation", "programme", "net")
    verdict: tuple[str, ...] = ("positive", "none", "negative")

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of the dimensions, slowest first."""
        return tuple(dimension.name for dimension in fields(self))

    def codes(self, dim: str) -> tuple[str, ...]:
        """The codes of one dimension, in order."""
        found: tuple[str, ...] = getattr(self, dim)
        return found

    def cells(self) -> tuple[Cell, ...]:
        """All cells in the declared order: region, then period, mechanism and verdict."""
        return tuple(product(*(self.codes(dim) for dim in self.dims)))

    def select(self, where: Where, place: str = "where") -> tuple[int, ...]:
        """The positions in `cells` that `where` covers; `place` names the claim in a complaint."""
        for dim, codes in where.items():
            self._known(dim, codes, place)
        wanted = [where.get(dim, self.codes(dim)) for dim in self.dims]
        return tuple(
            position
            for position, cell in enumerate(self.cells())
            if all(code in codes for code, codes in zip(cell, wanted, strict=True))
        )

    def _known(self, dim: str, codes: tuple[str, ...], place: str) -> None:
        if dim not in self.dims:
            raise MarginError(place, f"'{dim}' is no dimension of the table ({', '.join(self.dims)})")
        if not isinstance(codes, tuple) or not codes:
            raise MarginError(place, f"{dim} needs a tuple of one or more codes, not {codes!r}")
        for code in codes:
            if code not in self.codes(dim):
                raise MarginError(place, f"'{code}' is no {dim} of the table ({', '.join(self.codes(dim))})")


FRAME = Frame()
"""The memo's own frame: 2 regions x 3 periods x 3 mechanisms x 3 directions = 54 cells."""


@dataclass(frozen=True)
class Margin:
    """One published count of results: the cells of `where` add up to `count`.

    `country` is kept beside the equation where the claim prints one (M12). It is no dimension of the
    cells, so it restricts records only.
    """

    claim: str
    part: Part
    where: Where = field(hash=False)
    count: int
    country: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a negative number of results."""
        if self.count < 0:
            raise MarginError(self.claim, f"{self.part} {self.count} is below zero")

    @property
    def name(self) -> str:
        """Claim and part as one name, such as `M07/denominator`."""
        return f"{self.claim}/{self.part}"

    def holds(self, record: Mapping[str, object]) -> bool:
        """Say whether this count includes the record, its country included where one is printed."""
        if self.country and record.get("country") not in self.country:
            return False
        return all(record.get(dim) in codes for dim, codes in self.where.items())


class Equation(NamedTuple):
    """The cells at these positions of the frame add up to this number of results."""

    cells: tuple[int, ...]
    total: int


def dimensions(text: str, place: str = "dimensions") -> dict[str, tuple[str, ...]]:
    """Read `key=value; key=a|b` as it stands in claims.csv.

    >>> dimensions("unit=result; quality=good|satisfactory")
    {'unit': ('result',), 'quality': ('good', 'satisfactory')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, value = (part.strip() for part in pair.partition("="))
        codes = tuple(code.strip() for code in value.split("|"))
        if not (key and equals and all(codes)) or key in found:
            raise MarginError(place, f"'{pair}' is no new key=value")
        found[key] = codes
    return found


def counted_unit(row: Mapping[str, str]) -> str | None:
    """What a row of claims.csv counts, `result` or `study`; None where it prints no number."""
    if not row["numerator"].strip():
        return None
    unit = dimensions(row["dimensions"], row["claim_id"]).get("unit")
    if unit not in {("result",), ("study",)}:
        raise MarginError(row["claim_id"], "a printed number needs unit=result or unit=study")
    return unit[0]


def printed_count(row: Mapping[str, str], part: Part) -> int:
    """The whole number that a row of claims.csv prints as its numerator or denominator."""
    printed = row[part].strip()
    if not (printed.isascii() and printed.isdigit()):
        raise MarginError(row["claim_id"], f"{part} '{printed}' is no whole number")
    return int(printed)


def margins_from_claims(rows: Iterable[Mapping[str, str]], frame: Frame = FRAME) -> list[Margin]:
    """Turn every count of results among the rows of claims.csv into a margin, in the order of the rows."""
    margins: list[Margin] = []
    seen: set[str] = set()
    for row in rows:
        if row["claim_id"] in seen:
            raise MarginError(row["claim_id"], "stands twice among the claims")
        seen.add(row["claim_id"])
        if counted_unit(row) == "result":
            margins.extend(_margins(row, frame))
    return margins


def _margins(row: Mapping[str, str], frame: Frame) -> Iterator[Margin]:
    for part, column in _DIMENSION_COLUMN.items():
        claim = row["claim_id"]
        where = dimensions(row[column], claim)
        if not row[part].strip() and not where:
            continue
        count = printed_count(row, part)
        if where.pop("unit", None) != ("result",):
            raise MarginError(claim, f"{column} does not say unit=result as the claim does")
        country = where.pop("country", ())
        frame.select(where, claim)
        yield Margin(claim, part, where, count, country)


def equations(margins: Iterable[Margin], frame: Frame = FRAME) -> tuple[Equation, ...]:
    """The distinct equations behind the margins, in an order of their own that no input order changes."""
    return tuple(sorted({Equation(frame.select(m.where, m.claim), m.count) for m in margins}))


def rank(margins: Iterable[Margin], frame: Frame = FRAME) -> int:
    """How many of the equations are independent, by exact elimination over the rationals."""
    return len(Span(margins, frame).rows)


class Span:
    """The sums that the margins fix by addition and subtraction alone, whatever the cells are.

    A sum outside the span can still be fixed, because cells are whole and not negative: that is for
    `samtaler_kg.bounds`.
    """

    def __init__(self, margins: Iterable[Margin], frame: Frame = FRAME) -> None:
        """Reduce the margins' equations to independent rows, each with the column that it alone begins with."""
        self.frame = frame
        self.rows: dict[int, list[Fraction]] = {}
        for equation in equations(margins, frame):
            rest = self._reduced(equation.cells)
            lead = next((column for column, value in enumerate(rest) if value), None)
            if lead is not None:
                self.rows[lead] = [value / rest[lead] for value in rest]

    def holds(self, where: Where) -> bool:
        """Say whether the margins fix the sum of the cells at *where*."""
        return not any(self._reduced(self.frame.select(where)))

    def _reduced(self, cells: Iterable[int]) -> list[Fraction]:
        chosen = set(cells)
        rest = [Fraction(cell in chosen) for cell in range(len(self.frame.cells()))]
        for column in range(len(rest)):
            if rest[column] and column in self.rows:
                share = rest[column]
                rest = [value - share * known for value, known in zip(rest, self.rows[column], strict=True)]
        return rest


def unmet(records: Iterable[Mapping[str, object]], margins: Iterable[Margin]) -> list[str]:
    """The names of the margins that these records do not reproduce, such as `M07/numerator`."""
    held = list(records)
    return [m.name for m in margins if sum(m.holds(record) for record in held) != m.count]


def unmet_by_table(table: Mapping[Cell, int], margins: Iterable[Margin], frame: Frame = FRAME) -> list[str]:
    """The names of the margins that a table of cell counts does not reproduce."""
    counts = [table[cell] for cell in frame.cells()]
    return [m.name for m in margins if sum(counts[n] for n in frame.select(m.where, m.claim)) != m.count]
