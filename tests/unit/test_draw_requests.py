"""Pictures asked for: what is refused and how it is mended, the command line, the library in Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import samtaler_kg as sk
from samtaler_kg.draw import PICTURES, drawing
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
from samtaler_kg.problems import Refused
from tests.unit.conftest import Run

GRAPH = Graph(shipped())


@pytest.mark.parametrize(
    ("name", "asked", "problem", "said"),
    [
        ("gap-mapp", {}, "unknown-picture", "did you mean gap-map?"),
        ("harvest", {"colour": "red"}, "unknown-picture-parameter", "rows, height, region"),
        ("figure-1", {"country": "DNK"}, "unknown-picture-parameter", "it takes: mechanism"),
        ("figure-1", {"mechanism": "lock-in"}, "bad-picture-value", "motivation, programme, net"),
        ("gap-map", {"rows": "colour"}, "bad-picture-value", "target_group, purpose"),
        ("gap-map", {"rows": "outcome", "columns": "outcome"}, "bad-picture-value", "target_group, purpose, mechanism"),
        ("harvest", {"height": "quality"}, "bad-picture-value", "confidence, verification"),
        ("timeline", {"country": "DEN"}, "unknown-code", "DNK"),
        ("timeline", {"scope": "some"}, "bad-picture-value", "memo, all"),
        ("timeline", {"unit": "author"}, "bad-picture-value", "result, trial"),
        ("forest", {"scope": "memo", "region": "denmark"}, "nothing-to-draw", "--scope all"),
    ],
)
def test_what_cannot_be_drawn_is_refused(name: str, asked: dict[str, str], problem: str, said: str) -> None:
    pytest.importorskip("matplotlib")
    given = dict(asked)
    scope, unit = given.pop("scope", None), given.pop("unit", "result")
    with pytest.raises(Refused) as refused:
        drawing(GRAPH, name, "en", scope, unit, given)
    assert [found.name for found in refused.value.problems] == [problem]
    assert said in str(refused.value)
    assert refused.value.problems[0].what("da") != refused.value.problems[0].what("en")


def test_every_problem_of_a_request_is_told_at_once() -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(Refused) as refused:
        drawing(GRAPH, "harvest", "en", given={"rows": "colour", "length": "3"})
    assert [found.name for found in refused.value.problems] == ["bad-picture-value", "unknown-picture-parameter"]


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_list_names_every_picture(run: Run, lang: str) -> None:
    listed = run("draw", "--list", "--lang", lang)
    assert listed.code == 0
    assert [name for name in PICTURES if name not in listed.out] == []
    told = json.loads(run("draw", "--list", "--json", "--lang", lang).out)
    assert [each["name"] for each in told] == list(PICTURES)
    assert all(each["filters"] for each in told)


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_form_is_taken_from_the_name_of_the_file(run: Run, tmp_path: Path, ending: str, begins: bytes) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / f"figure.{ending}"
    ran = run("draw", "figure-2", "-o", str(target))
    assert (ran.code, ran.out) == (0, "")
    assert target.read_bytes().startswith(begins)
    assert "Scope memo" in ran.err


def test_an_option_goes_before_the_name_of_the_file(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / "figure.txt"
    assert run("draw", "figure-2", "--format", "png", "-o", str(target)).code == 0
    assert target.read_bytes().startswith(b"\x89PNG")
    refused = run("draw", "figure-2", "-o", str(tmp_path / "figure.gif"))
    assert refused.code == 2
    assert "svg, png, pdf" in refused.err
    assert not (tmp_path / "figure.gif").exists()


def test_the_text_alternative_and_the_numbers_can_be_printed(run: Run) -> None:
    pytest.importorskip("matplotlib")
    words = run("draw", "figure-2", "--alt", "--lang", "da")
    assert words.out.startswith("Resultater efter adfærdseffekt og retning\nTrykt: Motivationseffekt, positiv: 12; ")
    numbers = json.loads(run("draw", "figure-2", "--json").out)
    assert {row["low"] for row in numbers if row["column"] == "motivation" and row["layer"] == "published"} == {
        12,
        7,
        0,
    }


def test_parameters_narrow_a_picture_and_its_title_says_so(run: Run) -> None:
    pytest.importorskip("matplotlib")
    drawn = run("draw", "timeline", "-p", "region=denmark", "-p", "country=DNK")
    assert "Restricted to region: Denmark; country: Denmark" in drawn.out
    assert "Northern Europe" not in drawn.out


def test_the_library_gives_bytes() -> None:
    pytest.importorskip("matplotlib")
    kg = sk.open()
    raw = kg.draw("figure-2", lang="da", format="svg", region="denmark")
    assert isinstance(raw, bytes)
    assert "Resultater efter adfærdseffekt og retning" in raw.decode()
    assert kg.draw("harvest", country=["DNK", "SWE"], format="png").startswith(b"\x89PNG")


WITHOUT = """
import sys
sys.modules["matplotlib"] = None
from samtaler_kg.cli import main
sys.argv = ["samtaler", *sys.argv[1:]]
main()
"""


def test_without_matplotlib_the_reader_is_told_what_to_install() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, "draw", "figure-2"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "pip install matplotlib" in ran.stderr
    listed = subprocess.run([sys.executable, "-c", WITHOUT, "draw", "--list"], capture_output=True, check=False)
    assert listed.returncode == 0
