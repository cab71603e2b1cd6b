"""The engine under the checks: the same results as plain pyshacl, a bounded cache, nothing changed elsewhere."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from samtaler_kg.check.engine import Finding, Prepared, as_rdflib, findings, graph, report, validate
from samtaler_kg.check.shapes import read
from samtaler_kg.places import Base
from samtaler_kg.sources import turtle
from samtaler_kg.stores import as_oxigraph
from samtaler_kg.terms import PREFIXES, XSD

FIXTURES = Path(__file__).parents[1] / "shapes"
FOLDERS = sorted({path.parent.name for path in FIXTURES.glob("*/*.ttl")})


def plain(triples: list[ox.Triple]) -> rdflib.Graph:
    made = rdflib.Graph()
    for triple in triples:
        made.add((as_rdflib(triple.subject), as_rdflib(triple.predicate), as_rdflib(triple.object)))
    return made


def about(found: list[Finding]) -> set[tuple[str, ...]]:
    return {(f.shape, str(f.focus), f.path, str(f.value), f.component) for f in found}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_results_are_those_of_plain_pyshacl(folder: str, base: Base) -> None:
    """On all that the fixtures of a folder say together, which breaks every rule that any of them breaks."""
    paths = sorted((FIXTURES / folder).glob("*.ttl"))
    said = [quad.triple for path in paths for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    codes = [triple for file in sorted((base.ontology / "codes").glob("*.ttl")) for triple in turtle(base, file)]
    shapes = read(base).triples
    _, told, _ = pyshacl.validate(plain([*said, *codes]), shacl_graph=plain(list(shapes)))
    found = validate([*said, *codes], shapes)
    assert about(found) == about(findings(told))
    assert len(found) >= sum(path.name.startswith("invalid") for path in paths)


def test_a_query_is_parsed_once_and_the_cache_is_bounded() -> None:
    prepared = Prepared(most=3)
    data = graph([], prepared)
    asked = [f"SELECT ?s {{ ?s ?p {n} }}" for n in range(5)]
    for text in [*asked, asked[-1]]:
        assert list(data.query(text)) == []
    assert len(prepared) == 3
    kept = prepared.of(asked[-1], dict(data.namespaces()), None)
    assert prepared.of(asked[-1], dict(data.namespaces()), None) is kept
    assert prepared.of(asked[-1], {"x": "https://example.org/"}, None) is not kept


def test_prefixes_and_base_are_part_of_what_is_kept() -> None:
    prepared = Prepared()
    said = ox.Triple(ox.NamedNode("https://one.example/s"), ox.NamedNode("https://one.example/p"), ox.Literal("o"))
    data = graph([said], prepared)
    text = "SELECT ?o { ?s x:p ?o }"
    assert len(list(data.query(text, initNs={"x": "https://one.example/"}))) == 1
    assert len(list(data.query(text, initNs={"x": "https://two.example/"}))) == 0
    assert len(prepared) == 2


def test_nothing_of_rdflib_is_replaced(base: Base) -> None:
    before = rdflib.Graph.query, rdflib.plugins.sparql.processor.SPARQLProcessor.query
    validate([], read(base).triples)
    assert (rdflib.Graph.query, rdflib.plugins.sparql.processor.SPARQLProcessor.query) == before


def test_pyshacl_changes_a_dataset_that_it_is_given_and_never_gets_one() -> None:
    """What pyshacl does to a caller's data set, and why it only ever sees graphs made for it."""
    data = rdflib.Dataset()
    data.graph(rdflib.URIRef("https://example.org/g")).add((rdflib.RDF.nil, rdflib.RDF.type, rdflib.RDF.List))
    asked = "SELECT ?s { ?s ?p ?o }"
    assert len(list(data.query(asked))) == 0
    pyshacl.validate(data, shacl_graph=rdflib.Graph(), inplace=True)
    assert len(list(data.query(asked))) == 1
    assert not isinstance(graph([]), rdflib.Dataset)


def test_terms_keep_what_they_say_on_the_way_to_rdflib_and_back() -> None:
    terms = [
        ox.NamedNode("https://example.org/x"),
        ox.Literal("text"),
        ox.Literal("tekst", language="da"),
        ox.Literal("7", datatype=ox.NamedNode(XSD.integer)),
        ox.Literal("0.80", datatype=ox.NamedNode(XSD.decimal)),
    ]
    assert [as_oxigraph(as_rdflib(term)) for term in terms] == terms
    assert as_rdflib(ox.Literal("text")) == rdflib.Literal("text")
    with pytest.raises(TypeError):
        as_rdflib("text")


def test_a_finding_is_told_once_and_in_a_fixed_order() -> None:
    text = f"""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix sam: <{PREFIXES["sam"]}> . @prefix x: <https://example.org/> .
        x:two a sh:PropertyShape ; sh:targetNode x:b, x:a ; sh:path sam:verdict ; sh:minCount 1 .
        x:one a sh:PropertyShape ; sh:targetNode x:b ; sh:path sam:verdict ; sh:minCount 1 .
    """
    shapes = [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]
    found = validate([], shapes)
    places = [(f.shape[-3:], str(f.focus.value)[-1]) for f in found]
    assert places == [("one", "b"), ("two", "a"), ("two", "b")]
    assert findings(report(graph([]), graph(shapes))) == found
