"""Every parameter of every stored question: what it leaves of the given base, worked out by hand."""

import re
from collections.abc import Sequence

import pytest

from samtaler_kg.catalogue import Catalogue, StoredQuery
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
from samtaler_kg.stores import Answer
from samtaler_kg.terms import id_iri

CATALOGUE = Catalogue(shipped())

#: Parameter → value, and the results left of the eleven that count: A1 is given-a-2005-r1. See given/README.md.
LEFT = {
    "scope": ("memo", "A1 A2 B1 C1 C2"),
    "region": ("denmark", "A1 A2 B1 B2"),
    "period": ("2011-2015", "B1 B2"),
    "country": ("FRA", "E1 E2"),
    "mechanism": ("programme|lock-in", "A1 B1 D1 E2"),
    "verdict": ("none", "A2 C1 D1"),
    "purpose": ("mixed", "B1 B2 D2"),
    "outcome": ("employment", "A1 B1 C2 D2 E1"),
    "target_group": ("sick-listed", "D1 D2"),
    "job_ready": ("unclear", "E1 E2"),
    "design": ("matching", "C1 C2"),
    "bundle": ("activation", "B1 B2"),
    "sex": ("men", "C2"),
    "age": ("young", "B1 B2"),
    "education": ("unskilled", "B1"),
    "favours": ("unknown", "A2 D1"),
    "confidence": ("low", "B1 E1"),
    "verification": ("full", "A1 A2 C1 C2 E1 E2 G1"),
    "year_from": ("2005|2013", "A1 A2 B1 B2 C1 C2 D1 D2 G1"),
    "year_to": ("2009", "A1 A2 D1 D2"),
    "trial": ("given-t2", "C1 C2 D1 D2"),
    "study": ("given-e", "E1 E2"),
    "author": ("Author Two", "A1 A2 B1 B2 C1 C2"),
}
STUDY = {
    "A": "given-a-2005",
    "B": "given-b-2013",
    "C": "given-c-2018",
    "D": "given-d-2009",
    "E": "given-e",
    "G": "given-g-2024",
}

#: Questions in whose rows each counted result stands once: as a number under ``results``, or as a row of its own.
TABLES = {
    "grade-coverage", "memo-source-coverage", "sick-listed-against-job-ready", "studies", "studies-by-confidence",
    "studies-by-verification", "verdict-by-favours", "count-results", "scope-size",
}  # fmt: skip
LISTS = {
    "results": "result",
    "result-sources": "result",
    "result-facets": "result",
    "votes": "result",
    "estimates-printed": "result",
    "network-nodes": "node",
    "network-ties": "from_node",
}

#: The results that have a printed estimate.
PRINTED = {"A1", "B1", "C1", "C2"}

TABULATED = [query for query in CATALOGUE.all() if query.name in TABLES or query.name.startswith("results-by-")]
LISTED = [CATALOGUE.find(name) for name in LISTS]


def _left(param: str) -> set[str]:
    return set(LEFT[param][1].split())


def _studies(param: str) -> int:
    return len({result[0] for result in _left(param)})


def _asked(query: StoredQuery, name: str, graph: Graph) -> Answer:
    text = query.filled(CATALOGUE.terms(query, {name: LEFT[name][0]}, graph.codes))
    return graph.layer("coded").query(text)


def _pairs(queries: Sequence[StoredQuery]) -> list[object]:
    return [pytest.param(query, name, id=f"{query.name}-{name}") for query in queries for name in query.params]


def test_every_parameter_of_a_coded_question_is_tried() -> None:
    coded = {name for query in CATALOGUE.all() if "coded" in query.layers for name in query.params}
    # target leaves out mappings, not results: the cases of mapped-results try it.
    assert coded - {"thing", "source", "quality", "target"} == set(LEFT)


def test_a_parameter_means_the_same_in_every_question() -> None:
    said: dict[tuple[str, str], set[str]] = {}
    for query in CATALOGUE.all():
        coded = query.text.partition("?study a sam:ReconstructedStudy")[0]
        for name, subject, rest in re.findall(r"^\s*#\? (\w+)\s+(\?\w+) (.*)$", coded, re.MULTILINE):
            said.setdefault((name, subject), set()).add(rest)
    allowed = {("study", "?study"), ("trial", "?trial"), ("claim", "?claim")}
    assert {key: rests for key, rests in said.items() if len(rests) > 1 and key not in allowed} == {}


@pytest.mark.parametrize(("query", "name"), _pairs(TABULATED))
def test_a_table_counts_each_result_left_once(query: StoredQuery, name: str, given: dict[str, Graph]) -> None:
    found = _asked(query, name, given["oxigraph"])
    place = found.columns.index("results")
    assert sum(int(row[place].value) for row in found.rows) == len(_left(name))


@pytest.mark.parametrize(("query", "name"), _pairs(LISTED))
def test_a_list_names_each_result_left_once(query: StoredQuery, name: str, given: dict[str, Graph]) -> None:
    found = _asked(query, name, given["oxigraph"])
    place = found.columns.index(LISTS[query.name])
    named = [row[place].value for row in found.rows if "/id/result/" in row[place].value]
    wanted = _left(name) & PRINTED if query.name == "estimates-printed" else _left(name)
    assert sorted(named) == sorted(id_iri("result", f"{STUDY[result[0]]}-r{result[1]}") for result in wanted)


@pytest.mark.parametrize("name", [name for name in CATALOGUE.find("count-studies").params if name in LEFT])
def test_the_studies_left_are_counted(name: str, given: dict[str, Graph]) -> None:
    for graph in given.values():
        rows = _asked(CATALOGUE.find("count-studies"), name, graph).rows
        assert [int(row[0].value) for row in rows] == [_studies(name)]


@pytest.mark.parametrize("name", CATALOGUE.find("count-results").params)
def test_both_engines_count_what_is_left(name: str, given: dict[str, Graph]) -> None:
    one, other = (_asked(CATALOGUE.find("count-results"), name, graph) for graph in given.values())
    assert list(one.rows) == list(other.rows)
    assert [int(term.value) for term in one.rows[0][3:5]] == [len(_left(name)), _studies(name)]


@pytest.mark.parametrize("name", CATALOGUE.find("missing-for-meta-analysis").params)
def test_with_and_without_a_field_are_all_that_are_left(name: str, given: dict[str, Graph]) -> None:
    for row in _asked(CATALOGUE.find("missing-for-meta-analysis"), name, given["oxigraph"]).rows:
        assert int(row[1].value) + int(row[3].value) == len(_left(name))
