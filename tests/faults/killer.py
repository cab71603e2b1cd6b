"""A process that changes a base again and again and is killed each time at another point of its work with the disk.

It loads what is needed, then reads lines ``<what> <base> <point>`` and answers each with the signal that ended the child
it made for it, or 0 where the work was done before the point came. A point stands before and after every call that
changes the disk, and in the middle of every write. The clock stands still, so that two runs leave the same bytes.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samtaler_kg import build as building
from samtaler_kg import commits, disk
from samtaler_kg.cards import read
from samtaler_kg.intake import add, drafts, retract, stamps
from samtaler_kg.places import Base

CALLS = ("fsync", "link", "mkdir", "rename", "replace", "rmdir", "unlink")
MOMENT = "2026-11-23T12:00:00Z"


class Points:
    """Counts the points; at the one that was asked for, *struck* is called."""

    def __init__(self, last: int, struck: Callable[[], None]) -> None:
        self.left = last
        self.struck = struck

    def point(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.struck()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """*call* with a point before and after it."""

        def called(*given: Any, **named: Any) -> Any:
            self.point()
            done = call(*given, **named)
            self.point()
            return done

        return called

    def opened(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """``io.open``; a file that is written to is written in two halves with a point between them."""

        def opening(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
            if not set(mode) & set("wxa+"):
                return real(file, mode, *given, **named)
            self.point()
            stream = real(file, mode, buffering=0)
            write = stream.write

            def halves(content: Any) -> int:
                content = bytes(content)
                self.point()
                write(content[: len(content) // 2])
                self.point()
                write(content[len(content) // 2 :])
                self.point()
                return len(content)

            return Stream(stream, halves)

        return opening


class Stream:
    """An open file whose ``write`` is another."""

    def __init__(self, real: Any, write: Callable[[Any], int]) -> None:
        self.real = real
        self.write = write

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.real.close()


def watch(points: Points, put: Callable[[object, str, Any], None] = setattr) -> None:
    """Let every call that changes the disk pass *points*."""
    for name in CALLS:
        real = getattr(os, name)
        put(os, name, points.around(real if name != "fsync" else lambda _: None))
    put(io, "open", points.opened(io.open))
    put(stamps, "now", lambda: MOMENT)
    put(drafts, "_checked", lambda *_: [])  # reads only, and takes longer than all the rest


def work(what: str, base: Base) -> None:
    """One change of *base*."""
    if what == "add-in-two":  # as on a system that cannot exchange two names at one moment
        disk._exchanged = lambda *_: False
    if what.startswith("add"):
        card, _ = read(base.root / "new.yaml", "study", "new.yaml")
        assert card is not None
        add(base, [card])
    elif what == "retract":
        retract(base, "mauer-2006-kundenzentrum", "the table was misread")
    elif what == "finish":
        with commits.locked(base):
            pass
    else:
        building.build(base)


def killed(what: str, base: Base, last: int) -> int:
    """What ended the child that does *what* and is killed at the point *last*."""
    child = os.fork()
    if not child:
        try:
            watch(Points(last, lambda: os.kill(os.getpid(), signal.SIGKILL)))
            work(what, base)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    for line in sys.stdin:
        what, root, last = line.split()
        print(killed(what, Base(Path(root)), int(last)), flush=True)
