"""The exported cubes of cube.link: against shapes written after its documentation, and against their own constraints.

``cube-link/shapes.ttl`` says how a cube and its constraint must be; each shape in it is broken by a file of ``broken``,
which is named for the shape. Each file of ``observed`` makes the observations break the cube's own constraint.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import RDF, SH, URIRef

from samtaler_kg.exports.cube import cube_queries
from samtaler_kg.graph import LAYERS, Layer
from samtaler_kg.terms import PROV, SAM
from tests.exported import GRAPH, exported

HERE = Path(__file__).resolve().parent / "cube-link"
SHAPES = HERE / "shapes.ttl"
BROKEN = sorted((HERE / "broken").glob("*.ru"))
OBSERVED = sorted((HERE / "observed").glob("*.ru"))
CUBES = [(layer, f"{query.name}.ttl") for layer in LAYERS for query in cube_queries(GRAPH, layer)]
CUBE = rdflib.Namespace("https://cube.link/")
OPEN = {"open-contact-point", "open-date-created", "open-date-published", "open-date-modified"}


def damaged(fault: Path) -> bytes:
    """One exported cube after a fault was done to it."""
    store = ox.Store()
    store.load(exported("reconstructed", "cube-link")["results-by-period.ttl"], format=ox.RdfFormat.TURTLE)
    before = set(store)
    store.update(fault.read_text("utf-8"))
    assert set(store) != before
    return ox.serialize([quad.triple for quad in store], format=ox.RdfFormat.N_TRIPLES) or b""


def graph_of(content: bytes) -> rdflib.Graph:
    """A cube without the long lists of what its observations count and rest on, which no shape looks at."""
    triples = (quad.triple for quad in ox.parse(content, format=ox.RdfFormat.TURTLE))
    kept = [triple for triple in triples if triple.predicate.value not in {SAM.counts, PROV.wasDerivedFrom}]
    return rdflib.Graph().parse(data=ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES), format="nt")


def complaints(graph: rdflib.Graph, shapes: rdflib.Graph) -> Counter[str]:
    """How often each shape is broken, by the last part of its name."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    assert isinstance(report, rdflib.Graph)
    found = (report.value(result, SH.sourceShape) for result in report.objects(None, SH.result))
    return Counter(str(shape).rpartition("/")[2] for shape in found)


def own_constraint(graph: rdflib.Graph) -> rdflib.Graph:
    """The constraint that a cube brings, aimed at its observations."""
    shapes = rdflib.Graph()
    for constraint in graph.subjects(RDF.type, CUBE.Constraint):
        shapes.add((constraint, SH.targetClass, CUBE.Observation))
        waiting = [constraint]
        while waiting:
            node = waiting.pop()
            for triple in graph.triples((node, None, None)):
                if triple not in shapes:
                    shapes.add(triple)
                    waiting.append(triple[2])
    return shapes


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    """The shapes of a cube and its constraint."""
    return rdflib.Graph().parse(SHAPES)


def test_every_shape_has_its_fault(shapes: rdflib.Graph) -> None:
    named = {str(shape).rpartition("/")[2] for shape in shapes.subjects(SH.path) if isinstance(shape, URIRef)}
    owning = {str(shape).rpartition("/")[2] for shape in shapes.subjects(SH["or"]) if isinstance(shape, URIRef)}
    faults = {path.name.split(".")[0] for path in BROKEN}
    assert named | owning == faults | OPEN


@pytest.mark.parametrize("fault", BROKEN, ids=lambda path: path.stem)
def test_every_fault_is_found(fault: Path, shapes: rdflib.Graph) -> None:
    named = fault.name.split(".")[0]
    wanted = "property-lists-its-values" if named.startswith("list-") else named  # a report names the shape that looks
    assert complaints(graph_of(damaged(fault)), shapes)[wanted]


@pytest.mark.parametrize(("layer", "name"), CUBES)
def test_every_exported_cube_is_as_cube_link_wants_it(layer: Layer, name: str, shapes: rdflib.Graph) -> None:
    """What nobody has given is open: a contact point and three dates, and nothing else."""
    graph = graph_of(exported(layer, "cube-link")[name])
    assert set(complaints(graph, shapes)) == OPEN
    assert complaints(graph, own_constraint(graph)) == {}


@pytest.mark.parametrize("fault", OBSERVED, ids=lambda path: path.stem)
def test_a_constraint_finds_what_is_wrong_with_its_observations(fault: Path) -> None:
    sound = graph_of(exported("reconstructed", "cube-link")["results-by-period.ttl"])
    found = complaints(graph_of(damaged(fault)), own_constraint(sound))
    assert set(found) == {fault.name.split(".")[0]}
