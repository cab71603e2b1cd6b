"""What surrounds every picture: title, lead, legend, notes, and the line that says where the numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from samtaler_kg.draw import lettering
from samtaler_kg.draw.findings import QUERY, Finding, size
from samtaler_kg.draw.request import Request, listed
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.style import GRID, HEAD, LEAD, MARGIN, SHADE, SMALL, SOFT, TITLE
from samtaler_kg.draw.symbols import symbol

GAP = 28.0
"""Empty room between two entries of a legend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a legend: a sign around a point, the room it takes, and its words."""

    sign: Callable[[Sheet, float, float], None]
    words: str
    wide: float = 22.0
    high: float = 22.0


def head(sheet: Sheet, request: Request, lead: str = "") -> float:
    """Title, lead, and what the picture is narrowed to; gives the height below them."""
    limit = sheet.width - 2 * MARGIN
    y = sheet.paragraph(MARGIN, MARGIN + 18, request.title, TITLE, limit, bold=True)
    y = sheet.paragraph(
        MARGIN, y - 2, lead or request.say(f"draw.pictures.{request.name}.lead"), LEAD, limit, colour=SOFT
    )
    if request.narrowed:
        y = sheet.paragraph(MARGIN, y + 2, request.say("draw.only", what=request.narrowed), LEAD, limit, bold=True)
    return y + 8


def section(sheet: Sheet, y: float, title: str, told: str = "", x: float = MARGIN, wide: float | None = None) -> float:
    """A band that opens a part of the picture, as wide as the sheet by default; gives the height below it."""
    wide = sheet.width - 2 * MARGIN if wide is None else wide
    sheet.area(x, y, wide, 30, SHADE)
    sheet.label(x + 10, y + 20, title, HEAD, bold=True, on=SHADE)
    at = 10 + lettering.width(title, HEAD, True) + 14
    shown = lettering.shortened(told, SMALL, wide - at - 10)
    sheet.label(x + at, y + 20, shown, SMALL, colour=SOFT, on=SHADE)
    return y + 30


def direction_entry(request: Request, direction: str, words: str = "") -> Entry:
    """The entry for the sign of a direction."""
    text = words or request.say(f"draw.directions.{direction}")
    return Entry(lambda sheet, x, y: symbol(sheet, direction, x, y, 14), text)


def legend(sheet: Sheet, y: float, entries: Sequence[Entry]) -> float:
    """Entries from left to right, in as many rows as they need; gives the height below them."""
    rows: list[list[Entry]] = [[]]
    for entry in entries:
        if rows[-1] and sum(map(_room, [*rows[-1], entry])) - GAP > sheet.width - 2 * MARGIN:
            rows.append([])
        rows[-1].append(entry)
    for row in rows:
        x, high = MARGIN, max(entry.high for entry in row)
        for entry in row:
            entry.sign(sheet, x + entry.wide / 2, y + high / 2)
            sheet.label(x + entry.wide + 8, y + high / 2 + 4.5, entry.words, SMALL)
            x += _room(entry)
        y += high + 6
    return y + 2


def _room(entry: Entry) -> float:
    return entry.wide + 8 + lettering.width(entry.words, SMALL) + GAP


def foot(
    sheet: Sheet, request: Request, y: float, entries: Sequence[Entry], notes: Iterable[str], sources: Sequence[str]
) -> None:
    """Legend, notes and source lines; the sheet ends below them."""
    limit = sheet.width - 2 * MARGIN
    notes = list(notes)
    sheet.told += [*notes, *sources]
    sheet.line((MARGIN, y), (sheet.width - MARGIN, y), colour=GRID)
    y = legend(sheet, y + 12, entries) + 12 if entries else y + 22
    for note in notes:
        y = sheet.paragraph(MARGIN, y, note, SMALL, limit) + 3
    for source in sources:
        y = sheet.paragraph(MARGIN, y + 3, source, SMALL, limit, colour=SOFT)
    sheet.height = round(y + MARGIN - SMALL)


def coded_source(request: Request, shown: Iterable[Finding], *queries: str) -> str:
    """The source line of coded results: layer, scope, numbers of results, studies and clusters, stored queries."""
    found = size(shown)
    return request.say(
        "draw.source.coded",
        scope=request.scope + (f" ({request.narrowed})" if request.narrowed else ""),
        sizes=request.sizes(found.results, found.studies, found.clusters),
        queries=listed(queries or (QUERY,)),
    )
