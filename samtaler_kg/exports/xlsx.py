"""A layer as a workbook: a sheet a table, then the codes, what each column means, and what the workbook is.

Text stays text, printed numbers too; there is no formula. The same layer gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from samtaler_kg.exports.flat import CODES, Column, Table, code_rows, flat_tables
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.rights import licence_of
from samtaler_kg.forms.template import put_text
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.problems import Problem, Refused
from samtaler_kg.terms import SKOS
from samtaler_kg.words import LANGUAGES, both, say

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: Widths of columns in characters: at least, at most.
_NARROW, _WIDE = 10, 50

#: The colour behind a header, and of the tab of a sheet that holds nothing observed.
_HEAD, _RECONSTRUCTED = "DCE6F1", "C00000"

#: What the sheet about columns says of each.
_ABOUT = ("sheet", "column", *CODES[3:], "iri", "concluded")

#: A date in the parts of a workbook that say when it was made: left out, so that it does not change from run to run.
_DATED = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def xlsx(graph: Graph, layer: Layer) -> Files:
    """The tables of *layer* as one workbook. Raises Refused where openpyxl is not installed."""
    try:
        from openpyxl.workbook import Workbook
    except ImportError:
        raise Refused(Problem("needs-extra", facts={"package": "samtaler-kg[excel]"})) from None
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    tables = flat_tables(graph, layer)
    for table in [*tables, _codes(graph), _columns(tables)]:
        _sheet(book, table, layer)
    _about(book, layer, licence_of(graph.base).iri)
    stream = BytesIO()
    book.save(stream)
    return {f"{layer}.xlsx": _dateless(stream.getvalue())}


def _codes(graph: Graph) -> Table:
    columns = tuple(Column(name, both(f"export.codes.{name}")) for name in CODES)
    return Table("codes", both("export.sheets.codes"), SKOS.Concept, columns, code_rows(graph))


def _columns(tables: list[Table]) -> Table:
    """What each column of each sheet is called and for."""
    rows = []
    for table in tables:
        for column in table.columns:
            row = {"sheet": table.name, "column": column.name, "iri": column.iri}
            row |= {f"label_{lang}": column.titles[lang] for lang in LANGUAGES}
            row |= {f"definition_{lang}": column.definition.get(lang, "") for lang in LANGUAGES}
            rows.append(row | {"concluded": "true" if column.concluded else ""})
    columns = tuple(Column(name, both(f"export.codes.{name}")) for name in _ABOUT)
    return Table("columns", both("export.sheets.columns"), "", columns, rows)


def _sheet(book: Workbook, table: Table, layer: Layer) -> None:
    sheet = book.create_sheet(table.name)
    for number, column in enumerate(table.columns, start=1):
        _head(sheet, number, column)
        longest = max((len(row.get(column.name, "")) for row in table.rows), default=0)
        width = min(max(longest, len(column.name) + 2, _NARROW), _WIDE)
        sheet.column_dimensions[sheet.cell(1, number).column_letter].width = width
        for line, row in enumerate(table.rows, start=2):
            _cell(sheet, line, number, column, row.get(column.name, ""))
    sheet.freeze_panes = "A2"
    _mark(sheet, layer)


def _head(sheet: Any, number: int, column: Column) -> None:
    """The name of a column; its note says in both languages what it is called and for."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    cell = sheet.cell(1, number, column.name)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD)
    lines = (f"{column.titles[lang]}. {column.definition.get(lang, '')}".strip() for lang in LANGUAGES)
    cell.comment = Comment("\n".join(lines), "samtaler", width=360, height=160)


def _cell(sheet: Any, line: int, number: int, column: Column, text: str) -> None:
    if column.datatype == "integer" and text:
        sheet.cell(line, number, int(text))
    else:
        put_text(sheet, line, number, column.name, text)


def _mark(sheet: Any, layer: Layer) -> None:
    """What layer a sheet is of stands at the head of each printed page; a reconstructed one has a red tab."""
    sheet.oddHeader.center.text = " / ".join(both(f"layers.{layer}").values()).replace("&", "&&")
    if layer == "reconstructed":
        sheet.sheet_properties.tabColor = _RECONSTRUCTED


def _about(book: Workbook, layer: Layer, licence: str) -> None:
    sheet = book.create_sheet("about")
    for line, text in enumerate(_told(layer, licence), start=1):
        put_text(sheet, line, 1, "about", text)
    sheet.column_dimensions["A"].width = 2 * _WIDE
    _mark(sheet, layer)


def _told(layer: Layer, licence: str) -> Iterator[str]:
    for lang in LANGUAGES:
        yield say("export.xlsx.title", lang)
        yield say(f"layers.{layer}", lang)
        yield from say("export.xlsx.about", lang, licence=licence).strip().split("\n")
        yield ""


def _dateless(raw: bytes) -> bytes:
    """The same workbook without a date of its making."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = _DATED.sub(b"", content)
            entry = zipfile.ZipInfo(name)  # dated 1980, the first day that the form knows
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, content)
    return stream.getvalue()
