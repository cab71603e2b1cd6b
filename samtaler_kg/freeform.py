"""A reader's own SPARQL: read-only, within limits of time, memory and rows, in a process that can be stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from samtaler_kg import sandbox
from samtaler_kg.catalogue import Column
from samtaler_kg.graph import Graph, Layer, layer_named
from samtaler_kg.guard import Findings, Position, caret, inspect, syntax_position
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Stopped, Where
from samtaler_kg.spelling import unknown_terms
from samtaler_kg.stores import serialized
from samtaler_kg.tables import Table, as_pandas
from samtaler_kg.terms import PREFIXES, graph_iri
from samtaler_kg.words import Language, both

if TYPE_CHECKING:
    import pandas as pd
    import rdflib

#: Limits of one query, unless the reader sets others: seconds, megabytes of address space, rows; characters of text.
SECONDS, MEGABYTES, ROWS, CHARACTERS = 60.0, 4096, 100_000, 200_000

#: How deep brackets may nest: engines read by recursion.
DEPTH = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use; ``seconds`` None runs it in this process, without limits of time and memory."""

    seconds: float | None = SECONDS
    megabytes: int = MEGABYTES
    rows: int = ROWS


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a free query: a table, triples, or a truth."""

    table: Table | None = None
    triples: list[ox.Triple] | None = None
    truth: bool | None = None
    notes: Sequence[Mapping[Language, str]] = ()


def freeform(graph: Graph, text: str, layer: str = "coded", limits: Limits | None = None, shown: str = "") -> Found:
    """Run the query *text* on the data set of *layer*; *shown* names the text's file in problems.

    The prefixes of ``terms.PREFIXES`` need no declaration. Raises Refused for what is no read-only SPARQL query, for
    SERVICE and for graphs of elsewhere; Stopped at a limit; Damaged where the built graph is.
    """
    limits = limits or Limits()
    place = layer_named(layer)
    notes = _notes(_guarded(text, graph, shown), text, graph, place)
    graph.files(place)  # compares the layer's files with the manifest, here rather than in the child
    order = {"base": str(graph.base.root), "layer": place, "text": text, "rows": limits.rows}
    try:
        if limits.seconds is None:
            return _found(_answer(order), place, limits, notes)
        answer = sandbox.run(
            "samtaler_kg.freeform:answer_apart", order, seconds=limits.seconds, megabytes=limits.megabytes
        )
    except SyntaxError as error:
        raise _syntax(str(error), text, shown) from None
    except (ValueError, RuntimeError) as error:
        raise Refused(Problem("sparql-failed", Where(shown), {"reason": error})) from None
    except sandbox.SandboxError as error:
        raise _ended(error, limits, text, shown) from None
    return _found(answer, place, limits, notes)


def as_python(found: Found) -> pd.DataFrame | rdflib.Graph | bool:
    """A DataFrame for a table, an rdflib Graph for triples, a bool for a truth."""
    if found.truth is not None:
        return found.truth
    if found.table is not None:
        return as_pandas(found.table)
    import rdflib

    text = serialized(found.triples or (), ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text, format="nt")


def answer_apart(order: dict[str, Any]) -> dict[str, Any]:
    """The job of the child process: load, seal the process against files and network, answer."""
    return _answer(order, seal=True)


def _answer(order: dict[str, Any], *, seal: bool = False) -> dict[str, Any]:
    graph = Graph(Base(Path(order["base"])))
    named = any(word in order["text"].lower() for word in ("graph", "from"))
    store = graph.steady(lambda: _store(graph, order["layer"], named))
    if seal:
        sandbox.seal()
    return _told(store.query(order["text"], prefixes=PREFIXES), order["rows"])


def _store(graph: Graph, layer: Layer, named: bool) -> ox.Store:
    """The data set of *layer* as the default graph, and where *named* every graph by its name."""
    store = ox.Store()
    for path in graph.files(layer):
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.DefaultGraph(), lenient=True)
    for name, path in graph.named_graphs().items() if named else ():
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name), lenient=True)
    return store


def _told(found: Any, limit: int) -> dict[str, Any]:
    """An engine's answer as JSON, cut one row past the limit so that the parent can tell."""
    if isinstance(found, ox.QueryBoolean):
        return {"truth": bool(found)}
    if isinstance(found, ox.QueryTriples):
        triples = list(islice(found, limit + 1))
        return {"triples": serialized(triples, ox.RdfFormat.N_TRIPLES).decode(), "count": len(triples)}
    columns = [variable.value for variable in found.variables]
    rows = [[_word(row[n]) for n in range(len(columns))] for row in islice(found, limit + 1)]
    return {"columns": columns, "rows": rows, "count": len(rows)}


def _word(term: Any) -> list[str] | None:
    """A term as a list of text: kind, value and, for a literal, datatype and language."""
    if isinstance(term, ox.Literal):
        return ["literal", term.value, term.datatype.value, term.language or ""]
    if isinstance(term, ox.NamedNode | ox.BlankNode):
        return ["iri" if isinstance(term, ox.NamedNode) else "blank", term.value]
    return None if term is None else ["literal", str(term), PREFIXES["xsd"] + "string", ""]


def _term(word: list[str] | None) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    if word is None:
        return None
    if word[0] == "iri":
        return ox.NamedNode(word[1])
    if word[0] == "blank":
        return ox.BlankNode(word[1])
    if word[3]:
        return ox.Literal(word[1], language=word[3])
    return ox.Literal(word[1], datatype=ox.NamedNode(word[2]))


def _notes(findings: Findings, text: str, graph: Graph, layer: Layer) -> list[Mapping[Language, str]]:
    """What a reader of the answer has to know: that the layer is reconstructed, that a term matches nothing."""
    notes: list[Mapping[Language, str]] = [both("notes.reconstructed")] if layer == "reconstructed" else []
    for term, hint in unknown_terms(text, {**PREFIXES, **findings.prefixes}, graph.terms):
        notes.append(both("notes.unknown-term", term=term, hint=hint or "-"))
    return notes


def _found(answer: dict[str, Any], layer: Layer, limits: Limits, notes: list[Mapping[Language, str]]) -> Found:
    if answer.get("count", 0) > limits.rows:
        raise Stopped(Problem("too-many-rows", facts={"limit": limits.rows}))
    if "truth" in answer:
        return Found(truth=answer["truth"], notes=notes)
    if "triples" in answer:
        quads = ox.parse(answer["triples"].encode(), format=ox.RdfFormat.N_TRIPLES)
        return Found(triples=[quad.triple for quad in quads], notes=notes)
    rows = [tuple(_term(word) for word in row) for row in answer["rows"]]
    columns = [Column(name, _type(rows, n), {"da": name, "en": name}) for n, name in enumerate(answer["columns"])]
    return Found(Table(columns, rows, {"query": None, "layer": layer}, notes), notes=notes)


def _type(rows: list[tuple[Any, ...]], column: int) -> str:
    """The column type that fits every value: integer, decimal (also for floating point), boolean, else text."""
    kinds = {row[column].datatype.value if isinstance(row[column], ox.Literal) else "" for row in rows if row[column]}
    for name in ("integer", "boolean"):
        if kinds == {PREFIXES["xsd"] + name}:
            return name
    numbers = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double")}
    return "decimal" if kinds and kinds <= numbers else "text"


def _guarded(text: str, graph: Graph, shown: str) -> Findings:
    """Refuse what could change, call or fetch anything, before an engine sees it."""
    if len(text) > CHARACTERS:
        raise Refused(Problem("too-large", Where(shown), {"limit": CHARACTERS}))
    findings = inspect(text, PREFIXES)
    if problems := list(_doubts(findings, text, graph, shown)):
        raise Refused(problems)
    return findings


def _doubts(findings: Findings, text: str, graph: Graph, shown: str) -> Iterator[Problem]:
    for update in findings.updates[:1]:
        yield _problem("sparql-update", update.at, text, shown)
    for service in findings.services:
        yield _problem("sparql-service", service.at, text, shown)
    known = graph.named_graphs() if findings.froms else {}
    for source in findings.froms:
        if source.iri not in known:
            hint = ", ".join(graph_iri(name) for name in ("coded", "memo", "reconstructed", "ontology"))
            yield _problem("sparql-from", source.at, text, shown, value=source.iri or "?", hint=hint)
    for stray in findings.strays[:1]:
        yield _problem("sparql-word", stray.at, text, shown, word=stray.text[:40])
    for use in findings.undeclared[:1]:
        yield _problem("sparql-prefix", use.at, text, shown, prefix=use.text, hint=", ".join(PREFIXES))
    if findings.depth > DEPTH:
        yield Problem("sparql-deep", Where(shown), {"limit": DEPTH})


def _problem(name: str, at: Position, text: str, shown: str, **facts: object) -> Problem:
    return Problem(name, Where(shown, at.line, at.column), facts, excerpt=caret(text, at.line, at.column))


def _syntax(message: str, text: str, shown: str) -> Refused:
    text = text.rstrip()
    place = syntax_position(message)
    if place is None:
        return Refused(Problem("sparql-syntax", Where(shown), {"reason": message[:200]}))
    expected = message.partition("expected ")[2].replace("\n", " ")[:120]
    return Refused(_problem("sparql-syntax", Position(*place), text, shown, reason=expected))


def _ended(error: sandbox.SandboxError, limits: Limits, text: str, shown: str) -> Refused:
    if isinstance(error, sandbox.TimeUp):
        return Stopped(Problem("time-up", Where(shown), {"seconds": limits.seconds}))
    if isinstance(error, sandbox.MemoryUp):
        return Stopped(Problem("memory-up", Where(shown), {"megabytes": limits.megabytes}))
    if isinstance(error, sandbox.ChildFailed) and error.kind == "SyntaxError":
        return _syntax(error.message, text, shown)
    return Refused(Problem("sparql-failed", Where(shown), {"reason": error}))
