"""Counts under every rule, against a plain count of the handed-over tables that knows neither graph nor SPARQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from samtaler_kg.count import Count, count, leave_one_out
from samtaler_kg.graph import Graph
from samtaler_kg.intervals import interval
from samtaler_kg.problems import Refused

if TYPE_CHECKING:
    from tests.published.conftest import Account

THREE = {"exit-from-unemployment", "employment", "self-support"}
KINDS = ("positive", "none", "negative", "mixed", "unknown")
DIMENSIONS = ("region", "country", "period", "mechanism", "purpose", "outcome", "target_group", "design", "bundle")

Result = Mapping[str, str]


@pytest.fixture(scope="module")
def results(account: Account) -> list[Result]:
    """Every result that restates no other, with its study's columns, its cluster and its group of outcomes."""
    studies = {row["study_id"]: row for row in account.tables["studies"]}
    clusters = joined(account)
    found = []
    for row in account.tables["results"]:
        if not row["same_effect_as"]:
            study = studies[row["study_id"]]
            group = "memo-three" if row["outcome"] in THREE else row["outcome"]
            found.append({**study, **row, "cluster": clusters[row["study_id"]], "outcome_group": group})
    return found


def joined(account: Account) -> dict[str, str]:
    """The unit of each study: trials that share a study are one, a study in no trial is its own."""
    unit = {row["study_id"]: row["study_id"] for row in account.tables["studies"]}
    for _ in range(len(unit)):
        before = dict(unit)
        for trial in {row["trial_id"] for row in account.tables["trials"]}:
            members = [row["study_id"] for row in account.tables["trials"] if row["trial_id"] == trial]
            least = min(unit[study] for study in members)
            unit.update(dict.fromkeys(members, least))
        if unit == before:
            break
    return unit


def in_memo_scope(row: Result) -> bool:
    years = row["year"].isdecimal() and 2001 <= int(row["year"]) <= 2022
    return years and row["outcome"] in THREE and row["job_ready"] == "yes"


def by_verdict(rows: list[Result]) -> str:
    said = {row["verdict"] for row in rows}
    return "mixed" if len(said) > 1 else said.pop()


def by_side(rows: list[Result]) -> str:
    said = {row["favours"] for row in rows} - {"unknown"}
    if len(said) > 1:
        return "mixed"
    return {"intervention": "positive", "comparison": "negative", "": "unknown"}[said.pop() if said else ""]


#: Rule → the columns of what has one vote, and how its results make it.
RULES: Mapping[str, tuple[tuple[str, ...], Callable[[list[Result]], str]]] = {
    "memo": (("result_id",), by_verdict),
    "direction": (("study_id", "outcome"), by_side),
    "per-study": (("study_id",), by_verdict),
    "per-trial": (("cluster",), by_verdict),
}


def plain_count(rows: list[Result], rule: str, by: str | None) -> dict[tuple[str, str], dict[str, int]]:
    places: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for row in rows:
        places[(row[by] or "" if by else "", row["outcome_group"])].append(row)
    return {place: voted(found, rule) for place, found in places.items()}


def voted(rows: list[Result], rule: str) -> dict[str, int]:
    columns, vote = RULES[rule]
    units: dict[tuple[str, ...], list[Result]] = defaultdict(list)
    for row in rows:
        units[tuple(row[column] for column in columns)].append(row)
    votes = Counter(vote(found) for found in units.values())
    distinct = {name: len({row[column] for row in rows}) for name, column in LEVELS.items()}
    return {**{kind: votes[kind] for kind in KINDS}, **distinct}


LEVELS = {"results": "result_id", "studies": "study_id", "trials": "cluster"}


def told(counts: list[Count]) -> dict[tuple[str, str], dict[str, object]]:
    return {
        (each.group or "", each.outcome_group or ""): {name: getattr(each, name) for name in (*KINDS, *LEVELS)}
        for each in counts
    }


@pytest.mark.parametrize("scope", ["memo", "all"])
@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("by", [None, *DIMENSIONS])
def test_every_count_is_that_of_the_tables(
    graph: Graph, results: list[Result], rule: str, by: str | None, scope: str
) -> None:
    rows = [row for row in results if scope == "all" or in_memo_scope(row)]
    assert told(count(graph, rule, by, scope=scope)) == plain_count(rows, rule, by)


@pytest.mark.parametrize(
    ("rule", "votes"),
    [
        ("memo", (134, 47, 17, 0, 0)),
        ("direction", (75, 0, 7, 10, 11)),
        ("per-study", (43, 6, 4, 34, 0)),
        ("per-trial", (24, 5, 3, 29, 0)),
    ],
)
def test_the_counts_in_the_memos_scope(graph: Graph, rule: str, votes: tuple[int, ...]) -> None:
    (found,) = count(graph, rule)
    assert tuple(getattr(found, kind) for kind in KINDS) == votes
    assert (found.results, found.studies, found.trials) == (198, 87, 61)


def test_a_restriction_restricts_every_rule_alike(graph: Graph, results: list[Result]) -> None:
    where = {"region": "denmark", "mechanism": "programme|lock-in", "year_from": 2008}
    rows = [
        row
        for row in results
        if row["region"] == "denmark" and row["mechanism"] in {"programme", "lock-in"} and row["year"] >= "2008"
    ]
    assert rows
    for rule in RULES:
        assert told(count(graph, rule, where=where, scope="all")) == plain_count(rows, rule, None)


@pytest.mark.parametrize("by", ["country", "purpose", "mechanism"])
@pytest.mark.parametrize("unit", ["study", "trial"])
def test_leaving_one_out_is_counting_without_it(
    graph: Graph, results: list[Result], unit: str, by: str
) -> None:
    column = {"study": "study_id", "trial": "cluster"}[unit]
    rows = [row for row in results if in_memo_scope(row)]
    for left in leave_one_out(graph, "per-study", unit, by):
        here = [row for row in rows if row[by] == left.group]
        units = {row[column] for row in here}
        after = {one: concluded([row for row in here if row[column] != one]) for one in units}
        assert (left.units, left.label) == (len(units), concluded(here))
        assert sorted(flip.label for flip in left.flips) == sorted(x for x in after.values() if x != left.label)
        if unit == "study" and left.distance and left.distance > 1:
            assert left.flips == ()


def concluded(rows: list[Result]) -> str:
    votes = voted(rows, "per-study")
    kinds = [kind for kind in KINDS if 2 * votes[kind] > votes["studies"]]
    return kinds[0] if kinds else "no-majority" if rows else "no-results"


def test_a_sign_that_is_not_known_is_no_sign(graph: Graph) -> None:
    (found,) = count(graph, "direction", where={"favours": "unknown"})
    assert (found.positive, found.none, found.negative, found.mixed) == (0, 0, 0, 0)
    assert found.unknown == 34
    assert (found.share, found.low, found.high, found.p, found.label) == (None, None, None, None, "unknown")


def test_nothing_counted_is_told_as_nothing(graph: Graph) -> None:
    for rule in RULES:
        (found,) = count(graph, rule, where={"country": "POL", "region": "denmark"})
        assert (found.results, found.studies, found.trials, found.share, found.label) == (0, 0, 0, None, "no-results")


def test_side_by_side_every_rule_is_told_and_one_that_does_not_fit_says_so(graph: Graph) -> None:
    found = {each.rule: each for each in count(graph, "all")}
    assert list(found) == ["memo", "direction", "per-study", "per-trial", "jobeffekter"]
    none = found["jobeffekter"]
    assert (none.label, none.results) == ("not-applicable", 198)
    assert {getattr(none, kind) for kind in (*KINDS, "share")} == {None}
    assert {each.rule for each in found.values() if each.p is not None} == {"direction"}


def test_jobeffekter_applies_to_no_coded_study_without_an_assumed_grade(graph: Graph) -> None:
    with pytest.raises(Refused) as refused:
        count(graph, "jobeffekter")
    assert [problem.name for problem in refused.value.problems] == ["no-grades"]
    denmark, abroad = count(graph, "jobeffekter", "region", assume={"quality": "good"})
    assert (denmark.label, denmark.unknown, abroad.label, abroad.unknown) == ("positive", 17, "not-applicable", 173)
    assert {"factor": "K", "level": "good", "value": 1.0, "standing": "assumed"} in denmark.assumed
    for words in denmark.caveat.values():
        assert all(f"{factor} " in words for factor in "KMGTC")


def test_every_figure_of_the_reconstruction_is_a_point_or_what_it_lies_between(graph: Graph) -> None:
    regions = count(graph, "memo", "region", layer="reconstructed")
    assert [(r.group, r.positive, r.results, r.studies, r.trials) for r in regions] == [
        ("denmark", 26, 35, None, None),
        ("northern-europe-excl-denmark", 23, 37, None, None),
    ]
    (cell,) = count(graph, "memo", layer="reconstructed", where={"region": "denmark", "period": "2011-2015"})
    assert (cell.positive, cell.share, cell.label, cell.interval) == (None, None, "not-identified", "bounds")
    assert cell.ranges["positive"] == (0, 19)
    periods = count(graph, "memo", "period", layer="reconstructed")
    assert [(p.positive, p.ranges["none"], p.negative, p.label) for p in periods] == [
        (22, (11, 13), None, "positive"),
        (19, (4, 6), None, "positive"),
        (8, (2, 4), None, "positive"),
    ]
    assert all("Reconstructed layer" in each.caveat["en"] for each in [*regions, cell, *periods])


def test_a_cell_that_this_one_reconstruction_has_empty_is_told_as_open(graph: Graph) -> None:
    where = {"verdict": "negative", "period": "2016-2022", "mechanism": "net"}
    found = count(graph, "memo", "region", layer="reconstructed", where=where)
    assert [(each.group, each.negative, each.ranges["negative"]) for each in found] == [
        ("denmark", None, (0, 1)),
        ("northern-europe-excl-denmark", None, (0, 1)),
    ]


@pytest.mark.parametrize("rule", ["direction", "per-study", "per-trial", "jobeffekter"])
def test_rules_that_need_studies_refuse_the_reconstruction(graph: Graph, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        count(graph, rule, layer="reconstructed", assume={"quality": "good"} if rule == "jobeffekter" else None)
    assert [problem.name for problem in refused.value.problems] == ["rule-not-on-layer"]


@pytest.mark.parametrize(
    ("where", "low", "high"),
    [
        ({"verdict": "negative", "period": "2001-2010"}, 0, 2),
        ({"verdict": "negative", "period": "2011-2015"}, 0, 2),
        ({"verdict": "negative", "period": "2016-2022"}, 0, 2),
        ({"verdict": "none", "period": "2001-2010"}, 11, 13),
        ({"verdict": "none", "period": "2011-2015"}, 4, 6),
        ({"verdict": "none", "period": "2016-2022"}, 2, 4),
        ({"region": "denmark", "period": "2011-2015", "verdict": "positive"}, 0, 19),
        ({"region": "northern-europe-excl-denmark", "period": "2001-2010"}, 4, 35),
        ({"region": "denmark", "mechanism": "motivation"}, 0, 19),
    ],
)
def test_what_the_memo_does_not_print_is_an_interval(
    graph: Graph, where: Mapping[str, str], low: int, high: int
) -> None:
    found = interval(graph, where)
    assert (found.low, found.high, found.identified) == (low, high, False)
