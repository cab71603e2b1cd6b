"""Records of other bases held against the studies here, and the links that follow from it.

``candidates`` compares a file with the base: accepted, to review, no match, each with its reasons. ``review`` makes the
file that a person decides in; ``samtaler_kg.intake.linking`` writes what was decided into a base of one's own.
"""

from __future__ import annotations

from pathlib import Path

from samtaler_kg.graph import Graph
from samtaler_kg.matching import folding, reading
from samtaler_kg.matching.matching import GROUPS, Candidate, match
from samtaler_kg.matching.reading import FORMS, form_of
from samtaler_kg.matching.records import studies
from samtaler_kg.matching.settings import Settings

__all__ = ["FORMS", "GROUPS", "Candidate", "candidates", "form_of"]


def candidates(graph: Graph, path: Path, form: str | None = None) -> list[Candidate]:
    """What becomes of each record in *path*, in the order of the file; *form* is one of ``FORMS``.

    Raises Refused where the file cannot be read, or the package that compares texts (extra ``link``) is not installed.
    """
    folding.must_be_installed()
    settings = Settings.of(graph.base)
    records = reading.read(path, form_of(path, form), settings)
    return match(records, studies(graph, settings), settings)
