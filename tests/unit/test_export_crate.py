"""The RO-Crate, read by rocrate: every file is there, described, with its hash; nobody is named who is not."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
import rdflib
from rocrate.rocrate import ROCrate

from samtaler_kg.exports import export
from samtaler_kg.graph import CARD_LAYERS, Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Refused


@pytest.fixture(scope="module")
def files(graph: Graph) -> Mapping[str, bytes]:
    """The crate of the coded layer."""
    return export(graph, "coded", "ro-crate")


def opened(files: Mapping[str, bytes], folder: Path) -> ROCrate:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return ROCrate(folder)


def test_every_file_is_described_with_its_hash(files: Mapping[str, bytes], tmp_path: Path) -> None:
    crate = opened(files, tmp_path)
    parts = {entity.id: entity for entity in crate.data_entities if "File" in entity.type}
    assert set(parts) == set(files) - {"ro-crate-metadata.json"}
    for name, entity in parts.items():
        assert entity["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert entity["contentSize"] == str(len(files[name]))
        assert entity["description"].count(" / ") >= 1
        assert entity["encodingFormat"]


def test_every_file_hangs_on_the_root(files: Mapping[str, bytes], tmp_path: Path) -> None:
    crate = opened(files, tmp_path)
    reached, waiting = set(), [crate.root_dataset]
    while waiting:
        for part in waiting.pop().get("hasPart", []):
            reached.add(part.id)
            waiting += [part] if part.type == "Dataset" else []
    assert {name for name in reached if not name.endswith("/")} == set(files) - {"ro-crate-metadata.json"}


def test_the_root_says_what_the_citation_file_says(files: Mapping[str, bytes], tmp_path: Path) -> None:
    crate = opened(files, tmp_path)
    root = crate.root_dataset
    assert crate.metadata["conformsTo"] == "https://w3id.org/ro/crate/1.1"
    assert root["name"].startswith("samtaler_kg: knowledge graph")
    assert [author["name"] for author in root["author"]] == ["samtaler_kg contributors"]
    assert root["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    assert json.loads(files["ro-crate-metadata.json"])["@graph"][1]["datePublished"] == "2026-11"
    assert not {"publisher", "creator", "funder"} & set(root.properties())


def test_what_is_inside_reads_as_elsewhere(graph: Graph, files: Mapping[str, bytes]) -> None:
    assert files["coded.ttl"] == export(graph, "coded", "turtle")["coded.ttl"]
    assert {name for name in files if name.startswith("queries/answers/")} == {
        f"queries/answers/{name}.rq" for name in graph.catalogue.names()
    }
    described = rdflib.Graph().parse(data=files["ontology/codes/verdict.ttl"], format="turtle")
    assert len(described) > 10
    assert {"LICENSE", "LICENSE-DATA", "CITATION.cff"} <= set(files)


@pytest.mark.parametrize("layer", CARD_LAYERS)
def test_the_layer_is_named_and_the_bytes_are_the_same(graph: Graph, layer: Layer) -> None:
    first = export(graph, layer, "ro-crate")
    assert export(Graph(graph.base), layer, "ro-crate") == first
    root = json.loads(first["ro-crate-metadata.json"])["@graph"][1]
    assert root["name"].endswith(f"({layer})")
    assert ("not real studies" in root["description"]) == (layer == "reconstructed")


@pytest.fixture
def own(base: Base, tmp_path: Path) -> Base:
    """A base of one's own: it has no file that says who made it."""
    for name in ("ontology", "data", "queries"):
        shutil.copytree(base.root / name, tmp_path / name)
    return Base(tmp_path)


def test_nobody_is_made_an_author_of_a_base_that_names_none(own: Base) -> None:
    with pytest.raises(Refused) as refused:
        export(Graph(own), "memo", "ro-crate")
    assert [problem.name for problem in refused.value.problems] == ["no-citation"]


def test_a_persons_name_and_the_day_of_release_are_taken_as_said(own: Base) -> None:
    said = "title: Synthetic\nauthors:\n  - family-names: Eksempel\n    given-names: Åse\ndate-released: 2026-12-24\n"
    (own.root / "CITATION.cff").write_text(said, encoding="utf-8")
    entities = json.loads(export(Graph(own), "memo", "ro-crate")["ro-crate-metadata.json"])["@graph"]
    assert entities[1]["datePublished"] == "2026-12-24"
    assert entities[2] == {"@id": "#author-1", "@type": "Person", "name": "Åse Eksempel"}


def test_a_citation_file_that_is_none_is_told(own: Base) -> None:
    (own.root / "CITATION.cff").write_text("- a list\n", encoding="utf-8")
    with pytest.raises(Damaged) as damaged:
        export(Graph(own), "memo", "ro-crate")
    assert [problem.name for problem in damaged.value.problems] == ["unreadable-file"]
