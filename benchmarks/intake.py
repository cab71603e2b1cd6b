"""Taking one study in and retracting it, against bases of 1, 10 and 100 times the shipped data.

``python -m benchmarks.intake`` makes each base below a temporary folder: the shipped one, with synthetic copies of its
coded layer that have no cards. Each base is measured in a process of its own. ``checking`` is the shapes, parsed anew
each time, as one command does; ``concluding`` the rules, on what hangs together with the card; the rest of ``add`` is
the card and the new graph's files, written whole.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.measure import setting, table
from benchmarks.synthetic import enlarged
from samtaler_kg import places
from samtaler_kg.cards import Card, Grammar, read
from samtaler_kg.check import check
from samtaler_kg.graph import Graph
from samtaler_kg.intake import add, retract
from samtaler_kg.intake.slices import Shift, piece
from samtaler_kg.places import Base


@dataclass(frozen=True)
class Line:
    """One base: its triples and megabytes, and the median seconds of the steps with one card."""

    times: int
    triples: int
    megabytes: float
    checking_cpu: float
    concluding_cpu: float
    add_cpu: float
    add_wall: float
    retract_cpu: float
    peak_mb: float


def fresh(base: Base, number: int) -> Card:
    """A card like the longest of the shipped ones, under an identifier and a DOI that no other has."""
    path = max((base.data / "studies").glob("*/*.yaml"), key=lambda path: path.stat().st_size)
    card, _ = read(path, "study")
    assert card is not None
    name = f"synthetic-new-{number}"
    data: dict[str, Any] = json.loads(json.dumps(card.data).replace(str(card.data["id"]), name))
    data |= {"title": f"{name} {data['title']}", "doi": f"10.1234/{name}", "authors": [name]}
    return Card("study", data, file=f"{name}.yaml")


def measured(step: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    step()
    return time.process_time() - cpu, time.perf_counter() - wall


def steps(root: str, times: int, rounds: int, to: Connection) -> None:
    """Measure one base and send the line."""
    base = Base(Path(root))
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ("check", "piece", "add", "retract")}
    for number in range(rounds + 1):
        card, grammar = fresh(base, number), Grammar.of(base)
        spent["check"].append(measured(partial(check, base, [card])))
        spent["piece"].append(measured(partial(piece, base, grammar, [Shift("study", None, card.data)])))
        spent["add"].append(measured(partial(add, base, [card])))
        spent["retract"].append(measured(partial(retract, base, str(card.data["id"]), "measured")))
    cpu, wall = ({name: statistics.median(t[n] for t in times[1:]) for name, times in spent.items()} for n in (0, 1))
    sizes = Graph(base).manifest
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = Line(
        times,
        sum(told["triples"] for told in sizes.values()),
        sum((base.graph / name).stat().st_size for name in sizes) / 1e6,
        cpu["check"],
        cpu["piece"],
        cpu["add"],
        wall["add"],
        cpu["retract"],
        peak,
    )
    to.send(line)


def apart(base: Base, times: int, rounds: int) -> Line:
    """One base, measured in a process of its own."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=steps, args=(str(base.root), times, rounds, there))
    child.start()
    line: Line = here.recv()
    child.join()
    return line


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, nargs="*", default=[1, 10, 100])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    lines = []
    for times in given.times:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(apart(enlarged(places.shipped(), Path(folder), times), times, given.rounds))
    if given.json:
        print(json.dumps({"setting": setting(), "lines": [asdict(line) for line in lines]}, indent=1))
    else:
        print(table([*asdict(lines[0])], [[*asdict(line).values()] for line in lines]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
