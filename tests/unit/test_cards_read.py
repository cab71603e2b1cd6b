"""Reading a card: every scalar is text, every surprise is refused at its place, and hostile files cost little time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samtaler_kg.cards import Card, read, read_text
from samtaler_kg.cards.read import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, key_text
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Where

Place = tuple[int | None, int | None, str]


def told(problem: Problem) -> tuple[str, Place]:
    """A problem as these tests name it; it must also have words in both languages."""
    words = [(problem.what(lang), problem.mend(lang)) for lang in ("da", "en")]
    assert all(what and mend for what, mend in words)
    assert words[0] != words[1]
    return problem.name, (problem.where.line, problem.where.column, problem.where.key)


REFUSED: dict[str, tuple[str, list[tuple[str, Place]]]] = {
    "anchor": ("id: &a x\n", [("yaml-surprise", (1, 5, "id"))]),
    "anchor on a list": ("id: x\nauthors: &a\n  - b\n", [("yaml-surprise", (2, 10, "authors"))]),
    "alias": ("id: x\ntitle: *a\n", [("yaml-surprise", (2, 8, "title"))]),
    "alias as key": ("id: x\n*a : b\n", [("yaml-surprise", (2, 1, ""))]),
    "tag": ("id: !!int 3\n", [("yaml-surprise", (1, 5, "id"))]),
    "own tag": ("id: !x\n", [("yaml-surprise", (1, 5, "id"))]),
    "bang": ("id: ! x\n", [("yaml-surprise", (1, 5, "id"))]),
    "tagged key": ("!!str id: x\n", [("yaml-surprise", (1, 1, ""))]),
    "tag and anchor": ("id: !x &a b\n", [("yaml-surprise", (1, 8, "id")), ("yaml-surprise", (1, 8, "id"))]),
    "yaml directive": ("%YAML 1.1\n---\nid: x\n", [("yaml-surprise", (1, 1, ""))]),
    "tag directive": ("# first\n%TAG ! y\n---\nid: x\n", [("yaml-surprise", (2, 1, ""))]),
    "unknown directive": ("%FOO bar\n---\nid: x\n", [("yaml-surprise", (1, 1, ""))]),
    "merge": ("id: x\n<<: *a\n", [("yaml-surprise", (2, 5, "<<"))]),
    "a key twice": ("id: x\ntitle: a\ntitle: b\n", [("key-twice", (3, 1, "title"))]),
    "a key twice inside": ("results:\n  - id: a\n    id: b\n", [("key-twice", (3, 5, "results[0].id"))]),
    "a key twice, first blank": ("id: x\ntitle:\ntitle: b\n", [("key-twice", (3, 1, "title"))]),
    "a quoted key twice": ("id: x\n'id': y\n", [("key-twice", (2, 1, "id"))]),
    "two documents": ("id: x\n---\nid: y\n", [("yaml-syntax", (2, 1, ""))]),
    "tab as indentation": ("authors:\n\t- a\n", [("yaml-syntax", (2, 1, ""))]),
    "colon in plain text": ("title: a: b\n", [("yaml-syntax", (1, 9, ""))]),
    "open quotation": ('id: x\ntitle: "a\n', [("yaml-syntax", (3, 1, ""))]),
    "open list": ("purposes: [a, b\n", [("yaml-syntax", (2, 1, ""))]),
    "bad escape": ('title: "\\q"\n', [("yaml-syntax", (1, 10, ""))]),
    "indentation": ("id: x\n  title: y\n", [("yaml-syntax", (2, 8, ""))]),
    "list as key": ("? [a, b]\n: c\n", [("yaml-syntax", (1, 3, ""))]),
    "mapping as key": ("? {a: b}\n: c\n", [("yaml-syntax", (1, 3, ""))]),
    "reserved mark": ("title: @x\n", [("yaml-syntax", (1, 8, ""))]),
    "bell": ("id: x\ntitle: a\x07b\n", [("bad-character", (2, 9, ""))]),
    "nul": ("id: x\ntitle: ab\0\n", [("bad-character", (2, 10, ""))]),
    "escape of a terminal": ("title: \x1b[31mred\n", [("bad-character", (1, 8, ""))]),
    "non-character": ("title: \uffff\n", [("bad-character", (1, 8, ""))]),
    "next line": ("id: x\ntitle: a\x85b\n", [("yaml-syntax", (2, 9, ""))]),
    "line separator": ("title: a\u2028doi: b\n", [("yaml-syntax", (1, 9, ""))]),
    "byte order mark inside": ("title: a\ufeffb\n", [("yaml-syntax", (1, 9, ""))]),
    "nothing": ("", [("not-a-card", (1, None, ""))]),
    "only comments": ("# nothing\n\n", [("not-a-card", (1, None, ""))]),
    "an empty document": ("---\n", [("not-a-card", (1, None, ""))]),
    "a list": ("- id: x\n", [("not-a-card", (1, None, ""))]),
    "a text": ("just words\n", [("not-a-card", (1, None, ""))]),
    "several": (
        "id: &a x\nid: y\ntitle: !t z\n",
        [("yaml-surprise", (1, 5, "id")), ("key-twice", (2, 1, "id")), ("yaml-surprise", (3, 8, "title"))],
    ),
}


@pytest.mark.parametrize(("text", "problems"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_and_where(text: str, problems: list[tuple[str, Place]]) -> None:
    card, found = read_text(text, "study", "x.yaml")
    assert card is None
    assert [told(problem) for problem in found] == problems
    assert {problem.where.file for problem in found} == {"x.yaml"}


WORDS = "0.80 1e5 010 0x1F 1_000 .inf yes no on NO true False null ~ 2001-01-01 12:30:45 = -0.0 < a#b a:b -1 <<"


@pytest.mark.parametrize("text", [*WORDS.split(), "http://example.org/#x", "a 'b' c", 'a "b"', "x\\n", "a > b"])
def test_a_plain_value_is_the_text_that_stands_there(text: str) -> None:
    card, problems = read_text(f"id: {text}\n", "study")
    assert problems == []
    assert card is not None
    assert card.data == {"id": text}


FORMS: dict[str, tuple[str, object]] = {
    "crlf": ("id: x\r\ntitle: a\r\n  b\r\n", {"id": "x", "title": "a b"}),
    "old line ends": ("id: x\rtitle: a\r", {"id": "x", "title": "a"}),
    "byte order mark": ("\ufeffid: x\n", {"id": "x"}),
    "no last line end": ("id: x", {"id": "x"}),
    "document marks": ("---\nid: x\n...\n", {"id": "x"}),
    "comments": ("# a\nid: x # b\n# c\n", {"id": "x"}),
    "flow": ("{id: x, authors: [a, 'b, c']}", {"id": "x", "authors": ["a", "b, c"]}),
    "quoted key": ("'id': x\n", {"id": "x"}),
    "folded": ("note: >-\n  a\n  b\n\n  c\n", {"note": "a b\nc"}),
    "literal": ("note: |\n  a\n   b\n", {"note": "a\n b\n"}),
    "escapes": ('note: "\\u2028\\x85\\t\\n\\r\\U0001F600"\n', {"note": "\u2028\x85\t\n\r😀"}),
    "quoted nothing": ("note: ''\n", {"note": ""}),
    "a form not filled in": (
        "id: x\nresults:\n  - id:\n    note:\n  - id: r\n  - id:\n",
        {"id": "x", "results": [{"id": "r"}]},
    ),
    "only forms": ("id: x\nauthors:\n  - name:\nestimate:\n  value:\n", {"id": "x"}),
    "left empty": ("id: x\nnote:\ntitle: # later\n", {"id": "x"}),
    "empty in a list": ("authors:\n  -\n  - a\n", {"authors": ["", "a"]}),
    "right to left": ("note: a\u202eb\u200f\n", {"note": "a\u202eb\u200f"}),
    "question": ("? id\n: x\n", {"id": "x"}),
}


@pytest.mark.parametrize(("text", "data"), FORMS.values(), ids=FORMS)
def test_the_forms_in_which_a_card_may_be_written(text: str, data: object) -> None:
    card, problems = read_text(text, "study")
    assert problems == []
    assert card is not None
    assert card.data == data


def test_a_card_knows_where_its_values_and_keys_stand() -> None:
    text = "id: x\nsource_url:\n  http://y\nnote:\nresults:\n  - id: r\n    estimate: {text: '1', value: 2}\n"
    card, _ = read_text(text, "study", "x.yaml")
    assert card is not None
    assert card.where(("results", 0, "estimate", "value")) == Where("x.yaml", 7, 34, "results[0].estimate.value")
    assert card.where(("source_url",)) == Where("x.yaml", 3, 3, "source_url")
    assert card.where_key(("source_url",)) == Where("x.yaml", 2, 1, "source_url")
    assert card.where_key(("results", 0, "verdict")) == Where("x.yaml", 6, 5, "results[0].verdict")
    assert card.where(("results", 0, "estimate", "unit", 3)) == Where("x.yaml", 7, 15, "results[0].estimate.unit[3]")
    assert card.blank == {(): ["note"]}
    assert card.where_key(("note",)) == Where("x.yaml", 4, 1, "note")


def test_a_card_that_was_not_read_knows_no_place() -> None:
    assert Card("study", {}, file="x.csv").where(("a", 0)) == Where("x.csv", None, None, "a[0]")
    assert key_text(()) == ""


def write(folder: Path, raw: bytes) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(raw)
    return path


def test_a_file_that_is_not_utf8_is_refused_at_its_line(tmp_path: Path) -> None:
    card, problems = read(write(tmp_path, "id: x\ntitle: å\n".encode("latin-1")), "study", "x.yaml")
    assert card is None
    assert [told(problem) for problem in problems] == [("not-utf8", (2, None, ""))]


def test_utf16_is_refused(tmp_path: Path) -> None:
    card, problems = read(write(tmp_path, "id: x\n".encode("utf-16")), "study", "x.yaml")
    assert card is None
    assert [told(problem) for problem in problems] == [("not-utf8", (1, None, ""))]


def test_a_file_with_byte_order_mark_and_crlf_is_read(tmp_path: Path) -> None:
    card, problems = read(write(tmp_path, "\ufeffid: x\r\ntitle: æ\r\n".encode()), "study")
    assert problems == []
    assert card is not None
    assert card.data == {"id": "x", "title": "æ"}


def test_the_size_of_a_file_is_limited(tmp_path: Path) -> None:
    fits = b"id: x\n#" + b"x" * (MAX_BYTES - 7)
    assert read(write(tmp_path, fits), "study")[1] == []
    card, problems = read(write(tmp_path, fits + b"x"), "study", "x.yaml")
    assert card is None
    assert [told(problem) for problem in problems] == [("too-large", (None, None, ""))]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    card, problems = read(tmp_path / name, "study")
    assert card is None
    assert [told(problem)[0] for problem in problems] == ["unreadable-file"]
    assert problems[0].where.file == str(tmp_path / name)


def test_nesting_is_limited() -> None:
    fits = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert read_text(fits, "study")[1] == []
    card, problems = read_text("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, "study")
    assert card is None
    assert [told(problem) for problem in problems] == [("yaml-syntax", (1, 3 + MAX_DEPTH, ""))]


N = 100_000
HOSTILE = {
    "[": "[" * N,
    "{": "{" * N,
    "[ in a value": "a: " + "[" * N,
    "{a:": "{a: " * (N // 4),
    "[{a:": "a: " + "[{a: " * (N // 5),
    "- -": "- " * (N // 2),
    "? ?": "? " * (N // 2),
    "indentation": "\n".join(" " * n + "a:" for n in range(400)),
    "a long line": "a: " + "x" * N,
    "a long line of words": "a: " + "x " * (N // 2),
    "quotation marks": "a: " + "'" * N,
    "escapes": 'a: "' + "\\n" * (N // 2) + '"',
    "open quotation": 'a: "' + "x" * N,
    "colons": ":" * N,
    "a long key": "a" * N + ": b",
    "bangs": "!" * N,
    "anchors": "&a " * (N // 3),
    "aliases": "*a " * (N // 3),
    "a laugh": "a: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(N // 20)),
    "one key": "a: b\n" * (N // 5),
    "keys": "".join(f"k{n}: v\n" for n in range(N // 10)),
    "a flat list": "a: [" + "b, " * (N // 3) + "]",
    "documents": "---\n" * (N // 4),
    "directives": "%a\n" * (N // 3),
    "line ends": "\n" * N,
    "nul": "\0\n" * (N // 2),
    "byte order marks": "\ufeff" * N,
    "literal lines": "a: |\n" + " x\n" * (N // 3),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_little(text: str) -> None:
    start = time.process_time()
    _, problems = read_text(text, "study")
    assert time.process_time() - start < 8
    assert len(problems) <= MAX_PROBLEMS


PIECES = [*"abé:-?[]{},'\"|>&*!%@`~#=<\\\t\r\n ", ": ", "- ", "\n  ", "\n    ", "---", "...", "%YAML 1.2\n", "|9\n"]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60))
def test_whatever_the_text_there_is_a_card_or_a_problem(text: str) -> None:
    card, problems = read_text(text, "study")
    assert (card is None) == bool(problems)
    assert all(told(problem) for problem in problems)


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_card_is_a_card_or_a_problem(data: st.DataObject, base: Base) -> None:
    text = (base.data / "studies" / "GBR" / "dwp-2018-weekly-wsr.yaml").read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    card, problems = read_text(text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:], "study")
    assert (card is None) == bool(problems)
