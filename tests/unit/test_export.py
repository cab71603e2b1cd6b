"""Exports: each read back by a reader that did not write it, and compared with the graph."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from samtaler_kg.exports import FORMS, export, form_named
from samtaler_kg.exports.stored import cards
from samtaler_kg.graph import CARD_LAYERS, LAYERS, Graph, Layer
from samtaler_kg.problems import Refused
from samtaler_kg.words import LANGUAGES, say


def written(graph: Graph, layer: Layer, form: str) -> bytes:
    """The content of a form that has one file."""
    (content,) = export(graph, layer, form).values()
    return content


@pytest.mark.parametrize("layer", LAYERS)
def test_turtle_says_all_that_the_layer_and_its_rules_say(graph: Graph, layer: Layer) -> None:
    back = rdflib.Graph().parse(data=written(graph, layer, "turtle"), format="turtle")
    wanted = rdflib.Graph()
    for path in graph.files(layer):
        if path.name != "ontology.nt":
            wanted.parse(path, format="nt")
    assert isomorphic(back, wanted)


@pytest.mark.parametrize("layer", LAYERS)
def test_nquads_keep_each_graph_apart(graph: Graph, layer: Layer) -> None:
    data = rdflib.Dataset()
    data.parse(data=written(graph, layer, "nquads"), format="nquads")
    names = {str(part.identifier) for part in data.graphs() if len(part)}
    assert names == {
        entry["graph"]
        for name, entry in graph.manifest.items()
        if entry["triples"] and (name == f"{layer}.nt" or name.startswith(f"derived/{layer}/"))
    }


@pytest.mark.parametrize("layer", CARD_LAYERS)
def test_jsonld_says_what_the_cards_say(graph: Graph, layer: Layer) -> None:
    """Coding activities are described in Turtle and are no cards, so the coded layer says more than its cards."""
    back = rdflib.Dataset().parse(data=written(graph, layer, "jsonld"), format="json-ld").quads()
    triples = {(str(s), str(p), str(o)) for s, p, o, _ in back}
    wanted = {
        (str(t.subject.value), t.predicate.value, str(t.object.value))  # type: ignore[union-attr]
        for t in graph.triples(layer)
        if not (isinstance(t.subject, ox.NamedNode) and "/id/activity/" in t.subject.value)
    }
    assert triples == wanted


def test_csv_has_a_row_for_every_result_and_for_studies_without(graph: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(written(graph, "coded", "csv").decode())))
    studies = [row for row in rows if row["kind"] == "study"]
    assert len({row["study_id"] for row in studies}) == 153
    assert sum(bool(row["result_id"]) for row in studies) == 383
    assert sum(not row["result_id"] for row in studies) == 7


def test_csv_keeps_the_printed_form_of_a_number(graph: Graph) -> None:
    rows = csv.DictReader(io.StringIO(written(graph, "coded", "csv").decode()))
    assert "0.80" in {row["estimate_value"] for row in rows}


def test_every_card_comes_back(graph: Graph) -> None:
    kinds = [kind for layer in CARD_LAYERS for kind, _ in cards(graph, layer)]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counts["study"] == 153
    assert counts["record"] == 72
    assert counts["slot"] == 40
    assert counts["claim"] == 40


def test_a_form_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused) as refused:
        form_named("tutle")
    (problem,) = refused.value.problems
    assert problem.name == "unknown-form-of-export"
    assert "turtle" in problem.mend("en")


def test_every_form_is_told_in_both_languages() -> None:
    assert all(say(f"export.forms.{name}", lang) for name in FORMS for lang in LANGUAGES)


def test_exports_hold_every_kind_of_card_that_the_graph_is_made_of(judged: Graph) -> None:
    assert [data["judged_by"] for kind, data in cards(judged, "coded") if kind == "judgement"] == ["A synthetic judge"]
    assert b"Synthetic grounds." in written(judged, "coded", "csv")


HASHES = """
import hashlib
from samtaler_kg.exports import FORMS, export
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
for form in FORMS.values():
    for name, content in export(Graph(shipped()), form.layers[-1], form.name).items():
        print(form.name, name, hashlib.sha256(content).hexdigest())
"""


def test_every_form_has_the_same_bytes_whatever_the_hash_seed(repo: Path) -> None:
    command = [sys.executable, "-c", HASHES]
    settings = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    runs = [subprocess.Popen(command, cwd=repo, env=env, stdout=subprocess.PIPE, text=True) for env in settings]
    first, second = (run.communicate()[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert {line.partition(" ")[0] for line in first.splitlines()} == set(FORMS)
    assert first == second
