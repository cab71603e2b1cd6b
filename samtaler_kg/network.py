"""The ties between studies, trials, authors and results as a networkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from samtaler_kg.ask import ask
from samtaler_kg.graph import Graph
from samtaler_kg.tables import Term, Value
from samtaler_kg.terms import id_iri

if TYPE_CHECKING:
    import networkx as nx

#: What a tie of the stored query ``network-ties`` is called on an edge.
_TIES = {"sam:evaluates": "evaluates", "sam:authorName": "author", "sam:ofStudy": "result"}


def network(graph: Graph) -> nx.Graph[str]:
    """Studies, trials, authors and results as nodes (``kind``), their ties as edges (``kind``).

    Nodes are named kind/id, for example ``study/maibom-rosholm-2014-youth``. Authors are printed names: two persons
    of one name are one node, one person with two spellings is two. Studies and results carry their dependence cluster
    (``cluster``): what shares a cluster is not independent. Studies carry ``title``, trials ``label``, results
    ``verdict`` and ``outcome``. A result that restates another is no node.
    """
    import networkx as nx

    ties: nx.Graph[str] = nx.Graph()
    for row in ask(graph, "studies").records():
        _add(ties, "study", row, "study", ("title", "cluster", "country", "year"))
    for row in ask(graph, "trials").records():
        _add(ties, "trial", row, "trial", ("label",))
    clusters = {name: data.get("cluster") for name, data in ties.nodes(data=True)}
    for row in ask(graph, "results").records():
        cluster = clusters[f"study/{row['study']}"]
        _add(ties, "result", {**row, "cluster": cluster}, "result", ("verdict", "favours", "outcome", "cluster"))
    table = ask(graph, "network-ties")
    for record, (_, start, end) in zip(table.records(), table.rows, strict=True):
        for node in (start, end):
            if isinstance(node, ox.Literal):
                ties.add_node(f"author/{node.value}", kind="author")
        ties.add_edge(_name(start), _name(end), kind=_TIES[str(record["tie"])])
    return ties


def _add(ties: nx.Graph[str], kind: str, row: dict[str, Value], key: str, told: tuple[str, ...]) -> None:
    attributes = {name: row[name] for name in told if row.get(name) is not None}
    ties.add_node(f"{kind}/{row[key]}", kind=kind, **attributes)


def _name(term: Term | None) -> str:
    if isinstance(term, ox.Literal):
        return f"author/{term.value}"
    return str(term.value).removeprefix(id_iri("", "")[:-1]) if term is not None else ""


def clusters(ties: nx.Graph[str]) -> list[set[str]]:
    """The studies that hang together through shared trials, largest first; a study alone is a cluster of one.

    Found by connected components over study-trial ties alone: a check on the stored rule that names clusters.
    """
    import networkx as nx

    kept = [node for node, data in ties.nodes(data=True) if data["kind"] in {"study", "trial"}]
    parts = nx.connected_components(ties.subgraph(kept))
    found = [{node for node in part if node.startswith("study/")} for part in parts]
    return sorted((part for part in found if part), key=lambda part: (-len(part), min(part)))
