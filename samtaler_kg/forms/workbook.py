"""An XLSX workbook → tables: the sheets studies, results and trials, every cell as the reader sees it.

A formula is refused (what it gives depends on the program that runs it), and so is a date where a number or code
should stand: spreadsheets make dates of ranges like 7-9. A range merged downwards says the same in each of its rows;
hidden rows are read, and told.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from samtaler_kg.cards import Card, Grammar
from samtaler_kg.cards.read import MAX_PROBLEMS
from samtaler_kg.forms.cells import BLANK, NUMBERS
from samtaler_kg.forms.columns import OTHER_NAMES, TABLES, plan_of
from samtaler_kg.forms.jsontext import MAX_KEY, MAX_VALUES
from samtaler_kg.forms.raw import MAX_FORM, too_much
from samtaler_kg.forms.rows import Row, Table, cards_of
from samtaler_kg.forms.wording import label
from samtaler_kg.forms.xmlguard import Layout, column_number, seen_through
from samtaler_kg.problems import Problem, Refused, Severity, Where
from samtaler_kg.words import LANGUAGES

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: Bytes of a workbook, characters of a cell (Excel's own limit), merged ranges of a sheet.
MAX_BOOK = 5_000_000
MAX_CELL = 32_767
MAX_MERGED = 1_000

#: Sheets of the template that hold no cards.
BESIDES = frozenset({"readme", "læs mig", "lists"})

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FIXED = re.compile(r"(?:#,##)?0(?:\.(0+))?(%?)(?:_.*|;.*)?")
_DATED = re.compile(r"(?:yyyy(?!y)|(?<!m)mm?(?!m)|(?<!d)dd?(?!d)|[-/. ])+")


def cards_in(raw: bytes, shown: str, grammar: Grammar) -> tuple[list[Card], list[Problem]]:
    """The cards in a workbook."""
    layouts = seen_through(raw, shown, MAX_VALUES)
    book = _opened(raw, shown)
    reading = _Reading(shown, grammar)
    for sheet in book.worksheets:
        name = sheet.title.strip().casefold()
        layout = layouts.get(str(getattr(sheet, "_worksheet_path", "")).lstrip("/"), Layout())
        if OTHER_NAMES.get(name, name) in TABLES.values():
            reading.take(sheet, OTHER_NAMES.get(name, name), layout)
        elif name not in BESIDES:
            facts = {"sheet": sheet.title, "sheets": ", ".join(TABLES.values())}
            reading.tell(Problem("sheet-not-read", Where(f"{shown}!{sheet.title}"), facts, Severity.INFORMS))
    if not reading.tables and not reading.blocked:
        return [], [*reading.problems, Problem("nothing-filled", Where(shown))]
    cards, problems = cards_of(reading.tables, grammar)
    return cards, [*reading.problems, *problems]


def _opened(raw: bytes, shown: str) -> Workbook:
    """The workbook, opened for reading row by row: pictures, charts and links are never loaded."""
    try:
        import openpyxl
    except ImportError:
        raise Refused(Problem("needs-extra", Where(shown), {"package": "samtaler-kg[excel]"})) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever a damaged part raises
        raise Refused(Problem("bad-workbook", Where(shown), {"reason": error})) from None


class _Reading:
    """One pass over the sheets of a workbook."""

    def __init__(self, shown: str, grammar: Grammar) -> None:
        self.shown = shown
        self.grammar = grammar
        self.tables: list[Table] = []
        self.problems: list[Problem] = []
        self.letters = 0

    @property
    def blocked(self) -> bool:
        """Whether anything told so far stands against the workbook."""
        return any(problem.severity == Severity.BLOCKS for problem in self.problems)

    def tell(self, problem: Problem) -> None:
        """Keep a problem, up to the limit."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def take(self, sheet: Any, name: str, layout: Layout) -> None:
        """Read one sheet of cards; one without a header is as if it were not there."""
        table = Table(f"{self.shown}!{sheet.title}", {})
        sheet.reset_dimensions()
        try:
            for cells in sheet.iter_rows():
                self._row(table, [cell for cell in cells if cell.value not in (None, "")])
        except Refused:
            raise
        except Exception as error:  # a cell that is none is met only here
            raise Refused(Problem("bad-workbook", Where(table.file), {"reason": error})) from None
        if not table.header:
            return
        self._labels(table, name)
        self._merged(table, layout)
        rows = {row.line for row in table.rows}
        if hidden := [line for line in layout.hidden if line in rows]:
            facts = {"rows": ", ".join(map(str, hidden[:20])), "count": len(hidden)}
            self.tell(Problem("rows-hidden", Where(table.file, hidden[0]), facts, Severity.WARNS))
        self.tables.append(table)

    def _row(self, table: Table, cells: list[Any]) -> None:
        if not cells:
            return
        if not table.header:
            table.header_line = cells[0].row
            table.header = {cell.column: str(cell.value).strip(BLANK).casefold()[:MAX_KEY] for cell in cells}
            return
        filled: dict[int, str] = {}
        for cell in cells:
            column = cell.column
            where = Where(table.file, cell.row, column, table.header.get(column, ""))
            if (text := self._text(cell, where)).strip(BLANK):
                filled[column] = text
        if filled:
            exact = frozenset(cell.column for cell in cells if cell.data_type == "n")
            table.rows.append(Row(cells[0].row, filled, exact))

    def _text(self, cell: Any, where: Where) -> str:
        """What a reader sees in a cell; empty, with a problem, where that is no text of a card."""
        value, kind = cell.value, cell.data_type
        if kind == "f":
            self.tell(Problem("cell-formula", where, {"value": str(getattr(value, "text", value))[:80]}))
        elif kind == "e" or (isinstance(value, float) and not isfinite(value)):
            self.tell(Problem("cell-error", where, {"value": str(value)}))
        elif kind == "d":
            if text := _shown_date(value, cell.number_format, where.key):
                return text
            self.tell(Problem("cell-date", where, {"value": str(value)}))
        elif isinstance(value, bool):
            return "true" if value else "false"
        elif isinstance(value, int | float):
            return shown_number(value, cell.number_format)
        else:
            return self._plain(str(value), where)
        return ""

    def _plain(self, text: str, where: Where) -> str:
        self.letters += len(text)
        if len(text) > MAX_CELL or self.letters > MAX_FORM:
            limit, what = (MAX_CELL, "characters") if len(text) > MAX_CELL else (MAX_FORM, "all-characters")
            raise Refused(too_much(where, what, limit))
        return unescaped(text) if "_x" in text else text

    def _labels(self, table: Table, name: str) -> None:
        """Take out the template's second row, which repeats the header in words."""
        kind = next(kind for kind, known in TABLES.items() if known == name)
        plan = plan_of(kind, self.grammar)
        first = table.rows[0] if table.rows else Row(0, {})
        words = {
            column: {label(path, self.grammar, lang) for lang in LANGUAGES}
            for column, heading in table.header.items()
            if (path := plan.path(heading)) is not None
        }
        if all(text.rstrip(" *") in words.get(column, ()) for column, text in first.cells.items()):
            del table.rows[:1]

    def _merged(self, table: Table, layout: Layout) -> None:
        """A value merged downwards stands in every row of its range; one merged across says too little."""
        if len(layout.merged) > MAX_MERGED:
            raise Refused(too_much(Where(table.file), "merged", MAX_MERGED))
        for reference in layout.merged:
            first, _, last = reference.partition(":")
            left, right = column_number(first), column_number(last)
            top, bottom = (int(re.sub(r"\D", "", corner)[:8] or 0) for corner in (first, last or first))
            rows = [row for row in table.rows if top <= row.line <= bottom]
            head = next((row for row in rows if row.line == top), None)
            if left != right and (rows or top <= table.header_line <= bottom):
                self.tell(Problem("cells-merged", Where(table.file, top, left), {"range": reference}))
            elif head is not None and left in head.cells:
                for row in rows:
                    row.cells.setdefault(left, head.cells[left])


def shown_number(value: int | float, form: str) -> str:
    """A number as its cell shows it, with a point and without marks between thousands.

    >>> shown_number(0.8, "0.00"), shown_number(0.8, "General"), shown_number(2015.0, "General")
    ('0.80', '0.8', '2015')
    """
    fixed = _FIXED.fullmatch(form)
    if fixed is not None:
        hundredfold = Decimal(repr(value)) * (100 if fixed[2] else 1)
        return f"{hundredfold:.{len(fixed[1] or '')}f}{fixed[2]}"
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"


def _shown_date(value: object, form: str, key: str) -> str:
    """A date as its cell shows it, where the cell says how in numbers and no number or code is asked for."""
    plain = re.sub(r"\[\$?-[^\]]*\]|;@|\\|\"", "", form.lower())
    if not isinstance(value, date | datetime) or not _DATED.fullmatch(plain):
        return ""
    if key.startswith("estimate") or key in NUMBERS or key in ("text", "year"):
        return ""
    parts = {"yyyy": f"{value.year:04}", "mm": f"{value.month:02}", "m": str(value.month)}
    parts |= {"dd": f"{value.day:02}", "d": str(value.day)}
    return "".join(parts.get(part, part) for part in re.findall(r"yyyy|mm|m|dd|d|[-/. ]", plain))


def unescaped(text: str) -> str:
    r"""Text of a cell with its escapes undone: ``_x000D_`` is a carriage return, ``_x005F_`` an underscore.

    >>> unescaped("a_x000D_b"), unescaped("_x005F_x000D_")
    ('a\rb', '_x000D_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def escaped(text: str) -> Iterator[str]:
    r"""The parts of a text, escaped where a workbook could not keep them.

    >>> "".join(escaped("a\rb_x000D_"))
    'a_x000D_b_x005F_x000D_'
    """
    at = 0
    for found in re.finditer("\r|_(?=x[0-9A-Fa-f]{4}_)", text):
        yield text[at : found.start()]
        yield "_x000D_" if found[0] == "\r" else "_x005F_"
        at = found.end()
    yield text[at:]
