"""A timeline: one sign for each result in its year of publication, a panel for each region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from samtaler_kg.draw import page
from samtaler_kg.draw.findings import DIRECTIONS, Finding, Vote, findings, tally, together, unit_of, votes
from samtaler_kg.draw.request import Request
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import FAINT, GRID, MARGIN, SMALL, SOFT, TINY
from samtaler_kg.draw.symbols import symbol
from samtaler_kg.margins import FRAME

SIGN, LEVEL = 11.0, 14.0
"""Size of a sign, and the height of one in a stack."""

SIDE = 12.0


@dataclass(frozen=True, slots=True)
class _Region:
    """One panel: the votes of each year."""

    code: str
    years: Mapping[int, Sequence[Vote]]

    def tallest(self, rows: Sequence[str], apart: bool) -> int:
        """The highest stack, where directions stand apart or on top of each other."""
        counts = [tally(found) for found in self.years.values()]
        return max((max(count[row] for row in rows) if apart else count.total() for count in counts), default=0)


def draw(request: Request) -> Sheet:
    """Denmark above, northern Europe without Denmark below, on one axis of years."""
    every = findings(request)
    kept = [finding for finding in together(every) if finding.year is not None]
    sheet = Sheet()
    lead = "lead-trial" if request.unit == "trial" else "lead"
    y = page.head(sheet, request, request.say(f"draw.pictures.timeline.{lead}"))
    if kept:
        y = _Timeline(sheet, request, kept).drawn(y)
    rows = _rows(request)
    entries = [page.direction_entry(request, row) for row in rows]
    page.foot(sheet, request, y, entries, _notes(request, every), [page.coded_source(request, kept)])
    return sheet


def _rows(request: Request) -> tuple[str, ...]:
    return (*DIRECTIONS, "mixed") if request.unit == "trial" else DIRECTIONS


@dataclass(frozen=True)
class _Timeline:
    """The panels on their way to the sheet."""

    sheet: Sheet
    request: Request
    found: Sequence[Finding]

    @property
    def years(self) -> range:
        known = [finding.year for finding in self.found if finding.year is not None]
        inside = [int(period[:4]) for period in FRAME.period] + [int(period[5:]) for period in FRAME.period]
        ends = [*known, *inside] if self.request.scope == "memo" else known
        return range(min(ends), max(ends) + 1)

    @property
    def step(self) -> float:
        return (self.sheet.width - 2 * MARGIN - 2 * SIDE) / len(self.years)

    def drawn(self, y: float) -> float:
        """The panels of regions that have results; gives the height below them."""
        by = unit_of(self.request)
        for code in FRAME.region:
            held = [finding for finding in self.found if finding.region == code]
            years = {year: votes([f for f in held if f.year == year], by) for year in self.years}
            if held:
                y = self._panel(y, _Region(code, years)) + 12
        return y

    def _panel(self, y: float, region: _Region) -> float:
        rows = _rows(self.request)
        title = self.request.label("region", region.code)
        whole = tally(votes([f for f in self.found if f.region == region.code], unit_of(self.request)))
        y = page.section(self.sheet, y, title, self._told(whole))
        apart = self.step >= len(rows) * (SIGN + 2) + 6
        ground = y + 58 + LEVEL * region.tallest(rows, apart)
        self._periods(y, ground, region)
        self.sheet.line((MARGIN, ground), (self.sheet.width - MARGIN, ground), colour=FAINT)
        for n, (year, found) in enumerate(region.years.items()):
            left = MARGIN + SIDE + n * self.step
            self.sheet.label(left + self.step / 2, ground + 18, str(year), TINY, colour=SOFT, side="center")
            stacks = [[vote for vote in found if vote.direction == row] for row in rows]
            for place, stack in enumerate(stacks if apart else [list(chain(*stacks))]):
                x = left + self.step / 2 + ((place - (len(rows) - 1) / 2) * 14 if apart else 0)
                for level, vote in enumerate(stack):
                    self._sign(x, ground - 9 - level * LEVEL, title, year, vote)
        return ground + 28

    def _told(self, counted: Mapping[str, int]) -> str:
        parts = [f"{self.request.say(f'draw.directions.{row}').lower()} {counted[row]}" for row in _rows(self.request)]
        return ", ".join(parts)

    def _periods(self, y: float, ground: float, region: _Region) -> None:
        """The memo's periods: a line where one begins or ends, its years, and its sum in each direction."""
        by = unit_of(self.request)
        for period in FRAME.period:
            inside = [year for year in self.years if int(period[:4]) <= year <= int(period[5:])]
            if not inside:
                continue
            left, right = (MARGIN + SIDE + (year - self.years[0]) * self.step for year in (inside[0], inside[-1] + 1))
            for edge, year in ((left, inside[0]), (right, inside[-1] + 1)):
                if self.years[0] < year <= self.years[-1]:
                    self.sheet.line((edge, y + 6), (edge, ground + 24), colour=GRID)
            held = [f for f in self.found if f.region == region.code and f.period == period]
            self._sums(left, y, period, tally(votes(held, by)))

    def _sums(self, left: float, y: float, period: str, counted: Mapping[str, int]) -> None:
        self.sheet.label(left + 8, y + 22, self.request.label("period", period), SMALL, bold=True)
        for n, row in enumerate(_rows(self.request)):
            x = left + 15 + n * 42
            symbol(self.sheet, row, x, y + 36, 11)
            self.sheet.label(x + 11, y + 40, str(counted[row]), SMALL)

    def _sign(self, x: float, y: float, title: str, year: int, vote: Vote) -> None:
        if vote.by == "cluster":
            name = self.request.cluster(vote.unit)
            told = self.request.count("results", len(vote.findings))
        else:
            name = self.request.names[vote.findings[0].study]
            told = self.request.inner("outcome", vote.findings[0].outcome)
        direction = self.request.say(f"draw.directions.{vote.direction}").lower()
        facts = {"region": vote.findings[0].region, "year": year, "direction": vote.direction}
        mark = self.sheet.mark(f"{title}, {year}", f"{name}, {told}: {direction}", vote.link, **facts, unit=vote.unit)
        symbol(self.sheet, vote.direction, x, y, SIGN, mark)


def _notes(request: Request, every: Sequence[Finding]) -> list[str]:
    notes = [request.say("draw.notes.vote")]
    if request.unit == "trial":
        notes.append(request.say("draw.notes.once-a-year"))
    held = together(every)
    if len(held) < len(every):
        notes.append(
            request.say("draw.notes.left-out-outcomes", results=request.count("results", len(every) - len(held)))
        )
    if undated := sum(finding.year is None for finding in held):
        notes.append(request.say("draw.notes.no-year", results=request.count("results", undated)))
    return notes
