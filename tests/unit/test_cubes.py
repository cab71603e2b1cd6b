"""Tables of counts as cubes: every number is the number of its query and of the things that it points to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from samtaler_kg.ask import ask
from samtaler_kg.count.statistics import wilson
from samtaler_kg.exports.cube import cube_queries, cubes
from samtaler_kg.exports.cube_link import values
from samtaler_kg.exports.cube_qb import ROOT
from samtaler_kg.exports.vocabularies import CUBE, QB
from samtaler_kg.graph import LAYERS, Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged
from samtaler_kg.tables import Table, plain
from samtaler_kg.terms import PREFIXES, PROV, RDF, RDFS, SAM, SKOS, id_iri
from tests.exported import GRAPH, exported

if TYPE_CHECKING:
    from tests.unit.conftest import Run

CUBES = [(layer, query.name) for layer in LAYERS for query in cube_queries(GRAPH, layer)]
SCOPES = ("all", "memo")

Things = dict[str, list[str]]


@cache
def parsed(layer: Layer, form: str) -> dict[str, dict[str, Things]]:
    """The cubes of a layer by query: the values of each property of each subject, as text."""
    found: dict[str, dict[str, Things]] = {}
    for name, content in exported(layer, form).items():
        about: defaultdict[str, Things] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
            about[quad.subject.value][quad.predicate.value].append(quad.object.value)
        found[name.removesuffix(".ttl")] = dict(about)
    return found


def of_class(about: dict[str, Things], cls: str) -> list[str]:
    """The subjects of a class."""
    return [subject for subject, said in about.items() if cls in said.get(RDF.type, [])]


def numbers(table: Table) -> dict[tuple[str, ...], int]:
    """What an answer counts: its number by the codes of the row, in their short form, and the name of the count."""
    found = {}
    for row in table.records():
        measures = {n: v for n, v in row.items() if isinstance(v, int) and not isinstance(v, bool)}
        ends = {n for n in measures if f"{n}_low" in row}
        codes = tuple(
            "not-known" if v is None else {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else str(v)
            for n, v in row.items()
            if n not in measures and f"{n}_low" not in row and n not in {"studies", "clusters"}
        )
        found |= {(*codes, name): number for name, number in measures.items() if name not in ends}
    return found


@pytest.mark.parametrize(("layer", "query"), CUBES)
def test_every_number_is_the_number_of_the_query(layer: Layer, query: str) -> None:
    about = parsed(layer, "cube")[query]
    observations = of_class(about, QB.Observation)
    found = {}
    for iri in observations:
        scope, *codes, name = iri.partition("/cell/")[2].split("/")
        assert about[iri][f"{ROOT}dimension/scope"] == [f"https://w3id.org/samtaler/code/scope/{scope}"]
        assert about[iri][QB.measureType] == [f"{ROOT}measure/{name}"]
        (number,) = about[iri][f"{ROOT}measure/{name}"]
        found[scope, *codes, name] = int(number)
    wanted = {(s, *key): n for s in SCOPES for key, n in numbers(ask(GRAPH, query, layer, s)).items()}
    assert found == wanted


@pytest.mark.parametrize(("layer", "query"), CUBES)
def test_every_number_is_the_number_of_things_it_points_to(layer: Layer, query: str) -> None:
    about = parsed(layer, "cube")[query]
    known = {str(t.subject.value) for t in GRAPH.triples(layer)}  # type: ignore[union-attr]
    known |= {str(t.object.value) for t in GRAPH.conclusions(layer) if t.predicate.value == PREFIXES["sam"] + "cluster"}  # type: ignore[union-attr]
    for iri in of_class(about, QB.Observation):
        (measure,) = about[iri][QB.measureType]
        things, identified = about[iri].get(SAM.counts, []), about[iri].get(SAM.identified, ["true"])
        assert set(things) <= known
        assert len(set(things)) == (int(about[iri][measure][0]) if identified == ["true"] else 0)
        assert about[iri][SAM.countedBy] == [id_iri("query", query)]


@pytest.mark.parametrize(("layer", "query"), CUBES)
def test_every_dimension_has_its_codes_its_concept_and_labels_in_both_languages(layer: Layer, query: str) -> None:
    content = export_of(layer, query)
    graph = rdf(content)
    qb, skos = rdflib.Namespace(QB.base), rdflib.Namespace(PREFIXES["skos"])
    dimensions = set(graph.objects(None, qb.dimension)) - {qb.measureType}
    assert (None, qb.dimension, qb.measureType) in graph
    for dimension in dimensions:
        (codes,), (concept,) = graph.objects(dimension, qb.codeList), graph.objects(dimension, qb.concept)
        assert (concept, rdflib.RDF.type, skos.Concept) in graph
        tops = set(graph.objects(codes, skos.hasTopConcept))
        assert tops and all((top, skos.inScheme, codes) in graph for top in tops)
    labelled = [*dimensions, *graph.subjects(rdflib.RDF.type, qb.DataSet), *graph.objects(None, qb.structure)]
    labelled += [*graph.objects(None, qb.measure), *graph.subjects(rdflib.RDF.type, qb.Slice)]
    assert all({o.language for o in graph.objects(s, rdflib.RDFS.label)} == {"da", "en"} for s in labelled)  # type: ignore[attr-defined]
    noted = {
        s: {o.language for o in graph.objects(s, skos.prefLabel)} for s in graph.subjects(rdflib.RDF.type, skos.Concept)
    }  # type: ignore[attr-defined]
    assert set(map(frozenset, noted.values())) == {frozenset({"da", "en"})}


def export_of(layer: Layer, query: str, form: str = "cube") -> bytes:
    """One file of an export."""
    return exported(layer, form)[f"{query}.ttl"]


def rdf(content: bytes) -> rdflib.Graph:
    """The structure of a cube, read by rdflib: without its observations, of which it is slow to read thousands."""
    lines = ox.serialize(
        [q.triple for q in ox.parse(content, format=ox.RdfFormat.TURTLE)], format=ox.RdfFormat.N_TRIPLES
    )
    kept = [line for line in (lines or b"").splitlines(keepends=True) if b"/cell/" not in line.partition(b" ")[0]]
    return rdflib.Graph().parse(data=b"".join(kept), format="nt")


@pytest.mark.parametrize("form", ["cube", "cube-link"])
@pytest.mark.parametrize(
    ("layer", "query"), [c for c in CUBES if c[0] == "reconstructed"] + [("coded", "verdict-by-favours")]
)
def test_a_cube_is_read_the_same_by_a_reader_that_did_not_write_it(layer: Layer, query: str, form: str) -> None:
    content = export_of(layer, query, form)
    back = rdflib.Graph().parse(data=content, format="turtle")
    lines = ox.serialize(
        [q.triple for q in ox.parse(content, format=ox.RdfFormat.TURTLE)], format=ox.RdfFormat.N_TRIPLES
    )
    assert isomorphic(back, rdflib.Graph().parse(data=lines, format="nt"))
    assert not any(isinstance(term, rdflib.BNode) for triple in back for term in triple)


def test_the_cubes_are_the_tables_of_codes_and_counts() -> None:
    names = {layer: {name for at, name in CUBES if at == layer} for layer in LAYERS}
    by = {query.name for query in GRAPH.catalogue.all() if query.name.startswith("results-by-")}
    others = {
        "count-results",
        "count-studies",
        "grade-coverage",
        "memo-source-coverage",
        "sick-listed-against-job-ready",
    }
    assert names["coded"] == by | others | {"studies-by-confidence", "studies-by-verification", "verdict-by-favours"}
    both = {query.name for query in GRAPH.catalogue.all() if "reconstructed" in query.layers}
    assert names["reconstructed"] == names["coded"] & both
    assert names["memo"] == set()


@pytest.mark.parametrize(
    "query", [name for layer, name in CUBES if layer == "coded" and name.startswith("results-by-")]
)
def test_no_result_is_lost_between_the_cells(query: str) -> None:
    (cube,) = (cube for cube in all_cubes("coded") if cube.query.name == query)
    counted = {
        scope.notation: sum(c.counts["results"].low for c in cube.within(scope)) for scope in cube.dimensions[0].codes
    }
    assert counted == {"all": 381, "memo": 198}


@cache
def all_cubes(layer: Layer) -> list:  # type: ignore[type-arg]
    """The cubes of a layer, made once."""
    return cubes(GRAPH, layer)


def marks() -> Iterator[tuple[str, Things]]:
    """The data sets and observations of the reconstructed layer in the Data Cube vocabulary, and of its other form."""
    for about in parsed("reconstructed", "cube").values():
        yield from ((s, about[s]) for s in [*of_class(about, QB.Observation), *of_class(about, QB.DataSet)])
    for about in parsed("reconstructed", "cube-link").values():
        yield from ((s, about[s]) for s in [*of_class(about, CUBE.Observation), *of_class(about, CUBE.Cube)])


def test_the_reconstruction_is_marked_on_every_data_set_and_every_observation() -> None:
    found = list(marks())
    assert len(found) > 100
    for _, said in found:
        assert said[SAM.fromLayer] == ["https://w3id.org/samtaler/graph/reconstructed"]
        assert id_iri("claim", "M07") in said[PROV.wasDerivedFrom]
    for about in parsed("reconstructed", "cube").values():
        for data_set in of_class(about, QB.DataSet):
            assert any(label.startswith("Reconstructed: ") for label in about[data_set][RDFS.label])
            assert any("not that the memo is true" in note for note in about[data_set][RDFS.comment])


def test_a_count_that_the_memo_leaves_open_has_two_ends_and_points_to_nothing() -> None:
    about = parsed("reconstructed", "cube")["results-by-period"]
    cell = "https://w3id.org/samtaler/id/cube/results-by-period/reconstructed/all/cell/all/2001-2010/memo-three"
    ends = [about[f"{cell}/negative_{end}"] for end in ("low", "high")]
    assert [said[f"{ROOT}measure/negative_{end}"] for said, end in zip(ends, ("low", "high"), strict=True)] == [
        ["0"],
        ["2"],
    ]
    assert [said[SAM.identified] for said in ends] == [["false"], ["false"]]
    assert not any(said.get(SAM.counts) for said in ends)
    link = parsed("reconstructed", "cube-link")["results-by-period"]
    said = link["https://w3id.org/samtaler/id/cube-link/results-by-period/reconstructed/cell/all/2001-2010/memo-three"]
    assert [said[f"{ROOT}measure/negative{end}"] for end in ("", "_low", "_high")] == [[""], ["0"], ["2"]]


@pytest.mark.parametrize(("layer", "query"), CUBES)
def test_both_forms_have_the_same_numbers(layer: Layer, query: str) -> None:
    qb, link = parsed(layer, "cube")[query], parsed(layer, "cube-link")[query]
    places = of_class(link, CUBE.Observation)
    assert len(places) == len({iri.rpartition("/")[0] for iri in of_class(qb, QB.Observation)})
    for iri in of_class(qb, QB.Observation):
        place, _, name = iri.partition("/cell/")[2].rpartition("/")
        said = link[f"https://w3id.org/samtaler/id/cube-link/{query}/{layer}/cell/{place}"]
        assert said[f"{ROOT}measure/{name}"] == qb[iri][f"{ROOT}measure/{name}"]


def test_a_share_has_its_wilson_interval() -> None:
    (cube,) = (cube for cube in all_cubes("coded") if cube.query.name == "count-results")
    (memo,) = cube.within(cube.dimensions[0].codes[1])
    found = values(cube, memo)
    low, high = (Decimal(f"{end:.4f}") for end in wilson(134, 198))
    assert (found["share"], found["share_low"], found["share_high"]) == (Decimal("0.6768"), low, high)


def test_what_is_not_known_is_undefined_in_cube_link_and_a_code_in_the_data_cube() -> None:
    """Nobody has graded a study, so the grade is unknown in every cell."""
    link, qb = parsed("coded", "cube-link")["grade-coverage"], parsed("coded", "cube")["grade-coverage"]
    grades = [said[f"{ROOT}dimension/quality"] for said in map(link.get, of_class(link, CUBE.Observation)) if said]
    assert grades == [[CUBE.Undefined]] * 2
    assert [qb[s][f"{ROOT}dimension/quality"] for s in of_class(qb, QB.Observation)] == [[f"{ROOT}code/not-known"]] * 4
    assert f"{ROOT}codes/quality" in qb[f"{ROOT}code/not-known"][SKOS.inScheme]


def test_a_list_that_does_not_add_up_is_refused(own_base: Base) -> None:
    path = own_base.queries / "cubes.toml"
    text = path.read_text(encoding="utf-8")
    wrong = text.replace('count-studies = { coded = "counted-results"', 'count-studies = { coded = "counted-studies"')
    assert wrong != text
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(Damaged) as damaged:
        cubes(Graph(own_base), "coded")
    (problem,) = damaged.value.problems
    assert problem.name == "cube-does-not-add-up"
    assert (problem.facts["said"], problem.facts["found"]) == (146, 153)


def test_a_list_without_a_column_that_a_cube_sorts_by_is_told(own_base: Base) -> None:
    path = own_base.queries / "cubes.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('every = { coded = "counted-results"', 'every = { coded = "counted-studies"'), encoding="utf-8"
    )
    with pytest.raises(Damaged) as damaged:
        cubes(Graph(own_base), "coded")
    (problem,) = damaged.value.problems
    assert problem.name == "cube-list-lacks-column"
    assert "counted-studies" in problem.what("en") and "verdict" in problem.what("da")


@pytest.mark.parametrize(
    "content", [None, b"[measures", b"\xff", b"measures = 1", b"[measures.results]\n", b"[listed_by]"]
)
def test_a_missing_or_damaged_table_of_measures_is_told(own_base: Base, content: bytes | None) -> None:
    path = own_base.queries / "cubes.toml"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Damaged) as damaged:
        cubes(Graph(own_base), "coded")
    assert [problem.name for problem in damaged.value.problems] == ["unreadable-file"]


def test_the_command_writes_a_folder_of_cubes(run: Run, tmp_path: object) -> None:
    ran = run("export", "--layer", "reconstructed", "--format", "cube", "-o", f"{tmp_path}/cubes")
    assert ran.code == 0
    assert "6 files" in ran.err
    assert run("export", "--layer", "memo", "--format", "cube", "-o", f"{tmp_path}/none").code == 2
    assert run("export", "--layer", "coded", "--format", "cube-link").code == 2


def test_plain_values_of_codes_are_their_notations() -> None:
    """The paths of observations are made of notations, the rows above of plain values: both must say the same."""
    for concept in GRAPH.codes.concepts.values():
        if "/code/" in concept.iri:
            assert plain(ox.NamedNode(concept.iri)) == concept.notation


@pytest.mark.parametrize("layer", ["coded", "reconstructed"])
def test_a_cube_that_counts_verdicts_carries_the_caveat_of_counting_by_significance(layer: Layer) -> None:
    for name, about in parsed(layer, "cube").items():
        notes = [note for data_set in of_class(about, QB.DataSet) for note in about[data_set].get(RDFS.comment, [])]
        told = any("Cochrane Handbook" in note for note in notes)
        assert told == any(
            measure.endswith(("/positive", "/positive_low")) for measure in of_class(about, QB.MeasureProperty)
        ), name
