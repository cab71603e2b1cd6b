"""The stored queries of a base that comes from elsewhere, looked at before any of them runs."""

from __future__ import annotations

from collections.abc import Iterator

from samtaler_kg.catalogue import Catalogue, Shelf
from samtaler_kg.guard import inspect
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where

_SHELVES: tuple[Shelf, ...] = ("answers", "rules", "checks")


def read_only(base: Base) -> Iterator[Problem]:
    """A problem for each stored query that would change data, call another server or read a graph of elsewhere."""
    catalogue = Catalogue(base)
    for shelf in _SHELVES:
        for name in catalogue.names(shelf):
            if not _only_reads(catalogue, name, shelf):
                yield Problem("release-query-acts", Where(f"queries/{shelf}/{name}.rq"))


def _only_reads(catalogue: Catalogue, name: str, shelf: Shelf) -> bool:
    try:
        return inspect(catalogue.find(name, shelf).text).reads_only
    except Damaged as damage:
        if any(problem.name == "query-acts" for problem in damage.problems):
            return False
        raise
