"""Hashes are those of RDFC-1.0: two other implementations agree, whatever the order and form of the statements."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused
from samtaler_kg.release.canonical import canonical, digest, in_graph, merged
from samtaler_kg.release.describe import dataset, graphs

E = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"

NODES = st.sampled_from([ox.NamedNode(E + name) for name in ("a", "b", "å", "a/b", "z?x=1#y")])
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
PLACES = st.sampled_from([ox.NamedNode(E + "g1"), ox.NamedNode(E + "g2"), ox.DefaultGraph()])


def literals(texts: st.SearchStrategy[str]) -> st.SearchStrategy[ox.Literal]:
    return st.one_of(
        st.builds(ox.Literal, texts),
        st.builds(lambda text, lang: ox.Literal(text, language=lang), texts, st.sampled_from(["da", "en", "da-dk"])),
        st.builds(lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal")), texts),
    )


def quads(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[ox.Quad]]:
    return st.lists(st.builds(ox.Quad, NODES, NODES, NODES | literals(texts), PLACES), max_size=12)


def ours(statements: list[ox.Quad]) -> bytes:
    return b"".join(merged(canonical(statements)))


def pyoxigraph(statements: list[ox.Quad]) -> bytes:
    data = ox.Dataset(statements)
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted((ox.serialize(data, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))


def pyld(nquads: str) -> bytes:
    form = "application/n-quads"
    told = jsonld.normalize(nquads, {"algorithm": "URDNA2015", "inputFormat": form, "format": form})
    return str(told).encode()


@settings(max_examples=60)
@given(quads(TEXT))
def test_pyoxigraph_agrees(statements: list[ox.Quad]) -> None:
    assert ours(statements) == pyoxigraph(statements)


@settings(max_examples=60)
@given(quads(PLAIN))
def test_pyld_agrees(statements: list[ox.Quad]) -> None:
    """URDNA2015 is the older name of the algorithm; it writes control characters otherwise, so here are none."""
    written = (ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b"").decode()
    assert ours(statements) == pyld(written)


@settings(max_examples=60)
@given(quads(TEXT), st.randoms())
@example([], None)
def test_order_repetition_and_form_do_not_matter(statements: list[ox.Quad], chance: object) -> None:
    again = [*statements, *statements[:3]]
    if chance is not None:
        chance.shuffle(again)  # type: ignore[attr-defined]
    for form in (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG):
        written = ox.serialize(again, format=form) or b""
        assert ours(list(ox.parse(written, format=form))) == ours(statements)


def test_the_one_form_of_each_character() -> None:
    """The table of canonical N-Quads: five short escapes and two more, hexadecimal for other controls, all else as is."""
    text = ox.Literal('"\\\n\r\t\b\f\x00\x0b\x1f\x7f\x80é\u2028')
    line = canonical([ox.Quad(ox.NamedNode(E + "s"), ox.NamedNode(E + "p"), text)])[""][0]
    assert line == (
        b'<https://example.org/s> <https://example.org/p> "\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u000B\\u001F\\u007F'
        + "\x80é\u2028".encode()
        + b'" .\n'
    )


def test_a_hash_worked_out_by_hand() -> None:
    statements = [
        ox.Quad(ox.NamedNode(E + "b"), ox.NamedNode(E + "p"), ox.Literal("2"), ox.NamedNode(E + "g")),
        ox.Quad(ox.NamedNode(E + "a"), ox.NamedNode(E + "p"), ox.Literal("1", datatype=ox.NamedNode(XSD + "string"))),
    ]
    written = (
        '<https://example.org/a> <https://example.org/p> "1" .\n'
        '<https://example.org/b> <https://example.org/p> "2" <https://example.org/g> .\n'
    )
    assert digest(merged(canonical(statements))) == hashlib.sha256(written.encode()).hexdigest()


def test_the_hashes_of_a_base_are_those_of_rdfc(small: Base) -> None:
    graph = Graph(small)
    statements = [
        ox.Quad(*quad.triple, ox.NamedNode(name))
        for name, path in graph.named_graphs().items()
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)
    ]
    assert dataset(graph)["quads"] == len(statements)
    assert dataset(graph)["sha256"] == hashlib.sha256(pyoxigraph(statements)).hexdigest()


def test_the_hash_of_each_graph_is_pylds(small: Base) -> None:
    graph = Graph(small)
    for entry in graphs(graph):
        if entry["triples"] < 1000:
            content = graph.named_graphs()[entry["graph"]].read_text("utf-8")
            assert entry["sha256"] == hashlib.sha256(pyld(content)).hexdigest(), entry
    assert sum(entry["triples"] < 1000 for entry in graphs(graph)) > 10


def test_sorted_triples_are_sorted_quads(small: Base) -> None:
    for path in small.graph.rglob("*.nt"):
        lines = list(in_graph(path.read_bytes().splitlines(keepends=True), E + "g"))
        assert lines == sorted(lines)


BLANK = ox.BlankNode("b")


@pytest.mark.parametrize(
    "quad",
    [
        ox.Quad(BLANK, ox.NamedNode(E + "p"), ox.NamedNode(E + "o")),
        ox.Quad(ox.NamedNode(E + "s"), ox.NamedNode(E + "p"), BLANK),
        ox.Quad(ox.NamedNode(E + "s"), ox.NamedNode(E + "p"), ox.Literal("1"), BLANK),
        ox.Quad(
            ox.NamedNode(E + "s"),
            ox.NamedNode(E + "p"),
            ox.Triple(ox.NamedNode(E + "s"), ox.NamedNode(E + "p"), ox.Literal("1")),
        ),
    ],
    ids=["blank-subject", "blank-object", "blank-graph", "statement-about-a-statement"],
)
def test_what_is_not_ground_is_refused(quad: ox.Quad) -> None:
    with pytest.raises(Refused) as refused:
        canonical([quad])
    assert [problem.name for problem in refused.value.problems] == ["not-ground"]


def test_a_poison_graph_is_refused_at_once(tmp_path: Path) -> None:
    """Nodes that all look alike: naming them takes a search through every order of them."""
    names = [f"_:n{n}" for n in range(60)]
    lines = [f"{one} <{E}p> {other} .\n" for one in names for other in names if one != other]
    path = tmp_path / "poison.nq"
    path.write_text("".join(lines))
    with pytest.raises(Refused):
        canonical(ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS))
