"""Framed JSON-LD: rdflib reads the layer's own triples from it, and pyld frames those to the same document again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from samtaler_kg.exports import export
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged

#: A part of the coded layer that holds every kind of card: framing all of it takes some seconds.
PART = ("maibom-rosholm-2017-", "boeheim-eppel-2021-", "dnk-hurtigt-i-gang-2", "/activity/", "/judgement/")

Said = set[tuple[str, str, str]]


class Part(Graph):
    """A graph of which only a part is there."""

    def triples(self, layer: Layer) -> list[ox.Triple]:
        everything = super().triples(layer)
        return [triple for triple in everything if layer != "coded" or any(name in str(triple[0]) for name in PART)]


def said(triples: Iterable[Any]) -> Said:
    """Triples as text: readers differ in the type of a plain string and in how they write a moment."""
    return {(str(s), str(p), str(o).replace("+00:00", "Z")) for s, p, o, *_ in triples}


def stored(graph: Graph, layer: Layer) -> Said:
    return said((t.subject.value, t.predicate.value, t.object.value) for t in graph.triples(layer))  # type: ignore[union-attr]


def document(graph: Graph, layer: Layer) -> Any:
    return json.loads(export(graph, layer, "jsonld-framed")[f"{layer}.framed.jsonld"])


@pytest.mark.parametrize("layer", ["coded", "reconstructed", "memo"])
def test_rdflib_reads_the_layers_own_triples(judged: Graph, layer: Layer) -> None:
    graph = Part(judged.base)
    found = rdflib.Dataset().parse(data=json.dumps(document(graph, layer)), format="json-ld")
    assert said(found.quads()) == stored(graph, layer)


def test_framing_the_triples_gives_the_document(graph: Graph) -> None:
    """From N-Quads by pyld alone, with the frame and the context as they are shipped."""
    quads = (graph.base.graph / "reconstructed.nt").read_text(encoding="utf-8")
    frame = json.loads((graph.base.ontology / "frames.json").read_text(encoding="utf-8"))["reconstructed"]
    context = json.loads((graph.base.ontology / "context.jsonld").read_text(encoding="utf-8"))
    options = {"embed": "@once", "omitDefault": True, "omitGraph": False}
    framed = jsonld.frame(jsonld.from_rdf(quads), {**context, **frame}, options)
    assert in_order(framed["@graph"]) == in_order(document(graph, "reconstructed")["@graph"])


def in_order(value: Any) -> Any:
    """JSON whose lists are sorted: the order of triples means nothing."""
    if isinstance(value, list):
        return sorted(map(in_order, value), key=json.dumps)
    return {key: in_order(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def test_results_stand_in_their_study_with_codes_as_words(judged: Graph) -> None:
    cards = document(Part(judged.base), "coded")["@graph"]
    assert [card["judged_by"] for card in cards if card["type"] == "Judgement"] == ["A synthetic judge"]
    (study,) = (card for card in cards if card["id"].endswith("study/maibom-rosholm-2017-early-meetings"))
    results = {result["id"].rpartition("-")[2]: result for result in study["results"]}
    assert (results["r1"]["verdict"], results["r2"]["verdict"]) == ("positive", "none")
    assert results["r3"]["estimate"]["value"] == "5"
    assert results["r3"]["same_effect_as"] == "maibom-rosholm-2017-early-meetings-r1"
    assert (study["country"], study["language"]) == ("DNK", "en")


def test_a_frame_that_lets_something_out_is_told(base: Base, tmp_path: Path) -> None:
    for name in ("ontology", "data", "queries"):
        shutil.copytree(base.root / name, tmp_path / name)
    frames = tmp_path / "ontology" / "frames.json"
    text = frames.read_text(encoding="utf-8")
    frames.write_text(text.replace('"ReconstructedStudy", ', ""), encoding="utf-8")
    with pytest.raises(Damaged) as damaged:
        document(Graph(Base(tmp_path)), "reconstructed")
    assert [problem.name for problem in damaged.value.problems] == ["frame-loses"]
