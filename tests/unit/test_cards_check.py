"""Checking a card: what triples could not keep, or would take for something else, is told at its place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samtaler_kg.cards import Card, Grammar, check, read, read_text
from samtaler_kg.cards.read import MAX_PROBLEMS, Path_, key_text
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem

SOUND = """id: a-2010-x
title: T
authors:
  - A. One
  - name: B. Two
year: 2010
country: DNK
purposes:
  - mixed
job_ready: yes
verification: full
results:
  - id: a-2010-x-r1
    mechanism: net
    purpose: mixed
    outcome: employment
    verdict: none
    favours: unknown
    locator: p. 1
    source_url: http://example.org/
    estimate:
      value: 0.80
      unit: percent
      higher_is_better: true
"""

#: What is replaced in the sound card, by what, and each problem: name, line, column, key, and one fact that it tells.
FAULTS: dict[str, tuple[str, str, list[tuple[str, int, int, str, str]]]] = {
    "unknown key": (
        "title: T",
        "titel: T",
        [("missing-key", 1, 1, "title", "title"), ("unknown-key", 2, 1, "titel", "title")],
    ),
    "unknown key, value below": (
        "  - mixed",
        "  - mixed\ndezign:\n  rct",
        [("unknown-key", 10, 1, "dezign", "design")],
    ),
    "unknown key left empty": ("year: 2010", "yaer:", [("unknown-key", 6, 1, "yaer", "year")]),
    "unknown key inside": (
        "      value:",
        "      valeu:",
        [("unknown-key", 22, 7, "results[0].estimate.valeu", "value")],
    ),
    "key of another kind": ("year: 2010", "verdict: none", [("unknown-key", 6, 1, "verdict", "verification")]),
    "keyword of JSON-LD": ("year: 2010", "'@id': x", [("unknown-key", 6, 1, "@id", "")]),
    "the number of an author": (
        "  - name: B. Two",
        "  - name: B\n    position: 1",
        [("unknown-key", 6, 5, "authors[1].position", "name")],
    ),
    "missing key": ("    locator: p. 1\n", "", [("missing-key", 13, 5, "results[0].locator", "locator")]),
    "required key left empty": ("locator: p. 1", "locator:", [("missing-key", 19, 5, "results[0].locator", "locator")]),
    "unknown code": ("verdict: none", "verdict: positve", [("unknown-code", 17, 14, "results[0].verdict", "positive")]),
    "code of another list": (
        "favours: unknown",
        "favours: negative",
        [("unknown-code", 18, 14, "results[0].favours", "negative")],
    ),
    "code in other case": ("job_ready: yes", "job_ready: Yes", [("unknown-code", 10, 12, "job_ready", "yes")]),
    "IRI for a code": ("country: DNK", "country: http://x/DNK", [("unknown-code", 7, 10, "country", "http://x/DNK")]),
    "unknown code in a list": ("  - mixed", "  - mixed\n  - mixd", [("unknown-code", 10, 5, "purposes[1]", "mixed")]),
    "a code twice": ("  - mixed", "  - mixed\n  - mixed", [("value-twice", 10, 5, "purposes[1]", "mixed")]),
    "text for a list": ("purposes:\n  - mixed", "purposes: mixed", [("not-a-list", 8, 11, "purposes", "purposes")]),
    "an empty list": ("purposes:\n  - mixed", "purposes: []", [("not-a-list", 8, 11, "purposes", "purposes")]),
    "a mapping for a list": (
        "purposes:\n  - mixed",
        "purposes:\n  a: mixed",
        [("not-a-list", 9, 3, "purposes", "purposes")],
    ),
    "a mapping for results": (
        "  - id: a-2010-x-r1",
        "    id: a-2010-x-r1",
        [("not-a-list", 13, 5, "results", "results")],
    ),
    "a list for text": ("title: T", "title:\n  - T", [("not-text", 3, 3, "title", "title")]),
    "a mapping for text": ("title: T", "title: {a: b}", [("not-text", 2, 8, "title", "title")]),
    "a list in a list": ("  - mixed", "  - [mixed]", [("not-text", 9, 5, "purposes[0]", "purposes")]),
    "quoted nothing": ("title: T", "title: ''", [("not-text", 2, 8, "title", "title")]),
    "nothing in a list": ("  - A. One", "  -\n", [("not-text", 4, 4, "authors[0]", "name")]),
    "nothing for a code": ("verdict: none", 'verdict: ""', [("not-text", 17, 14, "results[0].verdict", "verdict")]),
    "text for a card": ("  - A. One", "  - [A. One]", [("not-a-mapping", 4, 5, "authors[0]", "author")]),
    "text for a result": (
        "      higher_is_better: true\n",
        "      unit2: x\n  - r2\n",
        [
            ("unknown-key", 24, 7, "results[0].estimate.unit2", "unit"),
            ("not-a-mapping", 25, 5, "results[1]", "result"),
        ],
    ),
    "an empty card": (
        "      value: 0.80\n      unit: percent\n      higher_is_better: true\n",
        "      {}\n",
        [
            ("not-a-mapping", 22, 7, "results[0].estimate", "estimate"),
        ],
    ),
    "a letter in a year": ("year: 2010", "year: 2o10", [("bad-value", 6, 7, "year", "integer")]),
    "a point in a year": ("year: 2010", "year: 2010.0", [("bad-value", 6, 7, "year", "integer")]),
    "a leading zero": ("year: 2010", "year: 02010", [("bad-value", 6, 7, "year", "integer")]),
    "a plus": ("year: 2010", "year: +2010", [("bad-value", 6, 7, "year", "integer")]),
    "other digits": ("year: 2010", "year: ٢٠١٠", [("bad-value", 6, 7, "year", "integer")]),
    "a huge number": ("year: 2010", "year: 1" + "0" * 18, [("bad-value", 6, 7, "year", "integer")]),
    "a month that is none": (
        "results:\n",
        "history:\n  - event: added\n    at: 2026-13-01T00:00:00Z\nresults:\n",
        [("bad-value", 14, 9, "history[0].at", "dateTime")],
    ),
    "a day that is none": (
        "results:\n",
        "history:\n  - event: added\n    at: 2026-02-30T00:00:00Z\nresults:\n",
        [("bad-value", 14, 9, "history[0].at", "dateTime")],
    ),
    "a time without zone": (
        "results:\n",
        "history:\n  - event: added\n    at: 2026-02-03T00:00:00\nresults:\n",
        [("bad-value", 14, 9, "history[0].at", "dateTime")],
    ),
    "yes for true": (
        "better: true",
        "better: yes",
        [("bad-value", 24, 25, "results[0].estimate.higher_is_better", "boolean")],
    ),
    "a space in an id": ("id: a-2010-x\n", "id: a 2010\n", [("bad-id", 1, 5, "id", "a 2010")]),
    "a way out in an id": ("id: a-2010-x\n", "id: ../a\n", [("bad-id", 1, 5, "id", "../a")]),
    "an id as long as a file name may not be": (
        "id: a-2010-x\n",
        "id: " + "a" * 152 + "\n",
        [("bad-id", 1, 5, "id", "a" * 152)],
    ),
    "an id that is a term": ("id: a-2010-x\n", "id: title\n", [("bad-id", 1, 5, "id", "title")]),
    "a reference that is a term": (
        "    locator:",
        "    same_effect_as: note\n    locator:",
        [("bad-id", 19, 21, "results[0].same_effect_as", "note")],
    ),
    "a reference that is an IRI": (
        "    locator:",
        "    same_effect_as: 'sam:x'\n    locator:",
        [("bad-id", 19, 21, "results[0].same_effect_as", "sam:x")],
    ),
    "a control character": ("title: T", 'title: "\\x07"', [("bad-character", 2, 8, "title", "U+0007")]),
    "half a character": ("title: T", 'title: "\\ud800"', [("bad-character", 2, 8, "title", "U+D800")]),
    "a control character in a name": ("  - A. One", '  - "A\\0"', [("bad-character", 4, 5, "authors[0]", "U+0000")]),
}


@pytest.fixture(scope="module")
def grammar(base: Base) -> Grammar:
    """What a card of the shipped base may say."""
    return Grammar.of(base)


def read_study(text: str) -> Card:
    card, problems = read_text(text, "study", "x.yaml")
    assert card is not None, problems
    return card


def told(problem: Problem, fact: str) -> tuple[str, int | None, int | None, str, str]:
    """A problem as the table names it; it must have words in both languages, and *fact* in each."""
    for lang in ("da", "en"):
        assert problem.what(lang)
        assert problem.mend(lang)
        assert fact in problem.what(lang) + problem.mend(lang)
    return problem.name, problem.where.line, problem.where.column, problem.where.key, fact


def test_a_sound_card_has_no_problem(grammar: Grammar) -> None:
    assert check(read_study(SOUND), grammar) == []


@pytest.mark.parametrize(("old", "new", "problems"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_where_it_stands(
    grammar: Grammar, old: str, new: str, problems: list[tuple[str, int, int, str, str]]
) -> None:
    assert SOUND.count(old) == 1
    found = check(read_study(SOUND.replace(old, new)), grammar)
    assert len(found) == len(problems), found
    assert [told(problem, wanted[-1]) for problem, wanted in zip(found, problems, strict=True)] == problems


def test_two_cards_inside_one_that_would_be_one_node(grammar: Grammar) -> None:
    again = SOUND[SOUND.index("  - id: a-2010-x-r1") :]
    (problem,) = check(read_study(SOUND + again), grammar)
    assert told(problem, "a-2010-x-r1") == ("id-twice", 25, 5, "results[1]", "a-2010-x-r1")
    assert str(problem.facts["first"]) == "x.yaml:13:5 results[0]"


def test_a_member_twice(grammar: Grammar) -> None:
    text = "id: t\nlabel: L\nkind: experiment\nmembers:\n"
    text += "  - study_id: a\n    basis: stated\n  - study_id: a\n    basis: inferred\n"
    card, _ = read_text(text, "trial", "x.yaml")
    assert card is not None
    (problem,) = check(card, grammar)
    assert told(problem, "t/member/a") == ("id-twice", 7, 5, "members[1]", "t/member/a")


def test_two_authors_of_one_name_are_two(grammar: Grammar) -> None:
    assert check(read_study(SOUND.replace("name: B. Two", "name: A. One")), grammar) == []


def test_an_unknown_code_without_a_like_gets_the_whole_list(grammar: Grammar) -> None:
    (problem,) = check(read_study(SOUND.replace("verdict: none", "verdict: zzz")), grammar)
    assert problem.facts["hint"] == "negative, none, positive"


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [("country", "Danmark", "DNK"), ("country", "dnk", "DNK"), ("verification", "Partial", "partial")],
)
def test_a_label_or_other_capitals_are_taken_for_a_hint(grammar: Grammar, key: str, value: str, hint: str) -> None:
    found = check(
        Card("study", {"id": "s", "title": "T", "country": "DNK", "verification": "full", key: value}), grammar
    )
    assert [(p.name, p.facts["hint"]) for p in found] == [("unknown-code", hint)]


def test_a_key_called_by_its_label_is_hinted_at(grammar: Grammar) -> None:
    data = {"id": "s", "title": "T", "country": "DNK", "verification": "full", "Udgivelsesår": "2012"}
    found = check(Card("study", data), grammar)
    assert [(p.name, p.facts["hint"]) for p in found] == [("unknown-key", "year")]


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\u2003 "])
def test_blanks_are_no_text(grammar: Grammar, blank: str) -> None:
    found = check(Card("study", {"id": "s", "title": blank, "country": "DNK", "verification": "full"}), grammar)
    assert [(p.name, p.where.key) for p in found] == [("not-text", "title")]


def test_the_problems_stand_in_the_order_of_the_file(grammar: Grammar) -> None:
    text = SOUND.replace("year: 2010", "year: x").replace("title: T", "titel: T").replace("verdict: none", "verdict: x")
    lines = [problem.where.line for problem in check(read_study(text), grammar)]
    assert lines == [1, 2, 6, 17]


@pytest.mark.parametrize(
    "data",
    [
        {"id": ["a"]},
        {"results": ["x", {"id": {}}, [], "r"]},
        {"authors": [{}, {"name": {}}]},
        {"estimate": 3},
        {"year": 2010},
    ],
)
def test_data_of_any_shape_gives_problems_and_no_crash(grammar: Grammar, data: Any) -> None:
    assert check(Card("study", data), grammar)


def test_a_hostile_card_costs_little_and_tells_little(grammar: Grammar) -> None:
    text = "".join(f"ttle{n}: v\n" for n in range(8_000)) + "purposes:\n" + "  - mixd\n" * 8_000
    card = read_study(text)
    start = time.process_time()
    assert len(check(card, grammar)) == MAX_PROBLEMS
    assert time.process_time() - start < 5


def test_no_code_of_any_list_is_a_term_of_the_context(grammar: Grammar) -> None:
    codes = {code for key, meaning in grammar.meanings.items() if meaning.coded for code in grammar.code_words(key)}
    assert len(codes) > 100
    assert codes & set(grammar.context) == set()


def test_every_key_of_every_kind_has_a_meaning(grammar: Grammar) -> None:
    for kind in grammar.kinds.values():
        assert set(kind.keys) - {"id"} <= set(grammar.meanings)
        assert kind.required | kind.lists | set(kind.children) <= set(kind.keys)
        assert set(kind.children.values()) <= set(grammar.kinds)


def coded(value: object, path: Path_, grammar: Grammar) -> Iterator[Path_]:
    """The paths of all values that are codes of a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from coded(inner, (*path, key), grammar)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from coded(inner, (*path, n), grammar)
    else:
        key = next(part for part in reversed(path) if isinstance(part, str))
        if key != "id" and grammar.meanings[key].coded and grammar.code_words(key):
            yield path


@settings(max_examples=40)
@given(data=st.data())
def test_one_wrong_code_anywhere_in_a_shipped_card_is_found_there(
    data: st.DataObject, base: Base, grammar: Grammar
) -> None:
    path = data.draw(st.sampled_from(sorted((base.data / "studies").glob("[A-D]*/*.yaml"))))
    card, _ = read(Path(path), "study", path.name)
    assert card is not None
    place = data.draw(st.sampled_from(list(coded(card.data, (), grammar))))
    holder: Any = card.data
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] += data.draw(st.sampled_from(["x", " ", "-", "_", "é", "\u200f"]))
    (problem,) = check(card, grammar)
    assert (problem.name, problem.where) == ("unknown-code", card.where(place))
    assert problem.where.key == key_text(place)
    assert problem.where.line is not None
