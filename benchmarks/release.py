"""Hashing a base and comparing it with another, at 1 and 10 times the shipped data.

``python -m benchmarks.release`` makes two bases of each size below a temporary folder, as ``benchmarks.intake`` does, takes
one study into the second and retracts another, and measures in a process of its own: ``hashing`` the data set and every
graph of it; ``described`` what a release says of itself, all conclusions included; ``differing`` the statements of both
bases held against each other and told as cards; ``compared`` the whole comparison, both records known; ``peak`` the most
that Python held at once during ``differing``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.intake import enlarged, fresh, measured
from benchmarks.measure import setting, table
from samtaler_kg import places
from samtaler_kg.cards import Grammar
from samtaler_kg.graph import Graph
from samtaler_kg.intake import add, retract
from samtaler_kg.places import Base
from samtaler_kg.release.compare import compare
from samtaler_kg.release.describe import dataset, described, graphs
from samtaler_kg.release.sides import of_base
from samtaler_kg.release.things import difference


@dataclass(frozen=True)
class Line:
    """One size: triples of the base, statements that differ, and seconds of CPU."""

    times: int
    triples: int
    differ: int
    hashing: float
    described: float
    differing: float
    compared: float
    peak_mb: float


def pair(folder: Path, times: int) -> tuple[Base, Base]:
    """Two bases of a size: the second has one study more, and one that is retracted."""
    old = enlarged(places.shipped(), folder / "old", times)
    new = Base(Path(shutil.copytree(old.root, folder / "new")))
    card = fresh(new, 0)
    add(new, [card])
    retract(new, "maibom-rosholm-2017-early-meetings", "measured")
    return old, new


def steps(roots: tuple[str, str], times: int, rounds: int, to: Connection) -> None:
    """Measure one pair and send the line."""
    bases = [Base(Path(root)) for root in roots]
    grammar = Grammar.of(bases[0])
    light = [of_base(Graph(base), {}) for base in bases]
    differing = [measured(partial(difference, *light, grammar))[0] for _ in range(rounds)]
    hashing = [measured(lambda: (dataset(Graph(bases[1])), graphs(Graph(bases[1]))))[0] for _ in range(rounds)]
    told = [measured(partial(described, Graph(bases[1])))[0] for _ in range(rounds)]
    sides = [of_base(Graph(base)) for base in bases]
    compared = [measured(partial(compare, *sides))[0] for _ in range(rounds)]
    tracemalloc.start()
    found = difference(*light, grammar)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    differ = found.came.total() + found.went.total()
    spent = map(statistics.median, (hashing, told, differing, compared))
    to.send(Line(times, int(sides[1].record["dataset"]["quads"]), differ, *spent, peak))


def apart(roots: tuple[str, str], times: int, rounds: int) -> Line:
    """One pair, measured in a process of its own."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=steps, args=(roots, times, rounds, there))
    child.start()
    line: Line = here.recv()
    child.join()
    return line


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, nargs="*", default=[1, 10])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    lines = []
    for times in given.times:
        with tempfile.TemporaryDirectory() as folder:
            old, new = pair(Path(folder), times)
            lines.append(apart((str(old.root), str(new.root)), times, given.rounds))
    if given.json:
        print(json.dumps({"setting": setting(), "lines": [asdict(line) for line in lines]}, indent=1))
    else:
        print(table([*asdict(lines[0])], [[*asdict(line).values()] for line in lines]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
