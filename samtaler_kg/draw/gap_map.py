"""An evidence gap map: where there are results, how many clusters they rest on, and where there is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from samtaler_kg.draw import lettering, page
from samtaler_kg.draw.findings import QUERY, Finding, Size, findings, link, size, together
from samtaler_kg.draw.request import TOGETHER, Request, listed
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import GRID, LOOKS, MARGIN, PAPER, SHADE, SOFT, TEXT, TINY
from samtaler_kg.margins import FRAME
from samtaler_kg.problems import Problem, Refused

FACETS = ("target_group", "purpose", "outcome", "mechanism", "country", "region", "period", "design")
"""What rows and columns can be."""

SIDE = 232.0
"""Room for the names of the rows."""

NARROWEST = 132.0
"""The least width of a column: its words fit."""

LARGEST = 34.0

EMPTY = 34.0
"""Height of a row in which every cell is empty."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Rows or columns: the field that results are sorted by, and its codes with their names."""

    facet: str
    codes: Mapping[str, str]

    def of(self, finding: Finding) -> str:
        """The code of a result on this axis."""
        return str(getattr(finding, self.facet))


def draw(request: Request) -> Sheet:
    """Rows by columns, both chosen by the reader."""
    rows = request.options["rows"]
    columns = request.options["columns"] or ("outcome" if rows == "purpose" else "purpose")
    if rows == columns:
        hint = ", ".join(facet for facet in FACETS if facet != rows)
        facts = {"picture": request.name, "name": "columns", "value": columns, "hint": hint}
        raise Refused(Problem("bad-picture-value", facts=facts))
    every = findings(request)
    kept = every if "outcome" in (rows, columns) else together(every)
    down, across = (axis(request, facet, kept) for facet in (rows, columns))
    sheet = Sheet(width=max(1200.0, 2 * MARGIN + SIDE + len(across.codes) * NARROWEST))
    titles = {"rows": _title(request, rows), "columns": _title(request, columns)}
    lead = request.say(f"draw.pictures.gap-map.lead-{request.unit}", **titles)
    y = _Map(sheet, request, down, across, kept).drawn(page.head(sheet, request, lead))
    page.foot(sheet, request, y, _entries(request), _notes(request, every, kept), [page.coded_source(request, kept)])
    return sheet


def _title(request: Request, facet: str) -> str:
    return request.graph.catalogue.columns[facet].title[request.lang].lower()


def axis(request: Request, facet: str, kept: Sequence[Finding]) -> Axis:
    """Every code of a field that a result of the scope may have, so that what is missing shows."""
    code_list = facet.replace("_", "-")
    codes = list(request.graph.codes.by_list[code_list])
    if request.scope == "memo" and facet == "outcome":
        codes = _scoped_outcomes(request, codes)
    elif request.scope == "memo" and facet == "period":
        codes = list(FRAME.period)
    labels = {code: request.label(code_list, code) for code in codes}
    if any(not getattr(finding, facet) for finding in kept):
        labels[""] = request.say("draw.not-coded")
    return Axis(facet, labels)


def _scoped_outcomes(request: Request, codes: Sequence[str]) -> list[str]:
    """The memo's outcomes: those that the coded results of any scope have in its group."""
    rows = request.unscoped(QUERY)
    return [code for code in codes if any(row["outcome"] == code and row["outcome_group"] == TOGETHER for row in rows)]


@dataclass(frozen=True)
class _Map:
    """The map on its way to the sheet."""

    sheet: Sheet
    request: Request
    rows: Axis
    columns: Axis
    found: Sequence[Finding]

    @property
    def step(self) -> float:
        return (self.sheet.width - 2 * MARGIN - SIDE) / len(self.columns.codes)

    def drawn(self, y: float) -> float:
        """Heads of columns, then rows; gives the height below."""
        y = self._heads(y)
        cells = {
            (row, column): [f for f in self.found if self.rows.of(f) == row and self.columns.of(f) == column]
            for row in self.rows.codes
            for column in self.columns.codes
        }
        scale = LARGEST / sqrt(max([self._number(size(held)) for held in cells.values()] + [1]))
        for row, name in self.rows.codes.items():
            held = {column: cells[row, column] for column in self.columns.codes}
            y = self._row(y, name, held, scale)
        return y + 12

    def _heads(self, y: float) -> float:
        broken = {code: lettering.lines(name, TEXT, self.step - 16, True) for code, name in self.columns.codes.items()}
        high = max(map(len, broken.values())) * 18 + 16
        self.sheet.area(MARGIN, y, self.sheet.width - 2 * MARGIN, high, SHADE)
        for n, words in enumerate(broken.values()):
            top = y + high / 2 + 5 - (len(words) - 1) * 9
            for line, word in enumerate(words):
                middle = MARGIN + SIDE + (n + 0.5) * self.step
                self.sheet.label(middle, top + line * 18, word, TEXT, bold=True, on=SHADE, side="center")
        return y + high

    def _row(self, y: float, name: str, held: Mapping[str, Sequence[Finding]], scale: float) -> float:
        most = max(self._number(size(found)) for found in held.values())
        words = lettering.lines(name, TEXT, SIDE - 16, True)
        high = max(2 * scale * sqrt(most) + 54 if most else EMPTY, len(words) * 17 + 14)
        self.sheet.line((MARGIN, y), (self.sheet.width - MARGIN, y), colour=GRID)
        top = y + high / 2 + 5 - (len(words) - 1) * 8.5
        for line, word in enumerate(words):
            self.sheet.label(MARGIN, top + line * 17, word, TEXT, bold=True)
        for n, (code, found) in enumerate(held.items()):
            left = MARGIN + SIDE + n * self.step
            if not found:
                self.sheet.area(left + 3, y + 4, self.step - 6, high - 8, SHADE)
            self._cell(left + self.step / 2, y, high, name, self.columns.codes[code], found, scale)
        return y + high

    def _number(self, held: Size) -> int:
        return held.clusters if self.request.unit == "trial" else held.results

    def _cell(
        self, x: float, y: float, high: float, row: str, column: str, found: Sequence[Finding], scale: float
    ) -> None:
        held = size(found)
        mark = self._mark(row, column, found, held)
        if not found:
            self.sheet.label(x, y + high / 2 + 5, "0", TEXT, colour=SOFT, on=SHADE, side="center", mark=mark)
            return
        number = self._number(held)
        radius = scale * sqrt(number)
        middle = y + (high - 36) / 2
        look = LOOKS[kind(held)]
        self.sheet.circle(x, middle, radius, look, mark)
        self._figure(x, middle, radius, str(number), look.fill, bool(look.hatch), mark)
        told = self._told(held)
        self.sheet.label(x, y + high - 23, told[0], TINY, colour=SOFT, side="center", mark=mark)
        alone = len(held.countries) == 1
        self.sheet.label(x, y + high - 9, told[1], TINY, bold=alone, colour=SOFT, side="center", mark=mark)

    def _figure(self, x: float, y: float, radius: float, text: str, fill: str, hatched: bool, mark: int) -> None:
        wide = lettering.width(text, TEXT, True)
        inside = radius >= wide / 2 + 4 and not hatched
        at, side = (x, "center") if inside else (x + radius + 5, "left")
        on = fill if inside else PAPER
        self.sheet.label(at, y + 4.8, text, TEXT, bold=True, on=on, side=side, mark=mark)  # type: ignore[arg-type]

    def _told(self, held: Size) -> tuple[str, str]:
        rest = self.request.count("results", held.results) if self.request.unit == "trial" else ""
        first = [rest, self.request.count("studies", held.studies)]
        if not rest:
            first.append(self.request.count("clusters", held.clusters))
        if len(held.countries) == 1:
            where = self.request.say("draw.only-country", country=self.request.label("country", held.countries[0]))
        else:
            where = self.request.count("countries", len(held.countries))
        return listed(first), where

    def _mark(self, row: str, column: str, found: Sequence[Finding], held: Size) -> int:
        told = self.request.sizes(held.results, held.studies, held.clusters) if found else "0"
        alone = f" ({self.request.say(f'draw.kinds.{kind(held)}')})" if found and kind(held) != "plain" else ""
        facts = {"row": row, "column": column, "results": held.results, "studies": held.studies}
        return self.sheet.mark(
            row, f"{column}: {told}{alone}", link(found), **facts, clusters=held.clusters, countries=held.countries
        )


def kind(held: Size) -> str:
    """Whether one study or one country alone fills a cell.

    >>> kind(Size(3, 1, 1, ("DNK",))), kind(Size(3, 2, 1, ("DNK",))), kind(Size(3, 2, 2, ("DNK", "SWE")))
    ('one-study', 'one-country', 'plain')
    """
    if held.studies == 1:
        return "one-study"
    return "one-country" if len(held.countries) == 1 else "plain"


def _entries(request: Request) -> list[page.Entry]:
    def bubble(name: str) -> page.Entry:
        return page.Entry(
            lambda sheet, x, y: sheet.circle(x, y, 11, LOOKS[name]), request.say(f"draw.kinds.{name}"), 26, 28
        )

    zero = page.Entry(
        lambda sheet, x, y: sheet.label(x, y + 5, "0", TEXT, colour=SOFT, side="center"), request.say("draw.empty"), 16
    )
    return [*(bubble(name) for name in ("plain", "one-country", "one-study")), zero]


def _notes(request: Request, every: Sequence[Finding], kept: Sequence[Finding]) -> list[str]:
    notes = [request.say("draw.notes.gap-size"), request.say("draw.notes.gap-empty")]
    if request.scope == "memo":
        notes.append(request.say("draw.notes.gap-scope"))
    if len(every) > len(kept):
        notes.append(
            request.say("draw.notes.left-out-outcomes", results=request.count("results", len(every) - len(kept)))
        )
    return notes
