"""Statistics of counts: the published test vectors, and every value against a second library or exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import binom_test, proportion_confint

from samtaler_kg.count.statistics import INTERVALS, clopper_pearson, majority_chance, sign_test, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CLOSE = 1e-9


@pytest.mark.parametrize(
    ("k", "n", "p"), [(9, 9, 0.00390625), (5, 6, 0.21875), (7, 9, 0.17969), (12, 15, 0.03516), (30, 40, 0.00222)]
)
def test_the_sign_test_gives_the_known_values(k: int, n: int, p: float) -> None:
    assert sign_test(k, n) == pytest.approx(p, abs=5e-6)


@pytest.mark.parametrize(("n", "chance"), [(10, 0.047), (20, 0.017), (40, 0.0024), (72, 0.0001)])
def test_a_vote_on_significance_misleads_the_more_the_more_studies(n: int, chance: float) -> None:
    places = len(str(chance)) - 2
    assert round(majority_chance(n, 0.3), places) == chance


@given(COUNTS)
def test_the_wilson_interval_is_that_of_a_second_library(count: tuple[int, int]) -> None:
    assert wilson(*count) == pytest.approx(proportion_confint(*count, method="wilson"), abs=CLOSE)


@given(COUNTS)
def test_the_clopper_pearson_interval_is_that_of_a_second_library(count: tuple[int, int]) -> None:
    assert clopper_pearson(*count) == pytest.approx(proportion_confint(*count, method="beta"), abs=CLOSE)


@given(COUNTS)
def test_the_sign_test_is_that_of_a_second_library_and_of_exact_arithmetic(count: tuple[int, int]) -> None:
    k, n = count
    tail = sum(comb(n, i) for i in range(min(k, n - k) + 1))
    exact = min(Fraction(1), Fraction(2 * tail, 2**n))
    assert sign_test(k, n) == pytest.approx(float(exact), abs=CLOSE)
    assert sign_test(k, n) == pytest.approx(binom_test(k, n), abs=CLOSE)


@given(st.integers(1, 120), st.sampled_from([Fraction(1, 10), Fraction(3, 10), Fraction(1, 2), Fraction(4, 5)]))
def test_the_chance_of_a_majority_is_that_of_exact_arithmetic(n: int, power: Fraction) -> None:
    exact = sum(comb(n, k) * power**k * (1 - power) ** (n - k) for k in range(n + 1) if 2 * k > n)
    assert majority_chance(n, float(power)) == pytest.approx(float(exact), abs=CLOSE)


@given(COUNTS)
def test_every_interval_holds_the_share_and_stays_between_nothing_and_all(count: tuple[int, int]) -> None:
    k, n = count
    for interval in INTERVALS.values():
        low, high = interval(k, n)
        assert 0 <= low <= k / n + CLOSE
        assert k / n - CLOSE <= high <= 1
