"""The weights of Jobeffekter.dk's rule, from ``data/jobeffekter.toml``, and what a reader assumes where it has none.

Every weight says how it is known: read on the portal, inferred from its scale, or assumed by the reader.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from samtaler_kg.count.jobeffekter import Scale, Vote, contribution
from samtaler_kg.count.votes import Row
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.words import Language

#: A weight that a reader states: above 0, at most 1, so few decimals that every product stays exact.
_STATED = re.compile(r"0\.(?=\d*[1-9])\d{1,4}|1(?:\.0{1,4})?")

_DIRECTIONS = {"positive": 1, "none": 0, "negative": -1}


class Weight(NamedTuple):
    """One weight as it was used: of which factor and level, and how it is known (read, inferred, assumed)."""

    factor: str
    level: str
    value: Decimal
    standing: str

    def as_record(self) -> dict[str, object]:
        """The weight as a plain record."""
        return {"factor": self.factor, "level": self.level, "value": float(self.value), "standing": self.standing}


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a contribution: where a result's level comes from, and the weight of each level."""

    name: str
    label: Mapping[Language, str]
    parameter: str
    levels: Mapping[str, Weight | None]
    column: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    optional: bool = False

    def level(self, row: Row) -> str | None:
        """The level of a result as coded; None where nothing says it."""
        code = row.get(self.column)
        if code is None:
            return None
        return self.codes.get(code, code if code in self.levels and not self.codes else self.otherwise)

    def stated(self, value: str) -> Weight:
        """The weight that a reader states, as a level or as a number. Raises Refused where it is neither."""
        known = self.levels.get(value)
        if known:
            return known._replace(standing="assumed")
        if _STATED.fullmatch(value):
            return Weight(self.name, "stated", Decimal(value), "assumed")
        hint = ", ".join(level for level, weight in self.levels.items() if weight)
        raise Refused(Problem("bad-assumption", facts={"parameter": self.parameter, "value": value, "hint": hint}))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Results under the rule: the votes of those that have every weight, the weights used, what the others lack."""

    votes: tuple[Vote, ...]
    weights: tuple[Weight, ...]
    lacking: Mapping[str, int]
    left_out: int


@dataclass(frozen=True)
class Weighing:
    """The factors of the rule with what a reader assumes."""

    factors: tuple[Factor, ...]
    scale: Scale
    assumed: Mapping[str, Weight]

    def weigh(self, rows: Iterable[Row]) -> Weighed:
        """Weigh each result; one that lacks a weight is left out and counted, by the parameter that it lacks."""
        votes: list[Vote] = []
        used: dict[Weight, None] = {}
        lacking: Counter[str] = Counter()
        left_out = 0
        for row in rows:
            found = {factor.parameter: self._weight(factor, row) for factor in self.factors if self._asks(factor)}
            weights = [weight for weight in found.values() if weight]
            if len(weights) < len(found):
                left_out += 1
                lacking.update(parameter for parameter, weight in found.items() if not weight)
            else:
                used.update(dict.fromkeys(weights))
                votes.append((contribution(w.value for w in weights), _DIRECTIONS[str(row["verdict"])]))
        return Weighed(tuple(votes), tuple(sorted(used)), dict(sorted(lacking.items())), left_out)

    def _asks(self, factor: Factor) -> bool:
        return not factor.optional or factor.parameter in self.assumed

    def _weight(self, factor: Factor, row: Row) -> Weight | None:
        level = factor.level(row)
        known = factor.levels.get(level) if level else None
        return known or self.assumed.get(factor.parameter)


def weighing(base: Base, assume: Mapping[str, str]) -> Weighing:
    """The rule's weights with the reader's assumptions.

    Raises Damaged where the weights cannot be read, Refused with every assumption that cannot be made.
    """
    path = base.data / "jobeffekter.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        factors = tuple(_factor(name, entry) for name, entry in table["factor"].items())
        scale = Scale(Decimal(table["scale"]["enough"]), Decimal(table["scale"]["majority"]))
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None
    return Weighing(factors, scale, _assumptions(factors, assume))


def _factor(name: str, entry: Mapping[str, Any]) -> Factor:
    return Factor(
        name,
        {"da": entry["da"], "en": entry["en"]},
        entry["parameter"],
        {level: _level(name, level, told) for level, told in entry["level"].items()},
        entry.get("column", ""),
        entry.get("codes", {}),
        entry.get("otherwise"),
        entry.get("optional", False),
    )


def _level(factor: str, level: str, told: Mapping[str, str]) -> Weight | None:
    """The weight of a level; None where the portal does not show it."""
    if told["standing"] == "assumed":
        return None
    return Weight(factor, level, Decimal(told["value"]), told["standing"])


def _assumptions(factors: Iterable[Factor], assume: Mapping[str, str]) -> dict[str, Weight]:
    known = {factor.parameter: factor for factor in factors}
    problems: list[Problem] = []
    stated: dict[str, Weight] = {}
    for name, value in assume.items():
        if name not in known:
            problems.append(Problem("unknown-assumption", facts={"value": name, "hint": nearest(name, known)}))
            continue
        try:
            stated[name] = known[name].stated(value)
        except Refused as error:
            problems += error.problems
    if problems:
        raise Refused(problems)
    return stated
