"""Every stored question and check against rows worked out by hand, on two engines, and on the real graph.

A folder beside this file is named as a query. ``expected.<case>.csv`` in it holds the rows of one case, as they
follow from the cards in ``given`` (an unbound cell is empty, codes and ids stand in their short form). Its first lines
may say, as TOML after ``#``, the ``layer`` (else the query's first), the ``params``, and what is ``added``: a file of
triples in the same folder that joins the given base, so that a check has something to find.
"""

import csv
import io
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.agreement import kappa
from samtaler_kg.catalogue import Catalogue, StoredQuery, switches
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
from samtaler_kg.stores import Answer, engine
from samtaler_kg.tables import plain
from samtaler_kg.terms import BASE, PREFIXES, short

HERE = Path(__file__).resolve().parent
CATALOGUE = Catalogue(shipped())
ANSWERS = CATALOGUE.all("answers")
CHECKS = CATALOGUE.all("checks")
QUERIES = {query.name: query for query in [*ANSWERS, *CHECKS]}
ENGINES = ("oxigraph", "rdflib")

#: What the questions that need a parameter are asked about in the real graph, by layer.
NEEDED = {
    "study": {"coded": "boeheim-eppel-2023-lower-caseloads"},
    "thing": {"coded": "study/maibom-rosholm-2014-youth", "reconstructed": "record/R01", "memo": "claim/M07"},
}


@dataclass(frozen=True)
class Case:
    path: Path
    layer: str
    params: dict[str, str] = field(default_factory=dict)
    added: Path | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def query(self) -> StoredQuery:
        return QUERIES[self.path.parent.name]

    @property
    def name(self) -> str:
        return f"{self.query.name}-{self.path.name.split('.')[1]}"


def _case(path: Path) -> Case:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head = [line for line in lines if line.startswith("# ")]
    told = tomllib.loads("".join(line[2:] for line in head))
    columns, *rows = csv.reader(io.StringIO("".join(lines[len(head) :])))
    layer = told.pop("layer", QUERIES[path.parent.name].layers[0])
    added = path.parent / told.pop("added") if "added" in told else None
    params = told.pop("params", {})
    assert not told, f"{path}: {told}"
    return Case(path, layer, params, added, tuple(columns), tuple(map(tuple, rows)))


FOLDERS = {path.name for path in HERE.iterdir() if path.is_dir() and path.name not in {"given", "__pycache__"}}
CASES = [_case(path) for path in sorted(HERE.glob("*/expected.*.csv")) if path.parent.name in QUERIES]
ON_LAYERS = [
    pytest.param(query, layer, id=f"{query.name}-{layer}") for query in QUERIES.values() for layer in query.layers
]


def _text(query: StoredQuery, graph: Graph, params: dict[str, str]) -> str:
    return query.filled(CATALOGUE.terms(query, params, graph.codes))


def _needed(query: StoredQuery, layer: str) -> dict[str, str]:
    return {name: NEEDED[name][layer] for name in query.needs}


#: The answers already found, by case and engine: rdflib is slow.
_FOUND: dict[tuple[str, str], Answer] = {}


def _run(case: Case, graph: Graph) -> Answer:
    key = (case.name, graph.engine_name)
    if key not in _FOUND:
        store = graph.layer(case.layer, case.query.also)
        if case.added:
            store = engine(graph.engine_name)
            store.load([*graph.files(case.layer, case.query.also), case.added])
        _FOUND[key] = store.query(_text(case.query, graph, case.params))
    return _FOUND[key]


def _shown(term: object) -> str:
    value = plain(term)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


#: How the IRIs of a column of a type begin, and which data types its literals may have.
STARTS = {
    "code": (BASE + "code/", PREFIXES["country"], PREFIXES["language"]),
    "id": (BASE + "id/",),
    "iri": ("http",),
    "term": ("http",),
}
TYPES = {
    "text": ("xsd:string", "rdf:langString"),
    "key": ("xsd:string",),
    "term": ("xsd:string", "xsd:integer"),
    "integer": ("xsd:integer",),
    "decimal": ("xsd:decimal",),
    "boolean": ("xsd:boolean",),
}


def _fits(term: ox.NamedNode | ox.Literal | None, kind: str) -> bool:
    """Whether a cell is what its column says."""
    if term is None:
        return True
    if isinstance(term, ox.NamedNode):
        return term.value.startswith(STARTS.get(kind, ("no IRI",)))
    return short(term.datatype.value) in TYPES.get(kind, ())


def test_every_stored_question_and_check_has_its_folder_of_cases() -> None:
    assert set(QUERIES) == FOLDERS
    assert {case.query.name for case in CASES} == FOLDERS


def test_every_layer_of_a_question_has_a_case() -> None:
    wanted = {(query.name, layer) for query in ANSWERS for layer in query.layers}
    assert wanted - {(case.query.name, case.layer) for case in CASES} == set()


def test_every_check_has_a_fault_to_find() -> None:
    assert {query.name for query in CHECKS} <= {case.query.name for case in CASES if case.added and case.rows}


@pytest.mark.parametrize("engine_name", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_worked_out_by_hand(case: Case, engine_name: str, given: dict[str, Graph]) -> None:
    found = _run(case, given[engine_name])
    assert found.columns == case.query.columns == case.columns
    assert [tuple(map(_shown, row)) for row in found.rows] == list(case.rows)
    for row in found.rows:
        for name, term in zip(found.columns, row, strict=True):
            assert _fits(term, CATALOGUE.columns[name].type), (name, term)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_engines_give_the_same_typed_rows(case: Case, given: dict[str, Graph]) -> None:
    one, other = (_run(case, given[name]) for name in ENGINES)
    assert (one.columns, list(one.rows)) == (other.columns, list(other.rows))


#: Questions that the shipped base cannot answer yet, and why.
UNANSWERED = {
    "judgements": "nobody has recorded a judgement of certainty",
    "foreign-results": "no other base has been taken in",
}


@pytest.mark.parametrize(("query", "layer"), ON_LAYERS)
def test_both_engines_agree_on_the_real_graph(query: StoredQuery, layer: str, real: dict[str, Graph]) -> None:
    text = _text(query, real["oxigraph"], _needed(query, layer))
    one, other = (real[name].layer(layer, query.also).query(text) for name in ENGINES)
    assert one.columns == other.columns == query.columns
    assert list(one.rows) == list(other.rows)
    assert query.shelf == "checks" or one.rows or query.name in UNANSWERED, "a question without an answer"
    assert all(_fits(t, CATALOGUE.columns[c].type) for row in one.rows for c, t in zip(one.columns, row, strict=True))


@pytest.mark.parametrize(("query", "layer"), [part for part in ON_LAYERS if part.values[0].shelf == "checks"])
@pytest.mark.parametrize("base", ["given", "real"])
def test_no_check_finds_anything_in_a_sound_base(
    query: StoredQuery, layer: str, base: str, given: dict[str, Graph], real: dict[str, Graph]
) -> None:
    engines = given.values() if base == "given" else [real["oxigraph"]]  # that rdflib agrees there is shown above
    assert all(list(graph.layer(layer).query(query.text).rows) == [] for graph in engines)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_head_says_what_its_text_does(query: StoredQuery) -> None:
    assert switches(query) - {"any", "class", "property", "part"} >= set(query.params)
    assert set(query.needs) <= set(query.params) <= set(CATALOGUE.params)
    assert set(query.columns) <= set(CATALOGUE.columns)
    assert set(query.asks) == {"en", "da"}
    for key in ("note", "remedy"):
        assert set(query.head.get(key, {"en": "", "da": ""})) == {"en", "da"}
    for layer, names in query.head.get("layer_params", {}).items():
        assert layer in query.layers
        assert set(names) <= set(query.params)


def test_no_column_and_no_parameter_is_declared_for_nothing() -> None:
    assert {column for query in QUERIES.values() for column in query.columns} == set(CATALOGUE.columns)
    assert {name for query in QUERIES.values() for name in query.params} == set(CATALOGUE.params)


def test_kappa_of_the_second_coding_is_what_the_evidence_states(real: dict[str, Graph]) -> None:
    pairs: dict[str, Counter[tuple[str, str]]] = {}
    for field_, first, second, results in real["oxigraph"].layer("coded").query(QUERIES["coding-pairs"].text).rows:
        pairs.setdefault(field_.value, Counter())[first.value, second.value] += int(results.value)
    assert {name: found.total() for name, found in pairs.items()} == dict.fromkeys(pairs, 40)
    agreed = {name: round(kappa(found) or 0, 2) for name, found in pairs.items()}
    assert agreed == {"verdict": 1.0, "design": 0.94, "purpose": 0.73, "mechanism": 0.59}


def _rows(real: dict[str, Graph], name: str, **params: str) -> list[list[str]]:
    graph = real["oxigraph"]
    return [list(map(_shown, row)) for row in graph.layer("coded").query(_text(QUERIES[name], graph, params)).rows]


def test_the_scope_of_the_memo_counts_what_the_evidence_states(real: dict[str, Graph]) -> None:
    found = _rows(real, "results-by-region", scope="memo")
    assert [row[:6] for row in found] == [
        ["denmark", "memo-three", "19", "5", "1", "25"],
        ["northern-europe-excl-denmark", "memo-three", "115", "42", "16", "173"],
    ]
    assert _rows(real, "scope-size", scope="memo") == [["383", "198"]]


def test_the_sick_listed_and_the_clusters_are_what_the_evidence_states(real: dict[str, Graph]) -> None:
    sick = [row for row in _rows(real, "sick-listed-against-job-ready") if row[1] == "true"]
    assert [sum(int(row[n]) for row in sick) for n in (3, 4, 5)] == [6, 8, 1]
    assert len({row[1] for row in _rows(real, "trial-members")}) == 63
    assert len(_rows(real, "trials")) == 22
    # 153 - 63 + 22 = 112 units, less one: a study that pools two of the trials joins them.
    assert len({row[9] for row in _rows(real, "studies")}) == 111
