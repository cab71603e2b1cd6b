"""What has changed between two releases is told, all of it, in both languages, with the results that did it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.changes import changes as memo_changes
from samtaler_kg.changes import state
from samtaler_kg.count import count
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused
from samtaler_kg.release import Release, compare, opened, page, release
from samtaler_kg.release.names import md
from samtaler_kg.release.things import Key, Moved, differing
from samtaler_kg.release.turns import Declared
from samtaler_kg.words import LANGUAGES

ADDED, RETRACTED, CHANGED = "shapes-2012-wages", "hainmueller-hofmann-2016-caseloads", "hofmann-krug-2010-kurzbericht"


@pytest.fixture(scope="module")
def told(second: Release) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((second.folder / "changes.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def moved(second: Release) -> Mapping[tuple[str, str], Moved]:
    assert second.comparison
    return {(each.kind, each.id): each for each in second.comparison.moved}


@given(st.sets(st.binary(min_size=1)), st.sets(st.binary(min_size=1)))
def test_what_differs_is_what_sets_say(old: set[bytes], new: set[bytes]) -> None:
    found = list(differing(sorted(old), sorted(new)))
    assert [line for is_new, line in found if is_new] == sorted(new - old)
    assert [line for is_new, line in found if not is_new] == sorted(old - new)


def test_lines_out_of_order_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        list(differing([b"b", b"a"], []))
    assert [problem.name for problem in refused.value.problems] == ["release-not-sorted"]


def test_an_added_study_is_told_with_its_result(moved: Mapping[tuple[str, str], Moved]) -> None:
    study, result = moved["study", ADDED], moved["result", f"{ADDED}-r1"]
    assert (study.what, result.what, result.of) == ("added", "added", ADDED)
    assert {key.key: key.after for key in result.keys}["verdict"] == ("positive",)
    assert [(event["event"], event["by"]) for event in study.events] == [("added", "Made-up Person")]


def test_a_retracted_study_is_told_with_its_reason(moved: Mapping[tuple[str, str], Moved]) -> None:
    study = moved["study", RETRACTED]
    assert study.what == "retracted" and study.events[0]["why"] == "made up: counted twice"
    assert {each.what for each in moved.values() if each.kind == "result" and each.id.startswith(RETRACTED)} == {
        "retracted"
    }


def test_a_changed_value_is_told_before_and_after(moved: Mapping[tuple[str, str], Moved]) -> None:
    result = moved["result", f"{CHANGED}-r1"]
    assert result.what == "changed"
    assert [(key.key, key.before, key.after) for key in result.keys] == [("confidence", ("medium",), ("low",))]


def test_nothing_else_has_moved_but_the_cards_and_their_words(moved: Mapping[tuple[str, str], Moved]) -> None:
    known = (ADDED, RETRACTED, CHANGED)
    assert [place for place in moved if not place[1].startswith(known)] == []


def test_the_figures_are_those_of_the_memo(small: Base, later: Base, told: Mapping[str, Any]) -> None:
    found = memo_changes(state(Graph(small)), state(Graph(later)))
    assert found and told["figures"] == [figure.as_record() for figure in found]


def test_every_count_is_told_as_it_was_and_is(small: Base, later: Base, told: Mapping[str, Any]) -> None:
    checked = 0
    for by in (None, "purpose", "mechanism"):
        sides = [
            {
                (each.rule, each.group, each.outcome_group): each
                for each in count(Graph(base), "all", by=by, scope="all")
            }
            for base in (small, later)
        ]
        for turn in told["counted"]:
            if (turn["scope"], turn["by"]) == ("all", by):
                checked += 1
                place = turn["rule"], turn["group"], turn["outcome_group"]
                for side, said in zip(sides, (turn["before"], turn["after"]), strict=True):
                    there = side.get(place)
                    assert (there and (there.label, there.positive, there.results)) == (
                        said and (said["label"], said["positive"], said["results"])
                    )
    assert checked


def test_a_turned_conclusion_names_the_results_that_did_it(told: Mapping[str, Any]) -> None:
    turned = [turn for turn in told["counted"] if turn["turned"]]
    assert turned
    assert all(turn["before"] is None or turn["after"] is None or turn["before"] != turn["after"] for turn in turned)
    results = {name for turn in turned for name in (*turn["came"], *turn["went"], *turn["changed"])}
    assert f"{ADDED}-r1" in results
    for turn in turned:
        came, went = len(turn["came"]), len(turn["went"])
        numbers = [(side or {"results": 0})["results"] for side in (turn["before"], turn["after"])]
        assert numbers[1] - numbers[0] == came - went, turn


def test_severities_rules_and_weights_are_entries_of_their_own(told: Mapping[str, Any]) -> None:
    entries = {
        (each["section"], each["name"], each["key"]): (each["before"], each["after"]) for each in told["declared"]
    }
    assert entries.pop(("checks", "single-valued", "severity")) == ("blocks", "warns")
    assert entries.pop(("counting", "direction", "share_of")) == ("positive, negative", "positive, none, negative")
    assert entries.pop(("weights", "scale", "majority")) == ("0.55", "0.60")
    (shape,) = [name for section, name, key in entries if (section, key) == ("shapes", "severity")]
    assert entries.pop(("shapes", shape, "severity")) == ("informs", "warns")
    assert {(section, key) for section, _, key in entries} <= {("shapes", "text"), ("checks", "text")}


def test_a_correction_is_listed(told: Mapping[str, Any]) -> None:
    assert [row["row"] for row in told["corrections"]["added"]] == ["made-up-r1"]
    assert told["corrections"]["removed"] == []


ENGLISH = [
    "# Release 0.2.0 (2026-11-30)",
    "What has changed since 0.1.0 (2026-11-01).",
    "| Studies | 5 | 6 |",
    "### Studies: added (1)",
    "- `shapes-2012-wages`: Wages, Waiting and Made-up Vacancies",
    "### Studies: retracted (1)",
    ": made up: counted twice",
    "confidence: medium → low",
    "check `single-valued`, severity: error → warning",
    "counting rule `direction`, share\\_of: positive, negative → positive, none, negative",
    "weights `scale`, majority: 0.55 → 0.60",
    "listed: results made-up-r1 verdict: none → positive (made up for a test, 2026-11-29)",
]
DANISH = [
    "# Udgivelse 0.2.0 (2026-11-30)",
    "Hvad der er ændret siden 0.1.0 (2026-11-01).",
    "| Studier | 5 | 6 |",
    "### Studier: tilføjet (1)",
    "### Studier: trukket tilbage (1)",
    "kontrol `single-valued`, alvor: fejl → advarsel",
    "vægte `scale`, majority: 0.55 → 0.60",
    "opført: results made-up-r1 verdict: none → positive (made up for a test, 2026-11-29)",
]


@pytest.mark.parametrize(("name", "lines"), [("CHANGES.md", ENGLISH), ("CHANGES.da.md", DANISH)])
def test_the_pages_say_so(second: Release, name: str, lines: list[str]) -> None:
    text = (second.folder / name).read_text("utf-8")
    assert [line for line in lines if line not in text] == []
    assert not re.search(r"\{\w*\}|None|\n\n\n", text)


def test_both_pages_tell_the_same_things(second: Release) -> None:
    english, danish = ((second.folder / name).read_text("utf-8") for name in ("CHANGES.md", "CHANGES.da.md"))
    for pattern in (r"`[^`]+`", r"^#+", r"^ *-", r"[0-9a-f]{64}"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in (english, danish)]
        wanted, other = ([mark for mark in marks if "samtaler " not in mark] for marks in found)
        assert wanted == other and wanted


def test_nothing_changed_is_said_in_words(small: Base, first: Release, tmp_path: Path) -> None:
    again = release(small, "0.1.1", tmp_path, since=first.folder, date="2026-11-30")
    assert again.comparison and not again.comparison.changed
    for name, words in (("CHANGES.md", "**Nothing has changed:"), ("CHANGES.da.md", "**Intet er ændret:")):
        assert words in (again.folder / name).read_text("utf-8")
    english = (again.folder / "CHANGES.md").read_text("utf-8")
    for words in (
        "No conclusion of any",
        "No figure has",
        "No card has",
        "No rule for cards and no check",
        "No counting rule",
        "No correction",
    ):
        assert words in english


def test_a_first_release_compares_nothing(first: Release) -> None:
    assert json.loads((first.folder / "changes.json").read_bytes()) is None
    english = (first.folder / "CHANGES.md").read_text("utf-8")
    assert "nothing is compared" in english and "→" not in english


def test_a_release_its_record_and_its_base_are_the_same_side(first: Release, second: Release, small: Base) -> None:
    new = opened(second.folder)
    found = [
        compare(opened(place), new).as_record() for place in (first.folder, first.folder / "release.json", small.root)
    ]
    told = [{**record, "old": record["old"]["sha256"]} for record in found]
    assert told[0] == told[1] == told[2]
    assert found[2]["old"] == {"version": None, "date": None, "sha256": first.record["dataset"]["sha256"]}


def test_a_release_without_its_base_is_told_with_the_shipped_words(
    first: Release, second: Release, tmp_path: Path
) -> None:
    bare = Path(shutil.copytree(second.folder, tmp_path / "bare"))
    shutil.rmtree(bare / "base")
    side = opened(bare)
    text = page(side, compare(opened(first.folder), side), "da")
    assert "### Studier: tilføjet (1)" in text and side.base is None


def test_the_other_way_round_a_study_is_removed(first: Release, second: Release) -> None:
    found = compare(opened(second.folder), opened(first.folder))
    what = {(each.kind, each.id): each.what for each in found.moved}
    assert (what["study", ADDED], what["study", RETRACTED]) == ("removed", "reinstated")
    assert "### Studies: no longer retracted (1)" in page(opened(first.folder), found, "en")


def test_text_of_a_card_means_nothing_to_markdown() -> None:
    assert md("<b>x</b> [a](http://x) `b` **c** | d\n# e") == (
        "\\<b\\>x\\</b\\> \\[a\\](http://x) \\`b\\` \\*\\*c\\*\\* \\| d \\# e"
    )
    assert md("x" * 1000) == "x" * 200 + "…"
    assert md("a\x1b[2Jb") == "a\\[2Jb"


def test_every_value_that_is_told_goes_through_it(second: Release) -> None:
    assert second.comparison
    side = opened(second.folder)
    marks = "<b>`|"
    card = replace(second.comparison.moved[0], id=marks, keys=(Key("title", "", (marks,), (marks,)),), what="changed")
    row = dict.fromkeys(("table", "row", "column", "was", "now", "why", "date"), marks)
    declared = Declared("weights", marks, marks, marks, marks)
    found = replace(second.comparison, moved=[card], corrected=[row], declared=[declared])
    for lang in LANGUAGES:
        assert "<b>" not in page(side, found, lang) and "\\<b\\>" in page(side, found, lang)


@pytest.mark.parametrize("fault", ["nothing", "no-base", "archive", "file"])
def test_what_is_neither_release_nor_base_is_refused(fault: str, first: Release, tmp_path: Path) -> None:
    places = {
        "nothing": tmp_path / "x",
        "no-base": tmp_path,
        "archive": first.archive,
        "file": first.folder / "CHANGES.md",
    }
    with pytest.raises(Refused) as refused:
        opened(places[fault] or "")
    assert [problem.name for problem in refused.value.problems] == ["no-release"]
