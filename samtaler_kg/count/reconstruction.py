"""Counts of the reconstructed layer: points where the memo's figures fix them, else what they lie between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from samtaler_kg.ask import ask
from samtaler_kg.count.votes import Place
from samtaler_kg.graph import Graph
from samtaler_kg.intervals import part
from samtaler_kg.margins import FRAME
from samtaler_kg.problems import Problem, Refused

#: The dimensions that the memo counts results by.
GROUPINGS = tuple(dim for dim in FRAME.dims if dim != "verdict")

#: A place with its row of counts.
Found = tuple[Place, dict[str, Any]]

_GROUP = "memo-three"


class Range(NamedTuple):
    """What a count that is not known lies between; None where nothing bounds it."""

    low: int | None
    high: int | None

    def __str__(self) -> str:
        """Both ends with a dash between.

        >>> str(Range(0, 19)), str(Range(None, None))
        ('0–19', '–')
        """
        return f"{'' if self.low is None else self.low}–{'' if self.high is None else self.high}"


def places(graph: Graph, by: str | None, where: Mapping[str, str], scope: str) -> Iterator[Found]:
    """Every group of the memo's table with its counts; a group is told though this one reconstruction has none in it.

    Raises Refused where the memo does not count by *by*.
    """
    if by is not None and by not in GROUPINGS:
        facts = {"value": by, "layer": "reconstructed", "hint": ", ".join(GROUPINGS)}
        raise Refused(Problem("parameter-not-on-layer", facts=facts))
    part({name: codes for name, codes in where.items() if name != "country"})
    groups = where.get(by, "|".join(FRAME.codes(by))).split("|") if by else [None]
    for group in groups:
        given = {**where, by: group} if by and group else dict(where)
        (row,) = ask(graph, "count-results", "reconstructed", scope, given).records()
        yield Place(group, _GROUP), dict(row)


def ranges(found: Mapping[str, Any]) -> dict[str, Range]:
    """The counts of a row that the memo's figures leave open, each with what it lies between."""
    names = [name for name in found if f"{name}_low" in found and found[name] is None]
    return {name: Range(found[f"{name}_low"], found[f"{name}_high"]) for name in names}
