"""A file → text within bounds. What no text may hold is told with its place, before any parser sees it."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice
from pathlib import Path

from samtaler_kg.cards.read import CONTROL, MAX_PROBLEMS, Place
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.words import both

#: Bytes of a file that holds many cards. The shipped 153 studies take 0.6 MB as JSON and 2.3 MB as N-Triples.
MAX_FORM = 10_000_000

#: Cards in one file, and files read out of one folder.
MAX_CARDS = 10_000

_LINE_END = re.compile("\r\n|\n|\r")


def regular(path: Path) -> bool:
    """Whether *path* may be opened: a file, or nothing yet; no folder, pipe or device, which may have no end."""
    try:
        return path.is_file() or not path.exists()
    except (OSError, ValueError):  # a name that no file can have: told when it is opened
        return True


def raw_bytes(path: Path, shown: str, limit: int = MAX_FORM) -> bytes:
    """What stands in a file. Raises Refused where it cannot be read or is larger than *limit*.

    Never more than *limit* bytes and one are read.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        raise Refused(Problem("unreadable-file", Where(shown), {"reason": _reason(error)})) from None
    if len(raw) > limit:
        raise Refused(Problem("too-large", Where(shown), {"limit": limit}))
    return raw


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def as_text(raw: bytes, shown: str) -> str:
    """The UTF-8 text of *raw*, with or without a byte order mark. Raises Refused where it is none."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused(Problem("not-utf8", Where(shown, line))) from None
    if problems := unfit(text, shown):
        raise Refused(problems)
    return text


def unfit(text: str, shown: str) -> list[Problem]:
    """The characters of *text* that no text may hold, at most MAX_PROBLEMS of them."""
    lines = Lines(text) if CONTROL.search(text) else None
    if lines is None:
        return []
    return [
        Problem("bad-character", Where(shown, *lines.place(found.start())), {"character": f"U+{ord(found[0]):04X}"})
        for found in islice(CONTROL.finditer(text), MAX_PROBLEMS)
    ]


def too_much(where: Where, what: str, limit: int) -> Problem:
    """The problem that a file holds more than *limit* of what ``forms.limits.<what>`` names."""
    return Problem("too-much", where, {"what": both(f"forms.limits.{what}"), "limit": limit})


class Lines:
    """Where a character of a text stands, as an editor counts: a line ends with CR LF, LF or CR.

    >>> Lines("a\\r\\nbc\\rd").place(4)
    (2, 2)
    """

    def __init__(self, text: str) -> None:
        """Find the line ends once."""
        self.starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def place(self, at: int) -> Place:
        """Line and column, from 1, of the character at the offset *at*."""
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1
