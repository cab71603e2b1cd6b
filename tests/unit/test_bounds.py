"""Intervals from the margins: the known ones, an exhaustive check on small frames, and what clashes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samtaler_kg.bounds as room
from samtaler_kg.bounds import Bound, Infeasible, Program, Row, Unsolved, bounds, clash, fitting_table, solve
from samtaler_kg.margins import FRAME, Frame, Margin, equations, margins_from_claims, unmet_by_table
from samtaler_kg.reconstruct import read_table

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "import" / "claims.csv"
with FIXTURE.open(encoding="utf-8", newline="") as file:
    MARGINS = margins_from_claims(csv.DictReader(file))
BY_NAME = {margin.name: margin for margin in MARGINS}
TABLE = read_table(ROOT / "data" / "reconstruction" / "table.csv")
DENMARK = {"region": ("denmark",)}
ABROAD = {"region": ("northern-europe-excl-denmark",)}


def without(*claims: str) -> list[Margin]:
    return [margin for margin in MARGINS if margin.claim not in claims]


def moved(name: str, by: int) -> list[Margin]:
    return [replace(m, count=m.count + by) if m.name == name else m for m in MARGINS]


# What the memo's own figures leave open (domain.md, section 1)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_printed_and_derived_figure_is_a_point(name):
    margin = BY_NAME[name]
    found = bounds(MARGINS, margin.where)
    assert found == Bound(margin.count, margin.count)
    assert found.identified


@pytest.mark.parametrize(
    ("where", "low", "high"),
    [
        ({"verdict": ("negative",), "period": ("2001-2010",)}, 0, 2),
        ({"verdict": ("negative",), "period": ("2011-2015",)}, 0, 2),
        ({"verdict": ("negative",), "period": ("2016-2022",)}, 0, 2),
        ({"verdict": ("none",), "period": ("2001-2010",)}, 11, 13),
        ({"verdict": ("none",), "period": ("2011-2015",)}, 4, 6),
        ({"verdict": ("none",), "period": ("2016-2022",)}, 2, 4),
        ({**DENMARK, "verdict": ("positive",), "period": ("2011-2015",)}, 0, 19),
        ({**ABROAD, "period": ("2001-2010",)}, 4, 35),
        ({**DENMARK, "mechanism": ("motivation",)}, 0, 19),
    ],
)
def test_what_the_memo_does_not_print_is_an_interval(where, low, high):
    found = bounds(MARGINS, where)
    assert (found.low, found.high, found.identified) == (low, high, False)


@pytest.mark.parametrize("left_out", [("D01",), ("D02",), ("D03",), ("D01", "D02", "D03")])
def test_the_derived_figures_are_points_without_their_own_equations(left_out):
    for name in ("D01", "D02", "D03"):
        margin = BY_NAME[f"{name}/numerator"]
        assert bounds(without(*left_out), margin.where) == Bound(margin.count, margin.count)


def test_the_derived_figures_are_points_from_the_printed_ones_alone():
    printed = [margin for margin in MARGINS if margin.claim.startswith("M")]
    for margin in (m for m in MARGINS if m.claim.startswith("D")):
        assert bounds(printed, margin.where).identified, margin.name


def test_no_motivation_result_can_be_negative():
    where = {"mechanism": ("motivation",), "verdict": ("negative",)}
    assert bounds(MARGINS, where) == Bound(0, 0)


def test_a_what_if_margin_narrows_an_interval():
    asked = {**ABROAD, "period": ("2001-2010",)}
    known = Margin("given", "numerator", {**DENMARK, "period": ("2001-2010",)}, 20)
    assert bounds(MARGINS, asked, given=[known]) == Bound(15, 15)
    with pytest.raises(Infeasible) as caught:
        bounds(MARGINS, asked, given=[replace(known, count=36)])
    assert "given" in caught.value.claims


def test_a_count_with_a_cell_in_no_margin_has_no_upper_limit():
    danes = [Margin("X1", "numerator", DENMARK, 3)]
    assert bounds(danes, {}) == Bound(3, None)
    assert not bounds(danes, {}).identified
    assert bounds([], {}) == Bound(0, None)
    assert bounds(danes, {**DENMARK, "verdict": ("none",)}) == Bound(0, 3)


# Contradictory margins


@pytest.mark.parametrize("name", BY_NAME)
def test_a_figure_moved_by_one_clashes_and_is_not_reproduced(name):
    """No figure of the memo stands alone: each is held by others, so none can move and still fit."""
    margins = moved(name, +1)
    found = clash(margins)
    assert found is not None
    assert found.smallest
    assert BY_NAME[name].claim in found.claims
    assert unmet_by_table(TABLE, margins) == [name]
    assert clash([m for m in margins if m.claim in found.claims]) is not None
    for spared in found.claims:
        rest = [m for m in margins if m.claim in found.claims and m.claim != spared]
        assert clash(rest) is None, spared


@pytest.mark.parametrize(
    ("name", "by", "claims"),
    [
        ("M04/numerator", +1, {"M04", "M05"}),
        ("M05/numerator", +1, {"M05", "M06"}),
        ("M07/numerator", +1, {"M07", "M08", "D01"}),
        ("M13/numerator", -1, {"M13", "M14", "M15", "D01"}),
        ("M16/numerator", +1, {"M16", "M17"}),
        ("M16/numerator", -1, {"M16", "M18", "M21", "D01"}),
        ("M20/numerator", +1, {"M10", "M20", "M23"}),
        ("D02/numerator", +1, {"M07", "M11", "D02"}),
    ],
)
def test_the_smallest_set_of_claims_that_clash_is_named(name, by, claims):
    with pytest.raises(Infeasible) as caught:
        bounds(moved(name, by), {})
    assert set(caught.value.claims) == claims
    assert str(caught.value) == f"no table fits all of {', '.join(caught.value.claims)} at once"


def test_a_claim_can_clash_with_itself():
    assert clash(moved("M07/numerator", +10)).claims == ("M07",)


def test_the_published_margins_do_not_clash():
    assert clash(MARGINS) is None
    assert clash([]) is None


def test_a_large_clash_is_made_irreducible_where_the_search_ends(monkeypatch):
    monkeypatch.setattr(room, "SEARCHED", 1)
    margins = moved("M16/numerator", -1)
    found = clash(margins)
    assert (found.smallest, "M16" in found.claims) == (False, True)
    for spared in found.claims:
        rest = [m for m in margins if m.claim in found.claims and m.claim != spared]
        assert clash(rest) is None


# The solver's answers are checked in whole numbers


def test_solve_finds_the_least_cost_or_says_that_there_is_none():
    program = Program((5, 5), (Row({0: 2, 1: 3}, 12, 12),))
    assert solve(program, [1, 0]) == (0, 4)
    assert solve(program, [0, 1]) == (3, 2)
    assert solve(Program((1, 1), program.rows), [0, 0]) is None


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"status": 1, "x": None, "message": "time limit"}, "time limit"),
        ({"x": [1.0, 4.0]}, "breaks an equation"),
        ({"x": [-3.0, 6.0]}, "breaks an equation"),
        ({"x": [3.0, 2.0], "mip_dual_bound": 0.0}, "not proved least"),
    ],
)
def test_an_answer_that_fails_the_exact_check_is_not_given(monkeypatch, answer, fault):
    told = {"status": 0, "message": "", "mip_dual_bound": 0.0} | answer
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: SimpleNamespace(**told))
    with pytest.raises(Unsolved, match=fault):
        solve(Program((5, 5), (Row({0: 2, 1: 3}, 12, 12),)), [1, 0])


def test_fitting_table_meets_every_margin():
    table = fitting_table(MARGINS, {0: -1})
    assert unmet_by_table(table, MARGINS) == []
    assert table[FRAME.cells()[0]] == 12


# Against exhaustive enumeration

SMALL = Frame(("a", "b"), ("p",), ("m",), ("x", "y"))
MOST = 4


def all_tables(margins: list[Margin]) -> Iterator[tuple[int, ...]]:
    """Every table of the small frame with at most MOST in a cell that meets the margins."""
    sums = equations(margins, SMALL)
    for table in product(range(MOST + 1), repeat=4):
        if all(sum(table[cell] for cell in e.cells) == e.total for e in sums):
            yield table


def parts(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([codes, *((code,) for code in codes)])


WHERE = st.fixed_dictionaries({"region": parts(SMALL.region), "verdict": parts(SMALL.verdict)})
COUNTS = st.lists(st.tuples(WHERE, st.integers(0, MOST)), min_size=1, max_size=5)


def drawn(counts) -> list[Margin]:
    return [Margin(f"X{n}", "numerator", where, count) for n, (where, count) in enumerate(counts)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(COUNTS, WHERE)
def test_bounds_are_those_of_all_tables(counts, where):
    margins, asked = drawn(counts), SMALL.select(where)
    values = [sum(table[cell] for cell in asked) for table in all_tables(margins)]
    covered = {cell for e in equations(margins, SMALL) for cell in e.cells}
    if not values:
        with pytest.raises(Infeasible):
            bounds(margins, where, frame=SMALL)
    else:
        high = max(values) if covered.issuperset(asked) else None
        assert bounds(margins, where, frame=SMALL) == Bound(min(values), high)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(COUNTS)
def test_the_clash_is_the_smallest_and_of_those_the_first(counts):
    margins = drawn(counts)
    fitless = (
        group
        for size in range(len(margins) + 1)
        for group in combinations(margins, size)
        if next(all_tables(list(group)), None) is None
    )
    expected = next(fitless, None)
    found = clash(margins, SMALL)
    assert (found and found.claims) == (expected and tuple(margin.claim for margin in expected))
