"""A form of several files: its folder is written whole or stays as it was."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from samtaler_kg import disk
from samtaler_kg.cli.folder import put_folder
from samtaler_kg.problems import Refused
from tests.unit.conftest import Run

FILES = {"one.csv": b"1\n", "codes/two.csv": b"2\n"}


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_writes_every_file_into_a_folder_that_is_not_there_yet(run: Run, tmp_path: Path) -> None:
    ran = run("export", "--layer", "reconstructed", "--format", "csvw", "-o", str(tmp_path / "made" / "here"))
    assert (ran.code, ran.out) == (0, "")
    names = held(tmp_path / "made" / "here")
    assert f"{len(names)} files" in ran.err
    assert {"csv-metadata.json", "records.csv", "codes/verdict.csv"} <= set(names)


def test_a_folder_is_needed(run: Run) -> None:
    ran = run("export", "--format", "csvw")
    assert ran.code == 2
    assert "-o FOLDER" in ran.err


def test_an_earlier_export_is_replaced_whole(tmp_path: Path) -> None:
    put_folder(tmp_path / "out", {**FILES, "one.csv": b"old\n"})
    put_folder(tmp_path / "out", FILES)
    assert held(tmp_path) == {f"out/{name}": content for name, content in FILES.items()}


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_bytes(b"mine")
    with pytest.raises(Refused) as refused:
        put_folder(tmp_path / "out", FILES)
    assert [problem.name for problem in refused.value.problems] == ["folder-holds-other-files"]
    assert "thesis.txt" in refused.value.problems[0].what("da")
    assert held(tmp_path) == {"out/thesis.txt": b"mine"}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_bytes(b"mine")
    else:
        (tmp_path / "elsewhere").mkdir()
        out.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused) as refused:
        put_folder(out, FILES)
    assert [problem.name for problem in refused.value.problems] == ["unwritable"]
    assert held(tmp_path) == ({"out": b"mine"} if kind == "file" else {})


def test_the_folder_that_one_stands_in_is_not_exchanged(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out" / "inside").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "out" / "inside")
    for place in (".", ".."):
        ran = run("export", "--layer", "memo", "--format", "csvw", "-o", place)
        assert (ran.code, "the folder that you are in" in ran.err) == (2, True)
    assert held(tmp_path) == {}


def test_a_disk_that_fills_up_leaves_the_earlier_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_folder(tmp_path / "out", FILES)

    def full(path: Path, content: bytes) -> None:
        if path.name == "two.csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(disk, "write", full)
    with pytest.raises(Refused):
        put_folder(tmp_path / "out", {**FILES, "one.csv": b"new\n"})
    assert held(tmp_path) == {f"out/{name}": content for name, content in FILES.items()}
