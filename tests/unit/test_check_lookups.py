"""Looking up in the files of the built graph finds what looking up in the loaded graph finds, and what is damaged is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg import mentions
from samtaler_kg.cards import Card, read
from samtaler_kg.check import Door
from samtaler_kg.check.lookups import Loaded, Stored
from samtaler_kg.check.reach import MOST, View, may_go_back
from samtaler_kg.check.whole import loaded
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged


@pytest.fixture(scope="module")
def store(graph: Graph) -> Loaded:
    return loaded(graph)


@pytest.fixture(scope="module")
def stored(graph: Graph) -> Stored:
    return Stored(graph, Loaded(ox.Store()))


@pytest.fixture(scope="module")
def said(graph: Graph) -> list[ox.Triple]:
    """The coded layer with its conclusions."""
    return [*graph.triples("coded"), *graph.conclusions("coded")]


def test_every_thing_is_found_with_all_that_is_said_of_it(said: list[ox.Triple], stored: Stored) -> None:
    wanted: dict[str, set[ox.Triple]] = {}
    for triple in said:
        wanted.setdefault(str(triple.subject.value), set()).add(triple)  # type: ignore[union-attr]
    assert len(wanted) > 1_000
    assert {subject: set(stored.about(subject)) for subject in wanted} == wanted
    subject, predicate = next((str(t.subject.value), t.predicate.value) for t in said)  # type: ignore[union-attr]
    assert set(stored.about(subject, predicate)) == {t for t in wanted[subject] if t.predicate.value == predicate}
    assert list(stored.about("https://example.org/unknown")) == []


def test_every_mention_is_found_from_its_value(said: list[ox.Triple], stored: Stored) -> None:
    wanted: dict[tuple[object, str], set[ox.Triple]] = {}
    for triple in said:
        if may_go_back(triple.predicate.value, triple.object):  # type: ignore[arg-type]
            for predicate in ("", triple.predicate.value):
                wanted.setdefault((triple.object, predicate), set()).add(triple)
    assert len(wanted) > 1_000
    assert {key: set(stored.saying(*key)) for key in wanted} == wanted  # type: ignore[arg-type]
    assert list(stored.saying(ox.Literal("10.1/never said"))) == []


def test_what_is_turned_is_what_may_be_followed_back(graph: Graph, said: list[ox.Triple]) -> None:
    lines = (graph.base.graph / mentions.FILE).read_bytes().splitlines(keepends=True)
    back = {
        quad.triple
        for line in lines
        for quad in ox.parse(mentions.as_statement(line), format=ox.RdfFormat.N_TRIPLES)
    }
    assert back == {t for t in said if may_go_back(t.predicate.value, t.object)}  # type: ignore[arg-type]
    assert list(mentions.turned(map(mentions.as_statement, lines))) == lines


def test_a_look_back_takes_so_many_and_no_more(said: list[ox.Triple], stored: Stored, store: Loaded) -> None:
    """A thing that thousands mention costs no more than one that few do."""
    predicate = "http://www.w3.org/ns/prov#wasGeneratedBy"
    made = [triple.object for triple in said if triple.predicate.value == predicate]
    value = max(set(made), key=made.count)
    for lookups in (stored, store):
        assert len(list(lookups.saying(value, predicate))) > MOST  # type: ignore[arg-type]
        assert len(list(View(Loaded(ox.Store()), lookups).backward(predicate, value))) == MOST  # type: ignore[arg-type]


def card(base: Base) -> Card:
    """A shipped card under another name: it has the DOI, the title and the authors of a study of the base."""
    found, problems = read(base.data / "studies" / "AUT" / "lutz-mahringer-2007-wirkt.yaml", "study")
    assert found is not None, problems
    data = {**found.data, "id": "again", "results": []}
    return Card("study", data, file="again.yaml")


def test_nothing_is_loaded_to_check_a_card(base: Base) -> None:
    graph = Graph(base)
    told = Door(base, graph).check([card(base)])
    assert {problem.shape.rpartition("/")[2] for problem in told} >= {"near-same-title", "same-first-author"}
    assert graph._loaded == {}


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 10)


@pytest.mark.parametrize("damage", [cut, Path.unlink])
@pytest.mark.parametrize("name", [mentions.FILE, "coded.nt", "derived/coded/study-keys.nt"])
def test_a_file_that_is_cut_off_or_gone_is_damage(own_base: Base, damage: Callable[[Path], None], name: str) -> None:
    damage(own_base.graph / name)
    with pytest.raises(Damaged) as damaged:
        Door(own_base, Graph(own_base)).check([card(own_base)])
    assert [(problem.name, problem.facts["file"]) for problem in damaged.value.problems] == [("graph-damaged", name)]


def test_a_graph_without_its_index_is_damage(own_base: Base) -> None:
    manifest = own_base.graph / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"indexes"', '"other"'), "utf-8")
    with pytest.raises(Damaged):
        Door(own_base, Graph(own_base)).check([card(own_base)])


def test_the_files_are_let_go_of(base: Base) -> None:
    door = Door(base, Graph(base))
    door.check([card(base)])
    lookups = door.stock.lookups
    assert isinstance(lookups, Stored)
    assert lookups._open is None
    assert lookups._known == {}
