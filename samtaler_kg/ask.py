"""One stored question to one layer: parameters in, a typed table out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from samtaler_kg.catalogue import Column, Given, StoredQuery
from samtaler_kg.graph import Graph, Layer, layer_named
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.stores import Answer
from samtaler_kg.tables import Table, Term, plain
from samtaler_kg.terms import XSD, code_iri
from samtaler_kg.words import Language, both

Part = Mapping[str, tuple[str, ...]]

#: The verdict that each count column of an answer counts; ``results`` counts all.
_VERDICT = {"positive": ("positive",), "none": ("none",), "negative": ("negative",)}


def ask(
    graph: Graph, name: str, layer: str | None = None, scope: str | None = None, given: Given | None = None
) -> Table:
    """Ask the stored query *name* of *layer* (its first layer by default) with the parameters *given*.

    A count on the reconstructed layer that the memo's figures do not fix comes as an interval, its own cell empty.
    Raises Refused with every problem of the request at once, Damaged where the base is at fault.
    """
    query = graph.catalogue.find(name)
    place = layer_named(layer or query.layers[0])
    asked = {**(given or {}), **({"scope": scope} if scope else {})}
    _allowed(query, place, asked, scope)
    table = answer(graph, query, place, asked)
    if place == "reconstructed" and query.head.get("counts"):
        return _with_intervals(table, query, graph, asked)
    return table


def answer(graph: Graph, query: StoredQuery, layer: Layer, given: Given) -> Table:
    """The rows of *query* on *layer* as they are stored, without intervals."""
    text = query.filled(graph.catalogue.terms(query, given, graph.codes))
    try:
        found = graph.layer(layer, map(layer_named, query.also)).query(text)
    except (SyntaxError, RuntimeError, ValueError) as error:
        raise Damaged(Problem("bad-query-file", Where(str(query.path)), {"reason": error})) from None
    about: dict[str, Any] = {"query": query.name, "layer": layer, "params": dict(given)}
    if query.also:
        about["also"] = list(query.also)
    if "scope" in query.params:
        about["scope"] = about["params"].pop("scope", "all")
    return Table(_columns(query, found, graph), found.rows, about, _notes(query, layer, about))


def _allowed(query: StoredQuery, layer: Layer, given: Given, scope: str | None) -> None:
    problems = []
    if layer not in query.layers:
        facts = {"query": query.name, "layer": layer, "hint": ", ".join(query.layers)}
        problems.append(Problem("not-on-layer", facts=facts))
    if scope and "scope" not in query.params:
        problems.append(Problem("no-scope", facts={"query": query.name}))
    known = query.head.get("layer_params", {}).get(layer, query.params)
    for name in given:
        if name in query.params and name not in known:
            facts = {"value": name, "layer": layer, "hint": ", ".join(known) or "-"}
            problems.append(Problem("parameter-not-on-layer", facts=facts))
    if problems:
        raise Refused(problems)


def _columns(query: StoredQuery, found: Answer, graph: Graph) -> list[Column]:
    if found.columns != query.columns:
        reason = f"columns {query.columns} ≠ {found.columns}"
        raise Damaged(Problem("bad-query-file", Where(str(query.path)), {"reason": reason}))
    known = graph.catalogue.columns
    if strange := [name for name in query.columns if name not in known]:
        raise Damaged(Problem("bad-query-file", Where(str(query.path)), {"reason": f"columns.toml: {strange}"}))
    return [known[name] for name in query.columns]


def _notes(query: StoredQuery, layer: Layer, about: Mapping[str, Any]) -> list[Mapping[Language, str]]:
    notes: list[Mapping[Language, str]] = []
    if layer == "reconstructed":
        notes.append(both("notes.reconstructed"))
    if "scope" in about and layer == "coded":
        notes.append(both(f"notes.scope-{about['scope']}"))
    notes += [both(f"notes.also-{other}") for other in query.also]
    if "note" in query.head:
        notes.append(query.head["note"])
    return notes


def _with_intervals(table: Table, query: StoredQuery, graph: Graph, given: Given) -> Table:
    """Each count column followed by its lowest and highest value over all tables that satisfy the memo's figures."""
    told = Published(graph)
    counts: Sequence[str] = query.head["counts"]
    wide: list[tuple[Term | None, ...]] = []
    for here in _with_empty_cells(table, query, graph, told.asked(given)):
        base = told.asked(given) | {name: (str(plain(here[name])),) for name in query.head.get("cells", ())}
        cells: list[Term | None] = []
        for name, term in here.items():
            cells += told.interval(term, base | _within(base, name)) if name in counts else [term]
        wide.append(tuple(cells))
    columns = [part for column in table.columns for part in _spread(column, column.name in counts)]
    open_ = any(cell is None for row in wide for cell, part in zip(row, columns, strict=True) if part.name in counts)
    notes = [*table.notes, both("notes.not-identified")] if open_ else table.notes
    return Table(columns, wide, table.about, notes)


def _with_empty_cells(table: Table, query: StoredQuery, graph: Graph, asked: Part) -> Iterator[dict[str, Term | None]]:
    """The rows by column, and one for each code of the dimension to which the reconstruction happens to give no result.

    Another table that fits the figures can have results there, so the code is answered like the others.
    """
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    if not query.head.get("cells"):
        yield from rows
        return
    from samtaler_kg.margins import FRAME

    (dimension,) = query.head["cells"]
    found = {str(plain(row[dimension])): row for row in rows}
    for code in FRAME.codes(dimension):
        if code in found:
            yield found[code]
        elif code in asked.get(dimension, (code,)):
            empty: dict[str, Term | None] = dict.fromkeys(names)
            empty |= {name: _integer(0) for name in query.head["counts"]}
            empty[dimension] = ox.NamedNode(graph.codes.by_list[dimension][code].iri)
            if "outcome_group" in names:
                empty["outcome_group"] = ox.NamedNode(code_iri("outcome-group", "memo-three"))
            yield empty


class Published:
    """What the memo's own figures say of a part of the reconstruction's table."""

    def __init__(self, graph: Graph) -> None:
        """Read the claims of the graph's base."""
        from samtaler_kg import claims, margins

        rows = claims.read_rows(graph.base.data / "memo" / "claims.csv", claims.COLUMNS)
        self.margins = margins.margins_from_claims(rows)
        self.span = margins.Span(self.margins)

    def asked(self, given: Given) -> dict[str, tuple[str, ...]]:
        """The part of the table that the parameters select. Raises Refused for a code that the memo's figures have not."""
        from samtaler_kg.margins import FRAME

        wanted = {
            name: tuple(value.split("|")) if isinstance(value, str) else tuple(map(str, value))  # type: ignore[arg-type]
            for name, value in given.items()
            if name != "scope"
        }
        for name, codes in wanted.items():
            known = FRAME.codes(name) if name in FRAME.dims else codes
            for code in set(codes) - set(known):
                facts = {"value": code, "list": name, "hint": nearest(code, known)}
                raise Refused(Problem("unknown-code", Where(key=name), facts))
        return wanted

    def interval(self, term: Term | None, where: Part) -> list[Term | None]:
        """The count, its low and its high; the count itself only where the figures fix it."""
        if where.get("verdict") == ():  # a column of one verdict where the reader asked for another
            return [term, term, term]
        low, high = self._ends(term, where)
        return [low if low == high else None, low, high]

    def _ends(self, term: Term | None, where: Part) -> tuple[Term | None, Term | None]:
        countries = where.get("country", ())
        part = {name: codes for name, codes in where.items() if name != "country"}
        if countries:  # the country of a record is no cell of the table: known only where a claim prints it
            printed = any(margin.where == part and margin.country == countries for margin in self.margins)
            return (term, term) if printed else (None, None)
        if self.span.holds(part):
            return term, term
        from samtaler_kg.bounds import bounds

        bound = bounds(self.margins, part)
        return _integer(bound.low), _integer(bound.high)


def _within(base: Part, column: str) -> dict[str, tuple[str, ...]]:
    """The verdict that a count column adds to the part asked for; empty where the two exclude each other."""
    if column not in _VERDICT:
        return {}
    asked = base.get("verdict", _VERDICT[column])
    return {"verdict": tuple(verdict for verdict in _VERDICT[column] if verdict in asked)}


def _integer(number: int | None) -> ox.Literal | None:
    return None if number is None else ox.Literal(str(number), datatype=ox.NamedNode(XSD.integer))


def _spread(column: Column, counts: bool) -> list[Column]:
    if not counts:
        return [column]
    ends = {"low": {"en": "lowest", "da": "mindst"}, "high": {"en": "highest", "da": "højst"}}
    titles = {end: {lang: f"{column.title[lang]}, {words[lang]}" for lang in words} for end, words in ends.items()}
    return [column, *(Column(f"{column.name}_{end}", "integer", title) for end, title in titles.items())]
