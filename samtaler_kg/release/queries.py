"""The stored queries of a base that comes from elsewhere, looked at before any of them runs."""

from __future__ import annotations

from collections.abc import Iterator

from samtaler_kg.catalogue import Catalogue, Shelf
from samtaler_kg.guard import inspect
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Where
from samtaler_kg.sources import shown

_SHELVES: tuple[Shelf, ...] = ("answers", "rules", "checks")


def read_only(base: Base) -> Iterator[Problem]:
    """A problem for each stored query that would change data, call another server or read a graph of elsewhere."""
    catalogue = Catalogue(base)
    for query in (query for shelf in _SHELVES for query in catalogue.all(shelf)):
        findings = inspect(query.text)
        if not findings.reads_only or findings.froms:
            yield Problem("release-query-acts", Where(shown(base, query.path)))
