"""Stored queries, their SPARQL: every engine reads it, no engine is slow on it, and the order of rows is one order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

from samtaler_kg.catalogue import Catalogue
from samtaler_kg.guard import inspect, tokens
from samtaler_kg.terms import PREFIXES

if TYPE_CHECKING:
    from tests.house.conftest import Asked

#: The operators that stand around a query's pattern: what is selected, ordered and grouped.
AROUND = {"SelectQuery", "Project", "Distinct", "Slice", "OrderBy", "Extend", "Filter", "AggregateJoin", "Group"}


@cache
def algebra(text: str) -> CompValue:
    """The SPARQL algebra of a query, as rdflib reads it."""
    return translateQuery(parseQuery(text)).algebra


def nodes(part: Any) -> Iterator[CompValue]:
    """Every operator of an algebra, patterns inside filters included."""
    if isinstance(part, CompValue):
        yield part
        part = part.values()
    if isinstance(part, Iterable) and not isinstance(part, str):
        for inner in part:
            yield from nodes(inner)


def slow_forms(text: str) -> list[str]:
    """The forms in a query that some engine answers in quadratic time."""
    found = []
    for node in nodes(algebra(text)):
        if node.name == "Builtin_NOTEXISTS":
            found.append("FILTER NOT EXISTS")
        if node.name == "Minus":
            found.append("MINUS")
        if node.name == "LeftJoin" and sum(len(bgp.triples) for bgp in nodes(node.p2) if bgp.name == "BGP") > 1:
            found.append("OPTIONAL with more than one triple pattern")
    return found


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ("FILTER NOT EXISTS", "?s ?p ?o FILTER NOT EXISTS { ?s a ?o }"),
        ("FILTER NOT EXISTS", "?s ?p ?o FILTER(?o = 1 || NOT EXISTS { ?s a ?o })"),
        ("MINUS", "?s ?p ?o { ?s ?p ?o MINUS { ?s a ?o } }"),
        ("OPTIONAL with more than one triple pattern", "?s ?p ?o OPTIONAL { ?s ?q ?r . ?r a ?t }"),
        ("OPTIONAL with more than one triple pattern", "?s ?p ?o OPTIONAL { ?s ?q ?r OPTIONAL { ?r a ?t } }"),
    ],
)
def test_slow_forms_are_recognised(form: str, where: str) -> None:
    assert form in slow_forms(f"SELECT * {{ {where} }}")


def test_a_fast_form_is_not_taken_for_a_slow_one() -> None:
    assert slow_forms("SELECT * { ?s ?p ?o . ?o ?q ?r OPTIONAL { ?s a ?t } FILTER(!BOUND(?t)) }") == []


def test_no_query_has_a_slow_form(asked: list[Asked]) -> None:
    assert {str(query): found for query in asked if (found := slow_forms(query.text))} == {}


def test_every_query_is_read_with_all_its_parameters_and_with_none(asked: list[Asked]) -> None:
    for query in asked:
        for text in (query.text, query.stored.text):
            ox.Store().query(text)
            algebra(text)
            assert inspect(text).reads_only, str(query)


def test_every_query_declares_what_it_uses_as_the_prefix_table_does(asked: list[Asked]) -> None:
    wrong = {str(query): found for query in asked if (found := prefix_faults(query.text))}
    assert wrong == {}


def prefix_faults(text: str) -> list[str]:
    """The prefixes of a query that are used and not declared, declared and not used, twice, or with another IRI."""
    findings, pieces = inspect(text), list(tokens(text))
    declared = [b.text[:-1] for a, b in pairwise(pieces) if a.text.upper() == "PREFIX"]
    used = [token.text.partition(":")[0] for token in pieces if token.kind == "pname"]
    return [
        *(f"{use.text}: not declared" for use in findings.undeclared),
        *(f"{prefix}: not used" for prefix in findings.prefixes if used.count(prefix) <= declared.count(prefix)),
        *(f"{prefix}: twice" for prefix in findings.prefixes if declared.count(prefix) > 1),
        *(f"{prefix}: other IRI" for prefix, iri in findings.prefixes.items() if PREFIXES.get(prefix) != iri),
        *(["BASE"] if findings.base else []),
    ]


def test_faults_of_prefixes_are_recognised() -> None:
    sam, skos = (f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("sam", "skos"))
    assert prefix_faults(f"{sam} ASK {{ ?s sam:verdict ?o }}") == []
    assert prefix_faults("ASK { ?s skos:broader ?o }") == ["skos: not declared"]
    assert prefix_faults(f"{sam} {skos} ASK {{ ?s sam:verdict 'skos:x' }}") == ["skos: not used"]
    assert prefix_faults("PREFIX skos: <http://example.org/> ASK { ?s skos:broader ?o }") == ["skos: other IRI"]


def operators(text: str) -> Mapping[str, CompValue]:
    """The operators around a query's pattern, by name, from the outside to the grouping."""
    found: dict[str, CompValue] = {}
    node = algebra(text)
    while node.name in AROUND and "Group" not in found:
        found.setdefault(node.name, node)
        node = node.p
    return found


def order_fault(text: str, ids: Collection[str] = ()) -> str:
    """What keeps the rows of a query from having one order as far as its text tells; empty where nothing does.

    A group that has one of the *ids* is about one thing: to order by that thing is enough.
    """
    around = operators(text)
    keys = {str(key) for key in around["Group"].expr or ()} if "Group" in around else {"?"}
    if not keys:
        return ""
    if "OrderBy" not in around:
        return "no ORDER BY"
    ordered = {str(variable) for condition in around["OrderBy"].expr for variable in variables(condition.expr)}
    loose = sorted(keys - ordered) if "Group" in around and not ordered & set(ids) else []
    return f"groups not in ORDER BY: {', '.join(loose)}" if loose else ""


def variables(expression: Any) -> Iterator[Variable]:
    """The variables of an expression."""
    if isinstance(expression, Variable):
        yield expression
    elif isinstance(expression, CompValue):
        for part in expression.values():
            yield from variables(part)
    elif isinstance(expression, list | tuple):
        for part in expression:
            yield from variables(part)


def test_missing_orders_are_recognised() -> None:
    assert order_fault("SELECT ?s { ?s ?p ?o }") == "no ORDER BY"
    counted = "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p ORDER BY"
    assert order_fault(f"{counted} ?s") == "groups not in ORDER BY: p"
    assert order_fault(f"{counted} DESC(?n) ?p ?s") == ""
    assert order_fault(f"{counted} ?s", {"s"}) == ""
    assert order_fault("SELECT (COUNT(?o) AS ?n) { ?s ?p ?o }") == ""


def test_rows_have_an_order_by_their_text(asked: list[Asked], catalogue: Catalogue) -> None:
    tables = [query for query in asked if query.stored.shelf != "rules"]
    assert tables
    ids = {column.name for column in catalogue.columns.values() if column.type == "id"}
    assert {str(query): fault for query in tables if (fault := order_fault(query.text, ids))} == {}
