"""The engines that answer SPARQL: pyoxigraph, the embedded default, and rdflib, for comparison.

Both give the same ``Answer`` in pyoxigraph's terms, so that nothing above knows which one ran; a decimal that
a query computes has the same value in both, not always the same last digits. Neither reaches out: SERVICE is
refused, FROM finds loaded graphs only. An Answer holds plain lists, so it may go to another thread, which
pyoxigraph's own results may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyoxigraph as ox

if TYPE_CHECKING:
    import rdflib
    from rdflib.plugins.sparql.sparql import Query

Term = ox.NamedNode | ox.BlankNode | ox.Literal
EngineName = Literal["oxigraph", "rdflib"]

#: Only a text with this can call another server: the word, or an escape that may spell it.
_MAY_CALL = re.compile(r"service|\\u", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found: rows of a SELECT, triples of a CONSTRUCT or DESCRIBE, or the truth of an ASK."""

    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[Term | None, ...]] = ()
    triples: Sequence[ox.Triple] | None = None
    truth: bool | None = None


class Engine(Protocol):
    """What every engine can do. The loaded files form one data set: its default graph."""

    name: EngineName

    def load(self, files: Iterable[Path], graph: str | None = None) -> None:
        """Load N-Triples files as ``build`` writes them into the default graph, or into the named *graph*."""

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query.

        Raises SyntaxError where it is none or calls a server, RuntimeError where the engine gives up.
        """


@dataclass
class Oxigraph:
    """The embedded default: pyoxigraph's store in memory."""

    name: EngineName = "oxigraph"
    store: ox.Store = field(default_factory=ox.Store)

    def load(self, files: Iterable[Path], graph: str | None = None) -> None:
        """Load N-Triples files into the default graph, or into the named *graph*.

        IRIs are not validated again: ``build`` wrote them from valid terms, the manifest proves the bytes.
        """
        to = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        for path in files:
            self.store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=to, lenient=True)

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query with Oxigraph's engine."""
        _stays_here(text)
        found = self.store.query(text)
        if isinstance(found, ox.QueryBoolean):
            return Answer(truth=bool(found))
        if isinstance(found, ox.QueryTriples):
            return Answer(triples=list(found))
        columns = tuple(variable.value for variable in found.variables)
        return Answer(columns, [tuple(row) for row in found])


class Rdflib:
    """rdflib's own engine over an rdflib Dataset: slower, independent, for comparison and interchange."""

    name: EngineName = "rdflib"

    def __init__(self) -> None:
        """Start with an empty data set."""
        import rdflib

        self.dataset = rdflib.Dataset()

    def load(self, files: Iterable[Path], graph: str | None = None) -> None:
        """Load N-Triples files into the default graph, or into the named *graph*."""
        import rdflib

        to = self.dataset.graph(rdflib.URIRef(graph)) if graph else self.dataset.default_graph
        for path in files:
            to.parse(str(path), format="nt")

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query with rdflib's engine."""
        query = _prepared(text)
        view = self._from(query.algebra.datasetClause or ())
        query.algebra["datasetClause"] = None
        try:
            return _answer(view.query(query))
        except Exception as error:  # rdflib raises bare Exceptions
            raise RuntimeError(str(error)) from error

    def _from(self, clause: Sequence[Any]) -> rdflib.Dataset:
        """The data set that FROM clauses ask for; rdflib itself would fetch a graph that was not loaded."""
        import rdflib

        if not clause:
            return self.dataset
        view = rdflib.Dataset()
        for part in clause:
            to = view.default_graph if part.default else view.graph(part.named)
            for triple in self.dataset.get_context(part.default or part.named):
                to.add(triple)
        return view


def _stays_here(text: str) -> None:
    if not _MAY_CALL.search(text):
        return
    from samtaler_kg.guard import inspect

    if calls := inspect(text).services:
        line, column = calls[0].at
        raise SyntaxError(f"SERVICE at {line}:{column} would ask another server")


def _prepared(text: str) -> Query:
    """The query, translated. rdflib alone would let pass the prefixes that it happens to know."""
    from rdflib.plugins.sparql import prepareQuery

    from samtaler_kg.guard import inspect

    _stays_here(text)
    try:
        query = prepareQuery(text)
    except Exception as error:  # rdflib raises bare Exceptions
        raise SyntaxError(str(error)) from None
    if strange := inspect(text).undeclared:
        raise SyntaxError(f"Unknown namespace prefix : {strange[0].text}")
    return query


def _answer(found: rdflib.query.Result) -> Answer:
    if found.type == "ASK":
        return Answer(truth=bool(found.askAnswer))
    if found.type in {"CONSTRUCT", "DESCRIBE"}:
        return Answer(triples=[_triple(triple) for triple in found.graph or ()])
    columns = tuple(str(variable) for variable in found.vars or ())
    # Iterating over the result itself would leave out a row in which nothing is bound.
    rows = [{str(name): value for name, value in row.items()} for row in found.bindings]
    return Answer(columns, [tuple(as_oxigraph(row.get(column)) for column in columns) for row in rows])


def _triple(triple: tuple[object, ...]) -> ox.Triple:
    subject, predicate, value = (as_oxigraph(part) for part in triple)
    return ox.Triple(subject, predicate, value)  # type: ignore[arg-type]


def as_oxigraph(term: object) -> Term | None:
    """An rdflib term as the same pyoxigraph term; None stays None."""
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return ox.Literal(str(term), datatype=datatype)
    return None


def serialized(
    content: Iterable[ox.Triple] | Iterable[ox.Quad], form: ox.RdfFormat, prefixes: dict[str, str] | None = None
) -> bytes:
    """Triples or quads in a form of RDF, in the order given."""
    written = ox.serialize(content, format=form, prefixes=prefixes)
    return written or b""


def engine(name: EngineName = "oxigraph") -> Engine:
    """A new, empty engine."""
    return Oxigraph() if name == "oxigraph" else Rdflib()
