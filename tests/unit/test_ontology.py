"""The ontology files: complete in two languages, equal to the codebook, closed, harmless under inference."""

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import owlrl  # type: ignore[import-untyped]
import pyoxigraph
import pytest
import rdflib
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY, FIXTURES = ROOT / "ontology", ROOT / "tests" / "fixtures"
INSTANCES = FIXTURES / "ontology" / "instances.ttl"
CODES = sorted((ONTOLOGY / "codes").glob("*.ttl"))
FILES = [ONTOLOGY / "samtaler.ttl", ONTOLOGY / "links.ttl", *CODES]

BASE = "https://w3id.org/samtaler/"
SAM, CODE, X = Namespace(BASE + "ontology#"), Namespace(BASE + "code/"), Namespace(BASE + "id/x/")
EU = "http://publications.europa.eu/resource/authority/"
LICENSE = URIRef("https://creativecommons.org/licenses/by/4.0/")
BOTH = ["da", "en"]
CLOSED: tuple[Any, ...] = (SKOS, OWL, RDF, RDFS, DCTERMS, rdflib.XSD)
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)

RENAMED = {"memo_source_guess": "memo-source"}
OWN_CODES = {
    "certainty": "high moderate low very-low",
    "certainty-domain": "overall methodological-limitations indirectness imprecision inconsistency publication-bias",
    "trial-kind": "experiment reform shared-data",
    "trial-basis": "stated inferred",
    "quality": "good satisfactory not-satisfactory",
    "claim-kind": "count share derived finding scope definition figure",
    "scope": "all memo",
    "scope-reason": "other-group other-outcome other-years restatement retracted",
    "event": "added extended retracted",
    "reading": "supports disputes candidate",
    "counted-unit": "study result",
    "outcome-group": "memo-three",
    "favours": "neither",
    "unit": "odds-ratio",
    "country": "AUT BEL CHE DEU DNK EST FIN FRA GBR IRL ISL LTU LUX LVA NLD NOR POL SWE",
    "language": "da en de fr sv no nl fi",
}
EU_LANGUAGES = "DAN ENG DEU FRA SWE NOR NLD FIN"
LANGUAGES = dict(zip(OWN_CODES["language"].split(), EU_LANGUAGES.split(), strict=True))

# The outside IRIs that links.ttl and the mappings may name, by vocabulary; those of Dublin Core are checked as a closed one.
OUTSIDE = {
    "http://purl.org/linked-data/cube#": "Observation",
    "https://cube.link/": "Observation",
    "https://cube.link/relation/": "StandardError ConfidenceLowerBound ConfidenceUpperBound",
    "http://purl.org/linked-data/sdmx/2009/dimension#": "refArea refPeriod sex",
    "http://purl.org/linked-data/sdmx/2009/code#": "sex-F sex-M sex-T",
    "http://data.cochrane.org/ontologies/pico/": (
        "Population Intervention InterventionGroup Outcome OutcomeDomain InterventionRationale "
        "population interventionGroup comparatorGroup outcomeGroup interventionRationale"
    ),
    "http://purl.obolibrary.org/obo/": (
        "SEPIO_0000000 SEPIO_0000002 SEPIO_0000173 SEPIO_0000183 ECO_0000204 ECO_0000205 STATO_0000085 "
        "STATO_0000196 STATO_0000231 STATO_0000315 STATO_0000314 STATO_0000562 STATO_0000182 STATO_0000424 "
        "OBI_0000175 OBI_0200194 OBI_0300311 OBI_0302900"
    ),
    "http://humanbehaviourchange.org/ontology/": (
        "BCIO_006000 BCIO_010111 BCIO_010112 BCIO_011003 BCIO_011055 BCIO_015110 BCIO_050977"
    ),
    "http://www.w3.org/ns/prov#": "wasDerivedFrom hadPrimarySource wasAttributedTo wasGeneratedBy",
    "http://purl.org/spar/fabio/": "JournalArticle WorkingPaper Report BookChapter",
    "http://purl.org/spar/cito/": "citesAsEvidence",
    "http://purl.org/ontology/bibo/": "doi",
}

# Types that inference gives beside the one stated: our superclass, and what PROV and Dublin Core say of
# the nodes that the instances tie with their own properties.
INFERRED: dict[URIRef, set[URIRef]] = {
    X.Study: {PROV.Entity},
    X.Result: {SAM.Finding},
    X.Claim: {PROV.Entity},
    X.CodingActivity: {PROV.Activity},
    X.Rule: {PROV.Activity},
    X.Layer: {PROV.Entity},
    X.ReconstructedStudy: {PROV.Entity},
    X.ReconstructedResult: {SAM.Finding, PROV.Entity},
    X.Restated: {SAM.Finding},
    URIRef(EU + "country/FRA"): {DCTERMS.Location},
    URIRef(EU + "country/DNK"): {DCTERMS.Location},
    URIRef(EU + "language/FRA"): {DCTERMS.LinguisticSystem},
}


@cache
def graph(path: Path) -> Graph:
    return Graph().parse(path, format="turtle")


def terms(*kinds: URIRef) -> list[URIRef]:
    data = graph(ONTOLOGY / "samtaler.ttl")
    return sorted(URIRef(str(term)) for kind in kinds for term in data.subjects(RDF.type, kind))


def iris(data: Graph, *bases: str) -> set[URIRef]:
    """The IRIs of a graph that begin with one of the bases."""
    found = {node for triple in data for node in triple if isinstance(node, URIRef)}
    return {node for node in found if str(node).startswith(bases)}


def concepts() -> Iterator[tuple[str, URIRef]]:
    for path in CODES:
        for concept in graph(path).subjects(RDF.type, SKOS.Concept):
            yield path.stem, URIRef(str(concept))


def texts(data: Graph, subject: Node, predicate: URIRef) -> list[tuple[str, str]]:
    """Language and text of each value, sorted by language."""
    values = [o for o in data.objects(subject, predicate) if isinstance(o, Literal)]
    return sorted((str(o.language), str(o)) for o in values)


def languages(data: Graph, subject: Node, predicate: URIRef) -> list[str]:
    return [language for language, text in texts(data, subject, predicate) if text.strip()]


@cache
def codebook() -> dict[str, list[dict[str, str]]]:
    lists: dict[str, list[dict[str, str]]] = {}
    with (FIXTURES / "import" / "codebook.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lists.setdefault(RENAMED.get(row["list"], row["list"].replace("_", "-")), []).append(row)
    return lists


def iri_of(name: str, code: str) -> URIRef:
    if name == "country":
        return URIRef(f"{EU}country/{code}")
    return URIRef(f"{EU}language/{LANGUAGES[code]}") if name == "language" else CODE[f"{name}/{code}"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_parsers_read_the_file_alike_and_find_no_blank_node(path: Path) -> None:
    assert not [triple for triple in graph(path) if any(isinstance(node, BNode) for node in triple)]
    assert len(set(pyoxigraph.parse(path=str(path)))) == len(graph(path)) > 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_term_of_ours_is_declared_and_every_standard_term_is_real(path: Path) -> None:
    data = graph(path)
    assert iris(data, SAM) <= set(terms(*KINDS))
    for vocabulary in CLOSED:
        assert not [iri for iri in iris(data, str(vocabulary)) if iri not in vocabulary]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_code_that_the_file_names_stands_in_a_list(path: Path) -> None:
    known = {concept for _, concept in concepts()} | {CODE[file.stem] for file in CODES}
    assert iris(graph(path), CODE, EU) <= known


def test_header() -> None:
    data = graph(ONTOLOGY / "samtaler.ttl")
    (header,) = data.subjects(RDF.type, OWL.Ontology)
    assert list(data.objects(header, OWL.versionInfo)) == [Literal("0.1.0")]
    assert list(data.objects(header, DCTERMS.license)) == [LICENSE]
    for predicate in (DCTERMS.title, DCTERMS.description, RDFS.comment):
        assert languages(data, header, predicate) == BOTH
    assert "not yet registered" in texts(data, header, RDFS.comment)[1][1]


@pytest.mark.parametrize("term", terms(*KINDS), ids=lambda term: term.rpartition("#")[2])
def test_term_has_one_kind_and_is_told_in_both_languages(term: URIRef) -> None:
    data = graph(ONTOLOGY / "samtaler.ttl")
    assert languages(data, term, RDFS.label) == languages(data, term, SKOS.definition) == BOTH
    assert languages(data, term, SKOS.example) in ([], BOTH)
    assert len(list(data.objects(term, RDF.type))) == 1


@pytest.mark.parametrize("language", [0, 1], ids=BOTH)
def test_no_two_properties_have_one_label(language: int) -> None:
    data = graph(ONTOLOGY / "samtaler.ttl")
    labels = [texts(data, term, RDFS.label)[language][1] for term in terms(*KINDS[1:])]
    assert sorted(labels) == sorted(set(labels))


@pytest.mark.parametrize("path", CODES, ids=lambda path: path.stem)
def test_list_has_one_scheme_and_each_concept_is_complete(path: Path) -> None:
    data, scheme = graph(path), CODE[path.stem]
    assert list(data.subjects(RDF.type, SKOS.ConceptScheme)) == [scheme]
    assert languages(data, scheme, DCTERMS.title) == languages(data, scheme, DCTERMS.description) == BOTH
    members = set(data.subjects(RDF.type, SKOS.Concept))
    assert set(data.subjects()) == members | {scheme}
    for concept in members:
        assert languages(data, concept, SKOS.prefLabel) == languages(data, concept, SKOS.definition) == BOTH
        (notation,) = data.objects(concept, SKOS.notation)
        assert notation == Literal(str(notation)) and concept == iri_of(path.stem, str(notation))
        assert list(data.objects(concept, SKOS.inScheme)) == [scheme]
        parents, top = set(data.objects(concept, SKOS.broader)), set(data.objects(concept, SKOS.topConceptOf))
        assert parents < members and top == (set() if parents else {scheme}), concept


def test_lists_hold_the_codebook_and_the_own_codes_and_nothing_twice() -> None:
    expected = [iri_of(name, row["code"]) for name, rows in codebook().items() for row in rows]
    expected += [iri_of(name, code) for name, codes in OWN_CODES.items() for code in codes.split()]
    assert sorted(concept for _, concept in concepts()) == sorted(expected)
    assert {path.stem for path in CODES} == set(codebook()) | set(OWN_CODES)


@pytest.mark.parametrize("name", codebook())
def test_list_equals_the_codebook(name: str) -> None:
    data = graph(ONTOLOGY / "codes" / f"{name}.ttl")
    for row in codebook()[name]:
        concept = iri_of(name, row["code"])
        assert texts(data, concept, SKOS.prefLabel)[0] == ("da", row["label_da"])
        assert texts(data, concept, SKOS.definition)[1] == ("en", row["definition"])
        parent = [iri_of(name, row["parent"])] if row["parent"] else []
        assert list(data.objects(concept, SKOS.broader)) == parent
        in_scope = [Literal(True)] if row["in_memo_scope"] == "yes" else []
        assert list(data.objects(concept, SAM.inMemoScope)) == in_scope


def test_null_values_fit_the_units() -> None:
    data = graph(ONTOLOGY / "codes" / "unit.ttl")
    known = {"hazard-ratio": [1], "percent-of-total-effect": []}
    for row in codebook()["unit"]:
        values = [Literal(value) for value in known.get(row["code"], [0])]
        assert list(data.objects(iri_of("unit", row["code"]), SAM.nullValue)) == values


def test_years_fit_the_periods() -> None:
    data = graph(ONTOLOGY / "codes" / "period.ttl")
    known = {"before-2001": ["", "2000"], "unknown": ["", ""]}
    for row in codebook()["period"]:
        concept, code = iri_of("period", row["code"]), row["code"]
        years = [str(data.value(concept, p) or "") for p in (SAM.fromYear, SAM.toYear)]
        assert years == known.get(code, code.split("-"))


def test_memo_outcomes_and_countries_are_grouped_as_in_the_codebook() -> None:
    outcomes, countries = (graph(ONTOLOGY / "codes" / f"{name}.ttl") for name in ("outcome", "country"))
    three = {iri_of("outcome", row["code"]) for row in codebook()["outcome"] if row["in_memo_scope"]}
    assert len(three) == 3
    assert set(outcomes.subjects(SAM.inOutcomeGroup, CODE["outcome-group/memo-three"])) == three
    for row in codebook()["region"]:
        members = set(countries.subjects(SAM.inRegion, iri_of("region", row["code"])))
        named = re.findall(r"\b[A-Z]{3}\b", row["definition"])
        assert members == {iri_of("country", code) for code in named}


def test_no_code_equals_a_key_of_a_card() -> None:
    """A code that equals a key would be read as the key's property."""
    keys = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    codes = {row["code"] for rows in codebook().values() for row in rows}
    codes |= {code for own in OWN_CODES.values() for code in own.split()}
    assert not codes & set(keys)


def outside() -> set[URIRef]:
    return {URIRef(base + name) for base, names in OUTSIDE.items() for name in names.split()}


def test_links_tie_terms_to_known_outside_terms_and_leave_the_codes_to_the_mappings() -> None:
    for subject, predicate, target in graph(ONTOLOGY / "links.ttl"):
        assert target in outside() or any(target in vocabulary for vocabulary in CLOSED), target
        assert subject in terms(*KINDS) and predicate in (RDFS.seeAlso, RDFS.subPropertyOf), subject


def test_mappings_tie_codes_to_known_outside_terms_and_say_nothing_that_the_ontology_says() -> None:
    ours = {concept for _, concept in concepts()}
    plain = [(s, p, o) for s, p, o in mappings() if str(p).startswith(str(SKOS)) and s in ours]
    assert len(plain) > 50
    for subject, predicate, target in plain:
        assert target in outside() | set(iris(graph(ONTOLOGY / "codes" / "country.ttl"), EU)), target
        assert all((subject, predicate, target) not in graph(path) for path in FILES)


def test_labels_that_are_called_the_same_are() -> None:
    """A mapping justified by its labels has two labels that are one; what is no label of ours is not called so."""
    data, sssom = mappings(), Namespace("https://w3id.org/sssom/")
    labels = {str(c): texts(graph(ONTOLOGY / "codes" / f"{name}.ttl"), c, SKOS.prefLabel)[1][1] for name, c in concepts()}
    found = 0
    for mapping in data.subjects(RDF.type, sssom.Mapping):
        ours, theirs = data.value(mapping, sssom.subject_label), data.value(mapping, sssom.object_label)
        assert str(ours) == labels[str(data.value(mapping, OWL.annotatedSource))]
        if str(data.value(mapping, sssom.mapping_justification)).endswith("LexicalMatching"):
            found += 1
            assert str(ours) == str(theirs)
        assert data.value(mapping, DCTERMS.created) and data.value(mapping, RDFS.comment)
        assert data.value(mapping, sssom.confidence) is None
    assert found == 5


@cache
def mappings() -> Graph:
    """The built layer of mappings."""
    return Graph().parse(ROOT / "data" / "graph" / "links.nt", format="nt")


def closure(extra: str = "") -> Graph:
    """Our axioms, those of the outside terms and the made-up instances, closed under OWL 2 RL."""
    data = Graph().parse(data=extra, format="turtle")
    for path in (ONTOLOGY / "samtaler.ttl", ONTOLOGY / "links.ttl", *(FIXTURES / "ontology").glob("*.ttl")):
        told = (RDFS.label, SKOS.definition, SKOS.example)
        data += (triple for triple in graph(path) if triple[1] not in told)
    data += mappings()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(data)
    return data


def errors(data: Graph) -> list[Node]:
    found = [s for s, kind in data.subject_objects(RDF.type) if str(kind).endswith("#ErrorMessage")]
    return found + list(data.subjects(RDF.type, OWL.Nothing))


def test_instances_use_every_class_and_property() -> None:
    assert iris(graph(INSTANCES), SAM) | {SAM.Finding} == set(terms(*KINDS))


def test_inference_finds_no_contradiction_and_no_type_beyond_the_expected() -> None:
    stated, closed = graph(INSTANCES), closure()
    assert not errors(closed)
    for node in iris(stated, X, CODE, EU):
        own = set(stated.objects(node, RDF.type)) or {SKOS.Concept}
        assert set(closed.objects(node, RDF.type)) - {OWL.Thing} == own | INFERRED.get(node, set()), node
    assert (X.Study, DCTERMS.spatial, URIRef(EU + "country/FRA")) in closed


@pytest.mark.parametrize("other", ["Trial", "Result", "ReconstructedStudy"])
def test_inference_tells_when_a_study_is_something_else_too(other: str) -> None:
    assert errors(closure(f"<{X.Study}> a <{SAM[other]}> ."))
