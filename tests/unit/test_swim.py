"""The SWiM report: every item of the guideline, its numbers from queries, what cannot be filled shown as open."""

from __future__ import annotations

import json

import pytest

from samtaler_kg.build import build
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged
from samtaler_kg.swim import swim
from tests.unit.conftest import Run

#: The items of the guideline (Campbell and others 2020, BMJ 368:l6890).
ITEMS = ["1a", "1b", "2", "3", "4", "5", "6", "7", "8", "9"]


def test_every_item_of_the_guideline_is_there(graph: Graph) -> None:
    for lang in ("da", "en"):
        assert [item.number for item in swim(graph, lang)] == ITEMS


def test_what_nobody_recorded_is_open(graph: Graph) -> None:
    assert [item.number for item in swim(graph, "en") if item.open] == ["1b", "6"]


def test_its_numbers_are_the_queries_numbers(graph: Graph) -> None:
    items = {item.number: item for item in swim(graph, "en")}
    assert "134 of 198 results are positive, 47 cannot be told from zero and 17 are negative" in items["8"].text
    assert "198 results of 87 studies on at most 61 independent" in items["1a"].text
    assert "0.59" in items["9"].text
    assert "0,59" in {item.number: item for item in swim(graph, "da")}["9"].text


def test_the_command_gives_markdown_or_json(run: Run) -> None:
    assert run("swim").out.startswith("# Synthesis without meta-analysis")
    body = json.loads(run("--lang", "da", "swim", "--json").out)
    assert [item["item"] for item in body] == ITEMS
    assert body[0]["rows"]


def _judged(base: Base, line: str) -> None:
    with (base.data / "judgements.csv").open("a", encoding="utf-8") as stream:
        stream.write(line)


def test_a_judgement_with_author_and_date_is_counted(own_base: Base) -> None:
    _judged(own_base, "j1,Do meetings help?,overall,low,Synthetic grounds,A synthetic person,2026-01-31\n")
    build(own_base)
    items = {item.number: item for item in swim(Graph(own_base), "en")}
    assert "Recorded judgements: 1" in items["6"].text


@pytest.mark.parametrize("line", ["j1,Q?,overall,low,Grounds,,2026-01-31\n", "j1,Q?,overall,low,Grounds,A person,\n"])
def test_a_judgement_without_author_or_date_is_refused(own_base: Base, line: str) -> None:
    _judged(own_base, line)
    with pytest.raises(Damaged) as damaged:
        build(own_base)
    assert {problem.name for problem in damaged.value.problems} == {"missing-key"}
