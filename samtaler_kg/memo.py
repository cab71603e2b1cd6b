"""The living memo: every figure that the memo prints, beside what its reconstruction and the coded studies give."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from samtaler_kg.ask import answer
from samtaler_kg.cards import Data, Grammar, from_triples
from samtaler_kg.cards.rdf import Index, index
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.tables import Value
from samtaler_kg.terms import SAM, id_iri
from samtaler_kg.words import Language, say

Params = Mapping[str, str]

#: The dimensions of a published count that are parameters of the stored queries, in the order of telling.
_PARAMS = ("source", "year_from", "year_to", "quality", "region", "period", "country", "mechanism", "verdict")

#: The column of an answer that counts each unit.
_COUNTED = {"result": "results", "study": "studies"}


@dataclass(frozen=True, slots=True)
class Share:
    """A count and, where there is one, what it is counted out of."""

    numerator: int
    denominator: int | None = None

    def __str__(self) -> str:
        """The share as a reader writes it.

        >>> str(Share(26, 35)), str(Share(40))
        ('26 / 35', '40')
        """
        return str(self.numerator) if self.denominator is None else f"{self.numerator} / {self.denominator}"

    def as_record(self) -> dict[str, int | None]:
        """Numerator and denominator as a plain record."""
        return {"numerator": self.numerator, "denominator": self.denominator}


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure: published, and computed from the reconstruction and from the coded studies.

    *coded* counts within the memo's scope, *coded_all* counts every coded result; both are None where the coded
    studies cannot answer, with the *reason* by language.
    """

    claim: str
    section: str
    paragraph: str
    params: Params
    denominator_params: Params | None
    query: str
    unit: str
    published: Share
    reconstructed: Share
    coded: Share | None
    coded_all: Share | None
    reason: Mapping[str, str] | None = None

    @property
    def reproduced(self) -> bool:
        """Whether the reconstruction returns what the memo prints."""
        return self.reconstructed == self.published

    @property
    def coded_status(self) -> str:
        """``same``, ``differs`` or ``not-computable``: the coded studies beside the memo."""
        if self.coded is None:
            return "not-computable"
        return "same" if self.coded == self.published else "differs"

    def as_record(self, scope: Scope, lang: Language) -> dict[str, Any]:
        """The figure as a plain record for machines."""
        return {
            "claim": self.claim,
            "place": {"section": self.section, "paragraph": self.paragraph},
            "published": self.published.as_record(),
            "reconstructed": self.reconstructed.as_record(),
            "coded": self.coded.as_record() if self.coded else None,
            "coded_all": self.coded_all.as_record() if self.coded_all else None,
            "unit": self.unit,
            "query": self.query,
            "params": dict(self.params),
            "denominator_params": None if self.denominator_params is None else dict(self.denominator_params),
            "scope": {"name": "memo", "results": scope.results, "of": scope.of, "rule": say("notes.scope-memo", lang)},
            "excluded": {"results": scope.excluded, "reasons": dict(scope.reasons)},
            "status": {
                "reconstructed": "reproduced" if self.reproduced else "not-reproduced",
                "coded": self.coded_status,
                "reason": self.reason[lang] if self.reason else None,
            },
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """What speaks for a claim (``supports``), against it (``disputes``) or may be behind it (``candidate``)."""

    kind: str
    evidence: str
    reason: str
    reason_da: str = ""

    def told(self, lang: Language) -> str:
        """The reason in *lang*, else in English."""
        return self.reason_da or self.reason if lang == "da" else self.reason


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim of the memo that is no figure, with what speaks for it, against it, or may be behind it."""

    claim: str
    kind: str
    section: str
    paragraph: str
    note: str
    query: str
    readings: tuple[Reading, ...]
    note_da: str = ""

    def told(self, lang: Language) -> str:
        """What the claim says in *lang*, else in English."""
        return self.note_da or self.note if lang == "da" else self.note


@dataclass(frozen=True, slots=True)
class Scope:
    """The memo's scope among the coded results: how many are in it, and why the others are not.

    A result may be left out for several reasons, so the reasons add up to more than *excluded*.
    """

    results: int
    of: int
    reasons: Mapping[str, int]

    @property
    def excluded(self) -> int:
        """How many coded results are outside the scope."""
        return self.of - self.results


class Memo:
    """The memo's claims in an opened graph."""

    def __init__(self, graph: Graph) -> None:
        """Take the claims from the memo layer of *graph*."""
        self.graph = graph
        self._counts: dict[tuple[object, ...], int] = {}

    @cached_property
    def _known(self) -> Index:
        return index(self.graph.triples("memo"))

    @cached_property
    def _grammar(self) -> Grammar:
        return Grammar.of(self.graph.base, self.graph.codes)

    @cached_property
    def claims(self) -> list[Data]:
        """Every claim, rebuilt as a card, in the order figures, derived figures, findings."""
        prefix = id_iri("claim", "")
        names = sorted(iri for iri in self._known if iri.startswith(prefix) and "/" not in iri[len(prefix) :])
        order = {"M": 0, "D": 1, "Q": 2}
        cards = [from_triples(iri, "claim", self._known, self._grammar) for iri in names]
        return sorted(cards, key=lambda card: (order.get(card["id"][:1], 3), card["id"]))

    def figures(self) -> list[Figure]:
        """Every claim that prints a count, computed. Raises Damaged where a claim names a query that is not there."""
        return [self._figure(claim) for claim in self.claims if "numerator" in claim]

    def scope(self) -> Scope:
        """How the memo's scope narrows the coded results."""
        reasons = {str(row["reason"]): int(str(row["results"])) for row in self._ask("scope-exclusions", "coded", {})}
        size = self._ask("scope-size", "coded", {"scope": "memo"})[0]
        return Scope(int(str(size["results"])), int(str(size["coded"])), reasons)

    def findings(self) -> list[Finding]:
        """Every claim that prints no count, with its readings."""
        return [
            Finding(
                claim["id"],
                claim["claim_kind"],
                claim.get("section", ""),
                claim.get("paragraph", ""),
                claim.get("note", ""),
                claim["query"],
                self.readings(claim["id"]),
                claim.get("note_da", ""),
            )
            for claim in self.claims
            if "numerator" not in claim
        ]

    def readings(self, claim: str) -> tuple[Reading, ...]:
        """What supports or disputes *claim*, or may be the study behind it."""
        links = self._known.get(id_iri("claim", claim), {}).get("^" + SAM.onClaim, [])
        cards = [from_triples(link.value, "reading", self._known, self._grammar) for link in links]
        found = [Reading(card["reading_kind"], card["evidence"], card["reason"], card.get("reason_da", "")) for card in cards]
        return tuple(sorted(found, key=lambda reading: (reading.kind, reading.evidence)))

    def _figure(self, claim: Data) -> Figure:
        reason = self._not_computable.get(claim["id"])
        parts = [claim[part] for part in ("numerator", "denominator") if part in claim]
        params = [self._params(part) for part in parts]
        units = [str(part["counted_unit"]) for part in parts]

        def share(layer: Layer, scope: str) -> Share:
            return Share(*(self._count(claim["query"], p, u, layer, scope) for p, u in zip(params, units, strict=True)))

        return Figure(
            claim=claim["id"],
            section=claim["section"],
            paragraph=claim.get("paragraph", ""),
            params=params[0],
            denominator_params=params[1] if len(params) > 1 else None,
            query=claim["query"],
            unit=units[0],
            published=Share(*(int(part["printed_count"]) for part in parts)),
            reconstructed=share("reconstructed", "all"),
            coded=None if reason else share("coded", "memo"),
            coded_all=None if reason else share("coded", "all"),
            reason=reason,
        )

    def _params(self, published: Data) -> Params:
        """The parameters that select what a published count counts; several codes of one dimension mean either."""
        words = {key: published[key] for key in _PARAMS if key in published}
        return {key: "|".join(word) if isinstance(word, list) else str(word) for key, word in words.items()}

    def _count(self, query: str, params: Params, unit: str, layer: Layer, scope: str) -> int:
        key = (query, tuple(params.items()), unit, layer, scope)
        if key not in self._counts:
            row = self._ask(query, layer, {**params, "scope": scope})[0]
            self._counts[key] = int(str(row[_COUNTED[unit]]))
        return self._counts[key]

    def _ask(self, query: str, layer: Layer, params: Params) -> list[dict[str, Value]]:
        return answer(self.graph, self.graph.catalogue.find(query), layer, params).records()

    @cached_property
    def _not_computable(self) -> Mapping[str, Mapping[str, str]]:
        path = self.graph.base.data / "memo" / "not-computable.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None


def figures(graph: Graph) -> list[Figure]:
    """Every figure that the memo prints, computed on *graph*."""
    return Memo(graph).figures()
