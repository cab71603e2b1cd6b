"""The tables of counts in the cube schema of cube.link, one file a cube: the same cubes as in ``cube_qb``.

One observation a cell, with all its counts; what is not known is ``cube:Undefined``. The constraint that describes the
observations is a SHACL shape. A count that the memo's figures do not fix is undefined and has its two ends beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pyoxigraph as ox

from samtaler_kg.codes import Concept
from samtaler_kg.count.statistics import wilson
from samtaler_kg.exports.cube import Cell, Cube, Dimension, cubes
from samtaler_kg.exports.cube_qb import ENDS, ROOT, claims_behind, measure_title
from samtaler_kg.exports.forms import Files
from samtaler_kg.exports.statements import Statements, remarks
from samtaler_kg.exports.vocabularies import CUBE, LICENCE, MAKERS, META, QUDT, RELATION, SCHEMA, SOFTWARE
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.terms import BASE, DCTERMS, PROV, RDF, SAM, SH, SKOS, XSD, graph_iri, id_iri
from samtaler_kg.words import LANGUAGES, Language, both

LINK_ROOT = f"{BASE}id/cube-link/"

#: The interval of a share; the same few counts come back in many cells.
_interval = cache(wilson)

_UNDEFINED = ox.Literal("", datatype=ox.NamedNode(CUBE.Undefined))
_PROPERTY = {"or": f"{SH.base}or", "in": f"{SH.base}in"}


@dataclass(frozen=True)
class Number:
    """One measure of an observation: its name and title, its data type, whether it may be undefined.

    Where it is the end of an interval, *relation* says which end and *of* of which measure.
    """

    name: str
    title: dict[Language, str]
    datatype: str = XSD.integer
    optional: bool = False
    relation: str = ""
    of: str = ""
    why: str = ""

    @property
    def path(self) -> str:
        """The property that carries the number."""
        return f"{ROOT}measure/{self.name}"


def link(graph: Graph, layer: Layer) -> Files:
    """Every cube of *layer* as Turtle."""
    claims = claims_behind(graph, layer)
    head = remarks([f"layers.{layer}", *(["notes.reconstructed"] if layer == "reconstructed" else [])])
    return {f"{cube.query.name}.ttl": head + written(cube, claims).turtle() for cube in cubes(graph, layer)}


def written(cube: Cube, claims: list[str]) -> Statements:
    """One cube as triples."""
    to = Statements()
    _cube(cube, claims, to)
    _constraint(cube, to)
    for dimension in cube.dimensions:
        for code in dimension.codes:
            _code(code, to)
    for cell in cube.cells:
        _observation(cube, cell, claims, to)
    return to


def numbers(cube: Cube) -> list[Number]:
    """The measures of the observations of a cube, intervals and shares too."""
    found: list[Number] = []
    for measure in cube.measures:
        main = Number(measure.name, measure_title(measure.name, measure), optional=cube.open_ended)
        found.append(main)
        if cube.open_ended:
            for end, relation in zip(ENDS, (SAM.LowestPossible, SAM.HighestPossible), strict=True):
                title = measure_title(f"{measure.name}_{end}", measure)
                found.append(Number(f"{main.name}_{end}", title, relation=relation, of=main.path, why="possible"))
    return [*found, *(_shares() if _has_shares(cube) else ())]


def _has_shares(cube: Cube) -> bool:
    return not cube.open_ended and {"positive", "results"} <= {measure.name for measure in cube.measures}


def _shares() -> Iterator[Number]:
    ends = {"": "", "_low": RELATION.ConfidenceLowerBound, "_high": RELATION.ConfidenceUpperBound}
    for end, relation in ends.items():
        of = f"{ROOT}measure/share" if relation else ""
        yield Number(f"share{end}", both(f"cube.share{end}"), XSD.decimal, True, relation, of, "bound")


def _cube(cube: Cube, claims: list[str], to: Statements) -> None:
    iri = f"{LINK_ROOT}{cube.name}"
    to.kind(iri, CUBE.Cube)
    to.tell(iri, SCHEMA.name, cube.query.asks)
    to.tell(iri, SCHEMA.description, _description(cube))
    to.say(iri, SCHEMA.license, LICENCE)
    for part in (SCHEMA.publisher, SCHEMA.creator, SCHEMA.contributor):
        to.say(iri, part, MAKERS)
    to.kind(MAKERS, SCHEMA.Organization)
    to.tell(MAKERS, SCHEMA.name, both("cube.makers"))
    to.kind(SOFTWARE, SCHEMA.SoftwareApplication)
    to.tell(SOFTWARE, SCHEMA.name, both("cube.software"))
    to.say(iri, SAM.fromLayer, graph_iri(cube.layer))
    to.say(iri, SAM.countedBy, id_iri("query", cube.query.name))
    to.say(iri, PROV.wasDerivedFrom, graph_iri(cube.layer), *claims)
    to.say(iri, CUBE.observationConstraint, f"{iri}/constraint")
    for scope in cube.dimensions[0].codes:
        if cells := cube.within(scope):
            held = f"{iri}/{scope.notation}"
            to.say(iri, CUBE.observationSet, held)
            to.kind(held, CUBE.ObservationSet)
            to.tell(held, SCHEMA.name, scope.labels)
            to.say(held, CUBE.observation, *(_place(cube, cell) for cell in cells))


def _description(cube: Cube) -> dict[Language, str]:
    """What a reader must know: the layer, and every note once."""
    notes = [both(f"layers.{cube.layer}"), *(note for notes in cube.notes.values() for note in notes)]
    notes += [both("cube.interval")] if _has_shares(cube) else []
    return {lang: " ".join(dict.fromkeys(note[lang].rstrip(".") + "." for note in notes)) for lang in LANGUAGES}


def _constraint(cube: Cube, to: Statements) -> None:
    iri = f"{LINK_ROOT}{cube.name}/constraint"
    to.kind(iri, CUBE.Constraint, SH.NodeShape)
    to.value(iri, SH.closed, True)
    to.say(iri, SH.ignoredProperties, to.listed(f"{iri}/ignored", SAM.counts, PROV.wasDerivedFrom))
    for name, path, values in (
        ("type", RDF.type, (CUBE.Observation,)),
        ("observed-by", CUBE.observedBy, (SOFTWARE,)),
        ("layer", SAM.fromLayer, (graph_iri(cube.layer),)),
    ):
        _one_of(_shape(iri, name, path, to), values, to)
    to.tell(f"{iri}/layer", SCHEMA.name, cube.terms[SAM.fromLayer])
    for place, dimension in enumerate(cube.dimensions):
        _key(_shape(iri, dimension.name, f"{ROOT}dimension/{dimension.name}", to), cube, place, to)
    for number in numbers(cube):
        _measure(_shape(iri, number.name, number.path, to), number, to)


def _shape(constraint: str, name: str, path: str, to: Statements) -> str:
    iri = f"{constraint}/{name}"
    to.say(constraint, SH.property, iri)
    to.kind(iri, SH.PropertyShape)
    to.say(iri, SH.path, path)
    to.value(iri, SH.minCount, 1)
    to.value(iri, SH.maxCount, 1)
    return iri


def _one_of(shape: str, values: tuple[str, ...], to: Statements) -> None:
    to.say(shape, SH.nodeKind, SH.IRI)
    to.say(shape, _PROPERTY["in"], to.listed(f"{shape}/in", *values))


def _key(shape: str, cube: Cube, place: int, to: Statements) -> None:
    """A key dimension: its values are those that its cells have."""
    dimension: Dimension = cube.dimensions[place]
    to.kind(shape, CUBE.KeyDimension)
    to.tell(shape, SCHEMA.name, dimension.title)
    to.say(shape, QUDT.scaleType, QUDT.NominalScale)
    found = {_value(cell.codes[place]) for cell in cube.cells}
    _one_of(shape, tuple(sorted(found)), to)


def _measure(shape: str, number: Number, to: Statements) -> None:
    to.kind(shape, CUBE.MeasureDimension)
    to.tell(shape, SCHEMA.name, number.title)
    to.say(shape, QUDT.scaleType, QUDT.RatioScale)
    if number.optional:
        either = {f"{shape}/either/{n}": kind for n, kind in enumerate((number.datatype, CUBE.Undefined), 1)}
        for alternative, datatype in either.items():
            to.say(alternative, SH.datatype, datatype)
        to.say(shape, _PROPERTY["or"], to.listed(f"{shape}/or", *either))
    else:
        to.say(shape, SH.datatype, number.datatype)
    if number.relation:
        relation = f"{shape}/relation"
        to.say(shape, META.dimensionRelation, relation)
        to.kind(relation, number.relation)
        to.say(relation, META.relatesTo, number.of)
        to.tell(relation, DCTERMS.type, both(f"cube.{number.why}"))


def _value(code: Concept) -> str:
    return CUBE.Undefined if code.notation == "not-known" else code.iri


def _code(code: Concept, to: Statements) -> None:
    if _value(code) == code.iri:
        to.kind(code.iri, SKOS.Concept)
        to.tell(code.iri, SCHEMA.name, code.labels)
        to.value(code.iri, SKOS.notation, code.notation)


def _place(cube: Cube, cell: Cell) -> str:
    return f"{LINK_ROOT}{cube.name}/cell/{cell.path}"


def _observation(cube: Cube, cell: Cell, claims: list[str], to: Statements) -> None:
    iri = _place(cube, cell)
    to.kind(iri, CUBE.Observation)
    to.say(iri, CUBE.observedBy, SOFTWARE)
    to.say(iri, SAM.fromLayer, graph_iri(cube.layer))
    to.say(iri, PROV.wasDerivedFrom, *claims)
    for dimension, code in zip(cube.dimensions, cell.codes, strict=True):
        to.say(iri, f"{ROOT}dimension/{dimension.name}", _value(code))
    for name, value in values(cube, cell).items():
        to.value(iri, f"{ROOT}measure/{name}", _UNDEFINED if value is None else value)
    for count in cell.counts.values():
        to.say(iri, SAM.counts, *count.things)


def values(cube: Cube, cell: Cell) -> dict[str, int | Decimal | None]:
    """The numbers of one cell by the name of the measure; None where it is undefined."""
    found: dict[str, int | Decimal | None] = {}
    for name, count in cell.counts.items():
        found[name] = count.low if count.identified else None
        if cube.open_ended:
            found |= {f"{name}_low": count.low, f"{name}_high": count.high}
    if _has_shares(cube):
        k, n = (cell.counts[name].low for name in ("positive", "results"))
        shares = (k / n, *_interval(k, n)) if n else (None, None, None)
        rounded = (None if share is None else Decimal(f"{share:.4f}") for share in shares)
        found |= dict(zip(("share", "share_low", "share_high"), rounded, strict=True))
    return found
