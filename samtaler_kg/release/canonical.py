"""RDFC-1.0 of data without blank nodes: sorted canonical N-Quads, and their SHA-256.

Where nothing has to be named, the canonical form of RDFC-1.0 (https://www.w3.org/TR/rdf-canon/) is each statement once,
in canonical N-Quads, sorted by code point. Stored data hold no blank node, and data that hold one are refused before
anything is named: no graph can be made that takes long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge

import pyoxigraph as ox

from samtaler_kg.build import as_ntriples
from samtaler_kg.problems import Problem, Refused, Where

#: Statements by graph, each graph as sorted lines of canonical N-Triples; the default graph has no name.
Graphs = Mapping[str, list[bytes]]

_END = b" .\n"


def canonical(quads: Iterable[ox.Quad], shown: str = "") -> Graphs:
    """The graphs in *quads*, whatever their order. Raises Refused at a blank node or a statement about a statement."""
    found: dict[str, list[ox.Triple]] = {}
    for quad in quads:
        name = quad.graph_name
        if isinstance(quad.subject, ox.BlankNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
            raise Refused(Problem("not-ground", Where(shown), {"term": str(quad.triple)}))
        if isinstance(name, ox.BlankNode):
            raise Refused(Problem("not-ground", Where(shown), {"term": str(name)}))
        found.setdefault(name.value if isinstance(name, ox.NamedNode) else "", []).append(quad.triple)
    return {name: as_ntriples(found[name]).splitlines(keepends=True) for name in sorted(found)}


def in_graph(lines: Iterable[bytes], graph: str) -> Iterator[bytes]:
    """Lines of N-Triples as lines of N-Quads in *graph*; sorted lines stay sorted."""
    end = f" <{graph}> .\n".encode() if graph else _END
    return (line.removesuffix(_END) + end for line in lines)


def merged(graphs: Mapping[str, Iterable[bytes]]) -> Iterator[bytes]:
    """The sorted N-Quads of several graphs, from the sorted N-Triples of each."""
    return merge(*(in_graph(lines, name) for name, lines in graphs.items()))


def digest(lines: Iterable[bytes]) -> str:
    """The SHA-256 of lines, one after the other."""
    sha = hashlib.sha256()
    for line in lines:
        sha.update(line)
    return sha.hexdigest()
