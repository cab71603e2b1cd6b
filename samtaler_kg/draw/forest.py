"""An unpooled forest plot: every estimate printed with an interval or a standard error, a panel for each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, floor, log

from samtaler_kg.draw import lettering, page
from samtaler_kg.draw.findings import Finding, findings
from samtaler_kg.draw.request import Request, Row
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import FAVOURS, GRID, INK, MARGIN, SMALL, SOFT, TINY
from samtaler_kg.draw.symbols import symbol
from samtaler_kg.terms import id_iri

QUERY = "estimates-printed"
WITH_GROUPS = "study-results"

NORMAL = 1.96
"""The standard errors on each side of an estimate that make a 95 % interval of the normal distribution."""

NAME, ESTIMATE, SIDE, ROW = 430.0, 158.0, 142.0, 24.0
"""Width of names, of printed numbers and of favoured sides; height of a row."""

RATIOS = {"hazard-ratio"}
"""Units whose axis is logarithmic: half is as far from none as double."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One printed estimate and the interval around it, printed or computed from a standard error."""

    result: str
    study: str
    outcome: str
    verdict: str
    favours: str
    unit: str
    text: str
    group: str
    head: str
    value: float
    low: float
    high: float
    null: float
    error: float | None


def draw(request: Request) -> Sheet:
    """A panel for each unit, rows by study."""
    rows = request.rows(QUERY, request.filters)
    held = {finding.result: finding for finding in findings(request)}
    estimates = _estimates(request, rows, held)
    sheet = Sheet()
    y = page.head(sheet, request)
    for unit in dict.fromkeys(estimate.unit for estimate in estimates):
        y = _Panel(sheet, request, unit, [e for e in estimates if e.unit == unit]).drawn(y) + 14
    level = any(row["ci_level"] for row in rows if row["ci_low"] is not None)
    told = request.say(
        "draw.notes.levels-known" if level else "draw.notes.levels", printed=len(estimates), of=len(rows)
    )
    notes = [request.say("draw.notes.unpooled"), request.say("draw.notes.higher"), told]
    source = page.coded_source(request, [held[estimate.result] for estimate in estimates], QUERY, WITH_GROUPS)
    page.foot(sheet, request, y, _entries(request, estimates), notes, [source])
    return sheet


def _estimates(request: Request, rows: Sequence[Row], held: Mapping[str, Finding]) -> list[Estimate]:
    kept = [row for row in rows if row["value"] is not None and (row["ci_low"] is not None or row["standard_error"])]
    groups: dict[str, str] = {}
    for study in dict.fromkeys(str(row["study"]) for row in kept):
        for row in request.rows(WITH_GROUPS, {"study": study}):
            groups[str(row["result"])] = _group(request, row)
    found = [_estimate(request, row, groups[str(row["result"])], held[str(row["result"])]) for row in kept]
    return sorted(found, key=lambda estimate: (estimate.head, estimate.study, _number(estimate.result)))


def _number(result: str) -> int:
    return int(result.rpartition("-r")[2])


def _group(request: Request, row: Row) -> str:
    """Whom a result is about: coded sex, age and education, else the words of the source."""
    coded = [
        request.inner(name, str(row[name])) for name in ("sex", "age", "education") if row[name] not in (None, "all")
    ]
    return ", ".join(coded) or (request.say("draw.quoted", text=row["subgroup"]) if row["subgroup"] else "")


def _estimate(request: Request, row: Row, group: str, finding: Finding) -> Estimate:
    value = float(str(row["value"]))
    error = None if row["ci_low"] is not None else float(str(row["standard_error"]))
    spread = NORMAL * (error or 0.0)
    name = request.cluster(finding.cluster) if request.unit == "trial" else request.names[finding.study]
    return Estimate(
        result=finding.result,
        study=finding.study,
        outcome=finding.outcome,
        verdict=finding.verdict,
        favours=finding.favours,
        unit=str(row["unit"]),
        text=str(row["estimate"]),
        group=group,
        head=f"{name}, {request.label('country', finding.country)}",
        value=value,
        low=value - spread if error is not None else float(str(row["ci_low"])),
        high=value + spread if error is not None else float(str(row["ci_high"])),
        null=float(str(row["null_value"] or 0)),
        error=error,
    )


@dataclass(frozen=True)
class _Panel:
    """The estimates of one unit on one axis."""

    sheet: Sheet
    request: Request
    unit: str
    found: Sequence[Estimate]

    @property
    def left(self) -> float:
        return MARGIN + NAME

    @property
    def wide(self) -> float:
        return self.sheet.width - 2 * MARGIN - NAME - ESTIMATE - SIDE

    @property
    def log(self) -> bool:
        return self.unit in RATIOS

    @property
    def null(self) -> float:
        return self.found[0].null

    @property
    def ticks(self) -> list[float]:
        """Round numbers that hold every interval and the value of no effect between the first and the last."""
        low = min([self.null, *(estimate.low for estimate in self.found)])
        high = max([self.null, *(estimate.high for estimate in self.found)])
        if self.log:
            steps = [0.1, 0.2, 0.25, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0]
            first = max((step for step in steps if step <= low), default=low)
            last = min((step for step in steps if step >= high), default=high)
            return [step for step in steps if first <= step <= last]
        step = next(s * 10**power for power in range(6) for s in (1, 2, 5) if (high - low) / (s * 10**power) <= 8)
        return [float(n * step) for n in range(floor(low / step), ceil(high / step) + 1)]

    def at(self, value: float) -> float:
        """Where a value stands on the axis."""
        first, last = self.ticks[0], self.ticks[-1]
        if self.log:
            return self.left + self.wide * log(value / first) / log(last / first)
        return self.left + self.wide * (value - first) / (last - first)

    def drawn(self, y: float) -> float:
        """Band, heads, rows by study, axis; gives the height below."""
        y = page.section(self.sheet, y, self.request.label("unit", self.unit)) + 20
        heads = {self.left + self.wide + 20: "estimate", self.left + self.wide + ESTIMATE + 10: "favours"}
        for x, head in heads.items():
            words = self.request.say(f"draw.pictures.forest.columns-{head}")
            self.sheet.label(x, y, words, SMALL, bold=True)
        top, name = y + 8, ""
        y = top
        first = len(self.sheet.items)
        for estimate in self.found:
            if estimate.head != name:
                name = estimate.head
                self.sheet.label(MARGIN, y + 18, lettering.shortened(name, SMALL, NAME - 40), SMALL, bold=True)
                y += ROW
            self._row(y, estimate)
            y += ROW
        rows = self.sheet.items[first:]
        del self.sheet.items[first:]
        self._axis(top, y + 4)
        self.sheet.items += rows
        return y + 32

    def _axis(self, top: float, bottom: float) -> None:
        for tick in self.ticks:
            x = self.at(tick)
            self.sheet.line((x, top), (x, bottom), colour=GRID, width=0.8)
            self.sheet.label(x, bottom + 15, self.request.number(tick), TINY, colour=SOFT, side="center")
        self.sheet.line((self.at(self.null), top), (self.at(self.null), bottom), colour=INK, width=1.4)
        self.sheet.line((self.left, bottom), (self.left + self.wide, bottom), colour=SOFT, width=1.0)

    def _row(self, y: float, estimate: Estimate) -> None:
        middle = y + ROW / 2
        mark = self._mark(estimate)
        outcome = self.request.label("outcome", estimate.outcome)
        what = outcome + (f", {estimate.group}" if estimate.group else "")
        self.sheet.label(MARGIN + 14, middle + 4, lettering.shortened(what, SMALL, NAME - 30), SMALL, mark=mark)
        ends = (self.at(estimate.low), middle), (self.at(estimate.high), middle)
        self.sheet.line(*ends, colour=INK, width=1.8, dashed=estimate.error is not None, mark=mark)
        cap = 4.0 if estimate.error is None else 2.0
        for x, _ in ends:
            self.sheet.line((x, middle - cap), (x, middle + cap), colour=INK, width=1.8, mark=mark)
        symbol(self.sheet, estimate.verdict, self.at(estimate.value), middle, 13, mark)
        after = self.left + self.wide
        self.sheet.label(after + 20, middle + 4, self._printed(estimate), SMALL, mark=mark)
        symbol(self.sheet, FAVOURS[estimate.favours], after + ESTIMATE + 17, middle, 11, mark, hollow=True)
        favours = self.request.label("favours", estimate.favours)
        self.sheet.label(after + ESTIMATE + 30, middle + 4, favours, SMALL, mark=mark)

    def _printed(self, estimate: Estimate) -> str:
        number, text = self.request.number, self.request.number(estimate.text)
        if estimate.error is None:
            return f"{text} ({number(estimate.low)}–{number(estimate.high)})"
        return f"{text} ({self.request.say('draw.error')} {number(estimate.error)})"

    def _mark(self, estimate: Estimate) -> int:
        request, number = self.request, self.request.number
        ends: Mapping[str, str] = {"low": number(round(estimate.low, 2)), "high": number(round(estimate.high, 2))}
        if estimate.error is None:
            interval = request.say("draw.pictures.forest.printed-interval", **ends)
        else:
            interval = request.say("draw.pictures.forest.computed-interval", error=number(estimate.error), **ends)
        what = request.inner("outcome", estimate.outcome) + (f", {estimate.group}" if estimate.group else "")
        verdict = request.say(f"draw.directions.{estimate.verdict}").lower()
        favours = request.say(f"draw.sides.{FAVOURS[estimate.favours]}").lower()
        words = request.say(
            "draw.pictures.forest.row",
            what=f"{request.names[estimate.study]}, {what}",
            estimate=number(estimate.text),
            interval=interval,
            verdict=verdict,
            favours=favours,
        )
        group = request.label("unit", self.unit)
        facts = {"result": estimate.result, "unit": self.unit, "value": estimate.value, "error": estimate.error}
        link = id_iri("result", estimate.result)
        return self.sheet.mark(group, words, link, **facts, low=estimate.low, high=estimate.high)


def _entries(request: Request, found: Sequence[Estimate]) -> list[page.Entry]:
    verdicts = [v for v in ("positive", "none", "negative") if any(estimate.verdict == v for estimate in found)]

    def interval(sheet: Sheet, x: float, y: float, computed: bool) -> None:
        sheet.line((x - 17, y), (x + 17, y), colour=INK, width=1.8, dashed=computed)
        cap = 2.0 if computed else 4.0
        for end in (x - 17, x + 17):
            sheet.line((end, y - cap), (end, y + cap), colour=INK, width=1.8)

    def null(sheet: Sheet, x: float, y: float) -> None:
        sheet.line((x, y - 9), (x, y + 9), colour=INK, width=1.4)

    return [
        *(page.direction_entry(request, verdict) for verdict in verdicts),
        page.Entry(partial(interval, computed=False), request.say("draw.pictures.forest.printed"), 36),
        page.Entry(partial(interval, computed=True), request.say("draw.pictures.forest.computed"), 36),
        page.Entry(null, request.say("draw.no-effect-line"), 12),
    ]
