"""A release is whole, the same for the same base, checkable by strangers, and never half there."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import rdflib

from samtaler_kg import disk
from samtaler_kg.graph import Graph
from samtaler_kg.library import KnowledgeGraph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Refused, SamtalerError
from samtaler_kg.release import Release, release
from samtaler_kg.release.versions import order


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def named(error: SamtalerError) -> list[str]:
    return [problem.name for problem in error.problems]


def test_the_same_base_and_date_give_the_same_bytes(small: Base, first: Release, tmp_path: Path) -> None:
    again = KnowledgeGraph(Graph(small)).release("0.1.0", tmp_path, date="2026-11-01", archive=True)
    assert again.record == first.record and again.comparison is None
    assert files(again.folder) == files(first.folder)
    assert first.archive is not None and again.archive is not None
    assert again.archive.read_bytes() == first.archive.read_bytes()


def test_the_date_is_in_no_hash_and_hidden_files_stay_behind(small: Base, first: Release, tmp_path: Path) -> None:
    base = Base(shutil.copytree(small.root, tmp_path / "base"))
    (base.data / ".secret").write_text("not for others")
    (base.data / ".staged-1").mkdir()
    again = release(base, "0.1.0", tmp_path, date="2026-11-02")
    assert again.record["dataset"] == first.record["dataset"] and again.record["graphs"] == first.record["graphs"]
    assert json.loads((again.folder / "release.json").read_bytes())["date"] == "2026-11-02"
    assert set(files(again.folder)) == set(files(first.folder))


def test_the_archive_holds_the_folder(first: Release, tmp_path: Path) -> None:
    assert first.archive is not None
    with zipfile.ZipFile(first.archive) as archive:
        archive.extractall(tmp_path)
    assert files(tmp_path / "samtaler-0.1.0") == files(first.folder)


def test_the_base_is_released_as_it_is(small: Base, first: Release) -> None:
    there = files(small.root)
    assert {f"base/{name}": content for name, content in there.items()} == {
        name: content for name, content in files(first.folder).items() if name.startswith("base/")
    }
    assert Graph(Base(first.folder / "base")).manifest == Graph(small).manifest


def test_sha256sum_finds_every_sum_right(second: Release) -> None:
    said = (second.folder / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: sha for sha, name in (line.split("  ", 1) for line in said)}
    there = files(second.folder)
    assert sums == {name: hashlib.sha256(raw).hexdigest() for name, raw in there.items() if name != "SHA256SUMS"}
    if tool := shutil.which("sha256sum"):
        subprocess.run([tool, "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=second.folder, check=True)


def test_the_hash_of_the_data_set_is_that_of_all_sorted_lines(second: Release) -> None:
    """What ``cat graphs/*.nq | LC_ALL=C sort -u | sha256sum`` prints."""
    lines = {line for path in second.folder.glob("graphs/*.nq") for line in path.read_bytes().splitlines(keepends=True)}
    assert hashlib.sha256(b"".join(sorted(lines))).hexdigest() == second.record["dataset"]["sha256"]
    assert len(lines) == second.record["dataset"]["quads"]


def test_the_hash_of_a_graph_is_that_of_its_file(second: Release) -> None:
    manifest = json.loads((second.folder / "base/data/graph/manifest.json").read_bytes())["files"]
    assert {entry["graph"]: entry["sha256"] for entry in second.record["graphs"]} == {
        entry["graph"]: hashlib.sha256((second.folder / "base/data/graph" / name).read_bytes()).hexdigest()
        for name, entry in manifest.items()
    }


def test_every_layer_is_there_twice_and_another_reader_reads_it(second: Release) -> None:
    layers = {entry["layer"] for entry in second.record["graphs"]}
    assert layers >= {"coded", "memo", "reconstructed", "ontology"}
    there = {path.name for path in (second.folder / "graphs").iterdir()}
    assert there == {f"{layer}.{form}" for layer in layers for form in ("nq", "ttl")}
    for layer in ("coded", "ontology"):
        quads = rdflib.Dataset()
        quads.parse(second.folder / f"graphs/{layer}.nq", format="nquads")
        triples = rdflib.Graph().parse(second.folder / f"graphs/{layer}.ttl", format="turtle")
        assert {(s, p, o) for s, p, o, _ in quads.quads()} == set(triples)


def test_the_reconstruction_is_marked(second: Release) -> None:
    head = (second.folder / "graphs/reconstructed.ttl").read_text("utf-8").splitlines()[:2]
    assert all(line.startswith("# ") for line in head)
    assert "not real studies" in " ".join(head) and "ikke virkelige studier" in " ".join(head)


def test_nothing_tells_where_it_was_made(second: Release, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = str(tmp_path_factory.getbasetemp()).encode()
    assert [name for name, content in files(second.folder).items() if place in content] == []


def test_what_it_says_of_itself(first: Release, second: Release) -> None:
    record = second.record
    assert (record["version"], record["date"], record["form"]) == ("0.2.0", "2026-11-30", 1)
    assert record["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert record["since"] == {
        "version": "0.1.0", "date": "2026-11-01", "sha256": first.record["dataset"]["sha256"],
    }  # fmt: skip
    assert {kind: record["counts"][kind] for kind in ("study", "retracted_study", "claim")} == {
        "study": 6, "retracted_study": 1, "claim": 40,
    }  # fmt: skip
    results = sum(
        path.read_text("utf-8").count("- id:") for path in (second.folder / "base/data/studies").rglob("*.yaml")
    )
    assert record["counts"]["result"] == results > 0
    assert json.loads((second.folder / "release.json").read_bytes()) == json.loads(json.dumps(record))


def test_a_release_is_never_overwritten(small: Base, first: Release, tmp_path: Path) -> None:
    before = files(first.folder)
    with pytest.raises(Refused) as refused:
        release(small, "0.1.0", first.folder.parent)
    assert named(refused.value) == ["release-exists"]
    assert files(first.folder) == before
    (tmp_path / "samtaler-0.1.0.zip").write_bytes(b"mine")
    with pytest.raises(Refused) as refused:
        release(small, "0.1.0", tmp_path, archive=True)
    assert named(refused.value) == ["release-exists"]
    assert files(tmp_path) == {"samtaler-0.1.0.zip": b"mine"}


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9", "0.1.0-rc.1", "0.1.0+later"])
def test_a_version_that_is_not_newer_is_refused(small: Base, first: Release, version: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        release(small, version, tmp_path, since=first.folder)
    assert named(refused.value) == ["release-not-newer"]
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    "version",
    ["", "1", "1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3/../x", "1.2.3 ", "1.2.3+", "9" * 60 + ".0.0"],
)
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(Refused) as refused:
        order(version)
    assert named(refused.value) == ["bad-version"]


def test_versions_stand_in_the_order_of_semver() -> None:
    """The example of https://semver.org, clause 11."""
    versions = [
        "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
        "1.0.0", "2.0.0", "2.1.0", "2.1.1",
    ]  # fmt: skip
    assert [order(version) for version in versions] == sorted({order(version) for version in versions})


def test_what_is_no_date_is_refused(small: Base, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        release(small, "0.1.0", tmp_path, date="2026-02-30")
    assert named(refused.value) == ["bad-date"]
    assert files(tmp_path) == {}


def test_a_graph_that_is_not_what_the_sources_give_is_not_released(small: Base, tmp_path: Path) -> None:
    base = Base(shutil.copytree(small.root, tmp_path / "base"))
    card = base.data / "studies/DEU/hofmann-krug-2010-kurzbericht.yaml"
    card.write_text(card.read_text("utf-8").replace("confidence: medium", "confidence: high"), "utf-8")
    with pytest.raises(Damaged) as damaged:
        release(base, "0.1.0", tmp_path / "out")
    assert named(damaged.value) == ["graph-differs"]
    assert "coded.nt" in damaged.value.problems[0].what("en")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_link_in_the_base_is_not_followed(small: Base, tmp_path: Path) -> None:
    base = Base(shutil.copytree(small.root, tmp_path / "base"))
    (tmp_path / "secret").write_text("not for others")
    (base.data / "codings" / "link.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused) as refused:
        release(base, "0.1.0", tmp_path / "out")
    assert named(refused.value) == ["leads-elsewhere"]
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("after", [0, 150, 10_000])
def test_a_full_disk_leaves_nothing(small: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    written = 0
    write = disk.write

    def full(path: Path, content: bytes) -> None:
        nonlocal written
        written += 1
        if written > after or path.name == "SHA256SUMS":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(disk, "write", full)
    with pytest.raises(Refused) as refused:
        release(small, "0.1.0", tmp_path)
    assert named(refused.value) == ["unwritable"]
    assert list(tmp_path.iterdir()) == []
    assert written > after or after == 10_000
