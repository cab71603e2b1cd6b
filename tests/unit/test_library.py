"""The library in Python: data frames, free queries, rdflib and networkx."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pandas as pd
import pytest
import rdflib

import samtaler_kg as sk
from samtaler_kg.network import clusters
from samtaler_kg.problems import Refused, Stopped


@pytest.fixture(scope="module")
def kg() -> sk.KnowledgeGraph:
    return sk.open()


def test_a_question_gives_a_data_frame_with_right_types(kg: sk.KnowledgeGraph) -> None:
    frame = kg.ask("results-by-country", layer="coded", scope="memo")
    assert isinstance(frame, pd.DataFrame)
    assert frame["results"].sum() == 198
    assert {str(frame[name].dtype) for name in ("positive", "none", "negative", "results")} == {"Int64"}
    assert set(frame["country"]) == {"AUT", "BEL", "CHE", "DEU", "DNK", "FIN", "FRA", "GBR", "IRL", "NLD", "NOR", "SWE"}
    assert frame.attrs["scope"] == "memo"


def test_a_sequence_of_values_means_either(kg: sk.KnowledgeGraph) -> None:
    together = kg.ask("count-results", country=["DNK", "SWE"])["results"][0]
    assert together == kg.ask("count-results", country="DNK|SWE")["results"][0]


def test_both_engines_give_the_same_frame(kg: sk.KnowledgeGraph) -> None:
    other = sk.open(engine="rdflib")
    pd.testing.assert_frame_equal(kg.ask("results-by-period"), other.ask("results-by-period"))


def test_a_free_query_gives_frame_graph_or_truth(kg: sk.KnowledgeGraph) -> None:
    frame = kg.sparql("SELECT (COUNT(?s) AS ?studies) { ?s a sam:Study }")
    assert isinstance(frame, pd.DataFrame)
    assert frame["studies"][0] == 153
    built = kg.sparql("CONSTRUCT { ?t a sam:Trial } WHERE { ?t a sam:Trial }")
    assert isinstance(built, rdflib.Graph)
    assert len(built) == 22
    assert kg.sparql("ASK { ?r a sam:ReconstructedResult }") is False
    assert kg.sparql("ASK { ?r a sam:ReconstructedResult }", layer="reconstructed") is True


def test_a_free_query_without_a_limit_runs_here(kg: sk.KnowledgeGraph) -> None:
    assert kg.sparql("ASK { ?s a sam:Study }", timeout=None) is True


def test_a_free_query_is_stopped(kg: sk.KnowledgeGraph) -> None:
    with pytest.raises(Stopped):
        kg.sparql("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=1.5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SELECT * { ?s ?p }", "sparql-syntax"),
        ("SELEKT * { ?s ?p ?o }", "sparql-word"),
        ("SELECT * { ?s nope:p ?o }", "sparql-prefix"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "sparql-update"),
        ("SELECT * { OPTIONAL { SERVICE <http://127.0.0.1/sparql> { ?s ?p ?o } } }", "sparql-service"),
        ("SELECT * FROM <http://127.0.0.1/graph> { ?s ?p ?o }", "sparql-from"),
        ("SELECT * " + "{" * 150 + "}" * 150, "sparql-deep"),
        ("#" * 200_001, "too-large"),
    ],
)
def test_what_is_no_read_only_query_is_refused(kg: sk.KnowledgeGraph, text: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        kg.sparql(text)
    assert problem in {found.name for found in refused.value.problems}


def test_a_term_that_nothing_defines_is_told(kg: sk.KnowledgeGraph) -> None:
    frame = kg.sparql("SELECT ?s { ?s a sam:Studyy }")
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 0
    (told,) = frame.attrs["notes"]
    assert "sam:Studyy" in told["en"] and "sam:Study" in told["en"].partition("did you mean")[2]
    assert "sam:Studyy" in told["da"]
    sound = kg.sparql("PREFIX s: <https://w3id.org/samtaler/ontology#> SELECT ?r { ?r s:verdict ?v } LIMIT 1")
    assert isinstance(sound, pd.DataFrame)
    assert sound.attrs["notes"] == []
    code = "<https://w3id.org/samtaler/code/verdict/postive>"
    mistaken = kg.sparql(f"SELECT ?r {{ ?r sam:verdict {code} }}")
    assert isinstance(mistaken, pd.DataFrame)
    assert ["code/verdict/positive" in note["en"] for note in mistaken.attrs["notes"]] == [True]


def test_a_graph_of_the_base_may_be_named(kg: sk.KnowledgeGraph) -> None:
    frame = kg.sparql("SELECT (COUNT(?c) AS ?n) FROM <https://w3id.org/samtaler/graph/memo> { ?c a sam:Claim }")
    assert isinstance(frame, pd.DataFrame)
    assert frame["n"][0] == 40


def test_the_dataset_is_a_copy_in_named_graphs(kg: sk.KnowledgeGraph) -> None:
    first = kg.dataset
    names = {str(graph.identifier) for graph in first.graphs()}
    assert "https://w3id.org/samtaler/graph/coded" in names
    first.remove((None, None, None))
    assert len(kg.dataset) > 20_000


def test_the_network_has_every_study_and_its_clusters(kg: sk.KnowledgeGraph) -> None:
    ties = kg.network()
    assert isinstance(ties, nx.Graph)
    kinds = nx.get_node_attributes(ties, "kind")
    assert len(kinds) == ties.number_of_nodes()
    counts = {kind: sum(found == kind for found in kinds.values()) for kind in ("study", "trial", "result")}
    assert counts == {"study": 153, "trial": 22, "result": 381}


def test_the_stored_rule_names_the_components_of_the_network(kg: sk.KnowledgeGraph) -> None:
    """63 studies on 22 trials and 90 alone would be 112 units; one study pools two trials, which joins them: 111."""
    ties = kg.network()
    by_rule: dict[str, set[str]] = {}
    for node, data in ties.nodes(data=True):
        if data["kind"] == "study":
            by_rule.setdefault(data["cluster"], set()).add(node)
    found = clusters(ties)
    assert len(found) == 111
    assert sorted(map(sorted, by_rule.values())) == sorted(map(sorted, found))


def test_agreement_is_the_evidence_readme_s(kg: sk.KnowledgeGraph) -> None:
    told = {row.field: (row.n, round(row.kappa or 0, 2)) for row in kg.agreement()}
    assert told == {"verdict": (40, 1.0), "design": (40, 0.94), "purpose": (40, 0.73), "mechanism": (40, 0.59)}


def test_every_stored_query_says_what_it_asks(kg: sk.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    english = kg.queries()
    monkeypatch.setenv("SAMTALER_LANG", "da")
    danish = kg.queries()
    assert set(english) == set(danish)
    assert all(english[name] != danish[name] for name in english)


def test_every_form_of_export_is_one_call_away() -> None:
    kg = sk.open()
    files = kg.export("csvw", layer="reconstructed")
    assert files["records.csv"].count(b"\n") == 73
    assert list(kg.export("ris")) == ["coded.ris"]
    for form, layer, name in (
        ("ris", "memo", "form-not-for-layer"),
        ("ris", "nosuch", "unknown-layer"),
        ("rsi", "coded", ""),
    ):
        with pytest.raises(Refused) as refused:
            kg.export(form, layer=layer)
        assert [problem.name for problem in refused.value.problems] == [name or "unknown-form-of-export"]


@pytest.mark.parametrize("missing", [None, 2010.0, float("nan"), [], ["DNK", None]])
def test_a_value_that_is_missing_is_refused_and_widens_nothing(kg: sk.KnowledgeGraph, missing: Any) -> None:
    """A None or a NaN out of a table is a fault of the request: it is told by name, never counted over."""
    for asked in (
        lambda: kg.ask("results", country=missing),
        lambda: kg.count("memo", country=missing),
        lambda: kg.draw("timeline", country=missing),
    ):
        with pytest.raises(Refused) as refused:
            asked()
        assert [(problem.name, problem.where.key) for problem in refused.value.problems] == [("bad-value", "country")]


def test_whole_numbers_out_of_a_data_frame_are_whole_numbers(kg: sk.KnowledgeGraph) -> None:
    year = kg.ask("results")["year"].max()
    assert not isinstance(year, int)
    assert len(kg.ask("results", year_from=year)) == len(kg.ask("results", year_from=int(year))) > 0


def test_numbers_of_any_kind_are_numbers_in_a_data_frame(kg: sk.KnowledgeGraph) -> None:
    frame = kg.sparql("SELECT (1.5e0 AS ?double) (AVG(?n) AS ?mean) { VALUES ?n { 1 2 2.5 } }")
    assert isinstance(frame, pd.DataFrame)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {"double": "Float64", "mean": "Float64"}
    mixed = kg.sparql("SELECT ?n { VALUES ?n { 1 2.5 1e0 } } ORDER BY ?n")
    assert isinstance(mixed, pd.DataFrame)
    assert mixed["n"].tolist() == [1.0, 1.0, 2.5]


def test_a_language_without_texts_is_refused(kg: sk.KnowledgeGraph) -> None:
    for asked in (lambda: kg.draw("figure-2", lang="xx"), lambda: kg.show("M07", lang="xx")):
        with pytest.raises(Refused) as refused:
            asked()
        assert [problem.name for problem in refused.value.problems] == ["unknown-language"]


def test_an_opened_base_says_which_it_is(kg: sk.KnowledgeGraph) -> None:
    assert str(kg.graph.base.root) in repr(kg)
    assert "oxigraph" in repr(kg)
