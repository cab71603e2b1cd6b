"""An effect-direction plot (Boon and Thomson, 2020): studies by outcomes, and the side that the estimates favour.

Results on the memo's three outcomes stand in one part, by country; all others stand in another, by outcome: outcome
groups are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from samtaler_kg.draw import lettering, page
from samtaler_kg.draw.findings import Finding, findings, grouped, link, side, unit_of
from samtaler_kg.draw.request import TOGETHER, Request
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import FAVOURS, GRID, MARGIN, SHADE, SMALL, SOFT, TINY
from samtaler_kg.draw.symbols import symbol

ROW, GAP, STEP = 21.0, 24.0, 44.0
"""Height of a row, room between blocks, width of the column of an outcome."""

NAME = 222.0
"""The least width of the names of rows: one block less is drawn rather than to cut them."""

BLOCKS = 3


def draw(request: Request) -> Sheet:
    """The memo's outcomes by country in blocks side by side, any others below by outcome."""
    found = findings(request)
    of_memo = [finding for finding in found if finding.outcome_group == TOGETHER]
    others = [finding for finding in found if finding.outcome_group != TOGETHER]
    sheet = Sheet()
    lead = "lead-trial" if request.unit == "trial" else "lead"
    y = page.head(sheet, request, request.say(f"draw.pictures.effect-direction.{lead}"))
    if of_memo:
        present = {finding.outcome for finding in of_memo}
        outcomes = [code for code in request.graph.codes.by_list["outcome"] if code in present]
        y = _Blocks(sheet, request, tuple(outcomes)).drawn(y, _by_country(request, of_memo))
    if others:
        y = (
            page.section(
                sheet, y + 6, request.say("draw.pictures.effect-direction.other"), request.say("draw.by-outcome")
            )
            + 4
        )
        y = _Blocks(sheet, request, ()).drawn(y, _by_outcome(request, others))
    page.foot(sheet, request, y + 6, _entries(request), _notes(request, found), [page.coded_source(request, found)])
    return sheet


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a block: the head of a group, or a unit with its results."""

    head: str = ""
    unit: str = ""
    found: tuple[Finding, ...] = ()


def _by_country(request: Request, found: Sequence[Finding]) -> list[_Line]:
    countries = grouped(found, lambda finding: finding.country)
    named = {request.label("country", code): code for code in countries}
    ordered = sorted(named, key=lambda name: (named[name] != "DNK", name))
    return [line for name in ordered for line in _group(request, name, countries[named[name]])]


def _by_outcome(request: Request, found: Sequence[Finding]) -> list[_Line]:
    outcomes = grouped(found, lambda finding: finding.outcome)
    ordered = [code for code in request.graph.codes.by_list["outcome"] if code in outcomes]
    return [line for code in ordered for line in _group(request, request.label("outcome", code), outcomes[code])]


def _group(request: Request, head: str, found: Sequence[Finding]) -> list[_Line]:
    by = unit_of(request, "study")
    units = grouped(found, lambda finding: str(getattr(finding, by)))
    ordered = sorted(units, key=lambda unit: _name(request, unit).casefold())
    return [_Line(head), *(_Line("", unit, tuple(units[unit])) for unit in ordered)]


def _name(request: Request, unit: str) -> str:
    return request.cluster(unit) if request.unit == "trial" else request.names[unit]


@dataclass(frozen=True)
class _Blocks:
    """Lines cut into blocks of equal height that stand side by side; a column for each outcome, or one for all."""

    sheet: Sheet
    request: Request
    outcomes: tuple[str, ...]

    @property
    def columns(self) -> float:
        """The width of all columns of signs."""
        return STEP * max(1, len(self.outcomes))

    def drawn(self, y: float, lines: Sequence[_Line]) -> float:
        """The blocks; gives the height below them."""
        room = self.sheet.width - 2 * MARGIN
        number = next(n for n in (BLOCKS, 2, 1) if (room - GAP * (n - 1)) / n >= NAME + self.columns or n == 1)
        number = min(number, ceil(len(lines) / 8))
        wide = (room - GAP * (BLOCKS - 1)) / BLOCKS if number == 1 else (room - GAP * (number - 1)) / number
        wide = max(wide, NAME + self.columns)
        heads = [lettering.lines(self.request.label("outcome", code), TINY, 92) for code in self.outcomes]
        top = y + max((lettering.width(word, TINY) for words in heads for word in words), default=0.0) + 14
        blocks = _cut(lines, number, self.request.say("draw.continued"))
        for n, block in enumerate(blocks):
            left = MARGIN + n * (wide + GAP)
            self._heads(left + wide, top, heads)
            self._block(left, top, wide, block)
        return top + ROW * max(map(len, blocks)) + 10

    def _heads(self, right: float, top: float, heads: Sequence[Sequence[str]]) -> None:
        for n, words in enumerate(heads):
            middle = right - self.columns + (n + 0.5) * STEP - 4
            for line, word in enumerate(words):
                at = middle + (line - (len(words) - 1) / 2) * 14 + 4
                self.sheet.label(at, top - 7, word, TINY, colour=SOFT, turned=True)

    def _block(self, left: float, top: float, wide: float, lines: Sequence[_Line]) -> None:
        group = ""
        for n, line in enumerate(lines):
            y = top + n * ROW
            group = line.head or group
            if line.head:
                self.sheet.area(left, y + 1, wide, ROW - 2, SHADE)
                self.sheet.label(left + 6, y + 15, line.head, SMALL, bold=True, on=SHADE)
                continue
            self.sheet.line((left, y + ROW), (left + wide, y + ROW), colour=GRID, width=0.7)
            name = _name(self.request, line.unit) + ("" if self.outcomes else f" ({line.found[0].country})")
            shown = lettering.name(name, SMALL, wide - self.columns - 8)
            self.sheet.label(left + 6, y + 15, shown, SMALL)
            self._signs(left + wide - self.columns, y + ROW / 2, line)

    def _signs(self, left: float, y: float, line: _Line) -> None:
        for n, outcome in enumerate(self.outcomes or (line.found[0].outcome,)):
            held = [finding for finding in line.found if finding.outcome == outcome]
            if held:
                self._sign(left + (n + 0.5) * STEP, y, line.unit, outcome, held)

    def _sign(self, x: float, y: float, unit: str, outcome: str, held: Sequence[Finding]) -> None:
        favoured = side(held)
        direction = FAVOURS[favoured]
        filled = favoured == "mixed" or any(finding.verdict == direction for finding in held)
        mark = self._mark(unit, outcome, held, direction, filled)
        large = 13.0 if len(held) < 3 else 15.0 if len(held) < 6 else 17.0
        symbol(self.sheet, direction, x - 4, y, large, mark, hollow=not filled)
        if len(held) > 1:
            self.sheet.label(x + 9, y + 4.2, str(len(held)), TINY, colour=SOFT, mark=mark)

    def _mark(self, unit: str, outcome: str, held: Sequence[Finding], direction: str, filled: bool) -> int:
        told = self.request.count("results", len(held))
        words = self.request.say(f"draw.sides.{direction}").lower()
        strong = "" if direction in ("unknown", "mixed") or filled else f", {self.request.say('draw.none-significant')}"
        return self.sheet.mark(
            self.request.label("country", held[0].country),
            f"{_name(self.request, unit)}, {self.request.inner('outcome', outcome)}: {words} ({told}{strong})",
            link(held),
            unit=unit,
            outcome=outcome,
            direction=direction,
            results=len(held),
            filled=filled,
        )


def _cut(lines: Sequence[_Line], number: int, continued: str) -> list[list[_Line]]:
    """Lines in at most *number* blocks of about equal height; a group that is cut has its head again."""
    most = ceil((len(lines) + number - 1) / number)
    blocks: list[list[_Line]] = [[]]
    head = ""
    for line in lines:
        head = line.head or head
        full = len(blocks[-1]) >= most or (line.head and len(blocks[-1]) >= most - 2)
        if full and len(blocks) < number:
            blocks.append([] if line.head else [_Line(f"{head} {continued}")])
        blocks[-1].append(line)
    return blocks


def _entries(request: Request) -> list[page.Entry]:
    words = {
        name: request.say(f"draw.sides.{name}") for name in ("positive", "negative", "mixed", "neither", "unknown")
    }
    signs = [page.direction_entry(request, name, told) for name, told in words.items()]

    def arrow(hollow: bool, told: str) -> page.Entry:
        return page.Entry(lambda sheet, x, y: symbol(sheet, "positive", x, y, 14, hollow=hollow), request.say(told))

    return [*signs, arrow(False, "draw.sides.filled"), arrow(True, "draw.sides.hollow")]


def _notes(request: Request, found: Sequence[Finding]) -> list[str]:
    unknown = sum(finding.favours == "unknown" for finding in found)
    told = request.say("draw.notes.effect-unknown", unknown=unknown, of=len(found))
    return [request.say("draw.notes.effect-counts"), told, request.say("draw.notes.no-size")]
