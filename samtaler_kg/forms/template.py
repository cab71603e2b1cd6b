"""Cards → a workbook, and the workbook that waits to be filled in: the same sheets with no row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from samtaler_kg.cards import Grammar
from samtaler_kg.forms.columns import PARENT, TABLES, Path, Plan, plan_of
from samtaler_kg.forms.wording import concepts, definition, label, word
from samtaler_kg.forms.workbook import MAX_CELL, escaped
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.words import Language, say

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: Rows below the header for which the drop-downs are made.
ROOM = 2_000

#: Columns that only the product itself fills in.
_OWN = frozenset({"history"})

#: The colour behind the header, and behind the names of required columns.
_HEAD, _REQUIRED = "DCE6F1", "FCE4D6"

#: Rows of a table: the texts of its cells by column.
Rows = Sequence[Mapping[str, str]]


def as_workbook(rows: Mapping[str, Rows], grammar: Grammar, lang: Language, shown: str = "") -> bytes:
    """A workbook with the *rows* of each table, by the table's name; none for the empty template.

    Raises Refused where a text is longer than a cell can hold, or openpyxl is not installed.
    """
    try:
        from openpyxl.workbook import Workbook
    except ImportError:
        raise Refused(Problem("needs-extra", Where(shown), {"package": "samtaler-kg[excel]"})) from None
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    _readme(book, grammar, lang)
    lists = _Lists(book, grammar)
    for kind, name in TABLES.items():
        _sheet(book, plan_of(kind, grammar), rows.get(name, ()), lists, lang)
    lists.hide()
    book.active = 1
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Lists:
    """The hidden sheet with the codes that the drop-downs offer, one column a key."""

    def __init__(self, book: Workbook, grammar: Grammar) -> None:
        self.sheet = book.create_sheet("lists")
        self.grammar = grammar
        self.ranges: dict[str, str] = {}

    def range(self, key: str) -> str:
        """The range that holds the codes under *key*, empty where any text may stand."""
        from openpyxl.utils import get_column_letter

        found = concepts(key, self.grammar)
        if found and key not in self.ranges:
            column = len(self.ranges) + 1
            for row, text in enumerate([key, *(word(concept, key, self.grammar) for concept in found)], start=1):
                self.sheet.cell(row, column, text)
            letter = get_column_letter(column)
            self.ranges[key] = f"lists!${letter}$2:${letter}${len(found) + 1}"
        return self.ranges.get(key, "")

    def hide(self) -> None:
        """Keep the sheet out of the reader's way, behind the others."""
        self.sheet.sheet_state = "hidden"
        self.sheet.parent.move_sheet(self.sheet, len(TABLES))


def _sheet(book: Workbook, plan: Plan, rows: Rows, lists: _Lists, lang: Language) -> None:
    """One table: names of columns with a note each, their labels, then the rows."""
    sheet = book.create_sheet(plan.name)
    columns = [name for name in plan.columns if name not in _OWN or any(name in row for row in rows)]
    for column, name in enumerate(columns, start=1):
        _head(sheet, column, name, plan, lists, lang)
    for line, row in enumerate(rows, start=3):
        for column, name in enumerate(columns, start=1):
            put_text(sheet, line, column, name, row.get(name, ""))
    sheet.freeze_panes = "B3" if plan.kind == "study" else "C3"


def _head(sheet: Any, column: int, name: str, plan: Plan, lists: _Lists, lang: Language) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    path, grammar = plan.columns[name], lists.grammar
    needed = required(plan, path, grammar)
    top, below = sheet.cell(1, column, name), sheet.cell(2, column, label(path, grammar, lang) + " *" * needed)
    for cell in (top, below):
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_REQUIRED if needed else _HEAD)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    top.comment = Comment(_note(path, needed, grammar, lang), "samtaler", width=420, height=220)
    letter = get_column_letter(column)
    sheet.column_dimensions[letter].width = 40 if name in ("title", "authors", "treatment", "note") else 20
    sheet.column_dimensions[letter].number_format = "@"  # what is typed stays text: 0,80 and 7-9 too
    if offered := lists.range(path[-1]):
        several = path[-1] in grammar.kinds[plan.kind].lists
        _offer(sheet, f"{letter}3:{letter}{ROOM}", offered, several, lang)


def required(plan: Plan, path: Path, grammar: Grammar) -> bool:
    """Whether a row cannot do without the column."""
    kind = grammar.kinds[plan.kind]
    if len(path) > 1:
        child = grammar.kinds[kind.children[path[0]]]
        return path[0] in kind.required and path[-1] in child.required
    return path == PARENT or path[-1] in kind.needed


def _note(path: Path, needed: bool, grammar: Grammar, lang: Language) -> str:
    lines = [say("new.required", lang)] if needed else []
    lines.append(definition(path, grammar, lang))
    lines += [f"{word(found, path[-1], grammar)}: {found.label(lang)}" for found in concepts(path[-1], grammar)]
    return "\n".join(filter(None, lines))


def _offer(sheet: Any, cells: str, offered: str, several: bool, lang: Language) -> None:
    """A drop-down for a column; where several codes may stand, one that lets other text through."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=offered, allow_blank=True, showErrorMessage=not several)
    choice.error = say("new.pick", lang)
    choice.errorTitle = "samtaler"
    choice.add(cells)
    sheet.add_data_validation(choice)


def put_text(sheet: Any, line: int, column: int, name: str, text: str) -> None:
    """Put a text into a cell, as text whatever it looks like. Raises Refused where it is longer than a cell can hold."""
    if not text:
        return
    written = "".join(escaped(text))
    if len(written) > MAX_CELL:
        where = Where(f"!{sheet.title}", line, column, name)
        raise Refused(Problem("cell-too-long", where, {"length": len(written), "limit": MAX_CELL}))
    cell = sheet.cell(line, column, written)
    cell.data_type = "s"  # a text that begins with = is no formula
    cell.number_format = "@"


def _readme(book: Workbook, grammar: Grammar, lang: Language) -> None:
    """What to do, and every code with its label and definition."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(say("new.sheet", lang))
    for line in say("new.workbook", lang).strip().split("\n"):
        sheet.append([line])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    sheet.append([say(f"new.columns.{name}", lang) for name in ("column", "code", "label", "definition")])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for kind in TABLES:
        for name, path in plan_of(kind, grammar).columns.items():
            for found in concepts(path[-1], grammar):
                text = found.definitions.get(lang, "")
                sheet.append([f"{TABLES[kind]}: {name}", word(found, path[-1], grammar), found.label(lang), text])
                sheet.cell(sheet.max_row, 4).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 34), ("B", 32), ("C", 36), ("D", 90)):
        sheet.column_dimensions[letter].width = width
