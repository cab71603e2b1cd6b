"""What is asked of a file system so that nothing is ever half there: written through, renamed, exchanged, locked.

Every function either does its one thing or raises OSError; none of them prints or knows what a base is.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

#: "Relative to the working folder" and "exchange the two names", for the system calls that rename.
_HERE, _EXCHANGE = -100, 2


@contextlib.contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A new file to be written to; when the block has ended, the disk has it."""
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def write(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with writing(path) as stream:
        stream.write(content)


def settle(folder: Path) -> None:
    """Wait until the disk has the names in *folder*. Systems that cannot open a folder keep names by themselves."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle_all(folder: Path) -> None:
    """Wait until the disk has the names in *folder* and in every folder below it."""
    for path, _, _ in os.walk(folder):
        settle(Path(path))


def same(source: Path, place: Path) -> None:
    """Give the unchanged file *source* the second name *place*; a copy where the file system has no second names."""
    try:
        os.link(source, place)
    except OSError:
        write(place, source.read_bytes())


def exchange(one: Path, other: Path) -> None:
    """Change the names of two folders with each other at one moment.

    Where the system cannot do that, *other* has no name for the moment between two renames.
    """
    if not _exchanged(one, other):
        between = one.with_name(f"{one.name}-between")
        other.rename(between)
        one.rename(other)
        between.rename(one)


def _exchanged(one: Path, other: Path) -> bool:
    try:
        system = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(system.renamex_np(*names, _EXCHANGE) == 0)
        return bool(system.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):  # no such call here
        return False


def remove(folder: Path) -> None:
    """Take a folder away as far as that is possible; what stays is taken away by the next who tries."""
    shutil.rmtree(folder, ignore_errors=True)


def lock(folder: Path) -> int | None:
    """Hold *folder* against every other process and thread; None where another holds it.

    The system gives a lock back when its holder ends, however it ends: there is none to clear away. On POSIX systems
    the folder itself is locked and nothing is written; on Windows a file ``.lock`` in it.
    """
    if sys.platform == "win32":
        import msvcrt

        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            os.close(handle)
            return None
        return handle
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def unlock(handle: int) -> None:
    """Give back what ``lock`` gave."""
    os.close(handle)
