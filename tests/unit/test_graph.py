"""The built graph: whole or told as damaged with the file's name, and each layer made of its own files only."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samtaler_kg.graph import LAYERS, MANIFEST, Graph, layer_named
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused
from samtaler_kg.terms import graph_iri

FILES = {
    "coded.nt": "coded",
    "derived/coded/one.nt": "derived-coded",
    "derived/reconstructed/two.nt": "derived-reconstructed",
    "memo.nt": "memo",
    "ontology.nt": "ontology",
    "reconstructed.nt": "reconstructed",
    "links.nt": "links",
    "foreign.nt": "foreign",
    "foreign/one.nt": "foreign-one",
}
EVERYTHING = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


def triple(word: str) -> str:
    return f'<http://example.org/s> <http://example.org/p> "{word}" .\n'


def manifest_of(folder: Path) -> str:
    entries = {
        name: {
            "graph": graph_iri(name.removesuffix(".nt")),
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            "triples": 1,
        }
        for name in FILES
    }
    return json.dumps({"files": entries})


@pytest.fixture
def small(tmp_path: Path) -> Graph:
    """A graph of one triple a file, whole."""
    base = Base(tmp_path)
    base.ontology.mkdir()
    for name, word in FILES.items():
        path = base.graph / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(triple(word), encoding="utf-8")
    (base.graph / MANIFEST).write_text(manifest_of(base.graph), encoding="utf-8")
    return Graph(base)


def words(graph: Graph, layer: str) -> list[str]:
    return [str(row[0]).strip('"') for row in graph.layer(layer_named(layer)).query(EVERYTHING).rows]


# What a layer is made of


def test_a_layer_loads_its_own_files_and_the_ontology(small: Graph) -> None:
    assert words(small, "coded") == ["coded", "derived-coded", "ontology"]
    assert words(small, "reconstructed") == ["derived-reconstructed", "ontology", "reconstructed"]
    assert words(small, "memo") == ["memo", "ontology"]


def test_foreign_results_lie_in_a_layer_of_their_own_and_a_base_may_have_none(small: Graph) -> None:
    assert words(small, "foreign") == ["foreign", "foreign-one", "ontology"]
    told = json.loads((small.base.graph / MANIFEST).read_text(encoding="utf-8"))
    kept = {name: entry for name, entry in told["files"].items() if "foreign" not in name}
    (small.base.graph / MANIFEST).write_text(json.dumps({"files": kept}), encoding="utf-8")
    assert words(Graph(small.base), "foreign") == ["ontology"]


def test_layers_are_joined_only_where_that_is_asked(small: Graph) -> None:
    both = [str(row[0]).strip('"') for row in small.layer("memo", ["links"]).query(EVERYTHING).rows]
    assert both == ["links", "memo", "ontology"]
    assert words(small, "memo") == ["memo", "ontology"]


def test_a_layer_does_not_even_read_the_files_of_the_others(small: Graph) -> None:
    for name in ("memo.nt", "reconstructed.nt", "derived/reconstructed/two.nt"):
        (small.base.graph / name).unlink()
    assert words(small, "coded") == ["coded", "derived-coded", "ontology"]


def test_asking_one_layer_changes_no_other(small: Graph) -> None:
    first = words(small, "coded")
    for layer in LAYERS:
        words(small, layer)
    assert words(small, "coded") == first


def test_a_layer_is_loaded_once(small: Graph) -> None:
    assert small.layer("coded") is small.layer("coded")
    assert small.layer("coded") is not small.layer("memo")


def test_both_engines_load_the_same_layer(small: Graph) -> None:
    other = Graph(small.base, "rdflib")
    assert other.layer("coded").name == "rdflib"
    assert words(other, "coded") == words(small, "coded")


def test_many_threads_may_open_a_layer_at_once(small: Graph) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: words(small, "coded"), range(16)))
    assert all(one == ["coded", "derived-coded", "ontology"] for one in found)


def test_what_a_layer_says_and_what_was_concluded_stand_apart(small: Graph) -> None:
    assert [t.object.value for t in small.triples("coded")] == ["coded"]  # type: ignore[union-attr]
    assert [t.object.value for t in small.conclusions("coded")] == ["derived-coded"]  # type: ignore[union-attr]
    assert list(small.conclusions("memo")) == []


def test_every_graph_has_its_name(small: Graph) -> None:
    named = small.named_graphs()
    assert named[graph_iri("coded")] == small.base.graph / "coded.nt"
    assert named[graph_iri("derived/coded/one")] == small.base.graph / "derived/coded/one.nt"
    assert len(named) == len(FILES)


def test_a_layer_that_is_none_is_refused_with_a_hint() -> None:
    assert layer_named("coded") == "coded"
    with pytest.raises(Refused) as refused:
        layer_named("codded")
    (problem,) = refused.value.problems
    assert (problem.name, problem.facts["hint"]) == ("unknown-layer", "coded")


# Damage


def only_problem(do: Callable[[], object]) -> Problem:
    with pytest.raises(Damaged) as damaged:
        do()
    (problem,) = damaged.value.problems
    for lang in ("da", "en"):
        assert problem.what(lang)
        assert problem.mend(lang)
    return problem


def test_without_a_manifest_the_graph_is_missing(small: Graph) -> None:
    (small.base.graph / MANIFEST).unlink()
    problem = only_problem(lambda: small.layer("coded"))
    assert (problem.name, problem.where.file) == ("graph-missing", str(small.base.graph))


def test_without_a_folder_the_graph_is_missing(small: Graph) -> None:
    shutil.rmtree(small.base.graph)
    assert only_problem(lambda: small.layer("coded")).name == "graph-missing"


def test_a_folder_that_is_no_base_is_told_so(tmp_path: Path) -> None:
    problem = only_problem(lambda: Graph(Base(tmp_path)).layer("coded"))
    assert (problem.name, problem.where.file) == ("no-base", str(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'"files"',
        b'{"files": []}',
        b'{"files": null}',
        b'{"files": {"coded.nt": null}}',
        b'{"files": {"coded.nt": {}}}',
        b'{"files": {"coded.nt": {"graph": 7, "sha256": "x"}}}',
        b'{"files": {"coded.nt": {"graph": "x", "sha256": ""}}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_manifest_that_cannot_be_read_is_damage(small: Graph, content: bytes) -> None:
    (small.base.graph / MANIFEST).write_bytes(content)
    problem = only_problem(lambda: small.layer("coded"))
    assert (problem.name, problem.facts["file"]) == ("graph-damaged", MANIFEST)
    assert problem.where.file == str(small.base.graph / MANIFEST)


def test_a_manifest_that_is_a_folder_is_damage(small: Graph) -> None:
    (small.base.graph / MANIFEST).unlink()
    (small.base.graph / MANIFEST).mkdir()
    assert only_problem(lambda: small.layer("coded")).facts["file"] == MANIFEST


@pytest.mark.parametrize("name", ["coded.nt", "ontology.nt", "derived/coded/one.nt"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"example", b"exemple")),
        lambda path: path.write_bytes(path.read_bytes() + b"\n"),
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["gone", "empty", "cut", "byte", "longer", "line-ends", "folder"],
)
def test_a_file_that_is_not_what_was_built_is_damage(small: Graph, name: str, damage: Callable[[Path], object]) -> None:
    damage(small.base.graph / name)
    problem = only_problem(lambda: small.layer("coded"))
    assert (problem.name, problem.facts["file"]) == ("graph-damaged", name)
    assert problem.where.file == str(small.base.graph / name)


@pytest.mark.parametrize("name", ["coded.nt", "ontology.nt"])
def test_a_manifest_that_leaves_a_file_out_is_no_empty_layer(small: Graph, name: str) -> None:
    path = small.base.graph / MANIFEST
    body = json.loads(path.read_text(encoding="utf-8"))
    del body["files"][name]
    path.write_text(json.dumps(body), encoding="utf-8")
    problem = only_problem(lambda: small.layer("coded"))
    assert (problem.name, problem.facts["file"]) == ("graph-damaged", name)


def test_damage_to_one_layer_leaves_the_others_readable(small: Graph) -> None:
    (small.base.graph / "memo.nt").write_bytes(b"")
    assert words(small, "coded") == ["coded", "derived-coded", "ontology"]
    assert only_problem(lambda: small.layer("memo")).facts["file"] == "memo.nt"


def test_damage_is_told_before_anything_is_answered(small: Graph) -> None:
    (small.base.graph / "coded.nt").write_bytes(b"")
    for do in (lambda: small.layer("coded"), lambda: small.triples("coded"), small.named_graphs):
        assert only_problem(do).facts["file"] == "coded.nt"


# The shipped graph


def test_the_shipped_graph_is_whole_and_its_manifest_counts_right(graph: Graph) -> None:
    for name, entry in graph.manifest.items():
        content = (graph.base.graph / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        assert (len(content), content.count(b"\n")) == (entry["bytes"], entry["triples"]), name
    there = {path.relative_to(graph.base.graph).as_posix() for path in graph.base.graph.rglob("*") if path.is_file()}
    assert there == {*graph.manifest, *graph.indexes, MANIFEST}
