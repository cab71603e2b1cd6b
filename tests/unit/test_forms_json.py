"""JSON and RDF as ways in: every value with its place, nothing changed on the way, nothing passed over in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samtaler_kg.cards import Card, Grammar, check
from samtaler_kg.forms import as_files, read
from samtaler_kg.forms.jsontext import parse
from samtaler_kg.forms.linked import CONTEXT
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused

BASE = "https://w3id.org/samtaler/"
STUDY = f"{BASE}id/study/made-up"
RESULT = f"{BASE}id/result/made-up-r1"
HEAD = (
    f"@prefix sam: <{BASE}ontology#> .\n@prefix code: <{BASE}code/> .\n@prefix dcterms: <http://purl.org/dc/terms/> .\n"
    f"@prefix study: <{BASE}id/study/> .\n@prefix result: <{BASE}id/result/> .\n"
)
TURTLE = HEAD + (
    'study:made-up a sam:Study ;\n  dcterms:title "A made-up study" ;\n  sam:year 2015 .\n'
    "result:made-up-r1 sam:ofStudy study:made-up ;\n  sam:verdict <https://w3id.org/samtaler/code/verdict/positive> ;\n"
    f"  sam:estimate <{RESULT}/estimate> .\n<{RESULT}/estimate> sam:printedValue 0.80 .\n"
)


@pytest.fixture(scope="module")
def grammar(base: Base) -> Grammar:
    return Grammar.of(base)


def read_text(text: str, suffix: str, grammar: Grammar, folder: Path) -> tuple[list[Card], list[Problem]]:
    path = folder / f"entry{suffix}"
    path.write_text(text, "utf-8", newline="")
    return read(path, grammar)


def told(problems: list[Problem], card: Card | None = None) -> list[tuple[str, int | None, int | None, str]]:
    return [(p.name, p.where.line, p.where.column, p.where.key) for p in problems]


def test_a_number_keeps_the_form_in_which_it_is_written(grammar: Grammar, tmp_path: Path) -> None:
    text = '{"id": "a", "year": 2015, "results": [{"id": "r", "estimate": {"value": 0.80, "higher_is_better": true}}]}'
    (card,), problems = read_text(text, ".json", grammar, tmp_path)
    assert problems == []
    assert card.data["year"] == "2015"
    assert card.data["results"][0]["estimate"] == {"value": "0.80", "higher_is_better": "true"}


def test_every_complaint_has_line_column_and_key(grammar: Grammar, tmp_path: Path) -> None:
    text = (
        '[{"id": "a", "title": "T",\r\n "country": "DNK", "verification": "ful",\r "verdikt": "x",\n "year": "MMXV"}]'
    )
    (card,), problems = read_text(text, ".json", grammar, tmp_path)
    assert problems == []
    assert told(check(card, grammar)) == [
        ("unknown-code", 2, 36, "verification"),
        ("unknown-key", 3, 2, "verdikt"),
        ("bad-value", 4, 10, "year"),
    ]


def test_keys_that_stand_twice_are_told_with_all_else(grammar: Grammar, tmp_path: Path) -> None:
    cards, problems = read_text('{"id": "a",\n "id": "b", "note": "x\\u0001"}', ".json", grammar, tmp_path)
    assert told(problems) == [("key-twice", 2, 2, "id"), ("bad-character", 2, 21, "")]
    assert cards[0].data["id"] == "a"


SYNTAX = {
    "nothing": ("", (1, 1), "value"),
    "open list": ("[1", (1, 3), "comma"),
    "comma at the end": ("[1,]", (1, 4), "value"),
    "key without marks": ('{a: "b"}', (1, 2), "key"),
    "no colon": ('{"a" "b"}', (1, 6), "colon"),
    "two documents": ("{} {}", (1, 4), "end"),
    "raw line end in a text": ('{"a": "b\nc"}', (1, 7), "text-end"),
    "bad escape": ('["\\x"]', (1, 2), "text-end"),
    "leading zero": ("[01]", (1, 3), "comma"),
    "word": ("[nil]", (1, 2), "value"),
    "a value for a comma": ('["a" "b"]', (1, 6), "comma"),
    "a comma of text": ('["a" ","]', (1, 6), "comma"),
}


@pytest.mark.parametrize("text, place, wanted", SYNTAX.values(), ids=SYNTAX)
def test_json_that_is_damaged(text: str, place: tuple[int, int], wanted: str) -> None:
    from samtaler_kg.words import say

    with pytest.raises(Refused) as caught:
        parse(text, "x.json")
    (problem,) = caught.value.problems
    assert (problem.name, (problem.where.line, problem.where.column)) == ("json-syntax", place)
    assert say(f"forms.json.{wanted}", "da") in problem.what("da")


@pytest.mark.parametrize("value", [None, True, 12, 'é\n\u2028"\\', [], {}, {"a": [{"b": ["c"]}]}, [[1.5e-7, -0]]])
def test_json_means_what_it_means_to_others(value: Any) -> None:
    node, _ = parse(json.dumps(value), "x")

    def back(node: Any) -> Any:
        if isinstance(node.value, dict):
            return {key: back(inner) for key, inner in node.value.items()}
        if isinstance(node.value, list):
            return [back(inner) for inner in node.value]
        return json.loads(node.value) if node.written in ("number", "word") and node.value else node.value

    assert back(node) == value


def test_a_form_with_nothing_filled_in_says_nothing(grammar: Grammar, tmp_path: Path) -> None:
    empty = {"id": None, "verdict": None, "estimate": {"value": None}}
    text = json.dumps({"id": "a", "title": None, "results": [empty, {"id": "r", "estimate": {"value": None}}]})
    (card,), problems = read_text(text, ".json", grammar, tmp_path)
    assert problems == []
    assert card.data == {"id": "a", "results": [{"id": "r"}]}
    column = card.where(("results", 0)).column
    assert column is not None
    assert text[column - 1 :].startswith('{"id": "r"')
    assert read_text(json.dumps([empty]), ".json", grammar, tmp_path)[0][0].data == {}


def test_an_explicit_nothing_is_told(grammar: Grammar, tmp_path: Path) -> None:
    said = {"id": "a", "title": "T", "country": "DNK", "verification": "full"}
    text = json.dumps({**said, "results": [], "purposes": ["mixed", None]})
    (card,), _ = read_text(text, ".json", grammar, tmp_path)
    assert [problem.name for problem in check(card, grammar)] == ["not-a-list", "not-text"]


def test_trials_are_known_by_their_keys(grammar: Grammar, tmp_path: Path) -> None:
    members = [{"study_id": "a", "basis": "stated"}]
    text = json.dumps([{"id": "t", "label": "T", "kind": "reform", "members": members}, {"id": "a", "title": "A"}])
    cards, _ = read_text(text, ".json", grammar, tmp_path)
    assert [card.kind for card in cards] == ["trial", "study"]


def test_turtle(grammar: Grammar, tmp_path: Path) -> None:
    (card,), problems = read_text(TURTLE, ".ttl", grammar, tmp_path)
    assert problems == []
    result = {"id": "made-up-r1", "verdict": "positive", "estimate": {"value": "0.80"}}
    assert card.data == {"id": "made-up", "title": "A made-up study", "year": "2015", "results": [result]}
    assert card.where(("title",)).line == 7
    assert card.where(("results", 0, "verdict")).line == 10


def test_places_in_n_triples_are_exact(grammar: Grammar, tmp_path: Path) -> None:
    (card,), _ = read_text(TURTLE, ".ttl", grammar, tmp_path)
    text = as_files([card], "ntriples", grammar)["cards.nt"].decode()
    (again,), problems = read_text(text, ".nt", grammar, tmp_path)
    assert problems == []
    lines = text.splitlines()
    for path, wanted in {("title",): "title>", ("results", 0, "verdict"): "#verdict>", ("year",): "#year>"}.items():
        assert wanted in lines[(again.where(path).line or 0) - 1]


#: Statements that no card can carry, and the words that tell so.
LEFT = {
    "a property of cards elsewhere": (f'<{STUDY}> sam:printedValue "1" .', "sam:printedValue"),
    "a conclusion": (f"<{RESULT}> sam:region code:region-x .", "sam:region"),
    "a property of others": (f'<{STUDY}> <http://example.org/p> "1" .', "http://example.org/p"),
    "another class": (f"<{STUDY}> a <http://example.org/C> .", "http://example.org/C"),
    "another language": (f'<{STUDY}> dcterms:title "T"@da .', "dcterms:title"),
    "another thing": (f"<{BASE}id/claim/M07> a sam:Claim .", "sam:Claim"),
    "a thing without a class": ("<http://example.org/a> <http://example.org/p> 1 .", "http://example.org/p"),
    "a blank node": (f"<{STUDY}> sam:authorship [ sam:position 1 ] .", "sam:authorship"),
    "a result of no study": (f"<{BASE}id/result/other> sam:verdict code:x .", "sam:verdict"),
}


@pytest.mark.parametrize("more, what", LEFT.values(), ids=LEFT)
def test_what_no_card_can_carry_is_told(grammar: Grammar, tmp_path: Path, more: str, what: str) -> None:
    cards, problems = read_text(TURTLE + more, ".ttl", grammar, tmp_path)
    assert cards == []
    assert what in [problem.facts.get("what") for problem in problems if problem.name == "not-carried"]


WRONG = {
    "a name that is not the project's": (HEAD + "<http://example.org/s> a sam:Study .", "bad-iri"),
    "a name that climbs": (f"{HEAD}<{BASE}id/study/a/../b> a sam:Study .", "bad-iri"),
    "an estimate under another name": (TURTLE.replace(f"{RESULT}/estimate", f"{BASE}id/result/e"), "bad-iri"),
    "an author that is a text": (TURTLE + f'<{STUDY}> sam:authorship "A" .', "bad-iri"),
    "two titles": (TURTLE + f'<{STUDY}> dcterms:title "B" .', "several-values"),
    "a result of two studies": (TURTLE + f"study:b a sam:Study . <{RESULT}> sam:ofStudy study:b .", "node-shared"),
    "authors from 2": (
        TURTLE
        + f'<{STUDY}> sam:authorship <{STUDY}/author/2> . <{STUDY}/author/2> sam:position 2 ; sam:authorName "A" .',
        "bad-order",
    ),
    "an author without a name": (
        TURTLE + f"<{STUDY}> sam:authorship <{STUDY}/author/1> . <{STUDY}/author/1> sam:position 1 .",
        "missing-key",
    ),
    "a member of no study": (
        f"{HEAD}<{BASE}id/trial/t> a sam:Trial . <{BASE}id/trial/t/member/a> sam:ofTrial <{BASE}id/trial/t> .",
        "missing-key",
    ),
    "nothing at all": (HEAD, "nothing-filled"),
    "a slip of the pen": (TURTLE + "study:x a sam:Study", "unreadable-rdf"),
}


@pytest.mark.parametrize("text, name", WRONG.values(), ids=WRONG)
def test_rdf_that_is_not_as_a_card_is(grammar: Grammar, tmp_path: Path, text: str, name: str) -> None:
    cards, problems = read_text(text, ".ttl", grammar, tmp_path)
    assert cards == []
    assert name in [problem.name for problem in problems]
    assert all(problem.where.file.endswith("entry.ttl") for problem in problems)


def test_rdf_xml(grammar: Grammar, tmp_path: Path) -> None:
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:sam="https://w3id.org/samtaler/ontology#"\n'
        f' xmlns:d="http://purl.org/dc/terms/"><sam:Study rdf:about="{STUDY}">\n<d:title>A &amp; B</d:title>'
        "</sam:Study></rdf:RDF>"
    )
    (card,), problems = read_text(text, ".rdf", grammar, tmp_path)
    assert problems == []
    assert card.data == {"id": "made-up", "title": "A & B"}
    assert card.where(("title",)).line == 3


def document(**node: Any) -> str:
    """A JSON-LD document about one study, one line a key."""
    said = {"@context": CONTEXT, "id": STUDY, "type": "Study", "title": "Made up", **node}
    return json.dumps(said, indent=1, ensure_ascii=False)


def test_jsonld_with_numbers_lists_and_references(grammar: Grammar, tmp_path: Path) -> None:
    result = {"id": RESULT, "estimate": {"id": f"{RESULT}/estimate", "value": 0.80}, "verdict": "positive"}
    country = {"@id": "http://publications.europa.eu/resource/authority/country/DNK"}
    more = {"country": country, "doi": {"@value": "10.1234/x"}, "url": None}
    text = document(year=2015, purposes=["mixed"], results=[result], **more).replace("0.8", "0.80")
    (card,), problems = read_text(text, ".jsonld", grammar, tmp_path)
    assert problems == []
    assert card.data["year"] == "2015"
    assert (card.data["country"], card.data["doi"]) == ("DNK", "10.1234/x")
    assert card.data["results"] == [{"id": "made-up-r1", "verdict": "positive", "estimate": {"value": "0.80"}}]
    line = card.where(("results", 0, "estimate", "value")).line
    assert line is not None
    assert "0.8" in text.splitlines()[line - 1]


def test_jsonld_with_the_context_by_value_or_part_of_it(grammar: Grammar, tmp_path: Path) -> None:
    part = {key: grammar.context[key] for key in ("@version", "sam", "dcterms", "id", "type", "Study", "title")}
    for context in (dict(grammar.context), part, [CONTEXT]):
        text = json.dumps({"@context": context, "@graph": [{"id": STUDY, "type": "Study", "title": "T"}]})
        for suffix in (".jsonld", ".json"):
            (card,), problems = read_text(text, suffix, grammar, tmp_path)
            assert (card.data, problems) == ({"id": "made-up", "title": "T"}, [])


LINKED = {
    "an unknown key": (document(titel="x"), "unknown-key", "titel"),
    "an unknown code": (document(language="xx"), "unknown-code", "xx"),
    "an unknown class": (document(type="Studie"), "unknown-code", "Studie"),
    "a short name": (document(id="made-up"), "bad-iri", '"made-up"'),
    "a name with a space": (document(id="https://example.org/a b"), "bad-iri", "a b"),
    "a thing without a name": (document(estimate={"text": "1"}), "missing-key", "estimate"),
    "a list in a list": (document(purposes=[["mixed"]]), "not-text", "["),
    "another context": (document(**{"@context": {"title": "http://example.org/"}}), "foreign-context", "{"),
    "a keyword of others": (document(**{"@included": []}), "unknown-key", "@included"),
    "no context": (json.dumps({"@graph": []}), "foreign-context", "{"),
    "a list of words": (json.dumps(["@context"]), "not-a-card", "["),
}


@pytest.mark.parametrize("text, name, at", LINKED.values(), ids=LINKED)
def test_jsonld_that_would_lose_something(grammar: Grammar, tmp_path: Path, text: str, name: str, at: str) -> None:
    cards, problems = read_text(text, ".jsonld", grammar, tmp_path)
    assert cards == []
    (problem,) = [problem for problem in problems if problem.name == name]
    assert problem.where.line is not None
    assert at in text.splitlines()[problem.where.line - 1]
