"""What the memo prints and what follows from it: each count with its lowest and highest value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from samtaler_kg.bounds import bounds
from samtaler_kg.draw.request import Request
from samtaler_kg.margins import FRAME, Margin

QUERY = "published-counts"
"""The stored query of the numbers that the memo prints."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of results, or the interval that it lies in."""

    low: int
    high: int

    @property
    def identified(self) -> bool:
        """Whether the number is known."""
        return self.low == self.high

    def __str__(self) -> str:
        """The number, or lowest and highest with a dash between.

        >>> str(Count(2, 2)), str(Count(11, 13))
        ('2', '11–13')
        """
        return str(self.low) if self.identified else f"{self.low}–{self.high}"


@dataclass
class Published:
    """The memo's printed counts of results, and the intervals that they leave to all others."""

    request: Request

    @cached_property
    def margins(self) -> list[Margin]:
        """Every printed count of results as an equation, from the stored query."""
        rows = self.request.rows(QUERY, layer="memo")
        return [
            Margin(
                str(row["claim"]),
                "numerator" if row["part"] == "numerator" else "denominator",
                {dim: (str(row[dim]),) for dim in FRAME.dims if row[dim]},
                int(str(row["count"])),
            )
            for row in rows
            if row["counted_unit"] == "result"
        ]

    def count(self, where: Mapping[str, str]) -> Count:
        """The number of results in a part of the memo's table, over all tables that fit what it prints."""
        bound = bounds(self.margins, {dim: (code,) for dim, code in where.items()})
        return Count(bound.low, cast(int, bound.high))  # the memo prints a total, so every cell has an upper end
