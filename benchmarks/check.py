"""What checking costs: one entry against bases of growing size, and a whole graph, each beside plain pyshacl.

``python -m benchmarks.check`` checks one new card against the shipped base and against bases of 10 and 100 times its
size, made of it and of synthetic copies, and the whole shipped graph with plain ``pyshacl.validate``. ``--sizes 1 10 100
1000`` adds the largest base (20 million triples: minutes to make, 5 GB of disk); ``--whole 100000`` validates a whole
synthetic graph of about so many triples with both (plain pyshacl takes minutes).
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyoxigraph as ox
import rdflib

from benchmarks import synthetic
from benchmarks.measure import setting, table
from benchmarks.scale import copies_for
from samtaler_kg import places
from samtaler_kg.cards import Card, Grammar, as_text, read
from samtaler_kg.check import Door, entry
from samtaler_kg.check.engine import Finding, as_rdflib, findings, validate
from samtaler_kg.graph import Graph

ROOT = Path(__file__).resolve().parents[1]

#: A card of the shipped base with many results and estimates; it is checked under another name, as a new one.
CARD = "data/studies/AUT/boeheim-eppel-2023-lower-caseloads.yaml"


#: The command line, which tells at its end what Linux has counted of its memory. What ``getrusage`` says of a child holds
#: the memory of its parent too.
_COMMAND = (
    "import atexit, pathlib, sys; from samtaler_kg.cli import main; "
    "atexit.register(lambda: print(pathlib.Path('/proc/self/status').read_text(), file=sys.stderr)); main()"
)


@dataclass(frozen=True)
class Line:
    """One card against one base: triples and megabytes of its graph, the whole command, and a check by an open door.

    ``command`` is a whole process from a cold start: CPU seconds and peak megabytes, the pages of looked-up files among
    them. ``check`` is one more check by what is open already: CPU milliseconds, and megabytes that Python takes for it.
    """

    times: int
    triples: int
    graph_mb: float
    command_s: float
    command_mb: float
    check_ms: float
    check_mb: float
    slice_triples: int
    problems: int


def new_card(base: places.Base) -> Card:
    """The card as a study that the base does not have."""
    card, _ = read(base.root / CARD, "study")
    if card is None:
        raise FileNotFoundError(CARD)
    data = {**card.data, "id": "bench", "title": "Measured, not read", "doi": "10.1234/bench", "authors": ["Bench, A."]}
    data["results"] = [{**result, "id": f"bench-r{n}"} for n, result in enumerate(card.data["results"], start=1)]
    return replace(card, data=data, file="bench.yaml")


def one(base: places.Base, times: int, rounds: int) -> Line:
    """Check the card against *base*, in this process and in processes of their own."""
    graph, door, card = Graph(base), Door(base, Graph(base)), new_card(base)
    problems = door.check([card])  # reads shapes, codes and queries once
    took = [_timed(door, card) for _ in range(rounds)]
    tracemalloc.start()
    door.check([card])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    command = [_command(base, card) for _ in range(max(1, rounds // 3))]
    return Line(
        times=times,
        triples=sum(entry["triples"] for entry in graph.manifest.values()),
        graph_mb=sum(entry["bytes"] for entry in (*graph.manifest.values(), *graph.indexes.values())) / 1e6,
        command_s=statistics.median(seconds for seconds, _ in command),
        command_mb=statistics.median(megabytes for _, megabytes in command),
        check_ms=statistics.median(took) * 1e3,
        check_mb=peak / 1e6,
        slice_triples=door.look(entry.read([card], door.grammar)).size,
        problems=len(problems),
    )


def _timed(door: Door, card: Card) -> float:
    start = time.process_time()
    door.check([card])
    return time.process_time() - start


def _command(base: places.Base, card: Card) -> tuple[float, float]:
    """CPU seconds and peak megabytes of ``samtaler check`` on the card."""
    path = base.root / "bench.yaml"
    path.write_text(as_text(card.data, "study", Grammar.of(base)), "utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-c", _COMMAND, "--base", str(base.root), "check", str(path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, int(peak[1]) / 1e3 if peak else float("nan")


def enlarged(times: int, rounds: int, seed: int) -> Line:
    """The same against a base *times* as large, made below a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return one(synthetic.enlarged(places.find(), Path(folder), times, seed), times, rounds)


def plain(triples: Sequence[ox.Triple], shapes: Sequence[ox.Triple]) -> tuple[float, list[Finding]]:
    """CPU seconds of plain ``pyshacl.validate`` on rdflib graphs that are loaded already, and what it finds."""
    import pyshacl

    data, rules = _rdflib(triples), _rdflib(shapes)
    start = time.process_time()
    _, report, _ = pyshacl.validate(data, shacl_graph=rules)
    return time.process_time() - start, findings(report)


def _rdflib(triples: Sequence[ox.Triple]) -> rdflib.Graph:
    made = rdflib.Graph()
    for triple in triples:
        made.add((as_rdflib(triple.subject), as_rdflib(triple.predicate), as_rdflib(triple.object)))
    return made


def whole(files: Sequence[Path]) -> dict[str, float]:
    """A whole graph with our engine, its own loading included, and with plain pyshacl; the findings are compared."""
    triples = [quad.triple for file in files for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES)]
    shapes = Door(places.find()).shapes.triples
    start = time.process_time()
    ours = validate(triples, shapes)
    took = time.process_time() - start
    slow, theirs = plain(triples, shapes)
    equal = ours == theirs
    return {
        "triples": len(set(triples)),
        "findings": len(ours),
        "ours_s": took,
        "plain_s": slow,
        "ratio": slow / took,
        "equal": float(equal),
    }


def show(lines: Sequence[Line], wholes: Sequence[dict[str, float]], shipped: bool) -> str:
    head = ["times", "triples", "graph MB", "command s", "command MB", "check ms", "check MB", "slice", "problems"]
    rows = [
        [*asdict(line).values(), line.command_s / lines[0].command_s, line.check_ms / lines[0].check_ms]
        for line in lines
    ]
    text = table([*head, "command growth", "check growth"], rows) if lines else ""
    for found in wholes:
        text += f"\n\nwhole graph of {found['triples']:,.0f} triples, {found['findings']:.0f} findings: "
        text += f"ours {found['ours_s']:.1f} s, plain pyshacl {found['plain_s']:.1f} s, ratio {found['ratio']:.0f}"
        text += "" if found["equal"] else "  FINDINGS DIFFER"
    if lines and wholes and shipped:
        text += f"\none entry is {wholes[0]['plain_s'] * 1e3 / lines[0].check_ms:,.0f} times cheaper than plain pyshacl"
        text += " on the whole shipped graph"
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 10, 100], help="times the shipped data")
    parser.add_argument("--whole", nargs="*", type=int, default=[], help="whole graphs of about so many triples")
    parser.add_argument("--no-plain", action="store_true", help="leave plain pyshacl on the shipped graph out")
    parser.add_argument("--rounds", type=int, default=9, help="checks of the card that are timed (default 9)")
    parser.add_argument("--seed", type=int, default=1, help="of the synthetic bases")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args(arguments)
    graph = Graph(places.find())
    wholes = [] if chosen.no_plain else [whole(graph.files("coded"))]
    for triples in chosen.whole:
        with tempfile.TemporaryDirectory() as folder:
            files = synthetic.write(graph, Path(folder), copies_for(graph, triples), chosen.seed)
            wholes.append(whole(files))
    lines = [enlarged(size, chosen.rounds, chosen.seed) for size in chosen.sizes]
    if chosen.json:
        body = {"setting": setting(), "entry": [asdict(line) for line in lines], "whole": wholes}
        print(json.dumps(body, indent=1))
    else:
        print(show(lines, wholes, not chosen.no_plain))
    return 0 if all(found["equal"] for found in wholes) else 1


if __name__ == "__main__":
    sys.exit(main())
