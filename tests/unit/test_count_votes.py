"""Votes, their conclusions and how far these are from another one: the rules on small cases worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.count.direction import KINDS, one_verdict, side
from samtaler_kg.count.labels import distance, majority, settled
from samtaler_kg.count.leave_out import Flip, rests_on
from samtaler_kg.count.reconstruction import Range
from samtaler_kg.count.rules import Rule, read_rules
from samtaler_kg.count.votes import Place, Row, grouped, tally
from samtaler_kg.places import Base

FAVOURS = ("intervention", "comparison", "neither", "unknown")


@pytest.fixture(scope="module")
def rules(base: Base) -> Mapping[str, Rule]:
    """The declared rules."""
    return read_rules(base)


def row(study: str, outcome: str, verdict: str, favours: str, cluster: str = "") -> Row:
    return {
        "result": f"{study}-{outcome}-{verdict}-{favours}",
        "study": study,
        "cluster": cluster or study,
        "outcome": outcome,
        "outcome_group": "memo-three",
        "verdict": verdict,
        "favours": favours,
        "purpose": "mixed",
    }


#: Two studies of one trial, one study alone.
ROWS = [
    row("a", "employment", "positive", "intervention", "t"),
    row("a", "employment", "none", "unknown", "t"),
    row("a", "self-support", "none", "unknown", "t"),
    row("b", "employment", "positive", "intervention", "t"),
    row("b", "employment", "negative", "comparison", "t"),
    row("c", "employment", "none", "comparison"),
]


@pytest.mark.parametrize(
    ("favours", "vote"),
    [
        (["intervention", "intervention"], "positive"),
        (["comparison"], "negative"),
        (["intervention", "unknown"], "positive"),
        (["intervention", "comparison", "unknown"], "mixed"),
        (["unknown", "unknown"], "unknown"),
        ([], "unknown"),
        (["neither", "unknown"], "none"),
        (["neither", "comparison"], "negative"),
    ],
)
def test_all_known_signs_on_one_side_are_that_side(favours: list[str], vote: str) -> None:
    assert side(favours) == vote


@given(st.lists(st.sampled_from(FAVOURS), max_size=6))
def test_an_unknown_sign_says_nothing_and_is_never_zero(favours: list[str]) -> None:
    assert side([*favours, "unknown"]) == side(favours)
    assert side(favours) != "none" or "neither" in favours


def test_verdicts_that_differ_are_mixed() -> None:
    assert [one_verdict(said) for said in (["none"], ["positive", "negative"], ["positive", "none"], [])] == [
        "none",
        "mixed",
        "mixed",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("rule", "votes"),
    [
        ("memo", (2, 3, 1, 0, 0)),
        ("direction", (1, 0, 1, 1, 1)),  # a on employment +, a on self-support ?, b on employment mixed, c -
        ("per-study", (0, 1, 0, 2, 0)),
        ("per-trial", (0, 1, 0, 1, 0)),
    ],
)
def test_each_rule_makes_its_own_votes(rules: Mapping[str, Rule], rule: str, votes: tuple[int, ...]) -> None:
    assert tally(ROWS, rules[rule]) == dict(zip(KINDS, votes, strict=True))


def test_rows_are_grouped_by_code_and_group_of_outcomes() -> None:
    other = {**ROWS[0], "purpose": None}
    assert [(place, len(found)) for place, found in grouped([*ROWS, other], "purpose").items()] == [
        (Place(None, "memo-three"), 1),
        (Place("mixed", "memo-three"), 6),
    ]


def test_every_rule_says_all_that_it_must(rules: Mapping[str, Rule]) -> None:
    assert list(rules) == ["memo", "direction", "per-study", "per-trial", "jobeffekter"]
    for rule in rules.values():
        assert rule.sources, rule.name
        for words in (rule.label, rule.standing, rule.caveat, rule.conclusion):
            assert set(words) == {"da", "en"}
            assert all(words.values())
            assert words["da"] != words["en"]
        assert set(rule.share_of) <= set(KINDS)
        assert "unknown" not in rule.share_of
    named = [("memo", "Cochrane"), ("direction", "Boon & Thomson 2020"), ("direction", "Nikolakopoulos 2020")]
    for name, source in named:
        assert all(source in text for text in rules[name].caveat.values())
    assert [name for name, rule in rules.items() if rule.sign_test] == ["direction"]
    assert [name for name, rule in rules.items() if rule.knows("reconstructed")] == ["memo"]


@given(st.dictionaries(st.sampled_from(["positive", "none", "negative"]), st.integers(0, 5), min_size=1))
def test_the_distance_is_the_fewest_votes_that_change_the_conclusion(votes: dict[str, int]) -> None:
    held = [kind for kind, n in votes.items() for _ in range(n)]
    kinds = ["positive", "none", "negative"]
    found = None
    for moved in range(len(held) + 1):
        other = (
            Counter(held) - Counter(away) + Counter(to)
            for away in set(combinations_with_replacement(sorted(set(held)), moved))
            if not Counter(away) - Counter(held)
            for to in combinations_with_replacement(kinds, moved)
        )
        if any(majority({kind: case[kind] for kind in kinds}) != majority(votes) for case in other):
            found = moved
            break
    if len(votes) > 1 or not held:
        assert distance(votes) == found


def test_a_conclusion_between_two_ends_is_told_only_where_it_is_settled() -> None:
    for low, high in product(range(5), range(5)):
        if low <= high:
            label = settled({"positive": Range(low, high), "none": Range(0, 0)}, 4)
            assert label == ("positive" if low > 2 else "no-majority" if high <= 2 else "not-identified")


def test_leaving_one_out_names_what_a_conclusion_rests_on(rules: Mapping[str, Rule]) -> None:
    def conclude(rows: object) -> tuple[str, int | None]:
        votes = tally(rows, rules["memo"])  # type: ignore[arg-type]
        return majority(votes) if rows else "no-results", distance(votes)

    said = {"a": "positive", "b": "positive", "c": "none"}
    rows = [row(study, "x", verdict, "unknown") for study, verdict in said.items()]
    assert rests_on(rows, "study", conclude) == (
        3,
        "positive",
        1,
        (Flip("a", "no-majority"), Flip("b", "no-majority")),
    )
    assert rests_on(rows[:1], "study", conclude) == (1, "positive", 1, (Flip("a", "no-results"),))
    assert rests_on([], "study", conclude)[:2] == (0, "no-results")
