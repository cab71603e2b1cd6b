"""The tables of counts in the RDF Data Cube vocabulary, one file a cube, each whole in itself.

One structure a cube, one data set for each scope, one observation for each measure of each cell; each observation points
to what it counts and to the stored query that counts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from samtaler_kg.codes import Concept
from samtaler_kg.exports.cube import Cell, Count, Cube, Dimension, Measure, cubes
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.statements import Statements, remarks
from samtaler_kg.exports.vocabularies import LICENCE, QB, SDMX_ATTRIBUTE
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.terms import BASE, DCTERMS, PROV, RDF, RDFS, SAM, SKOS, XSD, code_iri, graph_iri, id_iri
from samtaler_kg.words import LANGUAGES, Language, both, say

ROOT = f"{BASE}id/cube/"

#: What a measure with two ends is called: its name with one of these behind it.
ENDS = ("low", "high")


def qb(graph: Graph, layer: Layer) -> Files:
    """Every cube of *layer* as Turtle."""
    claims = claims_behind(graph, layer)
    head = remarks([f"layers.{layer}", *(["notes.reconstructed"] if layer == "reconstructed" else [])])
    return {f"{cube.query.name}.ttl": head + written(cube, claims).turtle() for cube in cubes(graph, layer)}


def claims_behind(graph: Graph, layer: Layer) -> list[str]:
    """The claims of the memo that the things of the reconstructed layer are derived from; none on other layers."""
    if layer != "reconstructed":
        return []
    derived = (t.object.value for t in graph.triples(layer) if t.predicate.value == PROV.wasDerivedFrom)  # type: ignore[union-attr]
    return sorted({str(iri) for iri in derived})


def written(cube: Cube, claims: list[str]) -> Statements:
    """One cube as triples."""
    to = Statements()
    for dimension in cube.dimensions:
        _dimension(dimension, to)
    for name, measure in parts(cube):
        _measure(name, measure, to)
    _attributes(cube, to)
    _structure(cube, to)
    for scope in cube.dimensions[0].codes:
        _data_set(cube, scope, claims, to)
    return to


def parts(cube: Cube) -> Iterator[tuple[str, Measure]]:
    """The measures by the names that they are written under: two for a measure with two ends."""
    for measure in cube.measures:
        for name in [f"{measure.name}_{end}" for end in ENDS] if cube.open_ended else [measure.name]:
            yield name, measure


def code_list(dimension: Dimension) -> str:
    """The IRI of the code list of a dimension in cubes."""
    return f"{ROOT}codes/{dimension.name}"


def _dimension(dimension: Dimension, to: Statements) -> None:
    iri, codes, concept = f"{ROOT}dimension/{dimension.name}", code_list(dimension), f"{ROOT}concept/{dimension.name}"
    to.kind(iri, RDF.Property, QB.DimensionProperty, QB.CodedProperty)
    to.tell(iri, RDFS.label, dimension.title)
    to.say(iri, RDFS.range, SKOS.Concept)
    to.say(iri, QB.codeList, codes)
    to.say(iri, QB.concept, concept)
    if dimension.kind_of:
        to.say(iri, RDFS.subPropertyOf, dimension.kind_of)
    to.kind(concept, SKOS.Concept)
    to.tell(concept, SKOS.prefLabel, dimension.title)
    to.kind(codes, SKOS.ConceptScheme)
    to.tell(codes, DCTERMS.title, dimension.title)
    to.say(codes, PROV.wasDerivedFrom, *dimension.schemes)
    for code in dimension.codes:
        _code(code, dimension, to)


def _code(code: Concept, dimension: Dimension, to: Statements) -> None:
    to.kind(code.iri, SKOS.Concept)
    to.say(code.iri, SKOS.inScheme, code_list(dimension))
    to.tell(code.iri, SKOS.prefLabel, code.labels)
    to.value(code.iri, SKOS.notation, code.notation)
    if code.broader in {other.iri for other in dimension.codes}:
        to.say(code.iri, SKOS.broader, code.broader)
    else:
        to.say(code_list(dimension), SKOS.hasTopConcept, code.iri)


def _measure(name: str, measure: Measure, to: Statements) -> None:
    iri = f"{ROOT}measure/{name}"
    to.kind(iri, RDF.Property, QB.MeasureProperty)
    to.tell(iri, RDFS.label, measure_title(name, measure))
    to.say(iri, RDFS.range, XSD.integer)
    to.kind(unit(measure), SKOS.Concept)
    to.tell(unit(measure), SKOS.prefLabel, both(f"cube.units.{measure.counts}"))


def measure_title(name: str, measure: Measure) -> dict[Language, str]:
    """What a measure is called: its title, and which of its ends it is where it has two."""
    end = name.removeprefix(measure.name).lstrip("_")
    if not end:
        return {lang: measure.title[lang] for lang in LANGUAGES}
    return {lang: say(f"cube.ends.{end}", lang, count=measure.title[lang]) for lang in LANGUAGES}


def unit(measure: Measure) -> str:
    """The concept of what a measure counts."""
    return f"{ROOT}code/unit" if measure.counts == "cluster" else code_iri("counted-unit", measure.counts)


def attributes(cube: Cube) -> list[str]:
    """The attributes that every observation of a cube has."""
    return [SDMX_ATTRIBUTE.unitMeasure, SAM.fromLayer, *([SAM.identified] if cube.open_ended else [])]


def _attributes(cube: Cube, to: Statements) -> None:
    for attribute in attributes(cube):
        to.kind(attribute, RDF.Property, QB.AttributeProperty)
    for attribute in attributes(cube)[1:]:
        to.tell(attribute, RDFS.label, cube.terms[attribute])
    to.kind(QB.measureType, RDF.Property, QB.DimensionProperty)
    to.say(QB.measureType, RDFS.range, QB.MeasureProperty)
    to.kind(graph_iri(cube.layer), SAM.Layer)
    to.tell(graph_iri(cube.layer), RDFS.label, both(f"layers.{cube.layer}"))


def _structure(cube: Cube, to: Statements) -> None:
    iri = f"{ROOT}{cube.name}/structure"
    to.kind(iri, QB.DataStructureDefinition)
    to.tell(iri, RDFS.label, cube.query.asks)
    components = [(QB.dimension, f"{ROOT}dimension/{part.name}") for part in cube.dimensions]
    components += [(QB.dimension, QB.measureType)]
    components += [(QB.measure, f"{ROOT}measure/{name}") for name, _ in parts(cube)]
    components += [(QB.attribute, attribute) for attribute in attributes(cube)]
    for order, (kind, part) in enumerate(components, 1):
        component = f"{iri}/{part.rpartition('/')[2].replace('#', '-')}"
        to.say(iri, QB.component, component)
        to.kind(component, QB.ComponentSpecification)
        to.say(component, kind, part)
        to.value(component, QB.order, order)
        if kind == QB.attribute:
            to.value(component, QB.componentRequired, True)
    to.say(iri, QB.sliceKey, f"{iri}/series")
    to.kind(f"{iri}/series", QB.SliceKey)
    to.tell(f"{iri}/series", RDFS.label, both("cube.series"))
    to.say(f"{iri}/series", QB.componentProperty, QB.measureType)


def cube_title(cube: Cube, scope: Concept) -> dict[Language, str]:
    """What a cube is called in one scope; a reconstructed one says so."""
    key = f"cube.title.{cube.layer}"
    return {lang: say(key, lang, asks=cube.query.asks[lang], scope=scope.label(lang)) for lang in LANGUAGES}


def _data_set(cube: Cube, scope: Concept, claims: list[str], to: Statements) -> None:
    iri = f"{ROOT}{cube.name}/{scope.notation}"
    to.kind(iri, QB.DataSet)
    to.tell(iri, RDFS.label, cube_title(cube, scope))
    to.tell(iri, DCTERMS.title, cube_title(cube, scope))
    for note in cube.notes[scope.notation]:
        to.tell(iri, RDFS.comment, note)
    to.say(iri, QB.structure, f"{ROOT}{cube.name}/structure")
    to.say(iri, SAM.fromLayer, graph_iri(cube.layer))
    to.say(iri, SAM.countedBy, id_iri("query", cube.query.name))
    to.say(iri, PROV.wasDerivedFrom, graph_iri(cube.layer), *claims)
    to.say(iri, DCTERMS.license, LICENCE)
    for name, measure in parts(cube):
        series = f"{iri}/series/{name}"
        to.say(iri, QB.slice, series)
        to.kind(series, QB.Slice)
        to.say(series, QB.sliceStructure, f"{ROOT}{cube.name}/structure/series")
        to.say(series, QB.measureType, f"{ROOT}measure/{name}")
        to.tell(series, RDFS.label, measure_title(name, measure))
        for cell in cube.within(scope):
            to.say(series, QB.observation, _observation(cube, cell, (name, measure), claims, to))


def _observation(cube: Cube, cell: Cell, part: tuple[str, Measure], claims: list[str], to: Statements) -> str:
    name, measure = part
    count = cell.counts[measure.name]
    data_set = f"{ROOT}{cube.name}/{cell.codes[0].notation}"
    iri = f"{data_set}/cell/{cell.path}/{name}"
    to.kind(iri, QB.Observation)
    to.say(iri, QB.dataSet, data_set)
    for dimension, code in zip(cube.dimensions, cell.codes, strict=True):
        to.say(iri, f"{ROOT}dimension/{dimension.name}", code.iri)
    to.say(iri, QB.measureType, f"{ROOT}measure/{name}")
    to.value(iri, f"{ROOT}measure/{name}", _number(name, measure, count))
    to.say(iri, SDMX_ATTRIBUTE.unitMeasure, unit(measure))
    to.say(iri, SAM.fromLayer, graph_iri(cube.layer))
    to.say(iri, SAM.countedBy, id_iri("query", cube.query.name))
    to.say(iri, SAM.counts, *count.things)
    to.say(iri, PROV.wasDerivedFrom, *claims)
    if cube.open_ended:
        to.value(iri, SAM.identified, count.identified)
    return iri


def _number(name: str, measure: Measure, count: Count) -> int:
    return count.high if name == f"{measure.name}_high" else count.low
