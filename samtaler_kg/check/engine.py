"""SHACL by pyshacl, on copies, with a bounded cache of parsed queries around the call.

pyshacl parses the text of each SPARQL constraint anew for every node it looks at; here a graph keeps what it has
parsed. The results are the same: only ``Graph.query`` is met with a prepared query instead of its text. Nothing of
pyshacl or rdflib is replaced, and no graph of a caller is handed over: pyshacl changes settings of the one it is given.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from samtaler_kg.stores import Term, as_oxigraph
from samtaler_kg.terms import SH, XSD


@dataclass
class Prepared:
    """Parsed queries by text, base and prefixes; the least lately used goes first once there are more than *most*."""

    most: int = 256
    _kept: OrderedDict[tuple[object, ...], Query] = field(default_factory=OrderedDict)
    _held: Lock = field(default_factory=Lock)

    def of(self, text: str, names: Mapping[str, Any], base: str | None) -> Query:
        """The query that *text* is. Raises what rdflib raises where it is none."""
        key = (text, base, tuple(sorted((str(prefix), str(iri)) for prefix, iri in names.items())))
        with self._held:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        query = prepareQuery(text, dict(names), base)
        with self._held:
            self._kept[key] = query
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return query

    def __len__(self) -> int:
        """How many queries are kept."""
        return len(self._kept)


#: What the checks of one process keep together.
SHARED = Prepared()


class Parsed(rdflib.Graph):
    """A graph that parses each query once."""

    prepared: Prepared

    def query(
        self,
        query_object: str | Query,
        processor: Any = "sparql",
        result: Any = "sparql",
        initNs: Mapping[str, Any] | None = None,
        initBindings: Any = None,
        use_store_provided: bool = True,
        **options: Any,
    ) -> rdflib.query.Result:
        """Answer a query as rdflib does."""
        if isinstance(query_object, str):
            names = initNs or dict(self.namespaces())
            query_object = self.prepared.of(query_object, names, options.get("base"))
        return super().query(query_object, processor, result, initNs, initBindings, use_store_provided, **options)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a validation: the shape, the node that breaks it, path and value, and the kind of constraint."""

    shape: str
    focus: Term
    path: str = ""
    value: Term | None = None
    component: str = ""


def validate(
    data: Iterable[ox.Triple], shapes: Iterable[ox.Triple], prepared: Prepared | None = None
) -> list[Finding]:
    """What *shapes* find in *data*, each finding once, in a fixed order."""
    return findings(report(graph(data, prepared), graph(shapes)))


def findings(found: rdflib.Graph) -> list[Finding]:
    """The results of a report, each once, in a fixed order."""
    return sorted(set(_findings(found)), key=lambda f: (f.shape, str(f.focus), f.path, str(f.value)))


def report(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """pyshacl's report. *data* and *shapes* must be graphs that nobody else uses."""
    import pyshacl

    _, found, told = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    if not isinstance(found, rdflib.Graph):
        raise RuntimeError(told)
    return found


def graph(triples: Iterable[ox.Triple], prepared: Prepared | None = None) -> rdflib.Graph:
    """The triples as an rdflib graph that parses each query once."""
    made = Parsed()
    made.prepared = Prepared() if prepared is None else prepared
    for triple in triples:
        made.add((as_rdflib(triple.subject), as_rdflib(triple.predicate), as_rdflib(triple.object)))
    return made


def as_rdflib(term: object) -> rdflib.term.Node:
    """A pyoxigraph term as the same rdflib term.

    A text has no data type in rdflib: with ``xsd:string`` it would be another term than the one in a shape or query.
    """
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise TypeError(f"{term} is no term of a triple")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    kind = term.datatype.value
    return rdflib.Literal(term.value, datatype=None if kind == XSD.string else rdflib.URIRef(kind))


def _findings(found: rdflib.Graph) -> Iterator[Finding]:
    """The results that the report itself holds; those nested below them are details."""
    for node in found.objects(None, rdflib.URIRef(SH.result)):
        said = {str(name): as_oxigraph(value) for name, value in found.predicate_objects(node)}
        focus, shape = said[SH.focusNode], said[SH.sourceShape]
        if focus is None or shape is None:
            raise RuntimeError(f"a result of {shape} names no node")
        path, component = said.get(SH.resultPath), said[SH.sourceConstraintComponent]
        yield Finding(
            shape.value, focus, path.value if path else "", said.get(SH.value), component.value if component else ""
        )
