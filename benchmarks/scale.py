"""The stored counts on synthetic bases: how pyoxigraph's time grows with the data, and where rdflib is by then.

``python -m benchmarks.scale`` makes a base of about 100,000 triples below a temporary folder. rdflib answers each
question in a process of its own that is ended at ``--budget`` seconds; its ratio is then a lower bound.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import synthetic
from benchmarks.measure import PlainRdflib, as_answer, fingerprint, geometric_mean, in_turn, setting, table
from samtaler_kg import places
from samtaler_kg.catalogue import StoredQuery
from samtaler_kg.graph import Graph
from samtaler_kg.stores import Oxigraph

COUNTS = {"results", "studies"}


@dataclass(frozen=True)
class Line:
    """One count: milliseconds of CPU on the shipped and on the synthetic base, the growth, and rdflib beside it."""

    query: str
    shipped_ms: float
    synthetic_ms: float
    growth: float
    rdflib_ms: float | None
    ratio: float | None
    answers: str


def counts(graph: Graph) -> list[StoredQuery]:
    """The stored questions of the coded layer that count results or studies, look into no other layer and need no parameter."""
    return [
        query
        for query in graph.catalogue.all()
        if "coded" in query.layers and not query.needs and not query.also and COUNTS & set(query.columns)
    ]


def copies_for(graph: Graph, triples: int) -> int:
    """How many copies of the coded layer come nearest to a base of so many triples."""
    sizes: dict[str, int] = {name: entry["triples"] for name, entry in graph.manifest.items()}
    own = sum(n for name, n in sizes.items() if name == "coded.nt" or name.startswith("derived/coded/"))
    return max(1, round((triples - sizes["ontology.nt"]) / own))


def compare(graph: Graph, files: Sequence[Path], budget: float, rounds: int) -> tuple[list[Line], dict[str, float]]:
    """Every count on both bases; with a budget of 0 rdflib is left out."""
    slow = PlainRdflib()
    if budget:  # rdflib first: a process is forked for each of its answers, best before Oxigraph has threads
        slow.load(files)
        slow.run("SELECT * { ?s ?p ?o } LIMIT 1")
    told = {query.name: _in_child(slow, query.text, budget) if budget else None for query in counts(graph)}
    small, large = Oxigraph(), Oxigraph()
    small.load(graph.files("coded"))
    start = time.process_time()
    large.load(files)
    loaded = time.process_time() - start
    lines = [_line(query, small, large, told[query.name], rounds) for query in counts(graph)]
    sizes = {"shipped_triples": len(small.store), "synthetic_triples": len(large.store), "load_seconds": loaded}
    return lines, sizes


def _line(query: StoredQuery, small: Oxigraph, large: Oxigraph, told: tuple[float, str] | None, rounds: int) -> Line:
    sides = {"small": (partial(small.query, query.text), 3), "large": (partial(large.query, query.text), 1)}
    took = in_turn(sides, rounds)
    ours = fingerprint(large.query(query.text))
    return Line(
        query=query.name,
        shipped_ms=took["small"] * 1e3,
        synthetic_ms=took["large"] * 1e3,
        growth=took["large"] / took["small"],
        rdflib_ms=told[0] * 1e3 if told else None,
        ratio=told[0] / took["large"] if told else None,
        answers="not compared" if told is None else ours if told[1] == ours else "ANSWERS DIFFER",
    )


def _in_child(slow: PlainRdflib, text: str, budget: float) -> tuple[float, str] | None:
    """CPU seconds of rdflib and the hash of its answer; None where the budget was spent."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    child = fork.Process(target=_answer_into, args=(there, slow, text))
    child.start()
    there.close()
    try:
        if here.poll(budget):
            seconds, answer = here.recv()
            return seconds, answer
        return None
    finally:
        child.kill()
        child.join()


def _answer_into(pipe: Connection, slow: PlainRdflib, text: str) -> None:
    start = time.process_time()
    found = slow.run(text)
    took = time.process_time() - start
    pipe.send((took, fingerprint(as_answer(found))))


def show(lines: Sequence[Line], sizes: dict[str, float], budget: float) -> str:
    head = ["query", "shipped ms", "synthetic ms", "growth", "rdflib ms", "ratio", "answers"]
    ratios = [line.ratio for line in lines if line.ratio is not None]
    more = sizes["synthetic_triples"] / sizes["shipped_triples"]
    text = table(head, [list(asdict(line).values()) for line in lines])
    text += f"\n\n{sizes['shipped_triples']:,} and {sizes['synthetic_triples']:,} triples: {more:.1f} times the data"
    text += f", greatest growth of time {max(line.growth for line in lines):.1f}"
    text += f"\npyoxigraph loads the synthetic base in {sizes['load_seconds']:.2f} s of CPU"
    if ratios:
        text += f"\nagainst rdflib: geometric mean {geometric_mean(ratios):.0f}, least {min(ratios):.1f}"
    if budget and len(ratios) < len(lines):
        text += f"\nnot answered by rdflib within {budget:.0f} s: {len(lines) - len(ratios)}"
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000, help="about how many (default 100,000)")
    parser.add_argument("--budget", type=float, default=20, help="seconds that rdflib may take; 0 leaves it out")
    parser.add_argument("--seed", type=int, default=1, help="of the synthetic base")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args(arguments)
    graph = Graph(places.find())
    with tempfile.TemporaryDirectory() as folder:
        files = synthetic.write(graph, Path(folder), copies_for(graph, chosen.triples), chosen.seed)
        lines, sizes = compare(graph, files, chosen.budget, rounds=5)
    if chosen.json:
        print(json.dumps({"setting": setting(), **sizes, "queries": [asdict(line) for line in lines]}, indent=1))
    else:
        print(show(lines, sizes, chosen.budget))
    return 1 if any("DIFFER" in line.answers for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
