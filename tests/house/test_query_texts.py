"""Stored queries, their heads: what a head says is said in both languages, and is what the text does."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from samtaler_kg.catalogue import Catalogue, StoredQuery, switches
from samtaler_kg.codes import CodeLists
from samtaler_kg.graph import LAYERS
from samtaler_kg.problems import Refused, Severity

if TYPE_CHECKING:
    from tests.house.conftest import Asked

HEAD = {
    "answers": {"asks", "columns", "params", "layers", "also", "needs", "counts", "cells", "layer_params", "note"},
    "checks": {"asks", "columns", "layers", "remedy", "severity"},
    "rules": {"asks", "layers", "stage"},
}
DEMANDED = {
    "answers": {"asks", "columns", "layers"},
    "checks": {"asks", "columns", "layers", "remedy", "severity"},
    "rules": {"asks", "layers", "stage"},
}
TYPES = {"code", "id", "iri", "key", "term", "text", "integer", "decimal", "boolean"}
STRANGE = re.compile(r"[^\S \n]|[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]| $|\n\n\Z|(?<!\n)\Z", re.MULTILINE)


def named(query: StoredQuery) -> str:
    """Shelf and file of a stored query."""
    return f"{query.shelf}/{query.name}.rq"


def test_heads_have_the_keys_of_their_shelf_and_no_other(queries: list[StoredQuery]) -> None:
    assert queries
    unknown = {named(q): keys for q in queries if (keys := set(q.head) - HEAD[q.shelf])}
    missing = {named(q): keys for q in queries if (keys := DEMANDED[q.shelf] - set(q.head))}
    assert (unknown, missing) == ({}, {})


def test_every_question_and_remedy_is_in_both_languages(queries: list[StoredQuery]) -> None:
    said = {(named(q), key): q.head[key] for q in queries for key in ("asks", "remedy", "note") if key in q.head}
    assert {at: texts for at, texts in said.items() if not in_both(texts)} == {}
    answers = [query for query in queries if query.shelf == "answers"]
    assert [query.name for query in answers if not all(asked.endswith("?") for asked in query.asks.values())] == []


def in_both(texts: dict[str, str]) -> bool:
    """Whether a text is there in Danish and in English, and is not one copied to the other."""
    return set(texts) == {"da", "en"} and all(texts.values()) and texts["da"] != texts["en"]


def test_heads_name_layers_severities_params_and_columns_that_exist(queries: list[StoredQuery]) -> None:
    wrong = []
    for query in queries:
        head, params, columns = query.head, set(query.params), set(query.columns)
        by_layer = head.get("layer_params", {})
        known = [
            set(query.layers) <= set(LAYERS) and bool(query.layers),
            set(query.also) <= set(LAYERS) - set(query.layers) and len(set(query.also)) == len(query.also),
            head.get("severity", "blocks") in {severity.value for severity in Severity},
            set(query.needs) <= params,
            set(by_layer) <= set(query.layers) and all(set(names) <= params for names in by_layer.values()),
            {*head.get("counts", ()), *head.get("cells", ())} <= columns,
            len(params) == len(query.params) and len(columns) == len(query.columns),
        ]
        if not all(known):
            wrong.append((named(query), known))
    assert wrong == []


def test_texts_hold_no_strange_space(queries: list[StoredQuery]) -> None:
    strange = [
        f"{named(query)}:{text.count(chr(10), 0, hit.start()) + 1} {hit[0]!r}"
        for query in queries
        for text in [query.path.read_bytes().decode("utf-8")]
        for hit in STRANGE.finditer(text)
    ]
    assert strange == []


@pytest.mark.parametrize("text", ["a\u00a0b", "a\tb", "a \nb", "a\r\nb", "a\u200bb", "a\n\n", "a", "\ufeffa"])
def test_a_strange_space_is_recognised(text: str) -> None:
    assert STRANGE.search(text if text.endswith(("\n", "a")) else text + "\n")
    assert not STRANGE.search("SELECT ?å\n\n  (COUNT(?x) AS ?y)\n")


def test_columns_are_the_projection(asked: list[Asked]) -> None:
    other = {}
    for query in asked:
        found = ox.Store().query(query.text)
        projected = tuple(v.value for v in found.variables) if isinstance(found, ox.QuerySolutions) else ()
        if projected != query.stored.columns:
            other[str(query)] = (query.stored.columns, projected)
    assert other == {}


def test_every_form_fits_its_shelf(asked: list[Asked]) -> None:
    form = {"answers": ox.QuerySolutions, "checks": ox.QuerySolutions, "rules": ox.QueryTriples}
    assert [str(q) for q in asked if not isinstance(ox.Store().query(q.text), form[q.stored.shelf])] == []


def test_every_column_is_declared_and_used(catalogue: Catalogue, queries: list[StoredQuery]) -> None:
    used = Counter(name for query in queries for name in query.columns)
    assert (sorted(set(used) - set(catalogue.columns)), sorted(set(catalogue.columns) - set(used))) == ([], [])
    columns = catalogue.columns.values()
    assert [c.name for c in columns if c.type not in TYPES or set(c.title) != {"type", "da", "en"}] == []


def test_every_parameter_is_declared_and_used(
    catalogue: Catalogue, queries: list[StoredQuery], codes: CodeLists
) -> None:
    used = Counter(name for query in queries for name in query.params)
    assert (sorted(set(used) - set(catalogue.params)), sorted(set(catalogue.params) - set(used))) == ([], [])
    for name, parameter in catalogue.params.items():
        takes = [kind for kind in ("list", "id", "type") if getattr(parameter, kind)]
        assert len(takes) == 1, name
        assert parameter.list in {"", *codes.by_list}, name
        assert parameter.type in {"", "integer", "path", "text"}, name
        assert set(parameter.help) == {"da", "en", *takes}, name


def test_every_parameter_has_its_place_in_the_text(queries: list[StoredQuery]) -> None:
    assert {named(query): lost for query in queries if (lost := set(query.params) - switches(query))} == {}


def test_every_place_in_the_text_is_a_parameter(queries: list[StoredQuery], catalogue: Catalogue) -> None:
    # A VALUES line over a name that is no parameter anywhere is an enumeration of the query's own.
    loose = {}
    for query in queries:
        marked = set(re.findall(r"#\?\s*(\w*)", query.text))
        if found := (marked | (switches(query) & set(catalogue.params))) - set(query.params):
            loose[named(query)] = sorted(found)
    assert loose == {}


def test_filling_leaves_no_switch_and_no_example_behind(asked: list[Asked]) -> None:
    assert [str(query) for query in asked if "#?" in query.text] == []
    silent = {(str(q), name) for q in asked for name in q.stored.params if f"VALUES ?{name} {{" not in q.text}
    assert silent == set()


def test_a_parameter_that_no_head_declares_is_refused(
    queries: list[StoredQuery], catalogue: Catalogue, codes: CodeLists
) -> None:
    for query in queries:
        with pytest.raises(Refused) as refused:
            catalogue.terms(query, {"regoin": "denmark"}, codes)
        assert "unknown-parameter" in {problem.name for problem in refused.value.problems}


def test_a_parameter_that_the_head_needs_is_asked_for(catalogue: Catalogue, codes: CodeLists) -> None:
    needing = StoredQuery("made-up", "answers", catalogue.base.root, "", {}, params=("study",), needs=("study",))
    with pytest.raises(Refused) as refused:
        catalogue.terms(needing, {}, codes)
    assert [problem.name for problem in refused.value.problems] == ["missing-parameter"]
