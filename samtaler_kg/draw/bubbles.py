"""The memo's figures 1 and 2 drawn anew: bubbles by direction, what is published beside what is coded.

The memo prints totals, not the cells of its figures. A cell that the totals fix is a bubble; any other is a ring
between the smallest and the largest number that fits them, with the words that it is not identified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import hypot, sqrt

from samtaler_kg.draw import lettering, page
from samtaler_kg.draw.findings import DIRECTIONS, QUERY, Finding, findings, tally, together, unit_of, votes
from samtaler_kg.draw.published import QUERY as PRINTED
from samtaler_kg.draw.published import Count, Published
from samtaler_kg.draw.request import Request, query_iri
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import GRID, HEAD, LOOKS, MARGIN, SMALL, SOFT, TEXT, TINY
from samtaler_kg.draw.symbols import symbol
from samtaler_kg.margins import FRAME

LARGEST = 40.0
"""Radius of the largest bubble of a picture, in units."""

SIDE = 150.0
"""Room for the names of the rows."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One table of bubbles: title, words for its columns, total of each column, and a count for each cell."""

    title: str
    columns: Mapping[str, str]
    totals: Mapping[str, Count]
    cells: Mapping[tuple[str, str], Count]
    link: str


@dataclass(frozen=True, slots=True)
class Part:
    """Panels side by side under one band: a layer of the graph."""

    layer: str
    title: str
    told: str
    rows: Sequence[str]
    panels: Sequence[Panel]
    thing: str = "results"

    @property
    def most(self) -> int:
        """The largest number in any cell."""
        return max((count.high for panel in self.panels for count in panel.cells.values()), default=0)

    @property
    def open(self) -> bool:
        """Whether any cell is an interval."""
        return any(not count.identified for panel in self.panels for count in panel.cells.values())


def by_period(request: Request) -> Sheet:
    """Figure 1: period of publication and direction; all, Denmark, northern Europe without Denmark."""
    periods = {period: request.label("period", period) for period in FRAME.period}
    wheres = [{}, *({"region": region} for region in FRAME.region)]
    titles = [request.say("draw.all"), *(request.label("region", region) for region in FRAME.region)]
    return _picture(request, "period", periods, list(zip(titles, wheres, strict=True)))


def by_mechanism(request: Request) -> Sheet:
    """Figure 2: mechanism and direction."""
    mechanisms = {code: request.label("mechanism", code) for code in FRAME.mechanism}
    return _picture(request, "mechanism", mechanisms, [(request.say("draw.all"), {})])


def _picture(
    request: Request, dim: str, columns: Mapping[str, str], panels: Sequence[tuple[str, Mapping[str, str]]]
) -> Sheet:
    published = _published(request, dim, columns, panels)
    held = {code: together(findings(request, {dim: code})) for code in columns}
    coded = _coded(request, held, columns, panels)
    sheet = Sheet()
    lead = "lead-trial" if request.unit == "trial" else "lead"
    y = page.head(sheet, request, request.say(f"draw.pictures.{request.name}.{lead}"))
    scale = LARGEST / sqrt(max(published.most, coded.most, 1))
    if len(panels) > 1:
        for part in (published, coded):
            y = _Drawn(sheet, request, scale, part).below(y) + 10
    else:
        y = _beside(sheet, request, scale, (published, coded), y)
    shown = [finding for found in held.values() for finding in found]
    parts = (published, coded)
    page.foot(
        sheet, request, y, _entries(request, scale, parts), _notes(request, shown, parts), _sources(request, shown)
    )
    return sheet


def _published(
    request: Request, dim: str, columns: Mapping[str, str], panels: Sequence[tuple[str, Mapping[str, str]]]
) -> Part:
    told = Published(request)
    drawn = []
    for title, where in panels:
        part = {**request.filters, **where}
        totals = {code: told.count({**part, dim: code}) for code in columns}
        cells = {
            (direction, code): told.count({**part, dim: code, "verdict": direction})
            for direction in DIRECTIONS
            for code in columns
        }
        drawn.append(Panel(title, columns, totals, cells, query_iri(PRINTED)))
    return Part("published", request.say("draw.published.title"), request.say("draw.published.told"), DIRECTIONS, drawn)


def _coded(
    request: Request,
    held: Mapping[str, Sequence[Finding]],
    columns: Mapping[str, str],
    panels: Sequence[tuple[str, Mapping[str, str]]],
) -> Part:
    by = unit_of(request)
    rows = (*DIRECTIONS, "mixed") if by == "cluster" else DIRECTIONS
    drawn = []
    for title, where in panels:
        cells, totals = {}, {}
        for code, found in held.items():
            kept = [f for f in found if all(getattr(f, dim) == value for dim, value in where.items())]
            counted = tally(votes(kept, by))
            totals[code] = Count(counted.total(), counted.total())
            cells.update({(row, code): Count(counted[row], counted[row]) for row in rows})
        named = request.say("draw.all-clusters") if by == "cluster" and not where else title
        drawn.append(Panel(named, columns, totals, cells, query_iri(QUERY)))
    told = request.say(f"draw.coded.told-{request.scope}")
    return Part(
        "coded", request.say("draw.coded.title"), told, rows, drawn, "clusters" if by == "cluster" else "results"
    )


def _beside(sheet: Sheet, request: Request, scale: float, parts: Sequence[Part], y: float) -> float:
    """Two parts side by side, each under a band of its own."""
    drawn = [_Drawn(sheet, request, scale, part) for part in parts]
    rows = max((part.rows for part in parts), key=len)
    highs = [max(one.high(row) for one in drawn if row in one.part.rows) for row in rows]
    wide = (sheet.width - 2 * MARGIN - SIDE) / len(parts)
    drawn[0].names(y + 70, rows, highs)
    for n, one in enumerate(drawn):
        x = MARGIN + SIDE + n * wide
        page.section(sheet, y, one.part.title, one.part.told, x + 4, wide - 12)
        for panel in one.part.panels:
            one.panel(replace(panel, title=""), x, y + 8, wide, highs[: len(one.part.rows)])
    return y + 70 + sum(highs) + 14


@dataclass(frozen=True)
class _Drawn:
    """A part on its way to the sheet."""

    sheet: Sheet
    request: Request
    scale: float
    part: Part

    def below(self, y: float) -> float:
        """The part under a band of its own; gives the height below it."""
        y = page.section(self.sheet, y, self.part.title, self.part.told) + 10
        highs = [self.high(row) for row in self.part.rows]
        wide = (self.sheet.width - 2 * MARGIN - SIDE) / len(self.part.panels)
        self.names(y + 62, self.part.rows, highs)
        for n, panel in enumerate(self.part.panels):
            self.panel(panel, MARGIN + SIDE + n * wide, y, wide, highs)
        return y + 62 + sum(highs)

    def high(self, row: str) -> float:
        """The height of a row: its largest bubble, and text below where a cell is an interval."""
        counts = [count for panel in self.part.panels for (at, _), count in panel.cells.items() if at == row]
        radius = self.scale * sqrt(max((count.high for count in counts), default=0))
        open_ = any(not count.identified for count in counts)
        return max(46.0, 2 * radius + (56 if open_ else 22))

    def names(self, y: float, rows: Sequence[str], highs: Sequence[float]) -> None:
        """The names of the rows, each with the sign of its direction."""
        for row, high in zip(rows, highs, strict=True):
            symbol(self.sheet, row, MARGIN + 10, y + high / 2, 16)
            words = lettering.lines(self.request.say(f"draw.directions.{row}"), TEXT, SIDE - 34)
            top = y + high / 2 + 4.5 - (len(words) - 1) * 8.5
            for n, line in enumerate(words):
                self.sheet.label(MARGIN + 28, top + n * 17, line, TEXT, bold=True)
            y += high

    def panel(self, panel: Panel, x: float, y: float, wide: float, highs: Sequence[float]) -> None:
        """Titles of panel and columns, lines between rows, and the cells."""
        step = (wide - 12) / len(panel.columns)
        self.sheet.label(x + 8, y + 14, panel.title, HEAD, bold=True)
        for n, (code, words) in enumerate(panel.columns.items()):
            middle = x + 6 + (n + 0.5) * step
            self.sheet.label(middle, y + 38, words, SMALL, bold=True, side="center")
            total = self.request.say("draw.total", n=str(panel.totals[code]))
            self.sheet.label(middle, y + 54, total, TINY, colour=SOFT, side="center")
        top = y + 62
        for row, high in zip(self.part.rows, highs, strict=True):
            self.sheet.line((x + 4, top), (x + wide - 8, top), colour=GRID)
            for n, code in enumerate(panel.columns):
                self._cell(panel, row, code, x + 6 + (n + 0.5) * step, top, high)
            top += high

    def _cell(self, panel: Panel, row: str, code: str, x: float, top: float, high: float) -> None:
        count = panel.cells[row, code]
        mark = self._mark(panel, row, code, count)
        radius = self.scale * sqrt(count.high)
        if count.identified:
            self._bubble(x, top + high / 2, radius, row, count, mark)
        else:
            self._ring(x, top, high, radius, row, count, mark)

    def _mark(self, panel: Panel, row: str, code: str, count: Count) -> int:
        group = f"{self.part.title}, {panel.title}" if panel.title else self.part.title
        known = "" if count.identified else f" ({self.request.say('draw.not-identified')})"
        words = f"{panel.columns[code]}, {self.request.say(f'draw.directions.{row}').lower()}: {count}{known}"
        facts = {"layer": self.part.layer, "panel": panel.title, "column": code, "direction": row}
        return self.sheet.mark(
            group, words, panel.link, **facts, low=count.low, high=count.high, counts=self.part.thing
        )

    def _bubble(self, x: float, y: float, radius: float, row: str, count: Count, mark: int) -> None:
        look, text = LOOKS[row], str(count)
        if not count.high:
            self.sheet.label(x, y + 4.5, "0", TEXT, colour=SOFT, side="center", mark=mark)
            return
        self.sheet.circle(x, y, radius, look, mark)
        wide = lettering.width(text, TEXT, True)
        if radius < (hypot(wide / 2 + 3, 8) if look.hatch else wide / 2 + 4):
            self.sheet.label(x + radius + 5, y + 4.5, text, TEXT, bold=True, mark=mark)
            return
        if look.hatch:
            plate = replace(look, edge=look.fill, hatch="")
            self.sheet.box(x - wide / 2 - 3, y - 8, wide + 6, 16, plate, mark, 0.0)
        self.sheet.label(x, y + 4.8, text, TEXT, bold=True, colour=look.ink, on=look.fill, side="center", mark=mark)

    def _ring(self, x: float, top: float, high: float, radius: float, row: str, count: Count, mark: int) -> None:
        ring(self.sheet, x, top + (high - 34) / 2, radius, self.scale * sqrt(count.low), row, mark)
        self.sheet.label(x, top + high - 23, str(count), TEXT, bold=True, side="center", mark=mark)
        words = self.request.say("draw.not-identified")
        self.sheet.label(x, top + high - 9, words, TINY, colour=SOFT, side="center", mark=mark)


def ring(sheet: Sheet, x: float, y: float, outer: float, inner: float, row: str, mark: int | None = None) -> None:
    """An interval: a dashed circle for the largest number, a filled one inside for the smallest."""
    look = LOOKS[row]
    sheet.circle(x, y, outer, replace(look, fill=look.tint, hatch="", dashed=True), mark)
    if inner:
        sheet.circle(x, y, inner, look, mark)


def _entries(request: Request, scale: float, parts: Sequence[Part]) -> list[page.Entry]:
    def bubble(n: int, sheet: Sheet, x: float, y: float) -> None:
        sheet.circle(x, y, scale * sqrt(n), LOOKS["none"])

    def interval(sheet: Sheet, x: float, y: float) -> None:
        ring(sheet, x, y, 15, 9, "positive")

    most = max(part.most for part in parts)
    entries = [
        page.Entry(partial(bubble, n), request.say("draw.total", n=n), 2 * scale * sqrt(n) + 4, 2 * scale * sqrt(n) + 4)
        for n in (1, 5, 20, 50, 100)
        if n <= most
    ]
    if any(part.open for part in parts):
        entries.append(page.Entry(interval, request.say("draw.ring"), 34, 34))
    if any("mixed" in part.rows for part in parts):
        entries.append(page.direction_entry(request, "mixed", request.say("draw.mixed-cluster")))
    return entries


def _notes(request: Request, shown: Sequence[Finding], parts: Sequence[Part]) -> list[str]:
    left_out = len(findings(request)) - len(shown)
    notes = ["rings" if any(part.open for part in parts) else "printed", "not-the-memos", "vote"]
    told = [request.say(f"draw.notes.{note}") for note in notes]
    if request.unit == "trial":
        told.append(request.say("draw.notes.per-trial-published"))
    if left_out:
        told.append(request.say("draw.notes.left-out", results=request.count("results", left_out)))
    return told


def _sources(request: Request, shown: Sequence[Finding]) -> list[str]:
    return [request.say("draw.source.published", queries=PRINTED), page.coded_source(request, shown)]
