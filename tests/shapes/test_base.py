"""The shipped base under its own rules: nothing blocks, what is told is known, and no rule passes for want of data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox
import pytest

from samtaler_kg.check import Door, acknowledged, check_base
from samtaler_kg.check.engine import validate
from samtaler_kg.check.shapes import SHAPE, Shape
from samtaler_kg.check.whole import layer_triples
from samtaler_kg.graph import LAYERS, Graph
from samtaler_kg.places import shipped
from samtaler_kg.problems import Severity
from samtaler_kg.terms import BASE, RDF, SH, id_iri

#: Everything that is told of the shipped base, and why it stays.
TOLD = {
    # The source calls p < 0.1 significant; the evidence's README names this row.
    ("warns", "ten-percent-p", "result/boeheim-eppel-2023-lower-caseloads-r15"),
    # Guesses that rest on an earlier version or on the portal's window; each says so in its guess_reason.
    ("informs", "guess-jobeffekter-years", "study/boeheim-eppel-2023-lower-caseloads"),
    ("informs", "guess-jobeffekter-years", "study/debrouwer-leduc-2023-jsm"),
    ("informs", "guess-jobeffekter-years", "study/vandenberg-hofmann-2024-integration-agreements"),
}

Targets = defaultdict[tuple[str, str], set[str]]


@pytest.fixture(scope="module")
def door() -> Door:
    return Door(shipped(), Graph(shipped()))


@pytest.fixture(scope="module")
def layers(door: Door) -> Mapping[str, list[ox.Triple]]:
    assert door.graph is not None
    return {layer: layer_triples(door.graph, layer) for layer in LAYERS}


def test_nothing_blocks_and_every_warning_is_known() -> None:
    told = check_base(shipped())
    assert {(p.severity.value, p.shape.removeprefix(SHAPE), p.focus.removeprefix(f"{BASE}id/")) for p in told} == TOLD
    assert len(told) == len(TOLD)
    assert [p for p in told if p.severity is Severity.BLOCKS] == []
    assert [str(p.where) for p in told if not p.where.line or not p.where.key] == []


def test_every_shape_finds_something_to_look_at_or_says_why_not(
    door: Door, layers: Mapping[str, list[ox.Triple]]
) -> None:
    by = by_target(triple for triples in layers.values() for triple in triples)
    idle = {shape.name for shape in door.shapes.by_iri.values() if not looked_at(shape, by)}
    excused = {shape.name for shape in door.shapes.by_iri.values() if shape.fixture_only}
    assert idle - excused == set()
    assert all(set(shape.fixture_only) in (set(), {"da", "en"}) for shape in door.shapes.by_iri.values())


def by_target(triples: Iterable[ox.Triple]) -> Targets:
    """The nodes that each way of naming a target finds, by way and class or property."""
    by: Targets = defaultdict(set)
    for triple in triples:
        by[SH.targetSubjectsOf, triple.predicate.value].add(str(triple.subject))
        by[SH.targetObjectsOf, triple.predicate.value].add(str(triple.object))
        if triple.predicate.value == RDF.type:
            by[SH.targetClass, str(triple.object.value)].add(str(triple.subject))  # type: ignore[union-attr]
    return by


def looked_at(shape: Shape, by: Targets) -> set[str]:
    """The nodes that a shape looks at and, where it is about values, those that have one."""
    nodes = {node for target in shape.targets for node in by[target]}
    said = by[SH.targetSubjectsOf, shape.path]
    about_values = bool(shape.path) and not shape.select and not counts(shape)
    return nodes & said if about_values else nodes


def counts(shape: Shape) -> bool:
    """Whether a shape asks how many values there are, and so looks at nodes without one."""
    return any(predicate.endswith(("#minCount", "#maxCount", "#hasValue")) for predicate in shape.about)


def test_an_acknowledged_pair_is_one_that_a_rule_would_tell(
    door: Door, layers: Mapping[str, list[ox.Triple]]
) -> None:
    pairs = acknowledged.read(shipped()).pairs
    assert len(pairs) == 4
    found = validate(layers["coded"], door.shapes.triples, door.prepared)
    told = {(f.shape, frozenset((str(f.focus.value), str(f.value.value)))) for f in found if f.value is not None}
    assert set(pairs) - told == set()
    for (_, studies), reason in pairs.items():
        assert len(studies) == 2
        assert all(iri.startswith(id_iri("study", "")) for iri in studies)
        assert reason["en"].strip() != reason["da"].strip() != ""
