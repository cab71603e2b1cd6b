"""``samtaler check`` and ``kg.check``: exit codes, forms, languages, files of every form, all problems at once."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

import samtaler_kg
from samtaler_kg.cards import Grammar
from samtaler_kg.cards import read as read_card
from samtaler_kg.forms import FORMS, Form, as_files
from samtaler_kg.places import Base
from samtaler_kg.problems import ExitCode, Severity
from tests.unit.conftest import Run

SHAPES = Path(__file__).parents[1] / "shapes"
SOUND = SHAPES / "structure" / "valid.no-title.yaml"
FAULTY = SHAPES / "structure" / "invalid.three-at-once.yaml"
WARNED = SHAPES / "statistics" / "warning.p-of-ten-percent.yaml"


@pytest.mark.parametrize(
    ("paths", "options", "code"),
    [
        ([SOUND], [], 0),
        ([WARNED], [], 0),
        ([WARNED], ["--strict"], 1),
        ([FAULTY], [], 1),
        ([Path("nowhere.yaml")], [], 2),
        ([SOUND, FAULTY, Path("nowhere.yaml")], [], 2),
    ],
)
def test_exit_codes(run: Run, paths: list[Path], options: list[str], code: int) -> None:
    assert run("check", *map(str, paths), *options).code == code


def test_every_problem_of_every_file_is_told_at_once(run: Run, tmp_path: Path) -> None:
    for number, path in enumerate((FAULTY, WARNED)):
        text = path.read_text(encoding="utf-8").replace("made-up-2015", f"made-up-{number}")
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    ran = run("check", str(tmp_path), "--json")
    told = json.loads(ran.out)
    assert [(Path(p["where"]["file"]).name, p["where"]["key"]) for p in told] == [
        ("0.yaml", "title"),
        ("0.yaml", "year"),
        ("0.yaml", "results[0].verdict"),
        ("1.yaml", "results[0].verdict"),
    ]
    assert ran.code == 1
    assert ran.err == ""


def test_the_whole_base_is_checked_without_a_path(run: Run) -> None:
    ran = run("check", "--lang", "da")
    assert ran.code == 0
    assert "advarsel" in ran.out


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "html"])
def test_each_form_goes_to_a_file_too(run: Run, tmp_path: Path, form: str) -> None:
    shown = run("check", str(FAULTY), "--format", form)
    target = tmp_path / "told"
    assert run("check", str(FAULTY), "-f", form, "-o", str(target)).out == ""
    assert target.read_text(encoding="utf-8") == shown.out
    assert shown.code == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_card_in_any_form_tells_the_same(run: Run, tmp_path: Path, base: Base, form: Form) -> None:
    grammar = Grammar.of(base)
    path = SHAPES / "statistics" / "invalid.none-with-small-p.yaml"
    card, _ = read_card(path, "study")
    assert card is not None
    if form == "xlsx":
        pytest.importorskip("openpyxl")
    files = as_files([card], form, grammar)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    told = json.loads(run("check", *(str(tmp_path / name) for name in files), "--json").out)
    blocking = [(p["shape"].rpartition("/")[2], p["where"]["key"]) for p in told if p["severity"] == "blocks"]
    assert [shape for shape, _ in blocking] == ["none-against-p"]
    assert "verdict" in blocking[0][1]


def test_a_place_in_a_table_is_row_and_column(run: Run, tmp_path: Path, base: Base) -> None:
    card, _ = read_card(SHAPES / "structure" / "invalid.year-ahead.yaml", "study")
    assert card is not None
    for name, content in as_files([card], "csv", Grammar.of(base)).items():
        (tmp_path / name).write_bytes(content)
    header = next(csv.reader((tmp_path / "studies.csv").open(encoding="utf-8-sig", newline="")))
    told = json.loads(run("check", str(tmp_path), "--json").out)
    (problem,) = (p for p in told if p["shape"].endswith("study-year-not-ahead"))
    assert Path(problem["where"]["file"]).name == "studies.csv"
    assert (problem["where"]["line"], problem["where"]["column"]) == (2, header.index("year") + 1)


def test_a_base_of_ones_own_is_checked_against(run: Run, own_base: Base, tmp_path: Path) -> None:
    stored = min((own_base.data / "studies").rglob("*.yaml"))
    copy = shutil.copy(stored, tmp_path / "again.yaml")
    told = json.loads(run("check", str(copy), "--base", str(own_base.root), "--json").out)
    assert "name-taken" in {problem["name"] for problem in told}
    alone = json.loads(run("check", str(copy), "--base", str(own_base.root), "--alone", "--json").out)
    assert "name-taken" not in {problem["name"] for problem in alone}


def test_a_base_without_a_graph_is_damaged(run: Run, own_base: Base) -> None:
    shutil.rmtree(own_base.graph)
    ran = run("check", str(SOUND), "--base", str(own_base.root))
    assert ran.code == 3
    assert "samtaler build" in ran.err


def test_the_library_gives_the_same_problems() -> None:
    kg = samtaler_kg.open()
    told = kg.check(FAULTY)
    assert {p.where.key for p in told if p.severity is Severity.BLOCKS} == {"title", "year", "results[0].verdict"}
    card, _ = read_card(FAULTY, "study", str(FAULTY))
    assert card is not None
    assert [p.as_record("da") for p in kg.check(card)] == [p.as_record("da") for p in told]
    assert kg.check(SOUND) == []
    assert {p.severity for p in kg.check()} == {Severity.WARNS, Severity.INFORMS}


def test_a_closed_standard_output_is_told_and_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    done = run("new", "a-study")
    assert done.code == ExitCode.REFUSED
    assert "-: error" in done.err


def test_a_base_that_is_not_there_is_called_so(run: Run, tmp_path: Path) -> None:
    done = run("--base", str(tmp_path / "nowhere"), "check", str(tmp_path / "card.yaml"))
    assert done.code == ExitCode.DAMAGED
    assert "there is no base here" in done.err
