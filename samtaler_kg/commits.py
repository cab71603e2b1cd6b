"""Several files of a base changed at once: all of them or none, whenever the process, the disk or the power gives out.

What is to change is first written whole into a hidden folder beside its places, ``data/.staged-…``. Renaming that
folder to ``data/.commit`` is the one moment at which the change happens. Before it nothing has; after it the rest can
be done by anyone: each file is renamed into its place, and the new graph changes names with the old. Whoever next opens
the base, for writing, building or reading, finishes a commit that was broken off; whoever next writes or builds takes
away what was staged and never committed.

One writer at a time: writers hold a lock on ``data`` that the system gives back when they end, however they end.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from samtaler_kg import disk
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, SamtalerError, Stopped, Where

#: Seconds that a writer waits for another.
WAIT = 30.0

_STAGED, _COMMIT, _DONE, _PLAN, _GRAPH = ".staged-", ".commit", ".done-", "plan.json", "graph"

#: How the path of the base inside an installed package ends; in a checkout the base is the checkout itself.
INSTALLED = ("samtaler_kg", "_base")

#: Stands in a staged graph until it is in its place, so that nobody exchanges the two folders twice.
_NEW = ".new"


@dataclass
class Change:
    """One change that is being staged. Nothing of it is in its place before ``writing`` has ended without an error."""

    base: Base
    staged: Path
    _files: dict[str, str] = field(default_factory=dict)

    def put(self, place: str, content: bytes) -> None:
        """Let the file at *place*, a path below ``data``, have this *content*."""
        name = f"file-{len(self._files)}"
        disk.write(self.staged / name, content)
        self._files[place] = name

    def graph(self) -> Path:
        """An empty folder for the files of a new graph: all of them, each written with ``disk.write``."""
        folder = self.staged / _GRAPH
        folder.mkdir()
        disk.write(folder / _NEW, b"")
        return folder

    def seal(self) -> None:
        """Write down what goes where. From here on the staged folder can be finished without this process."""
        targets = [_target(self.base.data, place) for place in self._files]
        plan = {"files": [{"place": place, "from": name} for place, name in self._files.items()]}
        disk.write(self.staged / _PLAN, (json.dumps(plan, indent=1) + "\n").encode())
        for target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            disk.settle(target.parent.parent)
        disk.settle_all(self.staged)


@contextlib.contextmanager
def writing(base: Base, wait: float = WAIT) -> Iterator[Change]:
    """Change *base* alone, wholly or not at all: the change is made when the block ends without an error.

    Raises Refused where the base may not or cannot be written, Stopped where another writer holds it longer than *wait*
    seconds, Damaged where a commit that was broken off cannot be read. Whatever is raised inside leaves all as it was.
    """
    must_be_own(base)
    with locked(base, wait):
        staged = base.data / f"{_STAGED}{os.urandom(4).hex()}"
        with _told(base):
            staged.mkdir()
        change = Change(base, staged)
        try:
            with _told(base):
                yield change
                change.seal()
                commit = base.data / _COMMIT
                staged.rename(commit)
        except BaseException:
            _forget(base.data, staged)
            raise
        with _told(base, "unfinished"):
            disk.settle(base.data)
            _roll(base.data, commit)


@contextlib.contextmanager
def locked(base: Base, wait: float = WAIT) -> Iterator[None]:
    """Keep every other writer of *base* waiting, and first finish or take away what one of them left.

    Raises Stopped where one is at work for longer than *wait* seconds.
    """
    until = time.monotonic() + wait
    with _told(base):
        handle = disk.lock(base.data)
        while handle is None:
            if time.monotonic() >= until:
                raise Stopped(Problem("base-busy", Where(str(base.root)), {"seconds": f"{wait:g}"}))
            time.sleep(0.02)
            handle = disk.lock(base.data)
    try:
        with _told(base):
            _finish(base.data)
        yield
    finally:
        disk.unlock(handle)


def finish(base: Base) -> None:
    """Finish a commit that was broken off, if there is one, nobody is at it, and the base can be written.

    Where the graph has no name just now, a writer at work is waited for.
    """
    if not (base.data / _COMMIT).is_dir():
        return
    with contextlib.suppress(OSError, SamtalerError), locked(base, 0.0 if base.graph.exists() else 1.0):
        pass


def must_be_own(base: Base) -> None:
    """Raises Refused where *base* is the one inside the installed package, or leads elsewhere by a symbolic link."""
    if base.root.parts[-2:] == INSTALLED:
        raise Refused(Problem("base-installed", Where(str(base.root))))
    if not base.ontology.is_dir():
        raise Refused(Problem("no-base", Where(str(base.root))))
    if base.graph.is_symlink():
        raise Refused(Problem("leads-elsewhere", Where(str(base.graph))))


def _target(data: Path, place: str) -> Path:
    """The path of *place* below *data*. Raises Refused where it climbs out or a symbolic link leads out of it."""
    parts = PurePosixPath(place).parts
    if not parts or PurePosixPath(place).is_absolute() or ".." in parts:
        raise Refused(Problem("leads-elsewhere", Where(place)))
    path = data
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise Refused(Problem("leads-elsewhere", Where(str(path))))
    return path


def _finish(data: Path) -> None:
    """Finish what was committed, throw away what was not. Only for the holder of the lock."""
    commit = data / _COMMIT
    if commit.is_dir():
        _roll(data, commit)
    for left in data.glob(f"{_STAGED}*"):
        _forget(data, left)
    for left in data.glob(f"{_DONE}*"):
        disk.remove(left)


def _forget(data: Path, staged: Path) -> None:
    """Take away what was staged and never committed, with the folders that were made for it and are empty."""
    with contextlib.suppress(OSError, SamtalerError):
        for entry in _plan(staged):
            _target(data, entry["place"]).parent.rmdir()
    disk.remove(staged)


def _roll(data: Path, commit: Path) -> None:
    """Bring everything of *commit* into its place. What was done before is not done again: it may be begun anew."""
    for entry in _plan(commit):
        source, target = commit / entry["from"], _target(data, entry["place"])
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            disk.settle(target.parent)
    new, graph = commit / _GRAPH, data / _GRAPH
    if (new / _NEW).exists():
        if graph.exists():
            disk.exchange(new, graph)
        else:
            new.rename(graph)
        disk.settle(commit)
        disk.settle(data)
    (graph / _NEW).unlink(missing_ok=True)
    done = data / f"{_DONE}{os.urandom(4).hex()}"
    commit.rename(done)
    disk.settle(data)
    disk.remove(done)


def _plan(commit: Path) -> list[dict[str, str]]:
    path = commit / _PLAN
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return [{"place": str(entry["place"]), "from": PurePosixPath(entry["from"]).name} for entry in files]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(Problem("commit-damaged", Where(str(path)), {"reason": error})) from None


@contextlib.contextmanager
def _told(base: Base, problem: str = "base-unwritable") -> Iterator[None]:
    """What the file system refuses, as a problem of the base."""
    try:
        yield
    except OSError as error:
        where = Where(str(base.root))
        facts = {"reason": error.strerror or error}
        if problem == "unfinished":
            raise Refused(Problem("unfinished", where, facts)) from None
        raise Refused(Problem("base-unwritable", where, facts)) from None
