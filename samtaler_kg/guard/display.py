"""Shows a reader the place in a SPARQL text that a position names."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 100

_OXIGRAPH = re.compile(r"\bat (?:line )?(\d+)(?::| column )(\d+)|\bline (\d+) column (\d+)")


def syntax_position(message: str) -> tuple[int, int] | None:
    """Give the line and column that an error message of Oxigraph names, both from 1.

    The column may lie behind the fault by the length of the keyword that was expected there.

    >>> syntax_position("error at 4:17: expected one of ABS, AVG")
    (4, 17)
    """
    match = _OXIGRAPH.search(message)
    if match is None:
        return None
    line, column = (int(number) for number in match.groups() if number is not None)
    return line, column


def caret(text: str, line: int, column: int) -> str:
    """Show the line of a text with a caret under the column, clipped to a window of about 100 characters.

    A position outside the text is drawn to its nearest line or to the end of the line.

    >>> print(caret("SELECT *\\n{ ?s ?p }", 2, 9))
    { ?s ?p }
            ^
    """
    lines = text.split("\n")
    shown = lines[min(max(line, 1), len(lines)) - 1].removesuffix("\r")
    place = min(max(column - 1, 0), len(shown))
    start = max(0, min(place - WIDTH // 2, len(shown) - WIDTH))
    window = shown[start : start + WIDTH]
    head, tail = "…" if start else "", "…" if start + WIDTH < len(shown) else ""
    drawn = [_drawn(character) for character in window]
    under = len(head) + sum(_columns(character) for character in drawn[: place - start])
    return f"{head}{''.join(drawn)}{tail}\n{' ' * under}^"


def _drawn(character: str) -> str:
    # A control character could move the cursor of a terminal; a tab would move the caret.
    if character == "\t":
        return " "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
