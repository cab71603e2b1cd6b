"""The benchmarks run, compare answers, and build synthetic bases that say so. Nothing here is timed."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from samtaler_kg.graph import LAYERS, Graph
from samtaler_kg.stores import Answer
from samtaler_kg.terms import XSD


@pytest.fixture(autouse=True)
def _beside_the_package(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (repo / "benchmarks").is_dir():
        pytest.skip("an unpacked source archive has no benchmarks")
    monkeypatch.syspath_prepend(repo)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


NAMES = ["check", "cold", "hostile", "intake", "matching", "measure", "queries", "release", "scale", "synthetic"]


@pytest.mark.parametrize("name", NAMES)
def test_each_module_is_importable_and_says_what_it_measures(name: str) -> None:
    assert module(name).__doc__


def test_two_questions_are_answered_alike_by_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    assert module("queries").main(["--quick", "--json", "--only", "count-results", "study-results"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["different_answers"] == 0
    assert {(line["query"], line["layer"]) for line in told["queries"]} == {
        ("count-results", "coded"), ("count-results", "reconstructed"), ("study-results", "coded"),
    }  # fmt: skip
    assert all(line["rows"] and line["ratio"] > 0 for line in told["queries"])


#: What the shipped base cannot answer: it holds no judgement of certainty and no foreign results.
UNANSWERED = {"judgements", "foreign-results"}


def test_every_stored_question_is_asked_for_something_that_is_there(graph: Graph) -> None:
    queries, asked = module("queries"), 0
    for layer in LAYERS:
        for query in (query for query in graph.catalogue.all() if layer in query.layers):
            given = queries.needed(graph, query, layer)
            text = query.filled(graph.catalogue.terms(query, given, graph.codes))
            assert graph.layer(layer, query.also).query(text).rows or query.name in UNANSWERED
            asked += 1
    assert asked > len(graph.catalogue.names("answers"))


def test_different_answers_are_told() -> None:
    agreement, (a, b) = module("measure").agreement, ((ox.Literal("a"),), (ox.Literal("b"),))
    assert agreement(Answer(("x",), [a, b]), Answer(("x",), [a, b])).islower()
    assert agreement(Answer(("x",), [a, b]), Answer(("x",), [b, a])) == "ORDER DIFFERS"
    assert agreement(Answer(("x",), [a, b]), Answer(("x",), [a, a])) == "ANSWERS DIFFER"
    assert agreement(Answer(("x",), [a]), Answer(("y",), [a])) == "ANSWERS DIFFER"
    assert agreement(Answer(("x",), [a]), Answer(("x",), [(None,)])) == "ANSWERS DIFFER"


def test_numbers_are_compared_by_value() -> None:
    def hashed(word: str, kind: str) -> str:
        return str(module("measure").fingerprint(Answer(("x",), [(ox.Literal(word, datatype=ox.NamedNode(kind)),)])))

    assert hashed("1.50", XSD.decimal) == hashed("1.5", XSD.decimal)
    assert hashed("1.666666666666666666", XSD.decimal) == hashed("1.6666666666666666666667", XSD.decimal)
    assert hashed("2", XSD.integer) != hashed("3", XSD.integer)
    assert hashed("2", XSD.integer) != hashed("2", XSD.string)


def test_a_synthetic_base_is_a_base_and_says_so(graph: Graph) -> None:
    synthetic = module("synthetic")
    said = list(synthetic.coded(graph, 2))
    assert said == list(synthetic.coded(graph, 2))
    assert said != list(synthetic.coded(graph, 2, seed=2))
    known = [triple for triple in graph.triples("coded") if synthetic._kind(triple.subject) in synthetic.KINDS]
    assert len(said) == 2 * len(known)
    for triple in said:
        for term in (triple.subject, triple.object):
            if synthetic._kind(term) in synthetic.KINDS:
                assert "/synthetic-" in str(term)
            elif isinstance(term, ox.NamedNode) and "/code/" in term.value:
                assert term.value in graph.codes.concepts


def test_a_synthetic_base_answers_stored_questions(graph: Graph, tmp_path: Path) -> None:
    fast, slow = module("measure").both(module("synthetic").write(graph, tmp_path, 1))
    text = graph.catalogue.find("results-by-region").text
    assert len(fast.query(text).rows) > 1
    assert module("measure").agreement(fast.query(text), slow.query(text)).islower()
