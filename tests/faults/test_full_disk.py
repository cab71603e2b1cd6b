"""A disk that is full, or refuses, at any point: nothing is changed, or the change is made and finished later."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from samtaler_kg import disk
from samtaler_kg.build import differences
from samtaler_kg.intake import stamps
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused
from tests.faults import changes
from tests.faults.killer import MOMENT, Points, watch, work

ROOT = Path(__file__).resolve().parents[2]
FAULTS = [errno.ENOSPC, errno.EIO, errno.EROFS]


class Full(Points):
    """From the point asked for to the end, every call that changes the disk fails."""

    def point(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.struck()


def strike(code: int) -> Callable[[], None]:
    def struck() -> None:
        raise OSError(code, os.strerror(code))

    return struck


@pytest.mark.parametrize("code", FAULTS, ids=lambda code: errno.errorcode[code])
def test_whatever_the_point_the_base_is_the_old_or_the_new_one(
    pattern: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    whole = changes.given(pattern, tmp_path / "whole")
    monkeypatch.setattr(stamps, "now", lambda: MOMENT)
    old = changes.state(whole)
    work("add", whole)
    new = changes.state(whole)
    assert differences(whole) == []
    seen = set()
    for point in range(1, 2_000, 17):
        base = changes.given(pattern, tmp_path / f"base-{point}")
        told = refused(base, Full(point, strike(code)), monkeypatch)
        assert changes.is_whole(base), point
        left = changes.settled(base)
        assert left == (new if told in ("unfinished", "") else old), (point, told)
        seen.add(told)
        if not told:
            break
    assert seen == {"base-unwritable", "unfinished", ""}


def refused(base: Base, points: Full, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the problem that adding a card meets, nothing where it meets none."""
    with monkeypatch.context() as watched:
        watch(points, watched.setattr)
        try:
            work("add", base)
        except Refused as error:
            (problem,) = error.problems
            assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
            return problem.name
    return ""


LIMITED = """
import resource, sys
from samtaler_kg.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
main()
"""


@pytest.mark.parametrize("limit", [0, 300, 20_000, 60_000])
def test_a_file_that_may_not_grow_larger_stops_the_command(pattern: Path, tmp_path: Path, limit: int) -> None:
    pytest.importorskip("resource", reason="this system has no limits of that kind")
    base = changes.given(pattern, tmp_path / "base")
    old = changes.state(base)
    arguments = [str(limit), "--base", str(base.root), "add", str(base.root / "new.yaml")]
    ran = subprocess.run([sys.executable, "-c", LIMITED, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "the base cannot be written" in ran.stderr
    assert changes.state(base) == old


def test_what_cannot_be_exchanged_at_one_moment_is_renamed_in_two(
    pattern: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_exchanged", lambda *_: False)
    base = changes.given(pattern, tmp_path / "base")
    work("add", base)
    assert differences(base) == []
    assert changes.knows(base)
    with io.open(base.graph / "coded.nt", "rb") as stream:  # noqa: UP020 - the name that watch replaces
        assert changes.NEW.encode() in stream.read()
