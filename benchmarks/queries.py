"""Every stored question on the shipped data: pyoxigraph against plain rdflib, in one run.

``python -m benchmarks.queries`` prints a table; it exits with 1 where the two sides answer differently.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from benchmarks.measure import PlainRdflib, agreement, both, geometric_mean, in_turn, setting, table
from samtaler_kg import places
from samtaler_kg.ask import answer
from samtaler_kg.catalogue import Parameter, StoredQuery
from samtaler_kg.graph import LAYERS, Graph, Layer, layer_named
from samtaler_kg.stores import Oxigraph
from samtaler_kg.tables import plain
from samtaler_kg.terms import id_iri

#: What a layer is about, for a question about any one thing.
MAIN: dict[Layer, str] = {"coded": "study", "reconstructed": "slot", "memo": "claim"}


@dataclass(frozen=True)
class Line:
    """One question on one layer: milliseconds of CPU per call, and how many times faster pyoxigraph is.

    *ask_ms* is the whole warm way from parameters to typed table, its ratio rdflib's bare time over it.
    """

    query: str
    layer: str
    rows: int
    oxigraph_ms: float
    ask_ms: float
    rdflib_ms: float
    ratio: float
    ask_ratio: float
    answers: str


def compare(graph: Graph, names: Sequence[str], rounds: int) -> list[Line]:
    """Every named question on each of its layers, in scope all, with the parameters only that it needs."""
    lines: list[Line] = []
    for layer in LAYERS:
        queries = [query for query in map(graph.catalogue.find, names) if layer in query.layers]
        for also in dict.fromkeys(query.also for query in queries):
            sides = both(graph.files(layer, map(layer_named, also)))
            lines += [_line(graph, query, layer, sides, rounds) for query in queries if query.also == also]
    return lines


def needed(graph: Graph, query: StoredQuery, layer: Layer) -> dict[str, str]:
    """The first value that the base has for each parameter that *query* needs."""
    return {name: _first(graph, graph.catalogue.params[name], layer) for name in query.needs}


def _first(graph: Graph, parameter: Parameter, layer: Layer) -> str:
    if parameter.list:
        return min(graph.codes.by_list[parameter.list])
    if parameter.type == "integer":
        return "2010"
    kind = parameter.id or MAIN[layer]
    start = id_iri(kind, "")
    found = graph.layer(layer).query(
        f'SELECT ?thing {{ ?thing a ?class FILTER(STRSTARTS(STR(?thing), "{start}")) }} ORDER BY ?thing LIMIT 1'
    )
    thing = str(plain(found.rows[0][0]))
    return thing if parameter.id else f"{kind}/{thing}"


def _line(
    graph: Graph, query: StoredQuery, layer: Layer, engines: tuple[Oxigraph, PlainRdflib], rounds: int
) -> Line:
    fast, slow = engines
    given = needed(graph, query, layer)
    text = query.filled(graph.catalogue.terms(query, given, graph.codes))
    sides: dict[str, tuple[Callable[[], object], int]] = {
        "oxigraph": (partial(fast.query, text), 5),
        "rdflib": (partial(slow.run, text), 1),
        "ask": (partial(answer, graph, query, layer, given), 5),
    }
    ours, told = fast.query(text), agreement(fast.query(text), slow.query(text))
    took = in_turn(sides, rounds)
    return Line(
        query=query.name,
        layer=layer,
        rows=len(ours.rows),
        **{f"{name}_ms": seconds * 1e3 for name, seconds in took.items()},
        ratio=took["rdflib"] / took["oxigraph"],
        ask_ratio=took["rdflib"] / took["ask"],
        answers=told,
    )


def summary(lines: Sequence[Line]) -> dict[str, float]:
    return {
        "geometric_mean": geometric_mean([line.ratio for line in lines]),
        "minimum": min(line.ratio for line in lines),
        "ask_geometric_mean": geometric_mean([line.ask_ratio for line in lines]),
        "different_answers": sum("DIFFER" in line.answers for line in lines),
    }


def show(lines: Sequence[Line]) -> str:
    head = ["query", "layer", "rows", "oxigraph ms", "ask ms", "rdflib ms", "ratio", "rdflib/ask", "answers"]
    told = summary(lines)
    return (
        table(head, [list(asdict(line).values()) for line in lines])
        + f"\n\nengine alone: geometric mean {told['geometric_mean']:.0f}, least {told['minimum']:.1f}"
        + f"\nwhole ask:    geometric mean {told['ask_geometric_mean']:.0f}"
        + f"\nquestions answered differently: {told['different_answers']:.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queries", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="one round instead of five")
    parser.add_argument("--only", nargs="+", metavar="QUERY", help="these stored queries only")
    chosen = parser.parse_args(arguments)
    graph = Graph(places.find())
    lines = compare(graph, chosen.only or graph.catalogue.names(), 1 if chosen.quick else 5)
    if chosen.json:
        body = {"setting": setting(), **summary(lines), "queries": [asdict(line) for line in lines]}
        print(json.dumps(body, indent=1))
    else:
        print(show(lines))
    return 1 if summary(lines)["different_answers"] else 0


if __name__ == "__main__":
    sys.exit(main())
