"""Killed at any point of its work with the disk, a change of the base is wholly made or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from samtaler_kg import commits
from samtaler_kg.build import differences
from samtaler_kg.intake import stamps
from samtaler_kg.places import Base
from tests.faults import changes
from tests.faults.killer import MOMENT, work

KILLER = Path(__file__).with_name("killer.py")
ROOT = Path(__file__).resolve().parents[2]
NEVER = 1_000_000

#: Set to anything, every point is tried, not every few: about 900, in two minutes.
EVERY = "SAMTALER_TEST_EVERY_POINT"

Kill = Callable[[str, Base, int], int]

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill as SIGKILL does")


@pytest.fixture(scope="module")
def kill() -> Iterator[Kill]:
    """Do something to a base and be killed at a point; the signal, or 0 where all was done before it."""
    process = subprocess.Popen(
        [sys.executable, str(KILLER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def killed(what: str, base: Base, point: int) -> int:
        print(what, base.root, point, file=process.stdin, flush=True)
        return int(process.stdout.readline())  # type: ignore[union-attr]

    yield killed
    process.stdin.close()
    process.wait()


@pytest.mark.parametrize(
    ("what", "step", "least"), [("add", 9, 27), ("add-in-two", 17, 21), ("retract", 17, 9), ("build", 17, 9)]
)
def test_whatever_the_point_the_base_is_the_old_or_the_new_one(
    pattern: Path, tmp_path: Path, kill: Kill, what: str, step: int, least: int
) -> None:
    old, new = outcomes(pattern, tmp_path, kill, what)
    points, seen = 0, set()
    for point in range(1, NEVER, 1 if EVERY in os.environ else step):
        base = prepared(pattern, tmp_path / "base", what)
        ended = kill(what, base, point)
        assert ended in (0, signal.SIGKILL), point
        assert what == "add-in-two" or changes.is_whole(base), point
        early = changes.knows(base) if what.startswith("add") else None
        left = changes.settled(base)
        assert left in (old, new), point
        if early is not None:
            assert early == changes.knows(base) == (left == new), point
        seen.add(left == new)
        shutil.rmtree(base.root)
        if not ended:
            break
        points += 1
    assert points >= least
    assert seen == {True, False} or what == "build"


def outcomes(pattern: Path, folder: Path, kill: Kill, what: str) -> tuple[dict[str, str], dict[str, str]]:
    """The state before and after, each the one that a whole build gives."""
    base = prepared(pattern, folder / "whole", what)
    old = changes.state(base)
    assert what == "build" or differences(base) == []
    assert kill(what, base, NEVER) == 0
    assert differences(base) == []
    new = changes.state(base)
    assert new != old
    return old, new


def prepared(pattern: Path, folder: Path, what: str) -> Base:
    """A base; where it is to be built, with a card that the graph does not know yet."""
    base = changes.given(pattern, folder)
    if what == "build":
        card = base.data / "studies" / "FIN" / f"{changes.NEW}.yaml"
        card.parent.mkdir()
        shutil.copy(base.root / "new.yaml", card)
    return base


def test_whoever_finishes_may_be_killed_too(
    pattern: Path, tmp_path: Path, kill: Kill, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = changes.given(pattern, tmp_path / "base")
    monkeypatch.setattr(stamps, "now", lambda: MOMENT)
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(commits, "_roll", interrupted)
        work("add", base)
    _, new = outcomes(pattern, tmp_path, kill, "add")
    assert (base.data / ".commit").is_dir()
    for point in range(1, NEVER):
        again = Base(shutil.copytree(base.root, tmp_path / "again", symlinks=True))
        ended = kill("finish", again, point)
        assert changes.is_whole(again), point
        assert changes.settled(again) == new, point
        shutil.rmtree(again.root)
        if not ended:
            break
    assert point > 20


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def usual(pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long the command takes that nobody kills."""
    base = changes.given(pattern, tmp_path_factory.mktemp("usual") / "base")
    start = time.monotonic()
    assert command(base).wait() == 0
    return time.monotonic() - start


def command(base: Base) -> subprocess.Popen[bytes]:
    arguments = ["--base", str(base.root), "add", str(base.root / "new.yaml")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "samtaler_kg", *arguments], cwd=ROOT, **quiet)


@pytest.mark.parametrize("part", [0.1, 0.4, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.2])
def test_the_command_killed_at_any_time(pattern: Path, tmp_path: Path, usual: float, part: float) -> None:
    base = changes.given(pattern, tmp_path / "base")
    process = command(base)
    time.sleep(usual * part)
    process.kill()
    process.wait()
    assert differences(base) == []
    there = (base.data / "studies" / "FIN" / f"{changes.NEW}.yaml").is_file()
    assert there == changes.knows(base)
    assert [path.name for path in base.data.iterdir() if path.name.startswith(".")] == []
