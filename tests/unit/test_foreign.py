"""Results of another base: taken in whole or not at all, kept as they came, never among the coded. All of it synthetic."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from samtaler_kg import places
from samtaler_kg.ask import ask
from samtaler_kg.build import build, differences
from samtaler_kg.graph import Graph
from samtaler_kg.intake import init
from samtaler_kg.intake.foreign import take_foreign
from samtaler_kg.links import foreign
from samtaler_kg.places import Base, shipped
from samtaler_kg.problems import Damaged
from samtaler_kg.terms import graph_iri
from tests.unit.conftest import Run, problems

TURTLE = """# Synthetic: no base has said this.
@prefix y: <http://example.org/yonder/> .
y:one a y:Finding ; y:method <http://example.org/vocabulary/trial> ; y:size 7 .
"""
OURS = "https://w3id.org/samtaler/"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Path:
    """The given base of the stored queries, built."""
    root = tmp_path_factory.mktemp("given")
    shutil.copytree(repo / "tests" / "queries" / "given", root / "data")
    for name in ("ontology", "queries"):
        (root / name).symlink_to(repo / name, target_is_directory=True)
    build(Base(root))
    return root


@pytest.fixture
def own(given: Path, tmp_path: Path) -> Base:
    """A base of one's own."""
    shutil.copytree(given, tmp_path / "base", symlinks=True)
    return Base(tmp_path / "base")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "results.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return path


def bytes_of(base: Base) -> dict[str, bytes]:
    paths = (path for path in base.data.rglob("*") if path.is_file())
    return {path.relative_to(base.data).as_posix(): path.read_bytes() for path in paths}


def test_what_is_taken_in_is_what_a_whole_build_gives_and_the_coded_layer_stays(own: Base, file: Path) -> None:
    before = bytes_of(own)
    taken = take_foreign(own, file, "yonder", "CC0", "Yonder base (synthetic)", "a letter")
    assert (taken.triples, taken.things, taken.place) == (3, 1, "data/foreign/yonder")
    assert differences(own) == []
    after = bytes_of(own)
    assert after["foreign/yonder/results.ttl"] == TURTLE.encode()
    assert set(after) - set(before) == {
        "foreign/yonder/results.ttl", "foreign/yonder/source.toml", "graph/foreign/yonder.nt",
    }  # fmt: skip
    assert {name for name in before if before[name] != after[name]} == {"graph/foreign.nt", "graph/manifest.json"}


def test_it_is_seen_through_the_mappings_and_nowhere_else(own: Base, file: Path) -> None:
    coded = ask(Graph(own), "results").rows
    take_foreign(own, file, "yonder", "CC0")
    graph = Graph(own)
    rows = [row for row in ask(graph, "foreign-results").records() if "yonder" in str(row["foreign_source"])]
    assert [(row["foreign_value"], row["match"], row["code"]) for row in rows] == [
        ("http://example.org/vocabulary/trial", "skos:closeMatch", "rct"),
        (7, None, None),
        ("http://example.org/yonder/Finding", None, None),
    ]
    assert ask(graph, "results").rows == coded
    for layer in ("coded", "reconstructed", "memo", "links"):
        assert not graph.layer(layer).query("ASK { <http://example.org/yonder/one> ?p ?o }").truth  # type: ignore[arg-type]
    assert graph_iri("foreign/yonder") in graph.named_graphs()


def test_an_answer_that_follows_mappings_says_so(own: Base) -> None:
    for name, layer in (("foreign-results", "foreign"), ("mapped-results", "coded")):
        table = ask(Graph(own), name)
        assert (table.about["layer"], table.about["also"]) == (layer, ["links"])
        assert any("links" in told["en"] and "links" in told["da"] for told in table.notes)
    assert "also" not in ask(Graph(own), "results").about


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "foreign-empty"),
        ("# nothing\n", "foreign-empty"),
        ("<http://e.org/a> <http://e.org/p> [] .", "foreign-nameless"),
        (f"<{OURS}id/study/x> <http://e.org/p> 1 .", "foreign-says-ours"),
        (f"<http://e.org/a> <{OURS}ontology#verdict> 1 .", "foreign-says-ours"),
        (f"<http://e.org/a> a <{OURS}ontology#Result> .", "foreign-says-ours"),
        ("<http://e.org/a> <http://e.org/p> .", "unreadable-rdf"),
        ("<http://e.org/a> <http://e.org/p> <relative> .", "unreadable-rdf"),
        ("<http://e.org/a> <http://e.org/p> '\x01' .", "bad-character"),
    ],
)
def test_a_file_that_cannot_come_in_leaves_everything_as_it_was(own: Base, file: Path, text: str, name: str) -> None:
    before = bytes_of(own)
    file.write_text(text, encoding="utf-8")
    assert {problem.name for problem in problems(lambda: take_foreign(own, file, "yonder", "CC0"))} == {name}
    assert bytes_of(own) == before


def test_all_that_is_wrong_with_a_request_is_told_at_once(own: Base, file: Path) -> None:
    told = problems(lambda: take_foreign(own, file, "../yonder", " ", "a\x07b"))
    assert [(p.name, p.where.key) for p in told] == [
        ("foreign-name", "--name"), ("no-licence", "--licence"), ("bad-character", "--title"),
    ]  # fmt: skip


def test_names_forms_and_bounds(own: Base, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [p.name for p in problems(lambda: take_foreign(own, file, "given-base", "CC0"))] == ["foreign-taken"]
    other = file.with_suffix(".rdf")
    other.write_text(TURTLE, encoding="utf-8")
    assert [p.name for p in problems(lambda: take_foreign(own, other, "yonder", "CC0"))] == ["foreign-form"]
    assert [p.name for p in problems(lambda: take_foreign(own, file.parent, "yonder", "CC0"))] == ["unreadable-file"]
    for limit, name in (("MAX_FILE", "too-large"), ("MAX_TRIPLES", "too-much")):
        with monkeypatch.context() as patch:
            patch.setattr(foreign, limit, 2)
            assert [p.name for p in problems(lambda: take_foreign(own, file, "yonder", "CC0"))] == [name]


def test_the_shipped_base_has_none_and_an_installed_one_takes_none(tmp_path: Path, own: Base, file: Path) -> None:
    assert not (shipped().data / "foreign").exists()
    installed = tmp_path / "samtaler_kg" / "_base"
    shutil.copytree(own.root, installed, symlinks=True)
    assert [p.name for p in problems(lambda: take_foreign(Base(installed), file, "y", "CC0"))] == ["base-installed"]


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (lambda folder: (folder / "results.ttl").write_text(TURTLE), "foreign-changed"),
        (lambda folder: (folder / "results.ttl").unlink(), "unreadable-file"),
        (lambda folder: (folder / "source.toml").unlink(), "wrong-place"),
        (lambda folder: (folder / "source.toml").write_text("title = "), "unreadable-file"),
        (lambda folder: edit(folder, "licence", "license"), "unknown-key"),
        (lambda folder: edit(folder, "licence = ", "from_ = "), "head-lacks"),
        (lambda folder: edit(folder, "2026-01-05", '"yesterday"'), "bad-value"),
        (lambda folder: edit(folder, '"results.ttl"', '"../results.ttl"'), "foreign-form"),
        (lambda folder: edit(folder, '"Given base (synthetic)"', "7"), "not-text"),
    ],
)
def test_a_source_that_is_not_what_was_taken_in_stops_the_build(
    own: Base, damage: Callable[[Path], object], name: str
) -> None:
    damage(own.data / "foreign" / "given-base")
    with pytest.raises(Damaged) as told:
        foreign.read_all(own)
    assert name in {problem.name for problem in told.value.problems}


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "source.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_head_says_where_it_came_from(own: Base, file: Path) -> None:
    take_foreign(own, file, "yonder", 'CC "zero"\\', "Yonder \u00e6\u00f8\u00e5", "a letter")
    found = {source.name: source for source in foreign.read_all(own)}["yonder"]
    assert {key: found.head[key] for key in ("title", "licence", "from", "file", "sha256")} == {
        "title": "Yonder \u00e6\u00f8\u00e5", "licence": 'CC "zero"\\', "from": "a letter", "file": "results.ttl",
        "sha256": hashlib.sha256(TURTLE.encode()).hexdigest(),
    }  # fmt: skip


# The command line


def test_foreign_results_are_taken_in_by_a_command(run: Run, own: Base, file: Path) -> None:
    words = ["--base", str(own.root), "link", "foreign", str(file), "--licence", "CC0"]
    ran = run(*words, "--name", "yonder", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["triples"] == 3
    again = run(*words, "--name", "yonder", "--lang", "da")
    assert (again.code, "Traceback" in again.err) == (2, False)
    assert "hedder yonder" in again.err
    assert "layer foreign" in run(*words, "--name", "elsewhere").out
    assert run("--base", str(own.root), "build", "--check").code == 0


def test_mappings_are_printed_with_their_counts(run: Run) -> None:
    told = json.loads(run("link", "mappings", "--json").out)
    assert sum(row["mappings"] for row in told["targets"]) == len(told["mappings"]) > 50
    ran = run("link", "mappings", "--target", "http://purl.obolibrary.org/obo/STATO_", "--lang", "da")
    assert ran.code == 0
    assert "oddsratio" in ran.out.replace(" ", "").lower()
    assert "Koblinger efter vokabular" in ran.out
    assert "BCIO" not in ran.out


@pytest.mark.parametrize("command", ["mappings", "foreign"])
def test_each_command_below_link_has_help_in_both_languages(run: Run, command: str) -> None:
    assert "--json" in run("link", command, "--help").out
    assert command in run("link", "--help").out
    assert run("link", "nosuch").code == 2


def test_an_empty_base_keeps_the_mappings_of_codes_and_none_of_studies(
    own: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "shipped", lambda: own)
    made = init(tmp_path / "empty", empty=True)
    assert [path.name for path in (made.data / "links").iterdir()] == ["given.sssom.tsv"]
    assert {row["subject"] for row in ask(Graph(made), "mappings").records()} >= {"rct", "sorting"}
    assert differences(made) == []
