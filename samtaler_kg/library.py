"""The library in Python: one object over the verbs, with pandas, rdflib and networkx at its edges."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samtaler_kg import places, words
from samtaler_kg.graph import Graph, layer_named
from samtaler_kg.stores import EngineName

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import rdflib

    from samtaler_kg.agreement import Agreement
    from samtaler_kg.cards import Card, Data
    from samtaler_kg.check import Door
    from samtaler_kg.intake import History, Impact, Receipt
    from samtaler_kg.intervals import Interval
    from samtaler_kg.matching import Candidate
    from samtaler_kg.memo import Figure, Finding
    from samtaler_kg.problems import Problem
    from samtaler_kg.release import Release
    from samtaler_kg.show import Description
    from samtaler_kg.tables import Table


class KnowledgeGraph:
    """A base opened for reading. Make one with ``samtaler_kg.open``."""

    def __init__(self, graph: Graph) -> None:
        """Wrap an opened graph."""
        self.graph = graph
        self._opened: tuple[Graph, Door] | None = None

    def __repr__(self) -> str:
        """Which base is open, and with which engine."""
        return f"<samtaler_kg base {str(self.graph.base.root)!r}, engine {self.graph.engine_name}>"

    def ask(
        self, name: str, *, layer: str | None = None, scope: str | None = None, **params: str | int | Sequence[str]
    ) -> pd.DataFrame:
        """Answer the stored query *name* as a DataFrame.

        *layer* is ``coded`` (default), ``reconstructed`` or ``memo``; *scope* is ``all`` (default) or ``memo``; other
        keywords are the query's parameters, a sequence or ``a|b`` meaning either. Integers are Int64, decimals Float64,
        codes and ids text; a missing cell is unknown, never zero. ``DataFrame.attrs`` says what was asked.
        Raises samtaler_kg.problems.Refused where the query or a parameter is unknown.
        """
        from samtaler_kg.tables import as_pandas

        return as_pandas(self.table(name, layer=layer, scope=scope, **params))

    def table(
        self, name: str, *, layer: str | None = None, scope: str | None = None, **params: str | int | Sequence[str]
    ) -> Table:
        """Answer the stored query *name* as a Table of RDF terms, with its notes."""
        from samtaler_kg.ask import ask

        return ask(self.graph, name, layer, scope, params)

    def sparql(
        self, text: str, *, layer: str = "coded", timeout: float | None = 60.0
    ) -> pd.DataFrame | rdflib.Graph | bool:
        """Run a read-only SPARQL query of your own on the data set of *layer*.

        Gives a DataFrame for SELECT, an rdflib Graph for CONSTRUCT and DESCRIBE, a bool for ASK. The query runs in a
        process of its own that is stopped after *timeout* seconds (None: in this process, without a limit).
        Raises Refused for a syntax error, an update, SERVICE or a graph of elsewhere, Stopped at the limit.
        """
        from samtaler_kg.freeform import Limits, as_python, freeform

        return as_python(freeform(self.graph, text, layer, Limits(seconds=timeout)))

    def count(
        self,
        rule: str = "direction",
        *,
        by: str | None = None,
        layer: str | None = None,
        scope: str = "memo",
        interval: str = "wilson",
        assume: Mapping[str, str] | None = None,
        **where: str | int | Sequence[str],
    ) -> pd.DataFrame:
        """Count under a declared rule (``all``: each of them), a row a group of *by*; see ``samtaler_kg.count``.

        Other keywords restrict as in ``ask``. What is not known is missing, never zero; every row has its ``caveat``.
        """
        from samtaler_kg.count import as_pandas, count

        return as_pandas(count(self.graph, rule, by, where, layer, scope, interval, assume))

    def bounds(self, *, given: Sequence[str] = (), **where: str) -> Interval:
        """The interval of a count that the memo does not print, under what is supposed; see ``samtaler_kg.intervals``.

        ``kg.bounds(region="denmark", period="2011-2015", verdict="positive")`` has ``low`` 0 and ``high`` 19.
        """
        from samtaler_kg.intervals import interval

        return interval(self.graph, where, given)

    def draw(
        self,
        name: str,
        *,
        lang: str | None = None,
        format: str = "svg",
        scope: str | None = None,
        unit: str = "result",
        **params: str | int | Sequence[str],
    ) -> bytes:
        """Draw the picture *name* as the bytes of an SVG, PNG or PDF file; ``samtaler_kg.draw.PICTURES`` has them all.

        *scope* is ``memo`` or ``all``, *unit* ``result`` or ``trial``; other keywords restrict, or choose rows and
        columns. For the text alternative and the numbers behind the marks: ``samtaler_kg.draw.drawing``.
        Raises Refused where the picture or a parameter is unknown, or matplotlib (extra ``plot``) is not installed.
        """
        from samtaler_kg.draw import drawing

        return drawing(self.graph, name, _language(lang), scope, unit, params).saved(format)

    def export(self, form: str, layer: str = "coded") -> dict[str, bytes]:
        """All that *layer* says in the form called *form*, as the content of files by name.

        ``samtaler_kg.exports.FORMS`` has every form; ``docs/exports.md`` says what each holds and how to read it.
        Raises Refused where form or layer are unknown or do not go together, or a package is not installed.
        """
        from samtaler_kg.exports import export

        return dict(export(self.graph, layer_named(layer), form))

    def queries(self) -> dict[str, str]:
        """The stored queries and what each asks, in the reader's language."""
        lang = words.language()
        return {query.name: query.asks[lang] for query in self.graph.catalogue.all()}

    def figures(self) -> list[Figure]:
        """Every figure of the memo: published, reconstructed, coded."""
        from samtaler_kg.memo import Memo

        return Memo(self.graph).figures()

    def findings(self) -> list[Finding]:
        """Every claim of the memo that is no figure, with what supports or disputes it."""
        from samtaler_kg.memo import Memo

        return Memo(self.graph).findings()

    def show(self, name: str, lang: str | None = None) -> Description:
        """One study, result, trial, claim, slot or record in words."""
        from samtaler_kg.show import show

        return show(self.graph, name, _language(lang))

    def network(self) -> nx.Graph[str]:
        """Studies, trials, authors and results as a networkx graph; see samtaler_kg.network."""
        from samtaler_kg.network import network

        return network(self.graph)

    def link_candidates(self, path: str | os.PathLike[str], form: str | None = None) -> list[Candidate]:
        """The records of another base's file held against the studies here, each with its reasons.

        *form* is openalex, crossref, csl, ris, bib, csv or rdf; else what the file's ending says. A candidate's
        ``group`` is ``accepted``, ``review`` or ``no-match``; ``told("da")`` gives the reasons in words. Needs the
        extra ``link``. Raises Refused where the file cannot be read.
        """
        from samtaler_kg.matching import candidates

        return candidates(self.graph, Path(path), form)

    def agreement(self) -> list[Agreement]:
        """Agreement and Cohen's kappa between the two codings, per field."""
        from samtaler_kg.agreement import agreement

        return agreement(self.graph)

    def check(self, *cards: Card | str | os.PathLike[str]) -> list[Problem]:
        """Every problem of *cards* (files, folders or cards) against the rules and against what the base has.

        Only those of the severity ``blocks`` stand in the way of ``add``. Without cards the whole base is checked.
        """
        from samtaler_kg import check

        if not cards:
            return check.check_base(self.graph.base)
        read = check.read([Path(card) for card in cards if isinstance(card, str | os.PathLike)], self.graph.base)
        given = [*read.cards, *(card for card in cards if not isinstance(card, str | os.PathLike))]
        return check.together(read.problems, self._door().check(given))

    def _door(self) -> Door:
        """What checking keeps of the base, for as long as the graph is the same."""
        from samtaler_kg.check import Door

        if self._opened is None or self._opened[0] is not self.graph:
            self._opened = self.graph, Door(self.graph.base, self.graph)
        return self._opened[1]

    def add(self, *cards: Card | Data | str | os.PathLike[str], by: str | None = None) -> Receipt:
        """Check *cards* (files, cards, or the data of a study's card) and take them in: all of them or none.

        The graph that is open is then the new one; a name is recorded only as *by*. Raises
        samtaler_kg.intake.NotTaken with every problem of the cards, Refused where the base cannot be written.
        """
        from samtaler_kg.intake import add, given

        return self._anew(add(self.graph.base, given(cards, self.graph.base), by))

    def retract(self, study: str, why: str, by: str | None = None) -> Receipt:
        """Retract a study: its card stays with the reason, its results count nowhere any more."""
        from samtaler_kg.intake import retract

        return self._anew(retract(self.graph.base, study, why, by))

    def history(self, name: str) -> History:
        """What happened to a study, result or trial, oldest first."""
        from samtaler_kg.intake import history

        return history(self.graph.base, name)

    def impact(self, *cards: Card | Data | str | os.PathLike[str]) -> Impact:
        """What taking *cards* in would change: every figure of the memo and every count, before and after."""
        from samtaler_kg.intake import given, impact

        return impact(self.graph.base, given(cards, self.graph.base))

    def release(
        self,
        version: str,
        folder: str | os.PathLike[str] = ".",
        *,
        since: str | os.PathLike[str] | None = None,
        date: str | None = None,
        archive: bool = False,
    ) -> Release:
        """Write a release of the base into *folder*, with what has changed *since* another release or base.

        ``samtaler_kg.release`` also proves one (``verify``) and compares two (``compare``). Raises Refused where
        *version* is no newer version, Damaged where the built graph is not what the sources give.
        """
        from samtaler_kg.release import release

        return release(self.graph.base, version, folder, since, date, archive)

    def _anew(self, receipt: Receipt) -> Receipt:
        self.graph = Graph(self.graph.base, self.graph.engine_name)
        return receipt

    @property
    def dataset(self) -> rdflib.Dataset:
        """All graphs of the base as an rdflib Dataset of named graphs; a new copy at each call, yours to change."""
        return self.graph.steady(self._dataset)

    def _dataset(self) -> rdflib.Dataset:
        import rdflib

        data = rdflib.Dataset()
        for name, path in self.graph.named_graphs().items():
            data.graph(rdflib.URIRef(name)).parse(path, format="nt")
        return data

    @property
    def about(self) -> Mapping[str, Any]:
        """What was built: each graph's IRI, SHA-256 and number of triples, by file."""
        return self.graph.manifest


def _language(chosen: str | None) -> words.Language:
    """The language asked for, or the reader's. Raises Refused for one that no text is written in."""
    if chosen is not None and chosen not in words.LANGUAGES:
        from samtaler_kg.problems import Problem, Refused

        raise Refused(Problem("unknown-language", facts={"value": chosen, "hint": ", ".join(words.LANGUAGES)}))
    return words.language(chosen)


def open(base: str | os.PathLike[str] | None = None, *, engine: EngineName = "oxigraph") -> KnowledgeGraph:
    """Open a base for reading: *base* if given, else ``SAMTALER_BASE``, else the shipped one.

    *engine* is ``oxigraph`` (the embedded default) or ``rdflib`` (slower, independent).
    """
    return KnowledgeGraph(Graph(places.find(base), engine))
