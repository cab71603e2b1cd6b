"""``samtaler count`` and ``samtaler bounds``: what they print, in which form, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import samtaler_kg
from samtaler_kg.cli import main
from samtaler_kg.cli.pairs import pairs, spread
from samtaler_kg.problems import Refused

KEYS = [
    *("rule", "layer", "scope", "where", "by", "group", "outcome_group", "results", "studies", "trials"),
    *("positive", "none", "negative", "mixed", "unknown", "share", "low", "high", "interval", "p", "label", "caveat"),
    "assumed",
]


class Ran(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run ``samtaler`` with these words."""

    def ran(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["samtaler", *words])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ran(int(end.value.code or 0), out.decode(), err.decode())

    return ran


def test_a_count_has_exactly_its_keys(run: Run) -> None:
    (record,) = run("count", "--rule", "memo", "--json").json
    assert list(record) == KEYS
    assert (record["positive"], record["results"], record["share"]) == (134, 198, pytest.approx(134 / 198))
    assert "Cochrane" in record["caveat"]


def test_the_rules_stand_side_by_side(run: Run) -> None:
    records = run("count", "--rule", "all", "--by", "target-group", "--json").json
    assert {record["rule"] for record in records} == {"memo", "direction", "per-study", "per-trial", "jobeffekter"}
    assert {record["by"] for record in records} == {"target_group"}
    assert sum(record["results"] for record in records if record["rule"] == "memo") == 198


def test_several_pairs_may_follow_one_option(run: Run) -> None:
    several = run("count", "--where", "region=denmark", "period=2011-2015", "--rule", "memo", "--json").json
    repeated = run("count", "--where", "region=denmark", "--where", "period=2011-2015", "--rule", "memo", "--json").json
    assert several == repeated
    assert several[0]["where"] == {"region": "denmark", "period": "2011-2015"}
    assert spread(["--where", "a=1", "-p", "x", "--assume", "b=2", "c=3"]) == [
        *("--where", "a=1", "-p", "x"),
        *("--assume", "b=2", "--assume", "c=3"),
    ]
    assert pairs(["a=1", "a=2", "b=x=y"]) == {"a": "1|2", "b": "x=y"}
    with pytest.raises(Refused) as refused:
        pairs(["a", "=1", "b="])
    assert [problem.name for problem in refused.value.problems] == ["bad-pair"] * 3


def test_the_table_tells_the_caveat_and_the_unknown(run: Run) -> None:
    told = run("count", "--by", "purpose")
    for word in ("Unknown", "Independent units", "Boon & Thomson 2020", "Nikolakopoulos 2020", "never as zero"):
        assert word in told.out
    assert "Scope memo" in told.err
    danish = run("--lang", "da", "count", "--by", "purpose")
    for word in ("Ukendte", "Uafhængige enheder", "jobrettet samtale", "aldrig som nul", "Fortegnstest"):
        assert word in danish.out


def test_csv_has_the_same_columns(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("count", "--scope", "all", "--format", "csv").out)))
    assert list(rows[0]) == KEYS
    assert len({row["outcome_group"] for row in rows}) == len(rows) > 20


def test_what_a_conclusion_rests_on_is_told(run: Run) -> None:
    record = next(
        found
        for found in run("count", "--rule", "per-study", "--by", "mechanism", "--leave-one-out", "trial", "--json").json
        if found["group"] == "net"
    )
    left = record["leave_one_out"]
    assert list(left) == ["unit", "units", "label", "distance", "flips"]
    assert (left["unit"], left["units"], left["label"], left["distance"]) == ("trial", 44, "positive", 1)
    assert {"left_out": "gbr-ndyp", "label": "no-majority"} in left["flips"]
    told = run("count", "--rule", "per-study", "--by", "mechanism", "--leave-one-out", "trial").out
    assert "gbr-ndyp → no majority" in told


def test_assumed_weights_are_marked_in_every_output(run: Run) -> None:
    words = ("count", "--rule", "jobeffekter", "--assume", "quality=good", "geography=0.5")
    (record,) = run(*words, "--json").json
    standing = {weight["factor"]: weight["standing"] for weight in record["assumed"]}
    assert (standing["K"], standing["G"]) == ("assumed", "assumed")
    table, listed = run(*words).out, run(*words, "-f", "csv").out
    assert "(assumed by the reader)" in " ".join(table.split())
    assert '""standing"": ""assumed""' in listed
    assert "antaget af læseren" in " ".join(run("--lang", "da", *words).out.split())


def test_the_reconstruction_is_marked_and_open_counts_are_intervals(run: Run) -> None:
    told = run("count", "--rule", "memo", "--layer", "reconstructed", "--by", "period")
    assert "11–13" in told.out
    assert "Reconstructed layer" in told.err
    (record,) = run("count", "--rule", "memo", "--layer", "reconstructed", "--where", "mechanism=net", "--json").json
    assert (record["positive"], record["results"], record["studies"]) == (16, 24, None)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--rule", "most"], "unknown-rule"),
        (["--rule", "jobeffekter"], "no-grades"),
        (["--rule", "memo", "--assume", "quality=good"], "rule-assumes-nothing"),
        (["--rule", "per-trial", "--layer", "reconstructed"], "rule-not-on-layer"),
        (["--rule", "memo", "--layer", "memo"], "rule-not-on-layer"),
        (["--rule", "memo", "--layer", "reconstructed", "--leave-one-out", "study"], "rule-not-on-layer"),
        (["--rule", "memo", "--layer", "reconstructed", "--by", "country"], "parameter-not-on-layer"),
        (["--rule", "memo", "--layer", "reconstructed", "--where", "mechanism=sorting"], "unknown-cell-code"),
        (["--rule", "all", "--leave-one-out", "study"], "one-rule"),
        (["--leave-one-out", "author"], "unknown-unit"),
        (["--by", "weather"], "unknown-grouping"),
        (["--interval", "bayes"], "unknown-interval"),
        (["--where", "region"], "bad-pair"),
        (["--where", "regoin=denmark"], "unknown-parameter"),
        (["--where", "region=dk"], "unknown-code"),
        (["--where", "scope=all"], "unknown-parameter"),
        (["--layer", "codde"], "unknown-layer"),
    ],
)
def test_what_cannot_be_counted_is_refused(run: Run, words: list[str], problem: str) -> None:
    told = run("count", *words, "--json")
    assert (told.code, told.out) == (2, "")
    assert [found["name"] for found in json.loads(told.err)["problems"]] == [problem]


def test_bounds_prints_the_keys_and_the_words(run: Run) -> None:
    words = ("bounds", "--where", "region=denmark", "period=2011-2015", "verdict=positive")
    record = run(*words, "--json").json
    assert list(record) == ["where", "low", "high", "identified", "words"]
    assert (record["low"], record["high"], record["identified"]) == (0, 19, False)
    assert run(*words).out.startswith("Not identified")
    assert run("--lang", "da", *words).out.startswith("Ikke identificeret")
    supposed = run(*words, "--given", "region=denmark", "period=2001-2010", "verdict=positive", "=20", "--json").json
    assert (supposed["high"], supposed["given"]) == (6, ["region=denmark period=2001-2010 verdict=positive =20"])


def test_bounds_refuses_what_cannot_be(run: Run) -> None:
    told = run("bounds", "--where", "region=denmark", "--given", "verdict=negative = 3")
    assert (told.code, told.out) == (2, "")
    assert "M10" in told.err


def test_the_library_counts_and_bounds() -> None:
    kg = samtaler_kg.open()
    frame = kg.count("direction", by="mechanism", region="northern-europe-excl-denmark")
    assert list(frame.columns) == KEYS
    assert str(frame["positive"].dtype) == "Int64"
    assert frame["unknown"].notna().all()
    assert set(frame["by"]) == {"mechanism"}
    assert str(kg.count("jobeffekter", assume={"quality": "good"})["positive"].dtype) == "Float64"
    assert kg.count("memo", by="period", country="POL", region="denmark").empty
    found = kg.bounds(region="denmark", given=["region=denmark mechanism=net = 4"])
    assert (found.low, found.identified) == (35, True)
