"""The engines: one Answer from both, the same refusals, nothing that goes out, nothing tied to a thread."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from samtaler_kg.stores import Answer, Engine, EngineName, Oxigraph, Rdflib, as_oxigraph, engine, serialized
from samtaler_kg.terms import PREFIXES, XSD

EX = "http://example.org/"
BOTH: tuple[EngineName, ...] = ("oxigraph", "rdflib")
P = f"PREFIX : <{EX}>\nPREFIX xsd: <{PREFIXES['xsd']}>\n"

DATA = f"""\
<{EX}a> <{EX}in> <{EX}DNK> .
<{EX}a> <{EX}label> "beskæftigelse"@da .
<{EX}a> <{EX}label> "employment"@en .
<{EX}a> <{EX}printed> "0.80" .
<{EX}a> <{EX}year> "2012"^^<{XSD.integer}> .
<{EX}b> <{EX}in> <{EX}DNK> .
<{EX}b> <{EX}share> "1.5"^^<{XSD.decimal}> .
<{EX}b> <{EX}true> "true"^^<{XSD.boolean}> .
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stores") / "data.nt"
    path.write_text(DATA, encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=BOTH)
def loaded(request: pytest.FixtureRequest, file: Path) -> Engine:
    one = engine(request.param)
    one.load([file])
    return one


@pytest.fixture(scope="module")
def pair(file: Path) -> tuple[Engine, Engine]:
    engines = engine("oxigraph"), engine("rdflib")
    for one in engines:
        one.load([file])
    return engines


# What an Answer is


def test_a_select_gives_columns_and_rows_in_order(loaded: Engine) -> None:
    answer = loaded.query(P + "SELECT ?s ?year { ?s :in ?c OPTIONAL { ?s :year ?year } } ORDER BY ?s")
    number = ox.Literal("2012", datatype=ox.NamedNode(XSD.integer))
    assert answer.columns == ("s", "year")
    assert list(answer.rows) == [(ox.NamedNode(EX + "a"), number), (ox.NamedNode(EX + "b"), None)]
    assert (answer.triples, answer.truth) == (None, None)
    assert loaded.query(P + "SELECT ?s { ?s :nothing ?o }") == Answer(("s",), [])


def test_an_ask_gives_a_truth(loaded: Engine) -> None:
    assert loaded.query(P + "ASK { :a :in :DNK }") == Answer(truth=True)
    assert loaded.query(P + "ASK { :a :in :SWE }") == Answer(truth=False)


def test_a_construct_gives_each_triple_once(loaded: Engine) -> None:
    answer = loaded.query(P + "CONSTRUCT { :x :seen :y } { ?s ?p ?o }")
    assert list(answer.triples or ()) == [
        ox.Triple(ox.NamedNode(EX + "x"), ox.NamedNode(EX + "seen"), ox.NamedNode(EX + "y"))
    ]
    assert (answer.columns, list(answer.rows), answer.truth) == ((), [], None)


def test_a_construct_without_triples_is_no_select(loaded: Engine) -> None:
    assert loaded.query(P + "CONSTRUCT { ?s :seen ?o } { ?s :nothing ?o }").triples == []


def test_a_describe_gives_what_is_said_of_a_thing(loaded: Engine) -> None:
    triples = loaded.query(P + "DESCRIBE :b").triples
    assert triples is not None
    assert {triple.predicate.value for triple in triples} == {EX + "in", EX + "share", EX + "true"}


QUERIES = [
    "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o",
    "SELECT ?label { :a :label ?label } ORDER BY LANG(?label)",
    "SELECT (LANG(?label) AS ?lang) (STR(?label) AS ?text) { :a :label ?label } ORDER BY ?lang",
    "SELECT (COUNT(*) AS ?n) (SUM(IF(BOUND(?year), ?year, 0)) AS ?sum) { ?s :in ?c OPTIONAL { ?s :year ?year } }",
    "SELECT (1/0 AS ?nothing) {}",
    "SELECT ?c (COUNT(?year) AS ?years) { ?s :in ?c OPTIONAL { ?s :year ?year } } GROUP BY ?c",
    "SELECT ?v { VALUES ?v { 'a' 'a'@da 1 1.5 true } } ORDER BY STR(?v) LANG(?v)",
    "SELECT ?s { ?s :printed '0.80' }",
    "ASK { ?s :label 'employment'@en }",
    "ASK { ?s :label 'employment' }",
]


@pytest.mark.parametrize("query", QUERIES)
def test_both_engines_give_the_same_answer(pair: tuple[Engine, Engine], query: str) -> None:
    ours, theirs = (one.query(P + query) for one in pair)
    assert ours == theirs


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE :a", "DESCRIBE ?s { ?s :in :DNK }"])
def test_both_engines_give_the_same_triples(pair: tuple[Engine, Engine], query: str) -> None:
    ours, theirs = ([str(triple) for triple in one.query(P + query).triples or ()] for one in pair)
    assert ours
    assert sorted(ours) == sorted(theirs)


def test_a_row_in_which_nothing_is_bound_is_a_row(loaded: Engine) -> None:
    assert list(loaded.query("SELECT ?x { OPTIONAL { ?x <http://example.org/nothing> ?y } }").rows) == [(None,)]


def test_languages_are_kept_apart(loaded: Engine) -> None:
    found = {row[0] for row in loaded.query(P + "SELECT ?l { :a :label ?l }").rows}
    assert found == {ox.Literal("beskæftigelse", language="da"), ox.Literal("employment", language="en")}


# What is refused


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT * { ?s ?p ?o } LIMIT",
        "SELECT * { ?s ?p ?o",
        "SELECT * { ?s unknown:x ?o }",
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://example.org/>",
        "hvor mange?",
    ],
)
def test_what_is_no_query_is_a_syntax_error(loaded: Engine, text: str) -> None:
    with pytest.raises(SyntaxError):
        loaded.query(text)


def test_an_update_changes_nothing(loaded: Engine) -> None:
    before = loaded.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    with pytest.raises(SyntaxError):
        loaded.query("CLEAR ALL")
    assert loaded.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == before


def test_what_an_engine_cannot_do_is_a_runtime_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="not supported"):
        engine("oxigraph").query("ASK { FILTER(<http://example.org/function>(1)) }")

    def give_up(*_: object) -> None:
        raise Exception("bare, as rdflib raises it")

    monkeypatch.setattr(rdflib.Dataset, "query", give_up)
    with pytest.raises(RuntimeError, match="bare"):
        engine("rdflib").query("ASK {}")


SERVER = "<http://127.0.0.1:9/>"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE {SERVER} {{ ?s ?p ?o }} }}",
        f"SELECT * {{ service SILENT {SERVER} {{ ?s ?p ?o }} }}",
        f"ASK {{ ?s ?p ?o OPTIONAL {{ SERVICE {SERVER} {{ ?s ?p ?o }} }} }}",
        f"ASK {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {SERVER} {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE ?where {{ ?s ?p ?o }} }} }} VALUES ?where {{ {SERVER} }} }}",
        f"SELECT * {{ \\u0053ERVICE {SERVER} {{ ?s ?p ?o }} }}",
    ],
)
def test_another_server_is_never_asked(loaded: Engine, text: str) -> None:
    with pytest.raises(SyntaxError):
        loaded.query(text)


def test_the_word_service_may_stand_in_text_and_names(loaded: Engine) -> None:
    text = "SELECT ?x { VALUES ?x { 'public employment SERVICE' } FILTER(?x != 'a\\u00e6') } # SERVICE <x> {}"
    assert len(loaded.query(text).rows) == 1


# The default graph and the named ones


@pytest.fixture(params=BOTH)
def named(request: pytest.FixtureRequest, file: Path, tmp_path: Path) -> Engine:
    other = tmp_path / "other.nt"
    other.write_text(f'<{EX}z> <{EX}printed> "other" .\n', encoding="utf-8")
    one = engine(request.param)
    one.load([file])
    one.load([other], EX + "graph")
    return one


@pytest.mark.parametrize(
    ("source", "pattern", "wanted"),
    [
        ("", "?s ?p ?o", "ab"),
        ("", "GRAPH ?g { ?s ?p ?o }", "z"),
        (f"FROM <{EX}graph>", "?s ?p ?o", "z"),
        (f"FROM <{EX}graph>", "GRAPH ?g { ?s ?p ?o }", ""),
        (f"FROM NAMED <{EX}graph>", "GRAPH ?g { ?s ?p ?o }", "z"),
        (f"FROM NAMED <{EX}graph>", "?s ?p ?o", ""),
        (f"FROM <{EX}unknown>", "?s ?p ?o", ""),
        (f"FROM NAMED <{EX}unknown>", "GRAPH ?g { ?s ?p ?o }", ""),
    ],
)
def test_a_query_sees_the_graphs_that_it_names(named: Engine, source: str, pattern: str, wanted: str) -> None:
    answer = named.query(f"SELECT DISTINCT ?s {source} {{ {pattern} }} ORDER BY ?s")
    assert [str(row[0]) for row in answer.rows] == [f"<{EX}{letter}>" for letter in wanted]


def test_a_new_engine_is_empty_and_its_own(file: Path) -> None:
    for name in BOTH:
        first, second = engine(name), engine(name)
        first.load([file])
        assert (first.name, second.name) == (name, name)
        assert first.query("ASK { ?s ?p ?o }").truth
        assert not second.query("ASK { ?s ?p ?o }").truth


# Threads and lifetimes


def test_an_answer_may_be_read_and_dropped_in_another_thread(loaded: Engine) -> None:
    answers = [loaded.query("SELECT ?s ?p ?o { ?s ?p ?o }"), loaded.query("CONSTRUCT WHERE { ?s ?p ?o }")]
    seen: list[int] = []

    def read() -> None:
        seen.extend(len([str(term) for part in (one.triples or one.rows) for term in part]) for one in answers)
        answers.clear()
        gc.collect()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert seen == [24, 24]


def test_many_threads_may_ask_one_engine(pair: tuple[Engine, Engine]) -> None:
    def rows(turn: int) -> Iterator[tuple[object, ...]]:
        one = pair[turn % 2]
        return iter(one.query("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o").rows)

    with ThreadPoolExecutor(4) as pool:
        answers = [list(found) for found in pool.map(rows, range(16))]
    assert all(answer == answers[0] for answer in answers)


def test_an_answer_outlives_its_engine(file: Path) -> None:
    one = Oxigraph()
    one.load([file])
    answer = one.query("SELECT ?o { ?s <http://example.org/printed> ?o }")
    del one
    gc.collect()
    assert list(answer.rows) == [(ox.Literal("0.80"),)]


# Terms at the border


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (rdflib.URIRef(EX), ox.NamedNode(EX)),
        (rdflib.BNode("b0"), ox.BlankNode("b0")),
        (rdflib.Literal("x"), ox.Literal("x")),
        (rdflib.Literal("x", datatype=rdflib.XSD.string), ox.Literal("x")),
        (rdflib.Literal("ø", lang="da"), ox.Literal("ø", language="da")),
        (rdflib.Literal(7), ox.Literal("7", datatype=ox.NamedNode(XSD.integer))),
        (rdflib.Literal("1.50", datatype=rdflib.XSD.decimal), ox.Literal("1.50", datatype=ox.NamedNode(XSD.decimal))),
        (rdflib.Literal(""), ox.Literal("")),
        (None, None),
    ],
)
def test_a_term_of_rdflib_is_the_same_term_here(theirs: object, ours: object) -> None:
    assert as_oxigraph(theirs) == ours


def test_triples_are_written_as_they_are_read() -> None:
    triples = [quad.triple for quad in ox.parse(DATA.encode(), format=ox.RdfFormat.N_TRIPLES)]
    assert serialized(triples, ox.RdfFormat.N_TRIPLES).decode() == DATA


def test_rdflib_settings_of_the_reader_stay_as_they_were() -> None:
    import rdflib.plugins.sparql as settings

    before = (settings.SPARQL_LOAD_GRAPHS, settings.SPARQL_DEFAULT_GRAPH_UNION, dict(settings.CUSTOM_EVALS))
    Rdflib().query("SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }")
    after = (settings.SPARQL_LOAD_GRAPHS, settings.SPARQL_DEFAULT_GRAPH_UNION, settings.CUSTOM_EVALS)
    assert after == before
