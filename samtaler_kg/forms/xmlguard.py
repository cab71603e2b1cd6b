"""XML from strangers, seen through before any other parser meets it: well-formed, no DTD, not deep, not huge.

A DTD is where entities are declared, and entities can double with every line. pyoxigraph expands them, takes minutes
for a hundred thousand levels of nesting and says nothing of an element that is never closed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from samtaler_kg.forms.raw import too_much
from samtaler_kg.problems import Problem, Refused, Where

#: Levels of nesting of an XML document, attributes of one element, elements of one document.
MAX_DEEP = 200
MAX_ATTRIBUTES = 1_000
MAX_ELEMENTS = 1_000_000

#: A workbook: bytes of all its parts unpacked, number of parts.
MAX_UNPACKED = 50_000_000
MAX_PARTS = 1_000

#: Cells of a workbook with the empty ones before a filled one in its row, and the empty rows between filled ones: a
#: reader makes them all. A sheet with one cell in its last row and column has 1,064,960.
MAX_WIDTH = 5_000_000

Started = Callable[[str, Mapping[str, str]], None]


def look_through(chunks: Iterator[bytes], shown: str, started: Started | None = None) -> None:
    """Read an XML document to its end; *started* hears of every element, by its name without a prefix.

    Raises Refused where it is not well-formed, has a DTD, or is deeper or larger than the limits.
    """
    guard = _Guard(shown, started)
    try:
        for chunk in chunks:
            guard.parser.Parse(chunk, False)
        guard.parser.Parse(b"", True)
    except expat.ExpatError as error:
        where = Where(shown, error.lineno, error.offset + 1)
        raise Refused(Problem("xml-syntax", where, {"reason": expat.ErrorString(error.code)})) from None
    except ValueError as error:  # an encoding that expat does not know
        raise Refused(Problem("xml-syntax", Where(shown), {"reason": error})) from None


class _Guard:
    """The handlers of one parser."""

    def __init__(self, shown: str, started: Started | None) -> None:
        self.shown = shown
        self.started = started
        self.depth = self.count = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _where(self) -> Where:
        return Where(self.shown, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _doctype(self, *_: object) -> None:
        raise Refused(Problem("xml-doctype", self._where()))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.count += 1
        reached = {"levels": self.depth, "attributes": len(attributes), "elements": self.count}
        for what, limit in (("levels", MAX_DEEP), ("attributes", MAX_ATTRIBUTES), ("elements", MAX_ELEMENTS)):
            if reached[what] > limit:
                raise Refused(too_much(self._where(), what, limit))
        if self.started is not None:
            self.started(name.rpartition(":")[2], attributes)

    def _end(self, _: str) -> None:
        self.depth -= 1


@dataclass
class Layout:
    """What a sheet says of its shape: cells, their number with the gaps before them, merged ranges, hidden rows."""

    cells: int = 0
    width: int = 0
    merged: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    _row: int = 0
    _column: int = 0

    def started(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take note of an element of a sheet."""
        if name == "row":
            said = attributes.get("r", "")
            before, self._column = self._row, 0
            self._row = int(said) if said.isdecimal() and len(said) < 9 else self._row + 1
            self.width += max(self._row - before, 1)
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.append(self._row)
        elif name == "c":
            self.cells += 1
            column = column_number(attributes.get("r", "")) or self._column + 1
            self.width += max(column - self._column, 0)
            self._column = max(column, self._column)
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))


def column_number(reference: str) -> int:
    """The column of a cell's name, from 1; 0 where the name holds no letters.

    >>> column_number("AB12")
    28
    """
    number = 0
    for letter in reference[:4].upper():
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number


def seen_through(raw: bytes, shown: str, most_cells: int) -> dict[str, Layout]:
    """The layout of every sheet of a workbook, by the name of its part, once all its parts are found harmless.

    Raises Refused where *raw* is no workbook, unpacks to too much, or holds XML that ``look_through`` refuses.
    """
    found: dict[str, Layout] = {}
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Refused(too_much(Where(shown), "unpacked", MAX_UNPACKED))
            for part in parts:
                _look_into(archive, part, shown, found)
                if sum(layout.cells for layout in found.values()) > most_cells:
                    raise Refused(too_much(Where(shown), "cells", most_cells))
                if sum(layout.width for layout in found.values()) > MAX_WIDTH:
                    raise Refused(too_much(Where(shown), "width", MAX_WIDTH))
    except Refused:
        raise
    except Exception as error:  # zipfile, zlib and the file system each have errors of their own
        raise Refused(Problem("bad-workbook", Where(shown), {"reason": error})) from None
    return found


def _look_into(archive: zipfile.ZipFile, part: zipfile.ZipInfo, shown: str, found: dict[str, Layout]) -> None:
    """Unpack a part once, so that what it declares is what it holds, and see through it where it is XML."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(Problem("bad-workbook", Where(shown), {"reason": f"compression {part.compress_type}"}))
    if part.filename.endswith((".xml", ".rels", ".vml")):
        layout = found[part.filename] = Layout()
        look_through(_chunks(archive, part), f"{shown}!{part.filename}", layout.started)


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 16):
            yield chunk
