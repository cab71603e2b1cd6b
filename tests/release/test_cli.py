"""``samtaler release`` for people and machines: words, records, exit codes."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from samtaler_kg.cli import samtaler
from samtaler_kg.cli.frame import run
from samtaler_kg.places import Base
from samtaler_kg.release import Release


def ran(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["samtaler", *arguments])
    return run(samtaler)


def test_a_release_is_written_and_dated_today(
    small: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, "release", "0.1.0", "-o", str(tmp_path), "--zip", "--base", str(small.root)) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f"Dated {datetime.date.today().isoformat()}, today" in told.err and "nothing is compared" in told.err
    assert {path.name for path in tmp_path.iterdir()} == {"samtaler-0.1.0", "samtaler-0.1.0.zip"}


def test_a_release_is_told_as_json_in_danish_when_asked(
    later: Base, first: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    since, out = str(first.folder), str(tmp_path)
    told = ("release", "0.2.0", "--since", since, "-o", out, "--date", "2026-11-30", "--base", str(later.root))
    assert ran(monkeypatch, *told, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["since"]["version"] == "0.1.0" and record["changes"]["changed"] is True
    assert ran(monkeypatch, "--lang", "da", *told) == 2
    assert "en udgivelse ændres aldrig" in capsys.readouterr().err


def test_verify_says_whole_and_what_it_did_not_look_at(
    second: Release, first: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, "release", "--verify", str(second.folder)) == 0
    assert "What has changed was not" in capsys.readouterr().err
    assert ran(monkeypatch, "release", "--verify", str(second.folder), "--since", str(first.folder), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"whole": True, "problems": []}


def test_verify_ends_with_1_and_names_the_file(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / "CHANGES.md").write_text("nothing")
    assert ran(monkeypatch, "release", "--verify", str(copied)) == 1
    assert "CHANGES.md: error: the SHA-256 is not what SHA256SUMS says" in capsys.readouterr().err
    assert ran(monkeypatch, "release", "--verify", str(copied), "--json") == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["name"], problem["where"]["file"]) == ("release-file-changed", "CHANGES.md")


def test_diff_ends_with_1_where_anything_changed_and_writes_nothing(
    first: Release, second: Release, later: Base, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    two = (str(first.folder), str(second.folder))
    assert ran(monkeypatch, "release", "--diff", *two) == 1
    assert capsys.readouterr().out == (second.folder / "CHANGES.md").read_text("utf-8")
    assert ran(monkeypatch, "release", "--diff", *two, "--json") == 1
    assert json.loads(capsys.readouterr().out) == json.loads((second.folder / "changes.json").read_bytes())
    assert ran(monkeypatch, "release", "--diff", str(second.folder), str(later.root)) == 0
    told = capsys.readouterr().out
    assert told.startswith("# Changes in a base that is not released\n") and "**Nothing has changed" in told


@pytest.mark.parametrize("jobs", [(), ("0.1.0", "--verify", "x"), ("--verify", "x", "--diff", "x", "y")])
def test_one_job_at_a_time(
    jobs: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, "release", *jobs) == 2
    assert "--verify DIR" in capsys.readouterr().err
