"""Jobeffekter.dk's rule: the portal's own examples, vectors of our own, its weights, and what a reader may assume."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from itertools import combinations, product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.count.jobeffekter import Scale, Vote, conclude, contribution, distance
from samtaler_kg.count.votes import Row
from samtaler_kg.count.weights import Weighing, weighing
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused

SCALE = Scale(Decimal(1), Decimal("0.55"))
A, B = Decimal("0.20"), Decimal("0.10")
POSITIVE, NONE, NEGATIVE = 1, 0, -1


def test_the_portals_own_examples() -> None:
    weights = [Decimal(weight) for weight in ("0.5", "0.8", "1", "0.5", "1")]
    assert contribution(weights) == A
    assert contribution([*weights[:4], Decimal("0.5")]) == B


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        pytest.param([(A, POSITIVE)], "few-studies", id="A×1"),
        pytest.param([(A, POSITIVE)] * 5, "positive", id="A×5 is exactly 1.00, not few"),
        pytest.param([(Decimal(1), POSITIVE)], "positive", id="1.0×1"),
        pytest.param([(B, POSITIVE)] * 11 + [(B, NONE)] * 9, "positive", id="exactly 55 %"),
        pytest.param([(B, POSITIVE)] * 10 + [(B, NONE)] * 10, "conflicting", id="half and half"),
        pytest.param([(A, NONE)] * 4 + [(A, POSITIVE)] * 2, "none", id="A×4 none, A×2 positive"),
        pytest.param([(A, NEGATIVE)] * 6 + [(A, POSITIVE)], "negative", id="A×6 negative, A×1 positive"),
        pytest.param([(A, r) for r in (POSITIVE, NONE, NEGATIVE) for _ in range(2)], "conflicting", id="A×2 of each"),
        pytest.param([(A * Decimal("0.5"), POSITIVE)] * 10, "positive", id="A with C 0.5, ×10"),
        pytest.param([(A * Decimal("0.25"), POSITIVE)] * 19, "few-studies", id="A with C 0.25, ×19 is 0.95"),
        pytest.param([], "few-studies", id="nothing"),
    ],
)
def test_the_conclusion_of_known_votes(votes: list[Vote], label: str) -> None:
    assert conclude(votes, SCALE).label == label


def test_ten_contributions_of_a_tenth_are_exactly_one() -> None:
    found = conclude([(B, POSITIVE)] * 10, SCALE)
    assert found.amount == 1
    assert sum([0.10] * 10) != 1  # what binary floats would have made of it


WEIGHTS = st.sampled_from([A, B, Decimal(1), Decimal("0.4")])
VOTES = st.lists(st.tuples(WEIGHTS, st.sampled_from([1, 0, -1])), max_size=5)


@given(VOTES)
def test_the_distance_is_the_fewest_results_that_change_the_conclusion(votes: list[Vote]) -> None:
    label, found = conclude(votes, SCALE).label, None
    for moved in range(1, len(votes) + 1):
        for which in combinations(range(len(votes)), moved):
            for to in product((1, 0, -1), repeat=moved):
                other = list(votes)
                for n, direction in zip(which, to, strict=True):
                    other[n] = (votes[n][0], direction)
                if conclude(other, SCALE).label != label and found is None:
                    found = moved
    assert distance(votes, SCALE) == found


#: The portal's table: factor → level → weight and how it is known; None where the portal does not show it.
TABLE = {
    "K": {"good": ("1", "read"), "satisfactory": ("0.5", "read"), "not-satisfactory": ("0.25", "read")},
    "M": {"effect-study": ("0.8", "read"), "rct": ("1", "inferred")},
    "G": {"denmark": ("1", "read"), "abroad": None},
    "T": {"none": ("0.5", "read"), "highest": ("1", "inferred"), "journal": None},
    "C": {"none": ("1", "read"), "one": ("0.5", "read"), "both": ("0.25", "read")},
    "F": {
        "main-only": ("1", "read"),
        "partial-only": ("0.5", "read"),
        "main-of-both": ("0.67", "read"),
        "partial-of-both": None,
    },
}


def test_the_weights_are_those_of_the_portals_table(base: Base) -> None:
    how = weighing(base, {})
    found = {
        factor.name: {level: w and (f"{w.value}", w.standing) for level, w in factor.levels.items()}
        for factor in how.factors
    }
    assert found == TABLE
    assert how.scale == SCALE


def test_what_the_portal_does_not_show_has_no_value_in_the_data(base: Base) -> None:
    table = tomllib.loads((base.data / "jobeffekter.toml").read_text(encoding="utf-8"))
    levels = [level for factor in table["factor"].values() for level in factor["level"].values()]
    assert [level for level in levels if (level["standing"] == "assumed") == ("value" in level)] == []


DANISH: Row = {
    "verdict": "positive",
    "quality": None,
    "design": "difference-in-differences",
    "country": "DNK",
    "publication_type": "report",
    "bundle": "none",
}


@pytest.fixture
def how(base: Base) -> Weighing:
    """The weights where a reader assumes that every study is satisfactory."""
    return weighing(base, {"quality": "satisfactory"})


def test_an_assumed_grade_gives_the_portals_first_example(how: Weighing) -> None:
    found = how.weigh([DANISH])
    assert found.votes == ((A, POSITIVE),)
    assert {weight.factor: weight.standing for weight in found.weights} == {
        "K": "assumed",
        "M": "read",
        "G": "read",
        "T": "read",
        "C": "read",
    }


@pytest.mark.parametrize(
    ("column", "code", "parameter"),
    [
        ("country", "SWE", "geography"),
        ("publication_type", "journal-article", "journal"),
        ("publication_type", None, "journal"),
        ("design", "other", "method"),
        ("design", None, "method"),
        ("bundle", "private-provider", "combination"),
    ],
)
def test_a_result_that_lacks_a_weight_is_left_out_and_counted(
    how: Weighing, base: Base, column: str, code: str | None, parameter: str
) -> None:
    row = {**DANISH, column: code}
    found = how.weigh([row, DANISH])
    assert (len(found.votes), found.left_out, found.lacking) == (1, 1, {parameter: 1})
    assumed = weighing(base, {"quality": "satisfactory", parameter: "0.25"}).weigh([row])
    assert [weight.standing for weight in assumed.weights if weight.level == "stated"] == ["assumed"]
    assert assumed.votes[0][0] == prod(weight.value for weight in assumed.weights)


def test_no_grade_means_no_weight(base: Base) -> None:
    assert weighing(base, {}).weigh([DANISH]).lacking == {"quality": 1}
    assert weighing(base, {}).weigh([{**DANISH, "quality": "good"}]).votes == ((Decimal("0.4"), POSITIVE),)


def test_main_and_partial_results_weigh_only_where_a_reader_says_so(base: Base) -> None:
    assumed = weighing(base, {"quality": "satisfactory", "part": "main-of-both"})
    assert assumed.weigh([DANISH]).votes == ((A * Decimal("0.67"), POSITIVE),)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("qualty", "good", "unknown-assumption"),
        ("quality", "excellent", "bad-assumption"),
        ("geography", "0", "bad-assumption"),
        ("geography", "1.5", "bad-assumption"),
        ("geography", "-0.5", "bad-assumption"),
        ("geography", "0.12345", "bad-assumption"),
        ("geography", "abroad", "bad-assumption"),
        ("geography", "nan", "bad-assumption"),
        ("geography", "0.000", "bad-assumption"),
    ],
)
def test_what_cannot_be_assumed_is_refused(base: Base, name: str, value: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        weighing(base, {name: value})
    assert [found.name for found in refused.value.problems] == [problem]
