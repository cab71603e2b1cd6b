"""A harvest plot (Ogilvie and others, 2008): one bar for each study under the direction that its results point to.

Bars of a harvest plot are as high as a study is strong. No grade of strength is coded here, so the height shows what is
coded: the coder's confidence in the reading, or how much of the summary was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samtaler_kg.draw import lettering, page
from samtaler_kg.draw.findings import Finding, Vote, findings, together, unit_of, votes
from samtaler_kg.draw.gap_map import axis
from samtaler_kg.draw.request import Request
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import FAINT, GRID, LOOKS, MARGIN, SHADE, SMALL, SOFT, TEXT, TINY
from samtaler_kg.draw.symbols import symbol

COLUMNS = ("negative", "none", "mixed", "positive")

HEIGHTS: Mapping[str, tuple[str, ...]] = {"confidence": ("low", "medium", "high"), "verification": ("partial", "full")}
"""The codes that make a bar low or high, the lowest first."""

SIDE, STEP, BAR, TALLEST = 168.0, 13.0, 9.0, 54.0
LEAST = 96.0
"""The least width of a column: its head fits."""


def draw(request: Request) -> Sheet:
    """Rows of outcomes, or of another field that the reader chooses."""
    facet, by = request.options["rows"], unit_of(request, "study")
    every = findings(request)
    kept = every if facet == "outcome" else together(every)
    down = axis(request, facet, kept)
    rows = {name: votes([f for f in kept if down.of(f) == code], by) for code, name in down.codes.items()}
    rows = {name: sorted(found, key=_country) for name, found in rows.items() if found}
    widths = {
        column: max(LEAST, 14 + STEP * max((_number(found, column) for found in rows.values()), default=0))
        for column in COLUMNS
    }
    sheet = Sheet(width=max(1200.0, 2 * MARGIN + SIDE + sum(widths.values())))
    spare = (sheet.width - 2 * MARGIN - SIDE - sum(widths.values())) / len(COLUMNS)
    plot = _Plot(sheet, request, {column: wide + spare for column, wide in widths.items()})
    y = plot.drawn(
        page.head(sheet, request, request.say(f"draw.pictures.harvest.lead-{request.options['height']}")), rows
    )
    page.foot(sheet, request, y, plot.entries(), _notes(request, every, kept), [page.coded_source(request, kept)])
    return sheet


def _country(vote: Vote) -> tuple[str, str]:
    return vote.findings[0].country, vote.unit


def _number(found: Sequence[Vote], column: str) -> int:
    return sum(vote.direction == column for vote in found)


@dataclass(frozen=True)
class _Plot:
    """The plot on its way to the sheet."""

    sheet: Sheet
    request: Request
    widths: Mapping[str, float]

    @property
    def scale(self) -> tuple[str, ...]:
        return HEIGHTS[self.request.options["height"]]

    def drawn(self, y: float, rows: Mapping[str, Sequence[Vote]]) -> float:
        """Heads of columns, then rows; gives the height below."""
        y = self._heads(y)
        for name, found in rows.items():
            y = self._row(y, name, found)
        return y + 10

    def _heads(self, y: float) -> float:
        self.sheet.area(MARGIN, y, self.sheet.width - 2 * MARGIN, 36, SHADE)
        left = MARGIN + SIDE
        for column, wide in self.widths.items():
            words = self.request.say(f"draw.directions.{column}")
            symbol(self.sheet, column, left + 14, y + 18, 15)
            self.sheet.label(left + 30, y + 23, words, TEXT, bold=True, on=SHADE)
            left += wide
        return y + 36

    def _row(self, y: float, name: str, found: Sequence[Vote]) -> float:
        self.sheet.line((MARGIN, y), (self.sheet.width - MARGIN, y), colour=GRID)
        ground = y + TALLEST + 26
        high = TALLEST + 26 + 34
        words = lettering.lines(name, TEXT, SIDE - 14, True)
        top = ground - 6 - (len(words) - 1) * 17
        for line, word in enumerate(words):
            self.sheet.label(MARGIN, top + line * 17, word, TEXT, bold=True)
        told = self.request.count("clusters" if self.request.unit == "trial" else "studies", len(found))
        self.sheet.label(MARGIN, ground + 12, told, SMALL, colour=SOFT)
        left = MARGIN + SIDE
        for column, wide in self.widths.items():
            bars = [vote for vote in found if vote.direction == column]
            self.sheet.line((left + 4, ground), (left + wide - 8, ground), colour=FAINT)
            self.sheet.label(left + 6, y + 15, str(len(bars)), SMALL, bold=True, colour=SOFT)
            for n, vote in enumerate(bars):
                self._bar(left + 10 + n * STEP, ground, name, vote)
            left += wide
        return y + high

    def _bar(self, x: float, ground: float, row: str, vote: Vote) -> None:
        height = self.request.options["height"]
        grade = min((getattr(finding, height) for finding in vote.findings), key=self._level)
        high = TALLEST * (self._level(grade) + 1) / len(self.scale)
        mark = self._mark(row, vote, height, grade)
        self.sheet.box(x, ground - high, BAR, high, LOOKS[vote.direction], mark, 0.9)
        country = vote.findings[0].country
        self.sheet.label(x + BAR / 2 + 3.6, ground + 28, country, TINY - 1, colour=SOFT, turned=True, mark=mark)

    def _level(self, code: str) -> int:
        return self.scale.index(code) if code in self.scale else 0

    def _mark(self, row: str, vote: Vote, height: str, grade: str) -> int:
        name = self.request.cluster(vote.unit) if vote.by == "cluster" else self.request.names[vote.unit]
        country = self.request.label("country", vote.findings[0].country)
        told = self.request.count("results", len(vote.findings))
        level = self.request.say(f"draw.heights.{height}-{grade}" if grade else "draw.not-coded").lower()
        group = f"{row}, {self.request.say(f'draw.directions.{vote.direction}').lower()}"
        return self.sheet.mark(
            group,
            f"{name}, {country} ({told}; {level})",
            vote.link,
            row=row,
            direction=vote.direction,
            unit=vote.unit,
            results=len(vote.findings),
            height=grade,
        )

    def entries(self) -> list[page.Entry]:
        """One bar for each height, with its words."""
        height = self.request.options["height"]

        def bar(level: int) -> page.Entry:
            high = TALLEST * (level + 1) / len(self.scale)
            words = self.request.say(f"draw.heights.{height}-{self.scale[level]}")
            return page.Entry(
                lambda sheet, x, y: sheet.box(x - BAR / 2, y - high / 2, BAR, high, LOOKS["none"]), words, 14, TALLEST
            )

        return [bar(level) for level in range(len(self.scale))]


def _notes(request: Request, every: Sequence[Finding], kept: Sequence[Finding]) -> list[str]:
    notes = [
        request.say("draw.notes.mixed-study"),
        request.say("draw.notes.not-quality"),
        request.say("draw.notes.vote"),
    ]
    if len(every) > len(kept):
        notes.append(
            request.say("draw.notes.left-out-outcomes", results=request.count("results", len(every) - len(kept)))
        )
    return notes
