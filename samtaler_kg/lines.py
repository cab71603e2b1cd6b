"""A built graph's file as sorted lines: what it says of one thing is found by halving, and a few lines are exchanged.

Nothing here reads a file from its beginning to look something up: the cost of a look-up grows with the logarithm of the
file. ``rewritten`` copies the file around the exchanged lines, block by block; that cost grows with the file.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from samtaler_kg import disk

#: Bytes that are copied and hashed at once.
_BLOCK = 1 << 22


class Unlike(Exception):
    """The file does not hold a line that is to go, or holds one that is to come: it is not what the cards give."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The lines that go out of a file and those that come into it."""

    gone: frozenset[bytes] = frozenset()
    come: frozenset[bytes] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.gone or self.come)


class Lines:
    """The lines of one sorted file, each with its line end."""

    def __init__(self, content: mmap.mmap | bytes) -> None:
        self.content = content

    def __contains__(self, line: bytes) -> bool:
        """Whether *line* is one of them."""
        place = self._place(line)
        return place < len(self.content) and self._line(place) == line

    def beginning(self, start: bytes) -> Iterator[bytes]:
        """The lines that begin with *start*, in their order."""
        place = self._place(start)
        while place < len(self.content) and (line := self._line(place)).startswith(start):
            yield line
            place += len(line)

    def about(self, iri: str) -> list[bytes]:
        """The lines whose subject is *iri*."""
        return list(self.beginning(f"<{iri}> ".encode()))

    def near(self, start: bytes, number: int = 3) -> Iterator[bytes]:
        """The lines that stand around the place where *start* would stand."""
        place = self._place(start)
        for _ in range(number):
            place = self._before(place)
        for _ in range(2 * number):
            if place < len(self.content):
                yield (line := self._line(place))
                place += len(line)

    def pieces(self, edit: Edit) -> Iterator[tuple[int, int] | bytes]:
        """The file with *edit* done, as lines to write and ranges of its bytes to copy.

        Raises Unlike where a line that is to go is not there, or one that is to come is there already.
        """
        done = 0
        for line in sorted(edit.gone ^ edit.come):
            place = self._place(line)
            there = place < len(self.content) and self._line(place) == line
            if there != (line in edit.gone):
                raise Unlike(line.decode(errors="replace").strip())
            yield done, place
            done = place
            if there:
                done += len(line)
            else:
                yield line
        yield done, len(self.content)

    def _line(self, place: int) -> bytes:
        end = self.content.find(b"\n", place)
        return bytes(self.content[place : len(self.content) if end < 0 else end + 1])

    def _before(self, place: int) -> int:
        """Where the line before the one at *place* begins."""
        return self.content.rfind(b"\n", 0, max(place - 1, 0)) + 1

    def _place(self, line: bytes) -> int:
        """Where the first line that is not less than *line* begins."""
        low, high = 0, len(self.content)
        while low < high:
            middle = self.content.rfind(b"\n", low, (low + high) // 2) + 1 or low
            found = self._line(middle)
            if found < line:
                low = middle + len(found)
            else:
                high = middle
        return low


@contextmanager
def lines(path: Path) -> Iterator[Lines]:
    """The lines of the file *path*, while the block runs."""
    with path.open("rb") as stream:
        if not path.stat().st_size:
            yield Lines(b"")
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield Lines(content)


def rewritten(source: Lines, edit: Edit, write: Path) -> str:
    """Write the lines of *source* with *edit* done to the new file *write*; its SHA-256. Raises Unlike."""
    found = hashlib.sha256()
    with disk.writing(write) as stream:
        for part in _blocks(source, edit):
            found.update(part)
            stream.write(part)
    return found.hexdigest()


def _blocks(source: Lines, edit: Edit) -> Iterator[bytes]:
    for piece in source.pieces(edit):
        if isinstance(piece, bytes):
            yield piece
            continue
        for start in range(piece[0], piece[1], _BLOCK):
            yield bytes(source.content[start : min(start + _BLOCK, piece[1])])
