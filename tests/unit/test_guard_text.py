"""The lexer of the guard: any text, in linear time; and how a place in a text is read and shown."""

import re
import time

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.guard import Findings, caret, inspect, syntax_position, tokens
from samtaler_kg.guard.iris import resolve

FRAGMENTS = [
    *"{}()[]<>.;,?$:@#'\"\\\n\r\t ^|/*+-=!&~%_",
    "'''",
    '"""',
    "\\u0045",
    "\\U0000005",
    "SERVICE",
    "FROM",
]
FRAGMENTS += [
    "NAMED",
    "SELECT",
    "PREFIX",
    "BASE",
    "ex:",
    "<http://e/>",
    "1.5e",
    "a.b",
    "é",
    "\U0001f600",
    "\ud800",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)))
def test_no_text_makes_the_guard_fail(text: str) -> None:
    findings = inspect(text)
    assert isinstance(findings, Findings)
    places = [service.at for service in findings.services] + [source.at for source in findings.froms]
    places += [stray.at for stray in findings.strays] + [use.at for use in findings.undeclared]
    for line, column in places:
        assert 1 <= column <= len(text.split("\n")[line - 1])
        assert caret(text, line, column).endswith("^")
    end = 0
    for token in tokens(text):
        assert token.start >= end
        end = token.start + len(token.text)
        assert text[token.start : end] == token.text


@given(st.lists(st.sampled_from([f for f in FRAGMENTS if f.isascii()]), max_size=40).map("".join))
def test_wide_characters_elsewhere_change_no_token(text: str) -> None:
    assert list(tokens(text)) == list(tokens(text + " #é"))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("<a> ex:b.c. :d _:e.f ?g $1", "iri pname op pname bnode var var"),
        ("1 .5 1.5e-3 1. +2 'a'@da-DK", "number number number number op op number string lang"),
        ("'b'^^:c ''''c''' \"\"", "string op op pname string string"),
        (r"ex:a\-%41\,b ex:%4 ex:a:b", "pname pname stray number pname"),
        ("SELECT*WHERE{true.1-a}", "word op word op word number op word op"),
        ("?a<?b && ?c>?d ?e<?f>?g", "var op var op op var op var var iri var"),
        ("ex:æø.å ?ål ørn:å «", "pname var pname stray"),
    ],
)
def test_tokens_are_those_of_the_grammar(text: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokens(text)) == kinds


HOSTILE = {
    "open brackets": "(",
    "open strings": "'''\\'",
    "quotes": "'' ",
    "less than": "<a",
    "dots": "a.",
    "dashes": "a-",
    "dotted name": "x:.",
    "digits": "1",
    "numbers": "1.e",
    "percent": "%4",
    "calls": "SERVICE ",
    "escapes": "\\u0020",
    "comments": "#\n",
    "languages": "@a-",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    def seconds(size: int) -> float:
        text = "ASK { " + unit * (size // len(unit))
        start = time.process_time()
        inspect(text)
        return time.process_time() - start

    seconds(1000)
    assert seconds(100_000) < 1.5  # what is quadratic needs minutes
    assert unit not in ("a.", "1", "'' ") or seconds(1_000_000) < 6


def test_the_place_in_oxigraphs_messages_is_read() -> None:
    for text, place in {
        "SELECT": (1, 7),
        "SELECT *\n{ ?s ?p ?o } LIMIT x": (2, 20),
        "SELEKT * { }": (1, 10),
    }.items():
        with pytest.raises(SyntaxError) as refusal:
            ox.Store().query(text)
        assert syntax_position(str(refusal.value)) == place
    assert syntax_position("Parser error at line 3 column 14: no") == (3, 14)
    assert syntax_position("Parser error between line 3 column 1 and line 4 column 2: no") == (3, 1)
    assert syntax_position("The variable is unbound") is None


@pytest.mark.parametrize(
    ("text", "line", "column", "shown"),
    [
        ("a\nbcd\ne", 2, 3, "bcd\n  ^"),
        ("\tab\r\n", 1, 2, " ab\n ^"),
        ("ab", 9, 9, "ab\n  ^"),
        ("ab", 0, 0, "ab\n^"),
        ("æ漢字x", 1, 4, "æ漢字x\n     ^"),
        ("e\N{COMBINING ACUTE ACCENT}x", 1, 3, "e\N{COMBINING ACUTE ACCENT}x\n ^"),
        ("a\x1b[2Jb", 1, 6, "a\N{REPLACEMENT CHARACTER}[2Jb\n     ^"),
    ],
)
def test_the_caret_stands_under_the_column(text: str, line: int, column: int, shown: str) -> None:
    assert caret(text, line, column) == shown


@pytest.mark.parametrize("column", [1, 60, 500, 950, 1000])
def test_a_long_line_is_clipped_around_the_caret(column: int) -> None:
    line = "".join(chr(ord("a") + place % 26) for place in range(1000))
    shown, under = caret(line, 1, column).split("\n")
    assert len(shown) <= 102
    assert shown[len(under) - 1] == line[column - 1]


def test_references_are_resolved_as_the_rfc_says() -> None:
    examples = """
        g:h g:h  g http://a/b/c/g  ./g http://a/b/c/g  g/ http://a/b/c/g/  /g http://a/g  //g http://g
        ?y http://a/b/c/d;p?y  g?y http://a/b/c/g?y  #s http://a/b/c/d;p?q#s  g#s http://a/b/c/g#s
        ;x http://a/b/c/;x  . http://a/b/c/  ./ http://a/b/c/  .. http://a/b/  ../g http://a/b/g
        ../.. http://a/  ../../g http://a/g  ../../../g http://a/g  /./g http://a/g  /../g http://a/g
        g. http://a/b/c/g.  ..g http://a/b/c/..g  ./../g http://a/b/g  g/./h http://a/b/c/g/h
    """
    pairs = iter(re.findall(r"\S+", examples))
    for reference in pairs:
        assert resolve("http://a/b/c/d;p?q", reference) == next(pairs), reference
    assert resolve("http://a/b/c/d;p?q", "") == "http://a/b/c/d;p?q"
    assert resolve("http://a", "b") == "http://a/b"
