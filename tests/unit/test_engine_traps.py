"""Silent wrong answers of the libraries below. Each test shows the trap in the raw library and that no room falls in.

``still_there`` marks the raw half: where it fails, the library has changed, the trap is gone and its guard may go too.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, XSD, Literal, URIRef
from ruamel.yaml import YAML

from samtaler_kg import cards, tables
from samtaler_kg.ask import ask
from samtaler_kg.catalogue import Column
from samtaler_kg.codes import CodeLists
from samtaler_kg.graph import LAYERS, Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Refused
from samtaler_kg.stores import Engine, EngineName, engine
from samtaler_kg.terms import PREFIXES

S, P, THING = (URIRef(f"http://example.org/{name}") for name in ("s", "p", "thing"))
SAM = f"PREFIX sam: <{PREFIXES['sam']}>\n"
ENGINES: tuple[EngineName, ...] = ("oxigraph", "rdflib")


def still_there(trap: bool) -> None:
    """The raw half of a test: the library still gives the wrong answer."""
    assert trap, "the trap is gone from the library: this test and what guards against it can go"


@pytest.fixture(scope="module")
def lines(base: Base) -> list[str]:
    """Every line of every built file."""
    paths = sorted(base.graph.rglob("*.nt"))
    return [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts(graph: Graph) -> dict[str, str]:
    """The text of every stored query."""
    shelves = ("answers", "rules", "checks")
    return {f"{shelf}/{query.name}": query.text for shelf in shelves for query in graph.catalogue.all(shelf)}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def both(graph: Graph) -> dict[EngineName, Engine]:
    """The coded layer in both engines."""
    return {"oxigraph": graph.layer("coded"), "rdflib": Graph(graph.base, "rdflib").layer("coded")}


def same(both: dict[EngineName, Engine], text: str) -> list[tuple[object, ...]]:
    """The rows of a query, which both engines must give alike."""
    ours, theirs = (list(both[name].query(SAM + text).rows) for name in ENGINES)
    assert ours == theirs
    return ours


# Terms and numbers


def test_string_datatypes(lines: list[str], texts: dict[str, str], both: dict[EngineName, Engine]) -> None:
    """rdflib holds "x" and "x"^^xsd:string for two terms, so that a plain string in a query misses typed data."""
    typed = rdflib.Graph()
    typed.add((S, P, Literal("x", datatype=XSD.string)))
    still_there((S, P, Literal("x")) not in typed and not list(typed.query('SELECT ?s { ?s ?p "x" }')))

    marked = f'"^^<{XSD.string}>'
    assert [line for line in lines if marked in line] == []
    assert [name for name, text in texts.items() if '"^^xsd:string' in text or marked in text] == []
    assert len(same(both, 'SELECT ?e { ?e sam:printedText "7-9" }')) == 1


def test_oxigraph_rewrites_lexical_forms(lines: list[str], both: dict[EngineName, Engine]) -> None:
    """Oxigraph makes 1.50 into 1.5, -0.0 into 0 and da-DK into da-dk: a printed number must be no number."""
    store = ox.Store()
    decimal = ox.NamedNode(PREFIXES["xsd"] + "decimal")
    for term in (ox.Literal("1.50", datatype=decimal), ox.Literal("-0.0", datatype=decimal)):
        store.add(ox.Quad(ox.NamedNode(S), ox.NamedNode(P), term))
    store.load(f'<{S}> <{P}> "x"@da-DK .'.encode(), ox.RdfFormat.N_TRIPLES)
    kept = {(quad.object.value, getattr(quad.object, "language", None)) for quad in store}  # type: ignore[union-attr]
    still_there(kept == {("1.5", None), ("0", None), ("x", "da-dk")})

    printed = [line for line in lines if "ontology#printed" in line and " <http://www.w3.org/" not in line]
    assert printed
    assert [line for line in printed if "^^" in line] == []
    assert {tag for line in lines for tag in re.findall(r'"@([A-Za-z-]+) \.$', line)} == {"da", "en"}
    trailing = [line for line in printed if re.search(r'#printed\w+> "[^"]*\.\d*0" \.$', line)]
    assert trailing
    for line in trailing:
        property_, value = re.search(r'#(printed\w+)> "([^"]*)" \.$', line).groups()  # type: ignore[union-attr]
        assert same(both, f'SELECT ?v {{ ?e sam:{property_} ?v FILTER(STR(?v) = "{value}") }} LIMIT 1'), line


def test_years_are_numbers(lines: list[str], both: dict[EngineName, Engine]) -> None:
    """rdflib compares no gYear: a filter on years gives no row and no error."""
    dated = rdflib.Graph()
    dated.add((S, P, Literal("2012", datatype=XSD.gYear)))
    still_there(not list(dated.query(f'SELECT ?s {{ ?s ?p ?y FILTER(?y >= "2010"^^<{XSD.gYear}>) }}')))

    assert [line for line in lines if f"^^<{XSD.gYear}>" in line] == []
    years = same(both, "SELECT (COUNT(?s) AS ?n) { ?s a sam:Study ; sam:year ?y FILTER(?y >= 2010) }")
    assert years[0][0].value not in ("0", str(len(lines)))  # type: ignore[attr-defined]


def test_decimals_are_decimals(lines: list[str], graph: Graph) -> None:
    """rdflib's Literal(0.5, datatype=XSD.decimal) holds a float, and small ones are written with an exponent."""
    still_there(isinstance(Literal(0.5, datatype=XSD.decimal).value, float))
    still_there("e" in str(Literal(0.0000001, datatype=XSD.decimal)).lower())

    written = [match[1] for line in lines if (match := re.search(rf'"([^"]*)"\^\^<{XSD.decimal}> \.$', line))]
    assert written
    assert [number for number in written if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number)] == []
    values = [row["value"] for row in ask(graph, "estimates-printed").records() if row["value"] is not None]
    assert {type(value) for value in values} == {Decimal}


# Queries that mean something else


def test_unknown_bindings(graph: Graph, texts: dict[str, str], repo: Path) -> None:
    """rdflib ignores a name in initBindings that the query does not have: a mis-spelt parameter restricts nothing."""
    some = rdflib.Graph()
    some.add((S, P, THING))
    still_there(len(list(some.query("SELECT ?s { ?s ?p ?o }", initBindings={"regionn": S}))) == 1)

    for given, name in (({"regionn": "denmark"}, "unknown-parameter"), ({"region": "dk"}, "unknown-code")):
        with pytest.raises(Refused) as refused:
            ask(graph, "count-results", given=given)
        assert [problem.name for problem in refused.value.problems] == [name]
    with pytest.raises(Refused) as refused:
        ask(graph, "study-results")
    assert [problem.name for problem in refused.value.problems] == ["missing-parameter"]
    # The engine of the shapes hands on what pyshacl binds, which is always $this, $value and the like.
    rooms = [path for path in (repo / "samtaler_kg").rglob("*.py") if path.parts[-2:] != ("check", "engine.py")]
    assert [path.name for path in rooms if "initBindings" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("name", ENGINES)
def test_prefixes_that_rdflib_happens_to_know(name: EngineName) -> None:
    """rdflib reads skos: without a PREFIX line, so that a query works here and is no query elsewhere."""
    still_there(not list(rdflib.Graph().query("SELECT ?s { ?s skos:broader ?o }")))

    with pytest.raises(SyntaxError):
        engine(name).query("SELECT ?s { ?s skos:broader ?o }")


def test_optional_behind_values(graph: Graph) -> None:
    """rdflib forgets what VALUES bound when it looks whether an OPTIONAL has a match, and leaves out the row."""
    some = rdflib.Graph()
    some.add((S, RDF.type, THING))
    some.add((S, P, THING))
    text = f"SELECT ?p {{ VALUES ?p {{ <{P}> <{THING}> }} ?s a ?c OPTIONAL {{ ?s ?p ?v }} }}"
    still_there(len(list(some.query(text))) == 1)

    fields = [row["field"] for row in ask(graph, "missing-fields").records()]
    assert {"measure", "higher_is_better"} <= set(fields)  # empty in every estimate: the rows that rdflib leaves out


def test_errors_inside_a_count(texts: dict[str, str]) -> None:
    """COUNT(IF(…, ?x, 1/0)) should leave out what fails: Oxigraph gives up the whole count, rdflib counts all."""
    text = "SELECT (COUNT(IF(?x > 1, ?x, 1/0)) AS ?n) { VALUES ?x { 1 2 3 } }"
    still_there([row[0] for row in ox.Store().query(text)] == [None])  # type: ignore[union-attr, index]
    still_there([str(row[0]) for row in rdflib.Graph().query(text)] == ["3"])  # type: ignore[index]

    inside = re.compile(r"\b(COUNT|SUM|MIN|MAX|AVG|SAMPLE)\s*\((?:[^()]|\([^()]*\))*/\s*0")
    assert [name for name, text in texts.items() if inside.search(text)] == []


def test_other_calls_change_no_answer(graph: Graph) -> None:
    """A Dataset's default_union, which a library may switch on in passing, changes the rows of the same question."""
    shared = rdflib.Dataset()
    shared.graph(THING).add((S, P, THING))
    before = len(list(shared.query("SELECT ?s { ?s ?p ?o }")))
    shared.default_union = True
    still_there((before, len(list(shared.query("SELECT ?s { ?s ?p ?o }")))) == (0, 1))

    first = [ask(graph, name).rows for name in ("count-results", "studies")]
    for layer in LAYERS:
        graph.layer(layer).query("SELECT * { GRAPH ?g { ?s ?p ?o } }")
        Graph(graph.base, "rdflib").layer("memo").query("SELECT * { ?s ?p ?o } LIMIT 1")
    graph.named_graphs()
    tables.as_pandas(ask(graph, "results"))
    assert [ask(graph, name).rows for name in ("count-results", "studies")] == first


def test_layers_do_not_mix(graph: Graph) -> None:
    """Where the default graph is the union of all graphs, one layer counts the records of the others."""
    store = ox.Store()
    for path in (graph.base.graph / "coded.nt", graph.base.graph / "reconstructed.nt"):
        store.load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(f"file:///{path.name}"))
    text = SAM + "SELECT (COUNT(?r) AS ?n) { ?r sam:verdict ?v }"
    counts = [str(next(store.query(text, use_default_graph_as_union=union))[0].value) for union in (False, True)]  # type: ignore[union-attr, index, arg-type]
    own = {layer: int(graph.layer(layer).query(text).rows[0][0].value) for layer in LAYERS}  # type: ignore[union-attr]
    still_there(counts == ["0", str(own["coded"] + own["reconstructed"])])

    foreign = {"coded": "ReconstructedResult ReconstructedStudy Claim PublishedCount Reading", "reconstructed":
               "Result Study Trial Claim PublishedCount", "memo": "Result Study Trial ReconstructedResult",
               "links": "Result Study Trial Claim", "foreign": "Result Study Trial Claim"}  # fmt: skip
    for layer in LAYERS:
        one = graph.layer(layer)
        for kind in foreign[layer].split():
            assert not one.query(SAM + f"ASK {{ ?s a sam:{kind} }}").truth, (layer, kind)
        assert not one.query("ASK { GRAPH ?g { ?s ?p ?o } }").truth, layer


# Files that other programs read


def test_words_that_pandas_takes_for_missing(graph: Graph, codes_of_verdict: list[str]) -> None:
    """pandas reads None, NA and null as missing; the code of the most telling verdict is none."""
    words = ["None", "NA", "null", "nan", "N/A", "none"]
    rows = [(ox.Literal(word),) for word in words]
    table = tables.Table([Column("verdict", "text", {"da": "", "en": ""})], rows)
    raw = pd.read_csv(io.StringIO(tables.as_csv(table)))
    still_there(raw["verdict"].isna().sum() == 5)

    read = pd.read_csv(io.StringIO(tables.as_csv(table)), keep_default_na=False, dtype=str)
    assert list(read["verdict"]) == words
    ours = tables.as_pandas(table)["verdict"]
    assert list(ours) == words
    assert not ours.isna().any()
    assert "none" in codes_of_verdict
    assert "none" in set(tables.as_pandas(ask(graph, "results"))["verdict"])


@pytest.fixture(scope="module")
def codes_of_verdict(graph: Graph) -> list[str]:
    codes: CodeLists = graph.codes
    return list(codes.by_list["verdict"])


def test_yaml_words_that_mean_no(tmp_path: Path) -> None:
    """A YAML 1.1 reader makes no, NO and off False: Norwegian and a plain no would vanish from a card."""
    text = "language: no\ncountry: NO\nnote: off\nvalue: 0.80\nyear: 2012\n"
    old = YAML(typ="safe", pure=True)
    old.version = (1, 1)
    still_there(list(old.load(text).values())[:4] == [False, False, False, 0.8])

    path = tmp_path / "card.yaml"
    path.write_text(text, encoding="utf-8")
    card, problems = cards.read(path, "study")
    assert problems == []
    assert card is not None
    assert list(card.data.values()) == ["no", "NO", "off", "0.80", "2012"]
