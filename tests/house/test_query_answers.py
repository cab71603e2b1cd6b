"""Stored queries on the shipped data: none is asked in vain, columns hold what they declare, no two rows tie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from samtaler_kg.catalogue import StoredQuery
from samtaler_kg.codes import CodeLists
from samtaler_kg.graph import Graph
from samtaler_kg.guard import tokens
from samtaler_kg.stores import Answer
from samtaler_kg.terms import BASE, PREFIXES, XSD

Holds = Callable[[object], bool]


class Given(NamedTuple):
    """What a stored query gives on one layer."""

    query: StoredQuery
    layer: str
    answer: Answer

    def __str__(self) -> str:
        return f"{self.query.name} on {self.layer}"


#: A stored thing of each layer.
THINGS = {"coded": "trial/dnk-hurtigt-i-gang-1", "reconstructed": "record/R01", "memo": "claim/M07"}


@pytest.fixture(scope="module")
def sample(graph: Graph, examples: Mapping[str, str]) -> Mapping[str, str]:
    """A value of each parameter that the shipped data have: the first study, the first trial, a claim."""
    first = {
        kind: min(path.stem for path in (graph.base.data / folder).rglob("*.yaml"))
        for kind, folder in (("study", "studies"), ("trial", "trials"))
    }
    return {**examples, **first, "claim": "M07"}


@pytest.fixture(scope="module")
def given(graph: Graph, codes: CodeLists, sample: Mapping[str, str]) -> list[Given]:
    """Every answer query on each of its layers, with no parameter but those that it needs."""
    return list(_given(graph, codes, sample))


def _given(graph: Graph, codes: CodeLists, sample: Mapping[str, str]) -> Iterator[Given]:
    for query in graph.catalogue.all("answers"):
        for layer in query.layers:
            needed = {name: {**sample, "thing": THINGS[layer]}[name] for name in query.needs}
            text = query.filled(graph.catalogue.terms(query, needed, codes))
            yield Given(query, layer, graph.layer(layer, query.also).query(text))  # type: ignore[arg-type]


#: Questions that the shipped base cannot answer: nobody has recorded a judgement of certainty, no other base was taken in.
UNANSWERED = {"judgements on coded", "foreign-results on foreign"}


def test_every_answer_has_a_row_on_every_layer_it_may_be_asked_of(given: list[Given]) -> None:
    assert given
    silent = {str(one) for one in given if not one.answer.rows}
    assert silent == UNANSWERED


def test_every_rule_concludes_something(graph: Graph) -> None:
    concluded = {name: entry for name, entry in graph.manifest.items() if name.startswith("derived/")}
    wanted = {f"derived/{layer}/{rule.name}.nt" for rule in graph.catalogue.all("rules") for layer in rule.layers}
    assert set(concluded) == wanted
    # Nobody has been retracted from the shipped base; tests/queries shows what the rule concludes where somebody has.
    idle = ["derived/coded/study-retracted.nt"]
    said_of_the_graph_itself = 5  # its two sources, and the rule's class and two labels
    assert [name for name, entry in concluded.items() if entry["triples"] <= said_of_the_graph_itself] == idle


def test_columns_hold_what_they_are_declared_to_hold(given: list[Given], graph: Graph, codes: CodeLists) -> None:
    holds = of_type(codes)
    wrong = set()
    for one in given:
        for row in one.answer.rows:
            for name, term in zip(one.query.columns, row, strict=True):
                kind = graph.catalogue.columns[name].type
                if term is not None and not holds[kind](term):
                    wrong.add((str(one), name, kind, str(term)))
    assert sorted(wrong)[:10] == []


def of_type(codes: CodeLists) -> Mapping[str, Holds]:
    """What each type of column may hold."""

    def literal(*types: str) -> Holds:
        return lambda term: isinstance(term, ox.Literal) and term.datatype.value in types

    def named(allowed: Callable[[str], bool]) -> Holds:
        return lambda term: isinstance(term, ox.NamedNode) and allowed(term.value)

    return {
        "code": named(lambda iri: iri in codes.concepts),
        "id": named(lambda iri: iri.startswith(BASE + "id/")),
        "iri": named(lambda iri: iri.startswith(tuple(PREFIXES.values()))),
        "key": literal(XSD.string),
        "term": lambda term: isinstance(term, ox.NamedNode | ox.Literal),
        "text": literal(XSD.string, PREFIXES["rdf"] + "langString"),
        "integer": literal(XSD.integer),
        "decimal": literal(XSD.decimal, XSD.integer),
        "boolean": literal(XSD.boolean),
    }


def test_no_two_rows_stand_at_the_same_place_of_the_order(given: list[Given]) -> None:
    tied = {}
    for one in given:
        by = ordered_by(one.query.text)
        place = [n for n, column in enumerate(one.answer.columns) if column in by]
        keys = [tuple(map(str, (row[n] for n in place))) for row in one.answer.rows]
        if len(set(keys)) < len(keys):
            tied[str(one)] = next(key for key in keys if keys.count(key) > 1)
    assert tied == {}


def ordered_by(text: str) -> set[str]:
    """The variables that stand behind the last ORDER of a query."""
    words = [token.text for token in tokens(text)]
    last = max((n for n, word in enumerate(words) if word.upper() == "ORDER"), default=len(words))
    return {word[1:] for word in words[last:] if word.startswith("?")}
