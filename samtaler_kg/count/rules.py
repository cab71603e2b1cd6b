"""The counting rules, read from ``data/rules.toml``: what has a vote, what the vote is read from, what to be told."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samtaler_kg.graph import Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.words import Language

Words = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One counting rule as its file declares it; every text stands in Danish and English."""

    name: str
    unit: str
    vote_of: tuple[str, ...]
    reads: str
    share_of: tuple[str, ...]
    layers: tuple[str, ...]
    sign_test: bool
    sources: tuple[str, ...]
    label: Words
    standing: Words
    caveat: Words
    conclusion: Words

    @property
    def weighted(self) -> bool:
        """Whether its votes have weights."""
        return self.name == "jobeffekter"

    def knows(self, layer: Layer) -> bool:
        """Whether it can be used on *layer*."""
        return layer in self.layers


def read_rules(base: Base) -> dict[str, Rule]:
    """Every counting rule by name, in the order of the file. Raises Damaged where the file cannot be read."""
    path = base.data / "rules.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _rule(name, entry) for name, entry in table.items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None


def _rule(name: str, entry: Mapping[str, Any]) -> Rule:
    told: dict[str, Any] = {key: tuple(entry[key]) for key in ("vote_of", "share_of", "layers", "sources")}
    said = ("label", "standing", "caveat", "conclusion")
    told |= {key: {"da": entry[key]["da"], "en": entry[key]["en"]} for key in said}
    return Rule(name=name, unit=entry["unit"], reads=entry["reads"], sign_test=entry["sign_test"], **told)


def rule_named(base: Base, name: str) -> Rule:
    """The rule called *name*. Raises Refused where there is none."""
    rules = read_rules(base)
    if name not in rules:
        hint = nearest(name, [*rules, "all"])
        raise Refused(Problem("unknown-rule", facts={"value": name, "hint": hint}))
    return rules[name]
