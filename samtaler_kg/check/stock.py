"""What a base has already of the things of an entry: their nodes, the file of their card, who refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from samtaler_kg.check.lookups import Lookups
from samtaler_kg.check.reach import MOST
from samtaler_kg.places import Base
from samtaler_kg.terms import BASE, PREFIXES, RDFS, short

_SAM = PREFIXES["sam"]

#: The properties that lead from a node to the nodes inside it, and those that lead from the nodes inside to it.
_INSIDE = tuple(_SAM + name for name in ("authorship", "estimate", "history"))
_AROUND = tuple(_SAM + name for name in ("ofStudy", "ofTrial"))

_TITLES = (PREFIXES["dcterms"] + "title", RDFS.label)


@dataclass(frozen=True)
class Stock:
    """Look-ups in the coded layer of a base."""

    base: Base
    lookups: Lookups

    def has(self, iri: str) -> bool:
        """Whether anything is said of *iri*."""
        return next(self.lookups.about(iri), None) is not None

    def parts(self, iri: str) -> set[str]:
        """The node of a card and the nodes inside it; empty where the base has no such card."""
        if not self.has(iri):
            return set()
        nodes = [iri]
        for prop in _AROUND:
            said = self.lookups.saying(ox.NamedNode(iri), prop)
            nodes += [triple.subject.value for triple in said if isinstance(triple.subject, ox.NamedNode)]
        return {*nodes, *(inner for node in nodes for prop in _INSIDE for inner in self._things(node, prop))}

    def root(self, iri: str) -> str:
        """The study or trial whose card says *iri*; empty where none does."""
        kind = iri.removeprefix(BASE + "id/").partition("/")[0]
        if kind in {"study", "trial"}:
            return "/".join(iri.split("/")[:7])
        result = "/".join(iri.split("/")[:7]) if kind == "result" else ""
        return next(iter(self._things(result, _AROUND[0])), "") if result else ""

    def file(self, iri: str) -> str:
        """The card of a study or trial: its path from the root of the base."""
        kind, _, name = iri.removeprefix(BASE + "id/").partition("/")
        if kind != "study":
            return f"data/trials/{name}.yaml"
        country = next(iter(self._things(iri, _SAM + "country")), "")
        return f"data/studies/{short(country)}/{name}.yaml"

    def is_file(self, iri: str, shown: str) -> bool:
        """Whether the file *shown* in messages is the one in which the base has *iri*."""
        place = self.base.root / self.file(iri)
        return any(path.resolve() == place.resolve() for path in (Path(shown), self.base.root / shown))

    def around(self, names: Iterable[str], hidden: set[str]) -> dict[str, list[ox.Triple]]:
        """What is said of the things that refer to *names*, by thing; not of those *hidden*, at most MOST for each."""
        found: dict[str, list[ox.Triple]] = {}
        for name in names:
            for triple in islice(self.lookups.saying(ox.NamedNode(name)), MOST):
                if isinstance(triple.subject, ox.NamedNode) and triple.subject.value not in hidden:
                    found.setdefault(triple.subject.value, [])
        for name, said in found.items():
            said += self.lookups.about(name)
        return found

    def described(self, iri: str) -> str:
        """A thing by its name, and its title where it has one."""
        named = iri.removeprefix(BASE + "id/")
        for prop in _TITLES:
            for triple in self.lookups.about(iri, prop):
                return f"{named} ({triple.object.value})"  # type: ignore[union-attr]
        return named

    def _things(self, iri: str, prop: str) -> Iterator[str]:
        for triple in self.lookups.about(iri, prop):
            if isinstance(triple.object, ox.NamedNode):
                yield triple.object.value
