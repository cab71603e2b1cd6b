"""The committed table is what the declared rule gives, whatever the order, hash seed or rounding."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from itertools import product
from math import fsum, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

import samtaler_kg.reconstruct as room
from samtaler_kg.bounds import Infeasible, Unsolved
from samtaler_kg.margins import FRAME, Frame, Margin, equations, margins_from_claims, unmet_by_table
from samtaler_kg.reconstruct import distance, maximum_entropy, nearest_table, read_table

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "import" / "claims.csv"
COMMITTED = ROOT / "data" / "reconstruction" / "table.csv"
with FIXTURE.open(encoding="utf-8", newline="") as file:
    MARGINS = margins_from_claims(csv.DictReader(file))
TABLE = read_table(COMMITTED)
CELLS = FRAME.cells()
EXACT_SCALE = (
    331_338  # lcm of 49 * 49, 3 * 7 * 23 and 2 * 23: every cell below is a whole multiple of 1/331338
)


def exact(cell: tuple[str, ...]) -> Fraction:
    """The maximum-entropy cell in closed form.

    Given the direction, region and mechanism are independent of each other and of the period; the memo
    gives the periods of the positives, and of the 23 others only together (13, 6 and 4).
    """
    region, period, mechanism, verdict = cell
    n = FRAME.period.index(period)
    if verdict == "positive":
        share = (26, 23)[region != "denmark"] * (22, 19, 8)[n]
        return Fraction(share * {"motivation": 12, "programme": 21, "net": 16}[mechanism], 49 * 49)
    when = Fraction((13, 6, 4)[n], 23)
    if verdict == "none":
        return when * (8, 13)[region != "denmark"] * Fraction(7, 21)
    return when * Fraction(mechanism != "motivation", 2)


AIMS = [int(EXACT_SCALE * exact(cell)) for cell in CELLS]


# The table


def test_the_committed_table_meets_every_margin():
    assert unmet_by_table(TABLE, MARGINS) == []
    assert sum(TABLE.values()) == 72


def test_the_committed_table_is_the_nearest_and_first_of_the_nearest():
    assert nearest_table(MARGINS) == TABLE
    assert distance(TABLE, maximum_entropy(MARGINS)) == 14_145_500


def test_proportional_fitting_finds_the_closed_form():
    ideal = maximum_entropy(MARGINS)
    assert max(abs(ideal[cell] - float(exact(cell))) for cell in CELLS) < 1e-11
    assert all(ideal[cell] == 0 for cell in CELLS if cell[2:] == ("motivation", "negative"))


def test_the_table_is_the_same_when_the_ideal_is_not_rounded(monkeypatch):
    """The closed form in whole multiples of 1/331338: no rounding makes or breaks a tie."""
    assert all(EXACT_SCALE * exact(cell) == aim for cell, aim in zip(CELLS, AIMS, strict=True))
    monkeypatch.setattr(room, "SCALE", EXACT_SCALE)
    near = room._Near(equations(MARGINS), tuple(AIMS))
    assert near.least == 4_686_940
    assert near.first() == list(TABLE.values())


def test_no_table_is_nearer_by_another_formulation():
    """Distances as variables of their own (d >= n - aim, d >= aim - n) instead of the room's steps."""
    eye, size = np.eye(54), 54
    sums = equations(MARGINS)
    fit = np.array([[float(cell in e.cells) for cell in range(size)] + [0.0] * size for e in sums])
    totals = [e.total for e in sums]
    aims = np.array(AIMS) / EXACT_SCALE
    answer = milp(
        np.concatenate([np.zeros(size), np.ones(size)]),
        integrality=np.concatenate([np.ones(size), np.zeros(size)]),
        bounds=Bounds(0, 72),
        constraints=[
            LinearConstraint(fit, totals, totals),
            LinearConstraint(np.hstack([eye, -eye]), -np.inf, aims),
            LinearConstraint(np.hstack([-eye, -eye]), -np.inf, -aims),
        ],
        options={"mip_rel_gap": 0, "time_limit": 60},
    )
    assert answer.mip_dual_bound * EXACT_SCALE == pytest.approx(4_686_940, abs=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_margins_does_not_matter(seed):
    shuffled = random.Random(seed).sample(MARGINS, len(MARGINS))
    assert maximum_entropy(shuffled) == maximum_entropy(MARGINS)
    assert nearest_table(shuffled) == TABLE


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_hash_seed_does_not_matter(seed):
    program = (
        "import csv, sys; from samtaler_kg.margins import margins_from_claims as read;"
        "from samtaler_kg.reconstruct import nearest_table;"
        "print(*nearest_table(read(csv.DictReader(open(sys.argv[1], encoding='utf-8')))).values())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(FIXTURE)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(count) for count in TABLE.values()]


def test_margins_that_clash_have_no_table():
    wrong = [Margin("X1", "numerator", {"region": ("denmark",)}, 34)]
    for room_verb in (maximum_entropy, nearest_table):
        with pytest.raises(Infeasible) as caught:
            room_verb([*MARGINS, *wrong])
        assert "X1" in caught.value.claims


def test_a_cell_in_no_margin_has_no_largest_entropy():
    with pytest.raises(Unsolved, match="in no margin"):
        maximum_entropy([Margin("X1", "numerator", {"region": ("denmark",)}, 3)])


# Against exhaustive enumeration

SMALL = Frame(("a", "b"), ("p",), ("m", "n"), ("x", "y"))
MARGIN_DIMS = [("region",), ("verdict",), ("mechanism",), ("region", "verdict"), ("mechanism", "verdict")]


def margins_of(table: tuple[int, ...], groups: list[tuple[str, ...]]) -> list[Margin]:
    """The total of a table and its counts over some groups of dimensions."""
    margins = [Margin("T", "numerator", {}, sum(table))]
    for group in groups:
        for codes in product(*(SMALL.codes(dim) for dim in group)):
            where = {dim: (code,) for dim, code in zip(group, codes, strict=True)}
            count = sum(table[cell] for cell in SMALL.select(where))
            margins.append(Margin("".join(codes), "numerator", where, count))
    return margins


def all_tables(margins: list[Margin], total: int) -> list[tuple[int, ...]]:
    sums = equations(margins, SMALL)
    return [
        table
        for table in product(range(total + 1), repeat=8)
        if sum(table) == total and all(sum(table[n] for n in e.cells) == e.total for e in sums)
    ]


def entropy(values: list[float]) -> float:
    return -fsum(value * log(value) for value in values if value)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(0, 7), min_size=1, max_size=3),
    st.lists(st.sampled_from(MARGIN_DIMS), max_size=3, unique=True),
)
def test_small_tables_are_the_nearest_and_first_of_all(filled, groups):
    told = Counter(filled)
    margins = margins_of(tuple(told[cell] for cell in range(8)), groups)
    ideal = maximum_entropy(margins, SMALL)
    fitting = all_tables(margins, len(filled))
    for equation in equations(margins, SMALL):
        assert fsum(list(ideal.values())[n] for n in equation.cells) == pytest.approx(equation.total)
    centre = [fsum(counts) / len(fitting) for counts in zip(*fitting, strict=True)]
    assert entropy(list(ideal.values())) >= entropy(centre) - 1e-9
    tables = [dict(zip(SMALL.cells(), counts, strict=True)) for counts in fitting]
    ranked = min(tables, key=lambda table: (distance(table, ideal, SMALL), *table.values()))
    assert nearest_table(margins, SMALL) == ranked
