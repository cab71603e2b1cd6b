"""Cards made up from the grammar: real keys and codes, and text of the kind that breaks formats."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import strategies as st

from samtaler_kg.cards import Data, Grammar
from samtaler_kg.places import Base
from samtaler_kg.terms import XSD

Cards = Callable[[str], st.SearchStrategy[Data]]

#: What YAML, JSON-LD, N-Triples or a reader of numbers take for something else, or break apart.
FRAGMENTS = [
    *("word", "æ", "ø", "å", "é", "日本", "😀", "👩\u200d👧", "x" * 120, "a", "b"),
    *('"quoted"', "'single'", '""', "''", '"', "'", "\\", "\\n", "\\u2028", "\\\\", '\\"'),
    *(":", "::", "a:b", "#", "#a", "-", "--", "---", "...", "?", "|", "|-", ">", ">-", "=", "<<", ",", ";", "`", "%"),
    *("&", "&a", "*", "*a", "!", "!!str", "%YAML", "{", "}", "[", "]", "{id}", "%s", "${HOME}", "$(x)"),
    *("0", "0.80", "-0.0", "1e5", "1_000", "0x1F", "010", ".inf", ".nan", "12:30:45", "2001-01-01"),
    *("yes", "no", "Yes", "NO", "on", "off", "y", "n", "true", "false", "null", "Null", "~", "None", "NA"),
    *("@id", "@context", "_:b0", "<http://x>", "http://example.org/a?b=c&d={e}#f", "^^xsd:integer", "@da"),
]
LINE_ENDS = ["\n", "\r", "\t", "\x85", "\u2028", "\u2029", "\ufeff"]
SPACES = [" ", "  ", "\n\n", "\r\n", " \n ", "\u200f", "\u202e", "\xa0", "\xad", *LINE_ENDS]

#: All that a text may hold: no controls other than tab and line ends, no halves of surrogate pairs, no non-characters.
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")

TEXT = st.one_of(
    st.sampled_from(FRAGMENTS),
    st.lists(st.sampled_from([*FRAGMENTS, *SPACES]), min_size=1, max_size=25).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), min_size=8, max_size=60).map(" ".join),
    st.lists(st.sampled_from(["x" * 50, "x" * 109, "it's", '"', "#", "a:", " ", "  "]), min_size=2).map(" ".join),
    st.text(LETTERS | st.sampled_from(LINE_ENDS), min_size=1, max_size=200),
    st.integers(1, 40).map(lambda n: "a long, long note: 'so it is' " * n * 10),
).filter(str.strip)  # blanks alone are no text
IDENTIFIERS = st.from_regex(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}"), fullmatch=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a kind runs for every kind of card that stands in a file or row of its own."""
    if "kind" in metafunc.fixturenames:
        path = Path(__file__).parents[2] / "ontology" / "card.toml"
        plan = tomllib.loads(path.read_text("utf-8"))
        inner = {child for kind in plan.values() for child in kind.get("children", {}).values()}
        metafunc.parametrize("kind", [kind for kind in plan if kind not in inner])


@pytest.fixture(autouse=True, scope="module")
def _as_written() -> Iterator[None]:
    """Let rdflib keep literals as they are written: it would write ``Z`` as ``+00:00``."""
    rdflib.NORMALIZE_LITERALS, before = False, rdflib.NORMALIZE_LITERALS
    yield
    rdflib.NORMALIZE_LITERALS = before


@pytest.fixture(scope="session")
def grammar(base: Base) -> Grammar:
    """What a card of the shipped base may say."""
    return Grammar.of(base)


@pytest.fixture(scope="session")
def texts() -> st.SearchStrategy[str]:
    """Texts that a card may hold."""
    return TEXT


@pytest.fixture(scope="session")
def cards(grammar: Grammar) -> Cards:
    """Made-up cards by kind."""
    made: dict[str, st.SearchStrategy[Data]] = {}
    return lambda kind: made.setdefault(kind, card(kind, grammar))


def card(kind: str, grammar: Grammar) -> st.SearchStrategy[Data]:
    """A card of *kind*: the required keys, and any of the others."""
    plan = grammar.kinds[kind]
    keys = [key for key in plan.keys if key != plan.number]
    values = {key: value(key, kind, grammar) for key in keys}
    required = {key: values[key] for key in keys if key in plan.required}
    optional = {key: values[key] for key in keys if key not in plan.required}
    made = st.fixed_dictionaries(required, optional=optional).filter(bool)
    return made.map(lambda data: {key: data[key] for key in keys if key in data})


def value(key: str, kind: str, grammar: Grammar) -> st.SearchStrategy[Any]:
    """What may stand under *key* of a card of *kind*."""
    plan = grammar.kinds[kind]
    if key in plan.children:
        child = grammar.kinds[plan.children[key]]
        inner: st.SearchStrategy[Any] = TEXT if child.bare else card(child.name, grammar)
        if key not in plan.lists:
            return inner
        name = None if child.number else (lambda data: data[child.keys[0]])
        return st.lists(inner, min_size=1, max_size=3, unique_by=name)
    names = IDENTIFIERS.filter(lambda name: name not in grammar.context)
    one = names if key == "id" else word(key, names, grammar)
    return st.lists(one, min_size=1, max_size=3, unique=True) if key in plan.lists else one


def word(key: str, names: st.SearchStrategy[str], grammar: Grammar) -> st.SearchStrategy[str]:
    """One value under *key*: a code, an identifier, a number, or text."""
    meaning = grammar.meanings[key]
    if key == "evidence":
        return st.tuples(st.sampled_from(["study", "result"]), names).map("/".join)
    if meaning.coded:
        return st.sampled_from(sorted(grammar.code_words(key))) if grammar.code_words(key) else names
    if meaning.datatype.endswith(("#date", "#dateTime")):
        form = "%Y-%m-%d" if meaning.datatype.endswith("#date") else "%Y-%m-%dT%H:%M:%SZ"
        return st.datetimes(datetime(1000, 1, 1)).map(lambda at: at.strftime(form))
    if meaning.datatype == XSD.integer:
        return st.integers(-(10**18) + 1, 10**18 - 1).map(str)
    return st.sampled_from(["true", "false"]) if meaning.datatype == XSD.boolean else TEXT
