"""Intervals on request: points and intervals in words, what is supposed, and what cannot be."""

from __future__ import annotations

import pytest

from samtaler_kg.graph import Graph
from samtaler_kg.intervals import interval, share_range
from samtaler_kg.problems import Damaged, Refused

FRENCH = "verdict=negative region=northern-europe-excl-denmark period=2001-2010 = 1"


def test_a_printed_count_is_a_point_and_any_other_is_said_not_to_be_known(graph: Graph) -> None:
    printed = interval(graph, {"region": "denmark", "verdict": "positive"})
    assert (printed.low, printed.high, printed.identified) == (26, 26, True)
    assert printed.words("da").startswith("Identificeret")
    open_ = interval(graph, {"region": "denmark", "period": "2011-2015", "verdict": "positive"})
    assert (open_.low, open_.high, open_.identified) == (0, 19, False)
    assert (open_.words("en")[:14], open_.words("da")[:20]) == ("Not identified", "Ikke identificeret: ")
    assert {key: open_.as_record("en")[key] for key in ("where", "low", "high", "identified")} == {
        "where": {"region": "denmark", "period": "2011-2015", "verdict": "positive"},
        "low": 0,
        "high": 19,
        "identified": False,
    }


def test_several_codes_mean_either(graph: Graph) -> None:
    assert interval(graph, {"verdict": "none|negative"}).low == 23
    assert interval(graph, {}).low == 72


@pytest.mark.parametrize("given", [FRENCH, FRENCH.replace(" = ", "="), FRENCH.replace(" ", ", ", 2)])
def test_what_is_supposed_narrows_the_interval(graph: Graph, given: str) -> None:
    where = {"verdict": "negative", "period": "2001-2010"}
    assert (interval(graph, where).low, interval(graph, where).high) == (0, 2)
    supposed = interval(graph, where, [given])
    assert (supposed.low, supposed.high) == (1, 2)
    assert supposed.as_record("en")["given"] == [given]
    assert given in supposed.words("da")
    danish = "verdict=negative region=denmark period=2001-2010 = 0"
    assert interval(graph, where, [given, danish]).identified


def test_what_cannot_be_supposed_names_the_smallest_set_that_clashes(graph: Graph) -> None:
    with pytest.raises(Refused) as refused:
        interval(graph, {}, ["verdict=negative region=denmark = 2"])
    (problem,) = refused.value.problems
    assert problem.name == "given-clash"
    assert problem.what("en").endswith(": M11, verdict=negative region=denmark = 2")
    halves = ["verdict=negative period=2001-2010 = 1", "verdict=negative period=2011-2015 = 2"]
    with pytest.raises(Refused) as both:
        interval(graph, {}, halves)
    assert both.value.problems[0].what("da").endswith(f": M10, {', '.join(halves)}")


def test_claims_that_clash_among_themselves_are_a_fault_of_the_base(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    from samtaler_kg import intervals
    from samtaler_kg.margins import Margin

    class Contradicting(intervals.Published):
        def __init__(self, graph: Graph) -> None:
            super().__init__(graph)
            self.margins = [*self.margins, Margin("X1", "numerator", {"region": ("denmark",)}, 34)]

    monkeypatch.setattr(intervals, "Published", Contradicting)
    with pytest.raises(Damaged) as damaged:
        interval(graph, {}, [FRENCH])
    assert damaged.value.problems[0].name == "margins-clash"
    assert "X1" in damaged.value.problems[0].what("en")


@pytest.mark.parametrize(
    ("where", "given", "problem"),
    [
        ({"purpose": "mixed"}, (), "unknown-dimension"),
        ({"region": "dk"}, (), "unknown-cell-code"),
        ({"mechanism": "sorting"}, (), "unknown-cell-code"),
        ({}, ("region=denmark",), "bad-given"),
        ({}, ("region denmark = 3",), "bad-given"),
        ({}, ("region=denmark = -1",), "bad-given"),
        ({}, ("region=denmark <= 3",), "bad-given"),
        ({}, ("region=dk = 3",), "unknown-cell-code"),
        ({}, ("",), "bad-given"),
    ],
)
def test_what_is_no_part_of_the_table_is_refused(
    graph: Graph, where: dict[str, str], given: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(Refused) as refused:
        interval(graph, where, given)
    assert [found.name for found in refused.value.problems] == [problem]


def test_the_share_has_an_interval_too(graph: Graph) -> None:
    assert share_range(graph, {"region": ("denmark",)}) == (26 / 35, 26 / 35)
    abroad = {"region": ("northern-europe-excl-denmark",), "period": ("2001-2010",)}
    low, high = share_range(graph, abroad) or (2.0, 2.0)
    assert 0 <= low < high <= 1
    assert share_range(graph, {"mechanism": ("motivation",), "verdict": ("negative",)}) is None
