"""Every deviation of a release from what it says is told by name: damage, and damage that hides behind new sums."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from samtaler_kg import ask, build
from samtaler_kg.problems import Problem, Refused
from samtaler_kg.release import Release, verify

if TYPE_CHECKING:
    from tests.release.conftest import Resum

KINDS = [
    "release.json", "changes.json", "CHANGES.md", "CHANGES.da.md", "graphs/coded.nq", "graphs/memo.ttl",
    "graphs/reconstructed.nq", "graphs/ontology.ttl", "base/ontology/samtaler.ttl", "base/ontology/shapes/duplicates.ttl",
    "base/data/rules.toml", "base/data/graph/coded.nt", "base/data/graph/manifest.json", "base/data/corrections.csv",
    "base/data/studies/DEU/hofmann-krug-2010-kurzbericht.yaml", "base/queries/rules/scope-memo.rq",
]  # fmt: skip


def told(problems: list[Problem]) -> set[tuple[str, str]]:
    return {(problem.name, problem.where.file) for problem in problems}


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x01
    path.write_bytes(bytes(raw))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_whole_release_is_whole_and_stays_as_it_is(first: Release, copied: Path) -> None:
    before = sorted(path.relative_to(copied) for path in copied.rglob("*"))
    assert verify(first.folder) == []
    assert verify(copied, first.folder) == []
    assert sorted(path.relative_to(copied) for path in copied.rglob("*")) == before


@pytest.mark.parametrize("name", KINDS)
def test_one_bit_of_a_file_is_told_by_its_name(copied: Path, name: str) -> None:
    path = copied / name
    flip(path, len(path.read_bytes()) // 2)
    assert ("release-file-changed", name) in told(verify(copied))


@pytest.mark.parametrize("at", [0, 64, 66, -1])
def test_one_bit_of_the_sums_is_told(copied: Path, at: int) -> None:
    flip(copied / "SHA256SUMS", at)
    names = {problem.name for problem in verify(copied)}
    assert names & {"release-sums", "release-file-missing", "release-file-changed"}


def test_a_missing_and_an_added_file_are_told_at_once(copied: Path) -> None:
    (copied / "graphs/memo.ttl").unlink()
    (copied / "base/data/more.csv").write_text("more")
    (copied / "base/data/.commit").mkdir()
    (copied / "base/data/.commit/plan.json").write_text("{}")
    found = told(verify(copied))
    assert {
        ("release-file-missing", "graphs/memo.ttl"),
        ("release-file-added", "base/data/more.csv"),
        ("release-file-added", "base/data/.commit/plan.json"),
    } <= found


def test_a_hidden_commit_behind_new_sums_is_told_and_not_finished(copied: Path, resum: Resum) -> None:
    """Whoever opens a base finishes a commit that was broken off: not so where it comes with a release."""
    commit = copied / "base/data/.commit"
    commit.mkdir()
    (commit / "plan.json").write_text('{"files": [{"place": "rules.toml", "from": "file-0"}]}')
    (commit / "file-0").write_text("planted")
    resum(copied)
    assert ("release-file-added", "base/data/.commit") in told(verify(copied))
    assert (commit / "file-0").read_text() == "planted"


def test_a_link_is_told(copied: Path) -> None:
    (copied / "CHANGES.md").unlink()
    (copied / "CHANGES.md").symlink_to(copied / "CHANGES.da.md")
    assert ("leads-elsewhere", "CHANGES.md") in told(verify(copied))


def test_a_release_without_sums_is_told(copied: Path) -> None:
    (copied / "SHA256SUMS").unlink()
    assert ("unreadable-file", "SHA256SUMS") in told(verify(copied))


@pytest.mark.parametrize("line", ["0" * 64 + "  ../x\n", "0" * 64 + "  /etc/x\n", "0" * 64 + " x\n", "zz\n"])
def test_sums_that_climb_out_or_are_none_are_told(copied: Path, line: str) -> None:
    with (copied / "SHA256SUMS").open("a") as sums:
        sums.write(line)
    assert "release-sums" in {problem.name for problem in verify(copied)}


def test_a_changed_statement_behind_new_sums_is_told(copied: Path, resum: Resum) -> None:
    path = copied / "graphs/coded.nq"
    path.write_bytes(path.read_bytes().replace(b"verdict/positive>", b"verdict/negative>", 1))
    resum(copied)
    found = told(verify(copied))
    assert ("release-graphs-differ", "https://w3id.org/samtaler/graph/coded") in found
    assert ("release-graphs-differ", "graphs") in found
    assert ("release-form-differs", "graphs/coded.ttl") in found


def test_turtle_that_says_more_behind_new_sums_is_told(copied: Path, resum: Resum) -> None:
    with (copied / "graphs/memo.ttl").open("a") as turtle:
        turtle.write("<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n")
    resum(copied)
    assert told(verify(copied)) == {("release-form-differs", "graphs/memo.ttl")}


def test_statements_in_another_order_behind_new_sums_are_told(copied: Path, resum: Resum) -> None:
    path = copied / "graphs/memo.nq"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    resum(copied)
    assert told(verify(copied)) == {("release-form-differs", "graphs/memo.nq")}


def test_a_poison_graph_behind_new_sums_is_told(copied: Path, resum: Resum) -> None:
    names = [f"_:n{n}" for n in range(40)]
    with (copied / "graphs/memo.nq").open("a") as graph:
        graph.writelines(f"{one} <https://example.org/p> {other} .\n" for one in names for other in names)
    resum(copied)
    assert ("not-ground", "graphs/memo.nq") in told(verify(copied))


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    record = json.loads(path.read_bytes())
    change(record)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


def test_what_the_record_says_behind_new_sums_is_told(copied: Path, resum: Resum) -> None:
    def change(record: dict[str, Any]) -> None:
        record["counts"]["study"] += 1
        record["counted"][0]["label"] = "mixed"
        record["policy"]["checks"]["memo-sums"]["severity"] = "informs"

    rewrite(copied / "release.json", change)
    resum(copied)
    found = {(problem.name, problem.where.key, problem.facts.get("place")) for problem in verify(copied)}
    assert found == {
        ("release-record-differs", "counts", "study"),
        ("release-record-differs", "counted", "[0].label"),
        ("release-record-differs", "policy", "checks.memo-sums.severity"),
    }


def test_what_the_record_says_beside_behind_new_sums_is_told(copied: Path, resum: Resum) -> None:
    rewrite(copied / "release.json", lambda record: record.update(claimed="something"))
    resum(copied)
    assert told(verify(copied)) == {("release-record-differs", "release.json")}


def test_a_changed_card_behind_new_sums_is_told(copied: Path, resum: Resum) -> None:
    edit(copied / "base/data/studies/DEU/hofmann-krug-2010-kurzbericht.yaml", "verdict: positive", "verdict: none")
    resum(copied)
    (problem, *_) = verify(copied)
    assert problem.name == "graph-differs" and "coded.nt" in problem.what("en")


def test_changed_and_missing_pages_behind_new_sums_are_told(copied: Path, first: Release, resum: Resum) -> None:
    for name in ("CHANGES.md", "changes.json"):
        edit(copied / name, "2026-11-01", "2026-11-02")
    (copied / "CHANGES.da.md").unlink()
    resum(copied)
    assert told(verify(copied, first.folder)) == {
        ("release-changes-differ", name) for name in ("CHANGES.md", "CHANGES.da.md", "changes.json")
    }


def test_another_release_before_it_is_told(second: Release) -> None:
    assert told(verify(second.folder, second.folder)) == {("release-of-other", "release.json")}


def test_a_query_that_calls_a_server_is_told_and_nothing_runs(
    copied: Path, resum: Resum, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(copied / "base/queries/rules/study-keys.rq", "WHERE {", "WHERE { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c }")
    resum(copied)

    def ran(*_: object) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr(build, "differences", ran)
    monkeypatch.setattr(ask, "answer", ran)
    assert told(verify(copied)) == {("release-query-acts", "queries/rules/study-keys.rq")}


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", "[" * 100_000, '{"form": 1}', '{"form": "1"}', "\ufeff\x00", "NaN"],
    ids=["empty", "list", "cut", "deep", "lacking", "other-type", "control", "no-number"],
)
def test_a_record_that_is_none_is_told(copied: Path, content: str, resum: Resum) -> None:
    (copied / "release.json").write_text(content, "utf-8")
    resum(copied)
    names = {problem.name for problem in verify(copied)}
    assert names and names <= {"release-record-unreadable", "bad-character"}


def test_what_is_no_release_is_refused(tmp_path: Path, first: Release) -> None:
    for place, since in ((tmp_path, None), (first.folder, tmp_path)):
        with pytest.raises(Refused) as refused:
            verify(place, since)
        assert [problem.name for problem in refused.value.problems] == ["no-release"]


def test_a_release_that_was_tampered_with_is_no_side(copied: Path, first: Release) -> None:
    path = copied / "graphs/coded.nq"
    path.write_bytes(re.sub(b"verdict/positive>", b"verdict/negative>", path.read_bytes(), count=1))
    with pytest.raises(Refused) as refused:
        verify(first.folder, copied)
    assert [problem.name for problem in refused.value.problems] == ["release-graphs-differ"]
