"""The built graph: sorted N-Triples, one file a graph, a manifest that proves each, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import pyoxigraph as ox
import pytest

from samtaler_kg import mentions
from samtaler_kg.build import KINDS, Files, as_ntriples, assemble, differences
from samtaler_kg.catalogue import Catalogue
from samtaler_kg.derive import graph_name
from samtaler_kg.graph import CARD_LAYERS, LAYERS, MANIFEST
from samtaler_kg.places import Base

A, B = ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/b")


@pytest.fixture(scope="module")
def files(base: Base) -> Files:
    """The files of the shipped base, built in memory."""
    return assemble(base)


@pytest.fixture(scope="module")
def manifest(files: Files) -> Mapping[str, Mapping[str, object]]:
    """What the manifest says of the file of each graph."""
    entries: Mapping[str, Mapping[str, object]] = json.loads(files[MANIFEST])["files"]
    return entries


@pytest.fixture(scope="module")
def indexes(files: Files) -> Mapping[str, Mapping[str, object]]:
    """What the manifest says of each index."""
    entries: Mapping[str, Mapping[str, object]] = json.loads(files[MANIFEST])["indexes"]
    return entries


def test_the_shipped_graph_is_what_its_sources_give(base: Base) -> None:
    assert differences(base) == []


def test_ntriples_are_sorted_and_said_once() -> None:
    one, two = ox.Triple(A, A, ox.Literal("x\ny\r\x0b\u2028\x85")), ox.Triple(B, A, A)
    written = as_ntriples([two, one, two])
    assert written == as_ntriples([one, two])
    assert written.count(b"\n") == 2
    assert {quad.triple for quad in ox.parse(written, format=ox.RdfFormat.N_TRIPLES)} == {one, two}
    assert as_ntriples([]) == b""


def test_every_file_is_in_the_manifest_with_its_hash(
    files: Files, manifest: Mapping[str, Mapping[str, object]], indexes: Mapping[str, Mapping[str, object]]
) -> None:
    assert {*manifest, *indexes} == set(files) - {MANIFEST}
    for name, entry in {**manifest, **indexes}.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["bytes"] == len(files[name])
        assert entry.get("triples") == (files[name].count(b"\n") if name in manifest else None)
    assert len({entry["graph"] for entry in manifest.values()}) == len(manifest)


def test_no_file_is_empty_or_holds_a_blank_node(files: Files) -> None:
    for name, content in files.items():
        if name != MANIFEST:
            lines = content.splitlines()
            assert lines == sorted(set(lines))
            assert lines
            assert not [line for line in lines if line.startswith(b"_:") or b"> _:" in line]


def test_each_layer_and_each_rule_of_it_has_its_file(base: Base, files: Files) -> None:
    rules = {f"derived/{layer}/{rule.name}.nt" for rule in Catalogue(base).all("rules") for layer in rule.layers}
    parts = {f"{layer}.nt" for layer in (*CARD_LAYERS, "links")}
    assert set(files) == rules | parts | {"ontology.nt", mentions.FILE, MANIFEST}
    assert set(KINDS) == set(CARD_LAYERS)


def test_what_a_rule_concludes_is_not_said_by_the_sources_or_twice(files: Files) -> None:
    for layer in LAYERS:
        parts = [
            name for name in files if name in (f"{layer}.nt", "ontology.nt") or name.startswith(f"derived/{layer}/")
        ]
        lines = [line for name in parts for line in files[name].splitlines()]
        assert len(lines) == len(set(lines))


def test_a_derived_graph_says_what_made_it(files: Files) -> None:
    for name in files:
        if name.startswith("derived/"):
            _, layer, rule = name.removesuffix(".nt").split("/")
            origin = f"<{graph_name(layer, rule)}> <http://www.w3.org/ns/prov#wasGeneratedBy> "
            assert f"{origin}<https://w3id.org/samtaler/id/rule/{rule}> .".encode() in files[name]


def test_every_printed_number_has_its_decimal(files: Files) -> None:
    """A printed form that no decimal follows from would be left out of every sum in silence."""
    printed = [line.split(b" ")[0] for line in files["coded.nt"].splitlines() if b"#printedValue> " in line]
    derived = [
        line.split(b" ")[0] for line in files["derived/coded/printed-numbers.nt"].splitlines() if b"#value> " in line
    ]
    assert printed == derived
