"""What happened to a card, written into the card itself: the one place that a review, a merge and a reader all see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePath

from samtaler_kg.cards import Card, Data, Grammar, as_text, read_text
from samtaler_kg.cards.read import CONTROL
from samtaler_kg.problems import Problem

HISTORY = "history"


def now() -> str:
    """The present moment in UTC, to the second.

    >>> len(now()), now()[-1]
    (20, 'Z')
    """
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event(
    kind: str,
    at: str,
    by: str | None = None,
    came_from: Iterable[str] = (),
    why: str = "",
    warned: Iterable[Problem] = (),
) -> Data:
    """One event of a card's history; what is not known is not said.

    >>> event("retracted", "2026-11-23T12:00:00Z", why="superseded")
    {'event': 'retracted', 'at': '2026-11-23T12:00:00Z', 'why': 'superseded'}
    """
    warnings = sorted({problem.shape.rpartition("/")[2] or problem.name for problem in warned})
    said: Data = {"event": kind, "at": at, "by": by or "", "came_from": sorted(came_from), "why": _line(why)}
    return {key: value for key, value in {**said, "warned": warnings}.items() if value}


def _line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def origins(card: Card, hashes: Mapping[str, str], source: str = "") -> Iterator[str]:
    """Name and SHA-256 of each file that *card* came from. Of a path only the name: folders are the reader's own."""
    for file in sorted({card.file, *card.files.values()}):
        name = file.partition("!")[0]
        known = f" sha256:{hashes[name]}" if name in hashes else ""
        if shown := CONTROL.sub("?", PurePath(name).name or source):
            yield f"{shown}{known}"


def stamped(data: Data, happened: Data) -> Data:
    """The card with one more event in its history."""
    return {**data, HISTORY: [*data.get(HISTORY, []), happened]}


def restamped(text: str, card: Card, happened: Data, grammar: Grammar) -> str:
    """The text of a card with one more event, every other line as its editor left it."""
    wanted = stamped(card.data, happened)
    block = as_text({HISTORY: wanted[HISTORY]}, card.kind, grammar)
    rows = text.splitlines(keepends=True)
    start, end = _place(card, len(rows), grammar)
    while start == end and start and rows[start - 1].startswith("#"):  # a comment belongs to the key below it
        start = end = start - 1
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n"
    edited = "".join([*rows[:start], block, *rows[end:]])
    again, problems = read_text(edited, card.kind)
    if again is None or problems or again.data != wanted:
        return as_text(wanted, card.kind, grammar)
    return edited


def _place(card: Card, rows: int, grammar: Grammar) -> tuple[int, int]:
    """The lines, counted from 0, that the history has or would stand before."""
    order = grammar.kinds[card.kind].keys
    begins = {str(path[0]): place[0] - 1 for path, place in card.keys.items() if len(path) == 1}
    start = begins.get(HISTORY)
    if start is not None:
        return start, min((line for line in begins.values() if line > start), default=rows)
    after = [line for key, line in begins.items() if key in order and order.index(key) > order.index(HISTORY)]
    place = min(after, default=rows)
    return place, place
