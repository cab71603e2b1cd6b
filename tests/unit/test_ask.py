"""Asking: parameters, layers, scopes, and the intervals of what the memo's figures leave open."""

from __future__ import annotations

import pytest

from samtaler_kg.ask import ask
from samtaler_kg.graph import Graph
from samtaler_kg.problems import Refused
from samtaler_kg.tables import narrow, plain


def one(graph: Graph, layer: str, **given: str) -> dict[str, object]:
    return dict(ask(graph, "count-results", layer, None, given).records()[0])


def test_a_printed_cell_is_a_point(graph: Graph) -> None:
    row = one(graph, "reconstructed", region="denmark", verdict="positive")
    assert (row["results"], row["results_low"], row["results_high"]) == (26, 26, 26)


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ({"region": "denmark", "period": "2011-2015", "verdict": "positive"}, 0, 19),
        ({"region": "northern-europe-excl-denmark", "period": "2001-2010"}, 4, 35),
        ({"region": "denmark", "mechanism": "motivation"}, 0, 19),
        ({"period": "2001-2010", "verdict": "none"}, 11, 13),
        ({"period": "2011-2015", "verdict": "none"}, 4, 6),
        ({"period": "2016-2022", "verdict": "none"}, 2, 4),
        ({"period": "2016-2022", "verdict": "negative"}, 0, 2),
    ],
)
def test_what_the_figures_leave_open_is_an_interval_without_a_number(
    graph: Graph, given: dict[str, str], low: int, high: int
) -> None:
    row = one(graph, "reconstructed", **given)
    assert (row["results"], row["results_low"], row["results_high"]) == (None, low, high)


def test_an_interval_says_that_it_is_not_identified(graph: Graph) -> None:
    table = ask(graph, "results-by-region", "reconstructed", None, {"period": "2011-2015"})
    told = [note["en"] for note in table.notes]
    assert any("not identified" in note.lower() for note in told)
    assert any("by construction" in note for note in told)
    shown = narrow(table)
    positive = [column.name for column in shown.columns].index("positive")
    assert [plain(row[positive]) for row in shown.rows] == ["0–19", "0–19"]


def test_studies_of_the_reconstruction_are_unknown_not_zero(graph: Graph) -> None:
    row = one(graph, "reconstructed")
    assert row["studies"] is None
    assert row["clusters"] is None


def test_a_french_cell_is_known_only_where_it_is_printed(graph: Graph) -> None:
    printed = one(graph, "reconstructed", region="northern-europe-excl-denmark", country="FRA", verdict="negative")
    assert printed["results"] == 1
    assert one(graph, "reconstructed", country="FRA")["results"] is None


def test_several_values_mean_either(graph: Graph) -> None:
    both = one(graph, "coded", country="DNK|SWE")
    parts = [one(graph, "coded", country=country) for country in ("DNK", "SWE")]
    assert both["results"] == sum(int(str(part["results"])) for part in parts)


def test_a_scope_narrows(graph: Graph) -> None:
    counts = {scope: ask(graph, "count-results", "coded", scope).records()[0]["results"] for scope in ("all", "memo")}
    assert counts == {"all": 381, "memo": 198}


@pytest.mark.parametrize(
    ("name", "layer", "scope", "given", "problem"),
    [
        ("nosuch", None, None, {}, "unknown-query"),
        ("count-results", "nosuch", None, {}, "unknown-layer"),
        ("count-results", "memo", None, {}, "not-on-layer"),
        ("claims", None, "memo", {}, "no-scope"),
        ("count-results", None, None, {"regoin": "denmark"}, "unknown-parameter"),
        ("count-results", None, None, {"region": "denmak"}, "unknown-code"),
        ("count-results", None, None, {"year_from": "19x"}, "bad-value"),
        ("count-results", None, None, {"study": "a b"}, "bad-id"),
        ("study-results", None, None, {}, "missing-parameter"),
        ("count-results", "reconstructed", None, {"purpose": "mixed"}, "parameter-not-on-layer"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(
    graph: Graph, name: str, layer: str | None, scope: str | None, given: dict[str, str], problem: str
) -> None:
    with pytest.raises(Refused) as refused:
        ask(graph, name, layer, scope, given)
    assert problem in {found.name for found in refused.value.problems}
    for found in refused.value.problems:
        assert found.what("da") != found.what("en")


def test_all_problems_come_at_once(graph: Graph) -> None:
    with pytest.raises(Refused) as refused:
        ask(graph, "count-results", None, None, {"regoin": "x", "region": "y", "period": "z"})
    assert len(refused.value.problems) == 3


def test_a_cell_that_the_reconstruction_leaves_empty_is_answered_all_the_same(graph: Graph) -> None:
    """The stored table puts both negatives in 2001-2010; other tables that fit put them elsewhere."""
    table = ask(graph, "results-by-period", "reconstructed", None, {"verdict": "negative"})
    told = {row["period"]: (row["results"], row["results_low"], row["results_high"]) for row in table.records()}
    assert told == dict.fromkeys(("2001-2010", "2011-2015", "2016-2022"), (None, 0, 2))


@pytest.mark.parametrize(("name", "value"), [("mechanism", "lock-in"), ("period", "2023-")])
def test_a_code_that_the_figures_do_not_have_is_refused(graph: Graph, name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(graph, "count-results", "reconstructed", None, {name: value})
    assert refused.value.problems[0].name == "unknown-code"
