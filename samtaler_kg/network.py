"""The ties between studies, trials, authors and results as a networkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samtaler_kg.ask import ask
from samtaler_kg.graph import Graph

if TYPE_CHECKING:
    import networkx as nx


def network(graph: Graph) -> nx.Graph[str]:
    """Studies, trials, authors and results as nodes (``kind``), their ties as edges (``kind``).

    Nodes are named kind/id, for example ``study/maibom-rosholm-2014-youth``. Authors are printed names: two persons
    of one name are one node, one person with two spellings is two. Studies and results carry their dependence cluster
    (``cluster``): what shares a cluster is not independent, and the clusters of a count are its ``trials``. Titles and
    names are ``label``. A result that restates another is no node. From the stored queries ``network-nodes`` and
    ``network-ties``.
    """
    import networkx as nx

    ties: nx.Graph[str] = nx.Graph()
    for row in ask(graph, "network-nodes").records():
        told = {name: row[name] for name in ("label", "cluster") if row[name] is not None}
        ties.add_node(f"{row['kind']}/{row['node']}", kind=row["kind"], **told)
    for row in ask(graph, "network-ties").records():
        start, end = f"{row['from_kind']}/{row['from_node']}", f"{row['to_kind']}/{row['to_node']}"
        ties.add_edge(start, end, kind=row["tie"])
    return ties


def clusters(ties: nx.Graph[str]) -> list[set[str]]:
    """The studies that hang together through shared trials, largest first; a study alone is a cluster of one.

    Found by connected components over study-trial ties alone: a check on the stored rule that names clusters.
    """
    import networkx as nx

    kept = [node for node, data in ties.nodes(data=True) if data["kind"] in {"study", "trial"}]
    parts = nx.connected_components(ties.subgraph(kept))
    found = [{node for node in part if node.startswith("study/")} for part in parts]
    return sorted((part for part in found if part), key=lambda part: (-len(part), min(part)))
