"""Two who change one base at a time, and readers beside them: each in turn, and nobody sees anything half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from samtaler_kg import commits, disk
from samtaler_kg.build import build, differences
from samtaler_kg.cards import Card, read_text
from samtaler_kg.graph import Graph
from samtaler_kg.intake import NotTaken, add, retract
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused, Stopped
from tests.faults import changes

ROOT = Path(__file__).resolve().parents[2]

HOLDER = """
import sys, time
from pathlib import Path
from samtaler_kg import disk
assert disk.lock(Path(sys.argv[1])) is not None
print("held", flush=True)
time.sleep(600)
"""


def card(name: str) -> Card:
    found, _ = read_text(changes.CARD.replace(changes.NEW, name), "study", f"{name}.yaml")
    assert found is not None
    return found


def adding(base: Base, name: str) -> subprocess.Popen[str]:
    path = base.root / f"{name}.yaml"
    path.write_text(changes.CARD.replace(changes.NEW, name), encoding="utf-8")
    command = [sys.executable, "-m", "samtaler_kg", "--base", str(base.root), "add", str(path)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_cards_added_at_once_are_all_taken_in(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    names = [f"synthetic-{n}" for n in range(4)]
    running = [adding(base, name) for name in names]
    told = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0] * 4, told
    assert differences(base) == []
    assert all(changes.knows(base, name) for name in names)


def test_the_same_card_added_twice_at_once_is_taken_in_once(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    running = [adding(base, "synthetic-one") for _ in range(3)]
    told = [process.communicate() for process in running]
    assert sorted(process.returncode for process in running) == [0, 1, 1], told
    assert differences(base) == []


def test_threads_of_one_process_wait_for_each_other(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    names = [f"synthetic-{n}" for n in range(3)]
    threads = [threading.Thread(target=add, args=(base, [card(name)])) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert differences(base) == []
    assert all(changes.knows(base, name) for name in names)


def test_who_waits_too_long_is_told_and_nothing_is_changed(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    old = changes.state(base)
    with commits.locked(base), pytest.raises(Stopped) as stopped:
        add(base, [card("synthetic-late")], wait=0.1)
    assert [problem.name for problem in stopped.value.problems] == ["base-busy"]
    assert changes.state(base) == old
    add(base, [card("synthetic-late")], wait=0.1)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill as SIGKILL does")
def test_the_lock_of_a_killed_process_is_free(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(base.data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert disk.lock(base.data) is None
    with pytest.raises(Stopped):
        build_soon(base)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    add(base, [card("synthetic-next")], wait=1.0)
    assert differences(base) == []


def build_soon(base: Base) -> None:
    with commits.locked(base, wait=0.1):
        build(base)


def test_readers_never_see_anything_half_done(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    done, faults = threading.Event(), list[BaseException]()
    seen: tuple[list[int], ...] = ([], [])

    def reading(here: list[int]) -> None:
        while not done.is_set():
            try:
                here.append(results(Graph(base)))
            except Refused as refused:
                if refused.problems[0].name != "graph-exchanged":
                    faults.append(refused)
            except BaseException as fault:
                faults.append(fault)

    readers = [threading.Thread(target=reading, args=(here,)) for here in seen]
    for reader in readers:
        reader.start()
    for number in range(3):
        add(base, [card(f"synthetic-{number}")])
        retract(base, f"synthetic-{number}", "measured again")
        time.sleep(0.02)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    for here in seen:
        assert here == sorted(here)
        assert len(set(here)) > 1


def results(graph: Graph) -> int:
    """How many new results there are, as the layer says and as the rules concluded: the same number."""
    told = [{triple.subject.value for triple in part} for part in (graph.triples("coded"), graph.conclusions("coded"))]
    said, concluded = ({name for name in part if "/result/synthetic-" in name} for part in told)
    assert said == concluded
    return len(said)


def test_a_card_that_stands_against_nothing_else_leaves_no_trace(pattern: Path, tmp_path: Path) -> None:
    base = changes.given(pattern, tmp_path / "base")
    old = changes.state(base)
    with pytest.raises(NotTaken):
        add(base, [card("synthetic-good"), card("mauer-2006-kundenzentrum")])
    assert changes.state(base) == old
