"""TriG, and the descriptions of a layer (DCAT, VoID): read back by rdflib, and counted again by it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCTERMS, FOAF, RDF, SKOS, VOID, Literal, URIRef
from rdflib.compare import isomorphic

from samtaler_kg.exports import FORMS, form_named, vocabularies
from samtaler_kg.exports.dcat import media
from samtaler_kg.exports.forms import DESCRIBED
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged
from samtaler_kg.terms import BASE, PREFIXES, Namespace
from tests.exported import GRAPH, exported

FORMS_HERE = ("cube", "cube-link", "dcat", "trig", "void")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
HASH = """
import hashlib, sys
from samtaler_kg.exports import export
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
for form in sys.argv[1:]:
    for name, content in export(Graph(shipped()), "reconstructed", form).items():
        print(hashlib.sha256(content).hexdigest(), form, name)
"""


def only(layer: Layer, form: str) -> bytes:
    """The content of a form of one file."""
    (content,) = exported(layer, form).values()
    return content


def read(layer: Layer, form: str) -> rdflib.Graph:
    """A description as rdflib reads it."""
    return rdflib.Graph().parse(data=only(layer, form), format="turtle")


@pytest.mark.parametrize("layer", DESCRIBED)
def test_trig_keeps_each_graph_apart_and_says_what_was_built(layer: Layer) -> None:
    data = rdflib.Dataset()
    data.parse(data=only(layer, "trig"), format="trig")
    wanted = {
        entry["graph"]: GRAPH.base.graph / name
        for name, entry in GRAPH.manifest.items()
        if entry["triples"] and (name == f"{layer}.nt" or name.startswith(f"derived/{layer}/"))
    }
    assert {str(part.identifier) for part in data.graphs() if len(part)} == set(wanted)
    for name, path in wanted.items():
        assert isomorphic(data.graph(URIRef(name)), rdflib.Graph().parse(path, format="nt"))
    assert b"@prefix sam:" in only(layer, "trig")


@pytest.mark.parametrize("form", ["dcat", "void"])
@pytest.mark.parametrize("layer", DESCRIBED)
def test_a_description_is_read_the_same_by_a_reader_that_did_not_write_it(layer: Layer, form: str) -> None:
    content = only(layer, form)
    lines = ox.serialize(
        [q.triple for q in ox.parse(content, format=ox.RdfFormat.TURTLE)], format=ox.RdfFormat.N_TRIPLES
    )
    back = read(layer, form)
    assert isomorphic(back, rdflib.Graph().parse(data=lines, format="nt"))
    assert not any(isinstance(term, rdflib.BNode) for triple in back for term in triple)


@pytest.mark.parametrize("layer", DESCRIBED)
def test_void_has_the_sizes_that_another_engine_counts(layer: Layer) -> None:
    found, data = read(layer, "void"), rdflib.Graph()
    for path in GRAPH.files(layer):
        if path.name != "ontology.nt":
            data.parse(path, format="nt")
    whole = URIRef(f"{BASE}id/data-set/{layer}")
    sizes = {
        VOID.triples: len(data),
        VOID.entities: len(set(data.subjects())),
        VOID.distinctSubjects: len(set(data.subjects())),
        VOID.distinctObjects: len(set(data.objects())),
        VOID.properties: len(set(data.predicates())),
        VOID.classes: len(set(data.objects(None, RDF.type))),
    }
    assert {part: found.value(whole, part) for part in sizes} == {part: Literal(n) for part, n in sizes.items()}
    used = Counter(data.predicates())
    parts = {
        found.value(p, VOID.property): found.value(p, VOID.triples)
        for p in found.objects(whole, VOID.propertyPartition)
    }
    assert parts == {name: Literal(number) for name, number in used.items()}
    typed = Counter(data.objects(None, RDF.type))
    classes = {
        found.value(p, VOID["class"]): found.value(p, VOID.entities) for p in found.objects(whole, VOID.classPartition)
    }
    assert classes == {name: Literal(number) for name, number in typed.items()}
    outside = [t for t in data if t[1] != RDF.type and isinstance(t[2], URIRef) and not str(t[2]).startswith(BASE)]
    linked = Counter(predicate for _, predicate, _ in outside)
    links = {s: found.value(s, VOID.triples) for s in found.subjects(VOID.subjectsTarget, whole)}
    assert sum(int(number) for number in links.values()) == len(outside) > 0  # type: ignore[arg-type]
    assert {found.value(s, VOID.linkPredicate) for s in links} == set(linked)
    for example in found.objects(whole, VOID.exampleResource):
        assert (example, None, None) in data


def test_void_counts_the_ties_of_the_ontology_to_the_vocabularies_of_others() -> None:
    found, ontology = read("coded", "void"), URIRef(f"{BASE}graph/ontology")
    data = rdflib.Graph().parse(GRAPH.base.graph / "ontology.nt", format="nt")
    ties = rdflib.Graph().parse(GRAPH.base.ontology / "links.ttl")
    assert int(found.value(ontology, VOID.triples)) == len(data)  # type: ignore[arg-type]
    linked = Counter(str(predicate) for _, predicate, _ in ties)
    counted: Counter[str] = Counter()
    for links in found.subjects(VOID.subjectsTarget, ontology):
        counted[str(found.value(links, VOID.linkPredicate))] += int(found.value(links, VOID.triples))  # type: ignore[arg-type]
    assert linked <= counted
    assert {PREFIXES["country"], "http://purl.obolibrary.org/obo/"} <= spaces(found)
    assert {"http://purl.obolibrary.org/obo/", "http://purl.org/spar/fabio/"} <= spaces(read("links", "void"))


def spaces(found: rdflib.Graph) -> set[str]:
    """Where the links of a description lead to."""
    told = {
        str(found.value(found.value(s, VOID.objectsTarget), VOID.uriSpace))
        for s in found.subjects(RDF.type, VOID.Linkset)
    }
    assert all(space.endswith(("/", "#")) for space in told)
    return told


#: What DCAT-AP-DK 2.0.2 demands of each class: the properties of its group "Mandatory".
MANDATORY = {
    rdflib.DCAT.Catalog: (DCTERMS.title, DCTERMS.description, rdflib.DCAT.dataset, DCTERMS.publisher),
    rdflib.DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    rdflib.DCAT.Distribution: (rdflib.DCAT.accessURL,),
    FOAF.Agent: (FOAF.name,),
    SKOS.Concept: (SKOS.prefLabel,),
}


@pytest.mark.parametrize("layer", DESCRIBED)
def test_what_dcat_ap_dk_demands_is_there_except_for_what_nobody_has_given(layer: Layer) -> None:
    found = read(layer, "dcat")
    subjects = {cls: set(found.subjects(RDF.type, cls)) for cls in MANDATORY}
    assert all(subjects.values())
    missing = {
        p for cls, wanted in MANDATORY.items() for p in wanted for s in subjects[cls] if (s, p, None) not in found
    }
    assert missing == {rdflib.DCAT.accessURL}
    for remark in (
        "# Open, because nobody has given it: dcat:accessURL",
        "# Åbent, fordi ingen har oplyst det: dcat:accessURL",
    ):
        assert remark in only(layer, "dcat").decode()
    (catalogue,) = subjects[rdflib.DCAT.Catalog]
    described = " ".join(map(str, found.objects(catalogue, DCTERMS.description)))
    assert "not registered yet" in described and "endnu ikke registreret" in described
    assert {o.language for o in found.objects(catalogue, DCTERMS.title)} == {"da", "en"}  # type: ignore[attr-defined]


def test_the_publisher_is_whom_the_citation_names(repo: Path) -> None:
    (name,) = (o for o in read("coded", "dcat").objects(None, FOAF.name) if o.language == "en")  # type: ignore[attr-defined]
    assert f'- name: "{name}"' in (repo / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize("layer", DESCRIBED)
def test_every_form_is_a_distribution_and_its_checksum_is_that_of_the_form(layer: Layer) -> None:
    found = read(layer, "dcat")
    whole = URIRef(f"{BASE}id/data-set/{layer}")
    known = media()
    wanted = {f.name for f in FORMS.values() if layer in f.layers and not known.get(f.name, {}).get("describes")}
    assert {str(d).removeprefix(f"{whole}/") for d in found.objects(whole, rdflib.DCAT.distribution)} == wanted
    for form in wanted & {"csv", "jsonld", "nquads", "trig", "turtle"}:
        checksum = found.value(URIRef(f"{whole}/{form}"), SPDX.checksum)
        assert str(found.value(checksum, SPDX.checksumValue)) == hashlib.sha256(only(layer, form)).hexdigest()
        assert int(found.value(URIRef(f"{whole}/{form}"), rdflib.DCAT.byteSize)) == len(only(layer, form))  # type: ignore[arg-type]
    assert (None, SPDX.checksum, None) in found


def test_the_table_of_media_names_forms_that_there_are() -> None:
    assert set(media()) <= set(FORMS)
    assert {name for name, known in media().items() if known.get("describes")} == {"dcat", "void"}


def test_two_runs_with_different_hash_seeds_write_the_same_bytes(repo: Path) -> None:
    command = [sys.executable, "-c", HASH, *FORMS_HERE]
    settings = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    runs = [subprocess.Popen(command, cwd=repo, env=env, stdout=subprocess.PIPE, text=True) for env in settings]
    first, second = (run.communicate()[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert {line.split()[1] for line in first.splitlines()} == set(FORMS_HERE)
    assert first == second


def test_no_form_is_written_from_a_graph_that_is_not_what_was_built(own_base: Base) -> None:
    with (own_base.graph / "reconstructed.nt").open("ab") as file:
        file.write(b"<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n")
    for form in FORMS_HERE:
        with pytest.raises(Damaged) as damaged:
            form_named(form).write(Graph(own_base), "reconstructed")
        assert [problem.name for problem in damaged.value.problems] == ["graph-damaged"]


def test_the_vocabularies_of_exports_hold_existing_terms_only() -> None:
    """Judged by rdflib's own closed lists; the others it does not carry."""
    spaces = {n: v for n, v in vars(vocabularies).items() if isinstance(v, Namespace)}
    judged = {"QB": rdflib.QB, "DCAT": rdflib.DCAT, "VOID": VOID, "FOAF": FOAF}
    assert {n for n, space in judged.items() if spaces[n].base != str(space)} == set()
    unknown = {
        spaces[name].base + term
        for name, space in judged.items()
        for term in spaces[name].names
        if URIRef(spaces[name].base + term) not in space
    }
    assert unknown == set()
    assert URIRef(rdflib.QB._NS + "codelist") not in rdflib.QB
    others = {"CUBE", "META", "QUDT", "RELATION", "SCHEMA", "SDMX_ATTRIBUTE", "SPDX"}
    assert set(spaces) == set(judged) | others
