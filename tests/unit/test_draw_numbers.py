"""Pictures: the numbers that each shows are rows of stored queries, of others than it is drawn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from functools import cache
from itertools import product
from typing import Any

import pytest

from samtaler_kg.ask import ask
from samtaler_kg.count.direction import side
from samtaler_kg.draw import Drawing, drawing, findings
from samtaler_kg.draw.findings import Finding
from samtaler_kg.draw.published import Count
from samtaler_kg.draw.sheet import Label
from samtaler_kg.draw.style import FAVOURS
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped

pytest.importorskip("matplotlib")

GRAPH = Graph(shipped())
Rows = list[dict[str, Any]]
DIRECTIONS = ("positive", "none", "negative")


@cache
def draw(name: str, scope: str | None = None, unit: str = "result", **given: str) -> Drawing:
    return drawing(GRAPH, name, "en", scope, unit, given)


def texts(drawn: Drawing) -> list[Label]:
    """Every text on the sheet."""
    return [part for part in drawn.sheet.items if isinstance(part, Label)]


def rows(query: str, scope: str | None = "memo", layer: str = "coded", **given: str) -> Rows:
    return ask(GRAPH, query, layer, scope, given).records()


def cells(drawn: Drawing, layer: str, panel: str) -> dict[tuple[str, str], str]:
    """The counts of one panel of a bubble chart, by column and direction."""
    return {
        (mark["column"], mark["direction"]): str(Count(mark["low"], mark["high"]))
        for mark in drawn.data
        if (mark["layer"], mark["panel"]) == (layer, panel)
    }


PANELS = {"All results": None, "Denmark": "denmark", "Northern Europe excl. Denmark": "northern-europe-excl-denmark"}


@pytest.mark.parametrize("panel", PANELS)
def test_figure_1_shows_what_results_by_period_counts(panel: str) -> None:
    where = {"region": PANELS[panel]} if PANELS[panel] else {}
    counted = {
        (row["period"], direction): str(row[direction])
        for row in rows("results-by-period", **where)
        for direction in DIRECTIONS
    }
    assert counted
    assert cells(draw("figure-1"), "coded", panel) == counted


def test_figure_1_of_every_result_leaves_other_outcomes_and_years_out() -> None:
    counted = {
        (row["period"], direction): str(row[direction])
        for row in rows("results-by-period", "all", outcome="exit-from-unemployment|employment|self-support")
        if row["period"] in ("2001-2010", "2011-2015", "2016-2022")
        for direction in DIRECTIONS
    }
    assert cells(draw("figure-1", "all"), "coded", "All results") == counted


def test_figure_1_prints_what_the_memo_prints_and_intervals_for_the_rest() -> None:
    every = cells(draw("figure-1"), "published", "All results")
    assert [every[period, "positive"] for period in ("2001-2010", "2011-2015", "2016-2022")] == ["22", "19", "8"]
    assert [every[period, "none"] for period in ("2001-2010", "2011-2015", "2016-2022")] == ["11–13", "4–6", "2–4"]
    assert {every[period, "negative"] for period in ("2001-2010", "2011-2015", "2016-2022")} == {"0–2"}
    assert cells(draw("figure-1"), "published", "Denmark")["2011-2015", "positive"] == "0–19"


def test_the_published_cells_are_those_that_ask_gives_with_intervals() -> None:
    """The same margins by another way: `ask` on the reconstructed layer adds the interval to a count."""
    for panel, region in PANELS.items():
        drawn = cells(draw("figure-1"), "published", panel)
        where = {"region": region} if region else {}
        for row in rows("results-by-period", None, "reconstructed", **where):
            for direction in DIRECTIONS:
                known = Count(row[f"{direction}_low"], row[f"{direction}_high"])
                assert drawn[row["period"], direction] == str(known)


def test_figure_2_is_known_in_every_published_cell() -> None:
    drawn = draw("figure-2")
    printed = {
        (row["mechanism"], row["verdict"]): str(row["count"])
        for row in rows("published-counts", None, "memo")
        if row["mechanism"] and row["verdict"]
    }
    shown = cells(drawn, "published", "All results") or cells(drawn, "published", "")
    assert {key: shown[key] for key in printed} == printed
    assert set(shown) - set(printed) == {("motivation", "negative")}
    assert shown["motivation", "negative"] == "0"
    assert "not identified" not in drawn.alt.partition("\n")[2].partition("Coded:")[0]


def test_figure_2_shows_what_results_by_mechanism_counts() -> None:
    drawn = draw("figure-2")
    for code in ("motivation", "programme", "net"):
        row = rows("count-results", mechanism=code)[0]
        shown = {d: n for (column, d), n in cells(drawn, "coded", "").items() if column == code}
        assert shown == {direction: str(row[direction]) for direction in DIRECTIONS}


def test_a_picture_per_trial_counts_each_cluster_once_in_a_column() -> None:
    drawn = draw("figure-1", unit="trial")
    shown = cells(drawn, "coded", "All clusters")
    for row in rows("results-by-period"):
        of_period = [int(n) for (period, _), n in shown.items() if period == row["period"]]
        assert sum(of_period) == row["clusters"]
    assert {mark["counts"] for mark in drawn.data if mark["layer"] == "coded"} == {"clusters"}


def test_each_cell_of_the_gap_map_is_a_count() -> None:
    drawn = draw("gap-map")
    names = {c.label("en").capitalize(): c.notation for c in GRAPH.codes.by_list["target-group"].values()}
    purposes = {c.label("en").capitalize(): c.notation for c in GRAPH.codes.by_list["purpose"].values()}
    assert len(drawn.data) == len(names) * len(purposes)
    for mark in drawn.data:
        group, purpose = names[mark["row"].capitalize()], purposes[mark["column"].capitalize()]
        row = rows("count-results", target_group=group, purpose=purpose)[0]
        assert [mark["results"], mark["studies"], mark["clusters"]] == [row["results"], row["studies"], row["clusters"]]
    assert sum(mark["results"] for mark in drawn.data) == rows("scope-size")[0]["results"]


def test_the_gap_map_tells_cells_that_one_study_or_country_fills() -> None:
    for mark in draw("gap-map", "all", rows="outcome").data:
        told = mark["words"]
        assert ("one study alone" in told) == (mark["studies"] == 1)
        assert ("one country alone" in told) == (len(mark["countries"]) == 1 and mark["studies"] > 1)
        assert told.endswith(": 0") == (mark["results"] == 0)


@pytest.mark.parametrize(("unit", "column"), [("result", "studies"), ("trial", "clusters")])
def test_the_harvest_plot_has_one_bar_for_each_study_or_cluster(unit: str, column: str) -> None:
    bars = Counter(mark["row"].lower() for mark in draw("harvest", unit=unit).data)
    labels = {c.notation: c.label("en").lower() for c in GRAPH.codes.by_list["outcome"].values()}
    assert bars == {labels[row["outcome"]]: row[column] for row in rows("results-by-outcome")}


def test_a_bar_stands_where_all_its_results_point_and_is_as_high_as_the_least_sure_of_them() -> None:
    results = rows("results")
    order = ["low", "medium", "high"]
    labels = {c.label("en").lower(): c.notation for c in GRAPH.codes.by_list["outcome"].values()}
    for mark in draw("harvest").data:
        outcome = labels[mark["row"].lower()]
        held = [row for row in results if (row["study"], row["outcome"]) == (mark["unit"], outcome)]
        verdicts = {row["verdict"] for row in held}
        assert mark["direction"] == (verdicts.pop() if len(verdicts) == 1 else "mixed")
        assert mark["height"] == min((row["confidence"] for row in held), key=order.index)
        assert mark["results"] == len(held)


def test_the_effect_direction_plot_never_reads_an_unknown_side_as_zero() -> None:
    results = rows("results")
    drawn = draw("effect-direction").data
    assert sum(mark["results"] for mark in drawn) == len(results)
    sides = {"positive": {"intervention"}, "negative": {"comparison"}, "neither": {"neither"}, "unknown": set()}
    for mark in drawn:
        held = [row for row in results if (row["study"], row["outcome"]) == (mark["unit"], mark["outcome"])]
        known = {row["favours"] for row in held} - {"unknown"}
        assert len(known) > 1 if mark["direction"] == "mixed" else known == sides[mark["direction"]]
        assert mark["results"] == len(held)
    assert any(mark["direction"] == "unknown" for mark in drawn)


def test_a_sign_is_filled_only_where_a_result_is_significant_in_its_direction() -> None:
    results = rows("results", "all")
    for mark in draw("effect-direction", "all").data:
        held = [row for row in results if (row["study"], row["outcome"]) == (mark["unit"], mark["outcome"])]
        strong = any(row["verdict"] == mark["direction"] for row in held)
        assert mark["filled"] == (strong or mark["direction"] == "mixed")


def test_the_forest_plot_shows_every_estimate_with_an_interval_or_standard_error() -> None:
    wanted = {
        row["result"]: row
        for row in rows("estimates-printed", "all")
        if row["value"] is not None and (row["ci_low"] is not None or row["standard_error"] is not None)
    }
    drawn = {mark["result"]: mark for mark in draw("forest").data}
    assert set(drawn) == set(wanted)
    for name, mark in drawn.items():
        row = wanted[name]
        assert mark["value"] == float(row["value"])
        if row["ci_low"] is not None:
            assert (mark["low"], mark["high"]) == (float(row["ci_low"]), float(row["ci_high"]))
        else:
            spread = 1.96 * float(row["standard_error"])
            assert (mark["low"], mark["high"]) == pytest.approx((mark["value"] - spread, mark["value"] + spread))
    assert {mark["group"] for mark in drawn.values()} == {"Days", "Hazard ratio", "Euro per month"}


def test_the_timeline_has_one_sign_for_each_result() -> None:
    drawn = draw("timeline").data
    counted = {
        (row["region"], direction): row[direction] for row in rows("results-by-region") for direction in DIRECTIONS
    }
    assert Counter((mark["region"], mark["direction"]) for mark in drawn) == Counter(counted)
    assert Counter(mark["year"] for mark in drawn) == Counter(row["year"] for row in rows("results"))
    assert len({mark["link"] for mark in drawn}) == len(drawn)


def test_the_trial_network_draws_every_cluster_of_several_studies() -> None:
    drawn = draw("trial-network").data
    studies = [mark for mark in drawn if mark["kind"] == "study"]
    cluster = {row["study"]: row["cluster"] for row in rows("studies", "all")}
    counted = Counter(cluster[mark["study"]] for mark in studies)
    assert counted == {row["cluster"]: row["studies"] for row in rows("dependence-clusters", "all")}
    members = {(row["trial"], row["study"]) for row in rows("trial-members", None)}
    assert {(trial, mark["study"]) for mark in studies for trial in mark["trials"]} == {
        (trial, study) for trial, study in members if counted[cluster[study]]
    }


def test_the_trial_network_marks_every_contradiction() -> None:
    drawn = [mark for mark in draw("trial-network").data if mark["kind"] == "study"]
    wanted = rows("trials-with-contradictory-readings", "all")
    assert wanted
    for row in wanted:
        read = [
            mark["disputed"].get(row["outcome"])
            for mark in drawn
            if row["trial"] in mark["trials"] and mark["disputed"].get(row["outcome"])
        ]
        assert len(read) == row["studies"]
        assert len(set(read)) > 1 or set(read) == {"mixed"}
    shown = {outcome for mark in drawn for outcome, direction in mark["disputed"].items() if direction}
    assert shown == {row["outcome"] for row in wanted}


@pytest.mark.parametrize("name", ["gap-map", "harvest", "timeline", "figure-1"])
def test_outcomes_outside_the_memo_s_three_are_never_added_up_with_them(name: str) -> None:
    drawn = draw(name, "all", **({"rows": "country"} if name == "harvest" else {}))
    others = [row for row in rows("results", "all") if row["outcome"] not in MEMO_THREE]
    assert others
    told = "\n".join(drawn.sheet.told)
    if name != "figure-1":
        assert f"{len(others)} results" in told
    assert "Not drawn" in told


MEMO_THREE = {"exit-from-unemployment", "employment", "self-support"}


@pytest.mark.parametrize("name", ["figure-1", "figure-2"])
def test_a_picture_of_clusters_does_not_say_that_it_counts_results(name: str) -> None:
    """The lead and the head of the coded part name what their circles count."""
    words = {unit: " ".join(shown.text for shown in texts(draw(name, unit=unit))) for unit in ("result", "trial")}
    assert "the number of independent clusters." in words["trial"]
    assert "the number of independent clusters." not in words["result"]
    panels = {mark["panel"] for mark in draw("figure-1", unit="trial").data if mark["layer"] == "coded"}
    assert "All clusters" in panels
    assert "All results" not in panels


def test_a_cluster_of_two_trials_is_called_after_both() -> None:
    named = [
        mark["words"] for mark in draw("effect-direction", unit="trial").data if mark["unit"].startswith("dnk-hurt")
    ]
    assert named
    for words in named:
        assert words.startswith("Hurtigt i gang (two regions) + Hurtigt i gang 2 (four regions), ")


def test_a_study_without_a_year_keeps_the_whole_of_it_where_its_name_is_cut() -> None:
    shown = [label.text for label in texts(draw("effect-direction", "all"))]
    cut = [text for text in shown if "…" in text and text.endswith("year")]
    assert cut
    assert all(text.endswith("no\N{NO-BREAK SPACE}year") for text in cut)


def finding(favours: str) -> Finding:
    return Finding(**dict.fromkeys((field.name for field in fields(Finding)), "") | {"favours": favours, "year": None})


@pytest.mark.parametrize("said", list(product(["intervention", "comparison", "neither", "unknown"], repeat=2)))
def test_the_side_drawn_is_the_side_counted(said: tuple[str, ...]) -> None:
    """As the counting rule by direction: an estimate at no effect does not make a known side mixed."""
    drawn = FAVOURS[findings.side([finding(favours) for favours in said])]
    assert {"neither": "none"}.get(drawn, drawn) == side(said)
