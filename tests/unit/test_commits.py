"""Changes of a base: refused where they may not be made, finished where they were broken off, locked while they run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from samtaler_kg import commits, disk
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Refused, SamtalerError


@pytest.fixture
def bare(tmp_path: Path) -> Base:
    """Just enough of a base to be changed."""
    base = Base(tmp_path / "base")
    base.ontology.mkdir(parents=True)
    base.data.mkdir()
    return base


def told(error: pytest.ExceptionInfo[SamtalerError]) -> str:
    (problem,) = error.value.problems
    assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
    return problem.name


def hidden(base: Base) -> list[str]:
    return sorted(path.name for path in base.data.iterdir() if path.name.startswith("."))


def test_files_and_graph_are_there_together(bare: Base) -> None:
    with commits.writing(bare) as change:
        change.put("studies/DNK/a.yaml", b"a")
        disk.write(change.graph() / "manifest.json", b"{}")
        assert not bare.graph.exists()
    assert (bare.data / "studies" / "DNK" / "a.yaml").read_bytes() == b"a"
    assert [path.name for path in bare.graph.iterdir()] == ["manifest.json"]
    assert hidden(bare) == []


def test_what_is_raised_inside_leaves_nothing(bare: Base) -> None:
    with pytest.raises(KeyError), commits.writing(bare) as change:
        change.put("studies/DNK/a.yaml", b"a")
        raise KeyError
    assert list(bare.data.iterdir()) == []


@pytest.mark.parametrize("place", ["../a.yaml", "/a.yaml", "studies/../../a.yaml", ""])
def test_a_place_that_climbs_out_is_refused(bare: Base, place: str) -> None:
    with pytest.raises(Refused) as refused, commits.writing(bare) as change:
        change.put(place, b"a")
    assert told(refused) == "leads-elsewhere"
    assert list(bare.data.iterdir()) == []


@pytest.mark.parametrize("link", ["studies", "studies/DNK", "studies/DNK/a.yaml"])
def test_nothing_is_written_through_a_link(bare: Base, tmp_path: Path, link: str) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    path = bare.data / link
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    with pytest.raises(Refused) as refused, commits.writing(bare) as change:
        change.put("studies/DNK/a.yaml", b"a")
    assert told(refused) == "leads-elsewhere"
    assert list(target.iterdir()) == []
    assert hidden(bare) == []


def test_the_base_in_an_installed_package_is_not_written_to(tmp_path: Path) -> None:
    base = Base(tmp_path / "site-packages" / "samtaler_kg" / "_base")
    base.ontology.mkdir(parents=True)
    base.data.mkdir()
    with pytest.raises(Refused) as refused, commits.writing(base):
        pass
    assert told(refused) == "base-installed"
    assert "samtaler init" in refused.value.problems[0].mend("en")
    assert list(base.data.iterdir()) == []


def test_a_folder_that_is_no_base_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused, commits.writing(Base(tmp_path)):
        pass
    assert told(refused) == "no-base"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_folder_that_may_not_be_written_is_told(bare: Base) -> None:
    bare.data.chmod(0o500)
    with pytest.raises(Refused) as refused, commits.writing(bare):
        pass
    bare.data.chmod(0o700)
    assert told(refused) == "base-unwritable"


def test_a_disk_that_is_read_only_is_told(bare: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", fails)
    with pytest.raises(Refused) as refused, commits.writing(bare):
        pass
    assert told(refused) == "base-unwritable"
    assert "Read-only" in refused.value.problems[0].what("en")


def broken_off(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a commit that nobody has put into its places."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(commits, "_roll", interrupted)
        with commits.writing(base) as change:
            change.put("studies/DNK/a.yaml", b"new")
            disk.write(change.graph() / "manifest.json", b'{"files": {}}')
    assert hidden(base) == [".commit"]
    assert not (base.data / "studies" / "DNK" / "a.yaml").exists()


def is_finished(base: Base) -> bool:
    there = (base.data / "studies" / "DNK" / "a.yaml").read_bytes() == b"new"
    return there and (base.graph / "manifest.json").is_file() and hidden(base) == []


def test_a_reader_finishes_what_was_broken_off(bare: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_off(bare, monkeypatch)
    assert Graph(bare).manifest == {}
    assert is_finished(bare)


def test_a_writer_finishes_it_before_anything_else(bare: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_off(bare, monkeypatch)
    with commits.writing(bare):
        assert (bare.data / "studies" / "DNK" / "a.yaml").read_bytes() == b"new"
    assert is_finished(bare)


def test_a_reader_who_may_not_write_sees_the_old_graph(bare: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    with commits.writing(bare) as change:
        disk.write(change.graph() / "manifest.json", b'{"files": {"old": {"graph": "a", "sha256": "b"}}}')
    broken_off(bare, monkeypatch)

    def fails(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as readonly:
        for name in ("rename", "replace", "mkdir", "unlink"):
            readonly.setattr(Path, name, fails)
        assert list(Graph(bare).manifest) == ["old"]
    assert Graph(bare).manifest == {}
    assert is_finished(bare)


@pytest.mark.parametrize("plan", [b"", b"{}", b"[]", b'{"files": [{}]}', b'{"files": 3}', b"\xff"])
def test_a_plan_that_cannot_be_read_is_told_and_nothing_is_thrown_away(
    bare: Base, monkeypatch: pytest.MonkeyPatch, plan: bytes
) -> None:
    broken_off(bare, monkeypatch)
    (bare.data / ".commit" / "plan.json").write_bytes(plan)
    with pytest.raises(Damaged) as damaged, commits.writing(bare):
        pass
    assert told(damaged) == "commit-damaged"
    assert (bare.data / ".commit" / "file-0").read_bytes() == b"new"


@pytest.mark.parametrize("place", ["../../out.yaml", "/out.yaml"])
def test_a_plan_that_climbs_out_is_not_followed(bare: Base, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    broken_off(bare, monkeypatch)
    plan = {"files": [{"place": place, "from": "file-0"}]}
    (bare.data / ".commit" / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(Refused) as refused, commits.writing(bare):
        pass
    assert told(refused) == "leads-elsewhere"


def test_what_was_staged_and_never_committed_is_taken_away(bare: Base) -> None:
    (bare.data / ".staged-0" / "graph").mkdir(parents=True)
    (bare.data / ".done-0" / "graph").mkdir(parents=True)
    with commits.locked(bare):
        assert hidden(bare) == []


def test_a_graph_is_exchanged_with_the_old_one(bare: Base) -> None:
    for content in (b"1", b"2"):
        with commits.writing(bare) as change:
            disk.write(change.graph() / "manifest.json", content)
        assert (bare.graph / "manifest.json").read_bytes() == content
    assert [path.name for path in bare.graph.iterdir()] == ["manifest.json"]
