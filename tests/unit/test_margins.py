"""The frame, the reading of claims.csv as equations, and which of them a set of records breaks."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from samtaler_kg.margins import (
    FRAME,
    Equation,
    Frame,
    Margin,
    MarginError,
    counted_unit,
    dimensions,
    equations,
    margins_from_claims,
    rank,
    unmet,
    unmet_by_table,
)

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "import" / "claims.csv"
with FIXTURE.open(encoding="utf-8", newline="") as file:
    CLAIMS = list(csv.DictReader(file))
MARGINS = margins_from_claims(CLAIMS)
BY_NAME = {margin.name: margin for margin in MARGINS}


def claim(**cells: str) -> dict[str, str]:
    """A row of claims.csv: 3 of 5 results are Danish, unless told otherwise."""
    row = {
        "claim_id": "X1",
        "dimensions": "unit=result; region=denmark",
        "denominator_dimensions": "unit=result",
        "numerator": "3",
        "denominator": "5",
    }
    return row | cells


def test_the_frame_has_54_cells_in_a_declared_order():
    cells = FRAME.cells()
    assert len(cells) == len(set(cells)) == 54
    assert cells[0] == ("denmark", "2001-2010", "motivation", "positive")
    assert cells[1] == ("denmark", "2001-2010", "motivation", "none")
    assert cells[-1] == ("northern-europe-excl-denmark", "2016-2022", "net", "negative")


def test_select_gives_the_cells_of_a_part_of_the_table():
    cells = FRAME.cells()
    chosen = [cells[n] for n in FRAME.select({"region": ("denmark",), "verdict": ("none", "negative")})]
    assert len(chosen) == 1 * 3 * 3 * 2
    assert {(cell[0], cell[3]) for cell in chosen} == {("denmark", "none"), ("denmark", "negative")}
    assert len(FRAME.select({})) == 54


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ({"outcome": ("employment",)}, "'outcome' is no dimension"),
        ({"mechanism": ("lock-in",)}, "'lock-in' is no mechanism"),
        ({"region": ()}, "one or more codes"),
        ({"region": "denmark"}, "needs a tuple"),
    ],
)
def test_select_refuses_what_is_no_part_of_the_table(where, fault):
    with pytest.raises(MarginError, match=fault):
        FRAME.select(where)


def test_every_count_of_results_is_read_and_no_count_of_studies():
    assert len(MARGINS) == 51
    printed = [row for row in CLAIMS if counted_unit(row) == "result"]
    numbers = sum(bool(row["numerator"]) + bool(row["denominator"]) for row in printed)
    assert numbers == len(MARGINS)
    assert [m.name for m in MARGINS[:3]] == ["M04/numerator", "M05/numerator", "M05/denominator"]
    assert {m.claim for m in MARGINS}.isdisjoint({"M01", "M02", "M03", "Q01", "Q11"})
    assert {row["claim_id"] for row in CLAIMS if counted_unit(row) == "study"} == {"M01", "M02", "M03"}


def test_a_share_is_two_equations():
    share = BY_NAME["M07/numerator"], BY_NAME["M07/denominator"]
    assert share == (
        Margin("M07", "numerator", {"region": ("denmark",), "verdict": ("positive",)}, 26),
        Margin("M07", "denominator", {"region": ("denmark",)}, 35),
    )


def test_the_french_result_is_an_equation_on_its_region_and_direction():
    french = BY_NAME["M12/numerator"]
    assert french.where == {"region": ("northern-europe-excl-denmark",), "verdict": ("negative",)}
    assert (french.count, french.country) == (1, ("FRA",))
    assert all(not margin.country for margin in MARGINS if margin is not french)


def test_the_system_has_29_distinct_equations_of_which_16_are_independent():
    assert len(equations(MARGINS)) == 29
    assert rank(MARGINS) == 16


def test_rank_agrees_with_a_numerical_one():
    for seed in range(5):
        some = random.Random(seed).sample(MARGINS, 12)
        matrix = [[float(cell in e.cells) for cell in range(54)] for e in equations(some)]
        assert rank(some) == np.linalg.matrix_rank(np.array(matrix))
    assert rank([]) == 0


def test_equations_do_not_depend_on_the_order_of_the_margins():
    shuffled = random.Random(1).sample(MARGINS, len(MARGINS))
    assert equations(shuffled) == equations(MARGINS)
    assert Equation(tuple(range(54)), 72) in equations(MARGINS)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (claim(dimensions="unit=result; outcome=employment"), "'outcome' is no dimension"),
        (claim(dimensions="unit=result; period=before-2001"), "'before-2001' is no period"),
        (claim(dimensions="region=denmark"), "unit=result or unit=study"),
        (claim(dimensions="unit=trial"), "unit=result or unit=study"),
        (claim(dimensions="unit=result; region"), "no new key=value"),
        (claim(dimensions="unit=result; region=denmark; region=denmark"), "no new key=value"),
        (claim(denominator_dimensions=""), "denominator_dimensions does not say unit=result"),
        (claim(denominator_dimensions="unit=study"), "denominator_dimensions does not say unit=result"),
        (claim(denominator=""), "denominator '' is no whole number"),
        (claim(numerator="-3"), "numerator '-3' is no whole number"),
        (claim(numerator="3.5"), "numerator '3.5' is no whole number"),
        (claim(denominator="٣"), "is no whole number"),
    ],
)
def test_a_claim_that_is_no_equation_of_the_table_is_refused_by_its_id(row, fault):
    with pytest.raises(MarginError, match=fault) as caught:
        margins_from_claims([row])
    assert caught.value.place == "X1"


def test_a_claim_told_twice_is_refused():
    with pytest.raises(MarginError, match="X1: stands twice"):
        margins_from_claims([claim(), claim(numerator="")])


def test_a_negative_number_of_results_is_refused():
    with pytest.raises(MarginError, match="below zero"):
        Margin("X1", "numerator", {}, -1)


def test_dimensions_reads_alternatives():
    assert dimensions(" unit = result;region=a | b; ") == {"unit": ("result",), "region": ("a", "b")}
    assert dimensions("") == {}
    with pytest.raises(MarginError, match="X1"):
        dimensions("region=a|", "X1")


def test_another_frame_has_its_own_cells():
    small = Frame(("denmark",), ("2001-2010",), ("net",), ("positive", "none"))
    assert len(small.cells()) == 2
    assert equations([Margin("X1", "numerator", {"verdict": ("none",)}, 4)], small) == (Equation((1,), 4),)


def test_unmet_counts_records_and_minds_the_printed_country():
    told = [
        Margin("X1", "numerator", {"verdict": ("negative",)}, 1, ("FRA",)),
        Margin("X1", "denominator", {"verdict": ("negative", "none")}, 2),
    ]
    records = [{"verdict": "negative", "country": "FRA"}, {"verdict": "none"}]
    assert unmet(records, told) == []
    assert unmet(({**record, "country": None} for record in records), told) == ["X1/numerator"]
    assert unmet(records[:1], told) == ["X1/denominator"]


def test_unmet_by_table_names_the_margins_that_a_table_misses():
    empty = dict.fromkeys(FRAME.cells(), 0)
    assert unmet_by_table(empty, MARGINS) == [margin.name for margin in MARGINS]
    alone = {**empty, FRAME.cells()[0]: 1}
    assert unmet_by_table(alone, [Margin("X1", "numerator", {"region": ("denmark",)}, 1)]) == []


def test_importing_the_numerical_rooms_loads_no_numerical_library():
    program = (
        "import sys, samtaler_kg.margins, samtaler_kg.bounds, samtaler_kg.reconstruct;"
        "print(*sorted({'numpy', 'scipy', 'pandas', 'rdflib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
