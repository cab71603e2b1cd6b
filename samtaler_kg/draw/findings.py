"""The coded results that a picture shows, and how they fall into cells: per result, per study or per trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from samtaler_kg.draw.request import TOGETHER, Request, query_iri
from samtaler_kg.terms import id_iri

QUERY = "result-facets"
"""The stored query that every picture of coded results is drawn from."""

DIRECTIONS = ("positive", "none", "negative")

By = Literal["result", "study", "cluster"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One coded result with all that pictures sort by; a field that was not read is empty."""

    result: str
    study: str
    cluster: str
    region: str
    country: str
    period: str
    year: int | None
    outcome_group: str
    outcome: str
    mechanism: str
    purpose: str
    target_group: str
    design: str
    verdict: str
    favours: str
    confidence: str
    verification: str


@dataclass(frozen=True, slots=True)
class Size:
    """How much evidence stands somewhere: results, studies, clusters, and the countries it comes from."""

    results: int
    studies: int
    clusters: int
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """One unit and what its results say together: their direction, or ``mixed`` where they differ."""

    by: By
    unit: str
    direction: str
    findings: tuple[Finding, ...]

    @property
    def link(self) -> str:
        """The IRI of the result, study or cluster; of the result itself where the unit has one only."""
        if len(self.findings) == 1 and self.by != "cluster":
            return id_iri("result", self.findings[0].result)
        return id_iri(self.by, self.unit)


def findings(request: Request, params: Mapping[str, str] | None = None) -> list[Finding]:
    """The coded results of the request, narrowed further by *params*, in the order of the stored query."""
    names = [field.name for field in fields(Finding)]
    rows = request.rows(QUERY, {**request.filters, **(params or {})})
    return [Finding(*(row[name] if name == "year" else row[name] or "" for name in names)) for row in rows]  # type: ignore[arg-type]


def together(found: Iterable[Finding]) -> list[Finding]:
    """The results on the memo's three outcomes: those that may be counted together."""
    return [finding for finding in found if finding.outcome_group == TOGETHER]


def size(found: Iterable[Finding]) -> Size:
    """How many results, studies and clusters these are, and their countries in order."""
    held = list(found)
    return Size(
        len(held),
        len({finding.study for finding in held}),
        len({finding.cluster for finding in held}),
        tuple(sorted({finding.country for finding in held})),
    )


def agreed(directions: Iterable[str]) -> str:
    """What several results say together: their one direction, ``mixed`` where they differ, ``unknown`` for none.

    >>> agreed(["positive", "none"]), agreed(["none", "none"]), agreed([])
    ('mixed', 'none', 'unknown')
    """
    distinct = set(directions)
    return "mixed" if len(distinct) > 1 else next(iter(distinct), "unknown")


def side(found: Iterable[Finding]) -> str:
    """Which side the point estimates favour: known sides only; ``mixed`` where they differ, ``unknown`` for none.

    An estimate at the value of no effect counts where no other has a side, as in the counting rule by direction.
    """
    known = {finding.favours for finding in found} - {"unknown"}
    return agreed(known - {"neither"} or known)


def votes(found: Iterable[Finding], by: By) -> list[Vote]:
    """One vote for each unit among the results, by the verdict on significance, in the order of first results."""
    units: dict[str, list[Finding]] = {}
    for finding in found:
        units.setdefault(getattr(finding, by), []).append(finding)
    return [Vote(by, unit, agreed(f.verdict for f in held), tuple(held)) for unit, held in units.items()]


def unit_of(request: Request, natural: By = "result") -> By:
    """What one mark stands for: the picture's own unit, or a cluster where trials are asked for."""
    return "cluster" if request.unit == "trial" else natural


def tally(found: Sequence[Vote]) -> Counter[str]:
    """How many units point each way."""
    return Counter(vote.direction for vote in found)


def grouped(found: Iterable[Finding], key: Callable[[Finding], str]) -> dict[str, list[Finding]]:
    """Results by a key, groups in the order of their first result."""
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def link(found: Sequence[Finding]) -> str:
    """Where a mark for several results leads: to the one result, else to the stored query."""
    return id_iri("result", found[0].result) if len(found) == 1 else query_iri(QUERY)
