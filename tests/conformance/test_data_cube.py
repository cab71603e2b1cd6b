"""The integrity constraints IC-1 to IC-21 of the RDF Data Cube vocabulary, on every exported cube.

``qb/*.rq`` are the ASK queries of the W3C Recommendation, one a file; each is true where a graph breaks it. IC-12 and
IC-17 compare every two observations of a data set, so they are asked part by part: of the observations that share their
values of two dimensions. Two observations at one place share all their values, so no fault falls between the parts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.exports.cube import cube_queries
from samtaler_kg.exports.vocabularies import QB
from samtaler_kg.graph import LAYERS, Layer
from tests.exported import GRAPH, exported

HERE = Path(__file__).resolve().parent / "qb"
CONSTRAINTS = {path.stem: path.read_text("utf-8") for path in sorted(HERE.glob("ic-*.rq")) if "." not in path.stem}
NORMALISE = (HERE / "normalise.ru").read_text("utf-8")
BROKEN = sorted((HERE / "broken").glob("*.ru"))
CUBES = [(layer, f"{query.name}.ttl") for layer in LAYERS for query in cube_queries(GRAPH, layer)]
IN_PAIRS = {"ic-12", "ic-17"}
TEMPLATES = {"ic-20", "ic-21"}


def normalised(*contents: bytes) -> ox.Store:
    """Some Turtle, with what an abbreviated cube leaves to be concluded."""
    store = ox.Store()
    for content in contents:
        store.load(content, format=ox.RdfFormat.TURTLE)
    store.update(NORMALISE)
    return store


def broken(store: ox.Store) -> set[str]:
    """The constraints that a graph breaks."""
    found = {name for name, text in CONSTRAINTS.items() if name not in IN_PAIRS | TEMPLATES and store.query(text)}
    found |= {name for name in TEMPLATES if any(store.query(text) for text in instances(store, name))}
    pieces = [store] if "ic-11" in found else list(parts(store))
    return found | {name for name in IN_PAIRS if any(piece.query(CONSTRAINTS[name]) for piece in pieces)}


def instances(store: ox.Store, name: str) -> Iterator[str]:
    """A template with each property that it is asked for."""
    for (found,) in store.query((HERE / f"{name}.properties.rq").read_text("utf-8")):
        yield CONSTRAINTS[name].replace("$p", found.value)


def parts(store: ox.Store) -> Iterator[ox.Store]:
    """The graph once for each pair of values of two dimensions: with the observations that have these values only."""
    observations = set(subjects(store, QB.Observation))
    values: dict[ox.NamedNode, dict[ox.Term, ox.Term | None]] = {}
    for dimension in subjects(store, QB.DimensionProperty):
        found = {quad.subject: quad.object for quad in store.quads_for_pattern(None, dimension, None)}
        if dimension.value != QB.measureType:
            values[dimension] = {iri: found.get(iri) for iri in observations}
    even = sorted(values.values(), key=lambda by: max(Counter(str(value) for value in by.values()).values()))[:2]
    groups: defaultdict[str, set[ox.Term]] = defaultdict(set)
    for iri in observations:
        groups[str([by[iri] for by in even])].add(iri)
    about: defaultdict[ox.Term, list[ox.Quad]] = defaultdict(list)
    for quad in store:
        about[quad.subject].append(quad)
    for members in groups.values():
        piece = ox.Store()
        piece.extend(q for iri, quads in about.items() if iri in members or iri not in observations for q in quads)
        yield piece


def subjects(store: ox.Store, cls: str) -> list[ox.NamedNode]:
    """The things of a class."""
    typed = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return [quad.subject for quad in store.quads_for_pattern(None, typed, ox.NamedNode(cls))]


def test_all_constraints_are_there() -> None:
    numbers = [*range(1, 19), "19a", "19b", 20, 21]
    assert set(CONSTRAINTS) == {f"ic-{n:02}" if isinstance(n, int) else f"ic-{n}" for n in numbers}
    assert {path.name.split(".")[0] for path in BROKEN} == set(CONSTRAINTS)


def test_the_given_cube_keeps_every_constraint() -> None:
    assert broken(normalised((HERE / "given.ttl").read_bytes())) == set()


@pytest.mark.parametrize("fault", BROKEN, ids=lambda path: path.stem)
def test_every_constraint_is_broken_by_its_fault(fault: Path) -> None:
    store = ox.Store()
    store.load((HERE / "given.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    before = set(store)
    store.update(fault.read_text("utf-8"))
    assert set(store) != before
    store.update(NORMALISE)
    constraint = fault.name.split(".")[0]
    assert constraint in broken(store)
    if constraint in IN_PAIRS:
        assert store.query(CONSTRAINTS[constraint])


@pytest.mark.parametrize(("layer", "name"), CUBES)
def test_every_exported_cube_keeps_every_constraint(layer: Layer, name: str) -> None:
    store = normalised(exported(layer, "cube")[name])
    assert len(subjects(store, QB.Observation)) > 1
    assert broken(store) == set()


@pytest.mark.parametrize("constraint", sorted(IN_PAIRS))
@pytest.mark.parametrize("name", ["results-by-region.ttl", "results-by-period.ttl"])
def test_a_cube_is_judged_in_parts_as_it_is_in_one_piece(name: str, constraint: str) -> None:
    store = normalised(exported("reconstructed", "cube")[name])
    assert not store.query(CONSTRAINTS[constraint])
    observation = subjects(store, QB.Observation)[0]
    if constraint == "ic-12":
        twin = ox.NamedNode("https://example.org/twin")
        store.extend([ox.Quad(twin, quad.predicate, quad.object) for quad in store if quad.subject == observation])
    else:
        for quad in list(store.quads_for_pattern(observation, None, None)):
            store.remove(quad)
        for quad in list(store.quads_for_pattern(None, None, observation)):
            store.remove(quad)
    assert store.query(CONSTRAINTS[constraint])
    assert constraint in broken(store)


def test_the_cubes_of_both_layers_together_keep_the_constraints_that_look_at_no_pairs() -> None:
    """Cubes share dimensions, measures and code lists: read into one graph they must not spoil each other."""
    store = normalised(
        *(content for layer in ("coded", "reconstructed") for content in exported(layer, "cube").values())
    )
    asked = set(CONSTRAINTS) - IN_PAIRS - TEMPLATES
    assert {name for name in asked if store.query(CONSTRAINTS[name])} == set()
