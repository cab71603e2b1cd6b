"""The library in Python: one object over the verbs, with pandas, rdflib and networkx at its edges."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from samtaler_kg import places, words
from samtaler_kg.graph import Graph
from samtaler_kg.stores import EngineName

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import rdflib

    from samtaler_kg.agreement import Agreement
    from samtaler_kg.memo import Figure, Finding
    from samtaler_kg.show import Description
    from samtaler_kg.tables import Table


class KnowledgeGraph:
    """A base opened for reading. Make one with ``samtaler_kg.open``."""

    def __init__(self, graph: Graph) -> None:
        """Wrap an opened graph."""
        self.graph = graph

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

        return show(self.graph, name, words.language(lang))

    def network(self) -> nx.Graph[str]:
        """Studies, trials, authors and results as a networkx graph; see samtaler_kg.network."""
        from samtaler_kg.network import network

        return network(self.graph)

    def agreement(self) -> list[Agreement]:
        """Agreement and Cohen's kappa between the two codings, per field."""
        from samtaler_kg.agreement import agreement

        return agreement(self.graph)

    @property
    def dataset(self) -> rdflib.Dataset:
        """All graphs of the base as an rdflib Dataset of named graphs; a new copy at each call, yours to change."""
        import rdflib

        data = rdflib.Dataset()
        for name, path in self.graph.named_graphs().items():
            data.graph(rdflib.URIRef(name)).parse(path, format="nt")
        return data

    @property
    def about(self) -> Mapping[str, Any]:
        """What was built: each graph's IRI, SHA-256 and number of triples, by file."""
        return self.graph.manifest


def open(base: str | os.PathLike[str] | None = None, *, engine: EngineName = "oxigraph") -> KnowledgeGraph:
    """Open a base for reading: *base* if given, else ``SAMTALER_BASE``, else the shipped one.

    *engine* is ``oxigraph`` (the embedded default) or ``rdflib`` (slower, independent).
    """
    return KnowledgeGraph(Graph(places.find(base), engine))
