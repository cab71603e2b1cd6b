"""Shapes: each has a name, one reason to fail, a mend in both languages; their queries are read, declared and fast."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery

from samtaler_kg.check.reach import steps
from samtaler_kg.check.shapes import SHAPE, Shape, Shapes, read
from samtaler_kg.codes import CodeLists
from samtaler_kg.places import Base
from samtaler_kg.terms import BASE, PREFIXES, RDF, RDFS, SH, SKOS
from tests.house.test_query_forms import nodes, slow_forms
from tests.house.test_vocabulary import named

if TYPE_CHECKING:
    from tests.house.conftest import Vocabulary

#: What may be said of a shape beside the one constraint that it holds.
ABOUT = {
    RDF.type, RDFS.label, SH.path, SH.severity, SH.message, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf,
    PREFIXES["sam"] + "fixtureOnly",
}  # fmt: skip

KINDS = {str(rdflib.SH.PropertyShape), str(rdflib.SH.NodeShape)}


@pytest.fixture(scope="module")
def shapes(base: Base) -> Shapes:
    """The shapes of the shipped base."""
    return read(base)


@pytest.fixture(scope="module")
def each(shapes: Shapes) -> list[Shape]:
    """Every shape."""
    return list(shapes.by_iri.values())


def test_every_shape_has_a_name_of_its_own_and_a_target(shapes: Shapes, each: list[Shape]) -> None:
    assert [shape.iri for shape in each if not re.fullmatch(SHAPE + "[a-z0-9]+(-[a-z0-9]+)*", shape.iri)] == []
    assert [shape.name for shape in each if not list(shape.targets)] == []
    typed = {str(t.subject.value) for t in shapes.triples if t.predicate.value == RDF.type and t.object.value in KINDS}
    assert typed == {shape.iri for shape in each}


def test_every_shape_has_one_reason_to_fail(each: list[Shape]) -> None:
    reasons = {shape.name: sorted(set(shape.about) - ABOUT) for shape in each}
    assert {name: found for name, found in reasons.items() if len(found) != 1} == {}
    assert all(len(values) == 1 for s in each for p, values in s.about.items() if p not in ABOUT | {SH.message})


def test_every_rule_and_mend_is_said_in_both_languages(each: list[Shape]) -> None:
    for told in ([shape.rule for shape in each], [shape.mend for shape in each]):
        assert [texts for texts in told if set(texts) != {"da", "en"} or texts["da"] == texts["en"]] == []
    assert [shape.name for shape in each for text in shape.mend.values() if not text.endswith(".")] == []
    assert [shape.name for shape in each for text in shape.rule.values() if text.endswith(".")] == []
    for lang in ("da", "en"):
        said = Counter(shape.rule[lang] for shape in each)
        assert [rule for rule, times in said.items() if times > 1] == []


def test_every_query_of_a_shape_is_read_by_both_engines_and_uses_defined_terms(
    each: list[Shape], vocabulary: Vocabulary
) -> None:
    asked = [shape for shape in each if shape.select]
    assert len(asked) > 25
    prologue = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    for shape in asked:
        text = prologue + shape.select
        found = ox.Store().query(text.replace("$this", "?this"))
        assert isinstance(found, ox.QuerySolutions), shape.name
        assert {v.value for v in found.variables} <= {"this", "value"}, shape.name
        assert vocabulary.unknown(named(text)) == [], shape.name
        assert slow_forms(text) == [], shape.name
        assert steps(shape), shape.name


def test_rdflib_follows_a_query_from_the_node_that_is_looked_at(each: list[Shape]) -> None:
    """It orders patterns by its own rule; one that begins elsewhere is looked up for every node of the graph."""
    far = {}
    for shape in (shape for shape in each if shape.select):
        known = {"this"}
        for subject, _, value in in_the_order_of_rdflib(shape.select):
            if not {str(subject), str(value)} & known:
                far[shape.name] = str(subject)
            known |= {str(subject), str(value)}
    assert far == {}


def in_the_order_of_rdflib(text: str) -> Iterator[tuple[object, ...]]:
    """The triple patterns of a query as rdflib will match them."""
    query = prepareQuery(text, dict(PREFIXES))
    for node in nodes(query.algebra):
        if node.name == "BGP":
            yield from node.triples


def test_every_prefix_that_the_queries_use_is_declared_as_in_the_table(shapes: Shapes, each: list[Shape]) -> None:
    said: dict[str, dict[str, str]] = {}
    for triple in shapes.declared:
        known = said.setdefault(str(triple.subject.value), {})
        known[triple.predicate.value.rpartition("#")[2]] = str(triple.object.value)
    declared = {about["prefix"]: about["namespace"] for about in said.values() if "prefix" in about}
    used = {prefix for shape in each for prefix in re.findall(r"(?<![\w<:/])([a-z]+):\w", shape.select)}
    assert used == set(declared)
    assert {prefix: iri for prefix, iri in declared.items() if PREFIXES[prefix] != iri} == {}


def test_every_coded_property_holds_codes_of_its_list(base: Base, each: list[Shape], codes: CodeLists) -> None:
    said = list(ox.parse(path=str(base.ontology / "samtaler.ttl"), format=ox.RdfFormat.TURTLE))
    ranged = {quad.subject.value for quad in said if quad.predicate.value == PREFIXES["rdfs"] + "range"
              and quad.object.value == SKOS.Concept}  # fmt: skip
    of_codes = {quad.subject.value for quad in said if quad.predicate.value == PREFIXES["rdfs"] + "domain"
                and quad.object.value == SKOS.Concept}  # fmt: skip
    coded = ranged - of_codes | {PREFIXES["dcterms"] + "language"}
    assert {shape.path for shape in each if str(rdflib.SH.nodeKind) in shape.about} == coded
    of_lists = [shape for shape in each if shape.path == SKOS.inScheme]
    listed = {prop for shape in of_lists for _, prop in shape.targets}
    assert coded - listed == {PREFIXES["sam"] + "outcomeGroup"}  # a group, or the outcome itself
    assert {shape.one(str(rdflib.SH.hasValue)).removeprefix(f"{BASE}code/") for shape in of_lists} <= set(codes.by_list)
