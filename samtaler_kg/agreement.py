"""How far two codings of the same results agree: share of agreement and Cohen's kappa per field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from samtaler_kg.ask import ask
from samtaler_kg.graph import Graph


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field: number of results coded twice, how many agree, and Cohen's kappa (None where it is undefined)."""

    field: str
    n: int
    agree: int
    kappa: float | None


def agreement(graph: Graph) -> list[Agreement]:
    """The agreement of the first and the second coding, per field, from the stored query ``coding-pairs``."""
    pairs: dict[str, Counter[tuple[str, str]]] = {}
    for row in ask(graph, "coding-pairs").records():
        found = pairs.setdefault(str(row["field"]).removeprefix("sam:"), Counter())
        found[str(row["first"]), str(row["second"])] += int(str(row["results"]))
    return [Agreement(field, found.total(), _agree(found), kappa(found)) for field, found in sorted(pairs.items())]


def _agree(pairs: Counter[tuple[str, str]]) -> int:
    return sum(n for (first, second), n in pairs.items() if first == second)


def kappa(pairs: Counter[tuple[str, str]]) -> float | None:
    """Cohen's kappa of a cross table (J. Cohen 1960, Educational and Psychological Measurement 20, 37-46).

    (p_o - p_e) / (1 - p_e), with p_o the share of agreement and p_e the share expected from the two margins alone.
    None where both codings use one and the same code throughout, so that 1 - p_e is 0.

    >>> kappa(Counter({("a", "a"): 20, ("a", "b"): 5, ("b", "a"): 10, ("b", "b"): 15}))
    0.4
    """
    n = pairs.total()
    first, second = Counter[str](), Counter[str]()
    for (one, other), count in pairs.items():
        first[one] += count
        second[other] += count
    observed = Fraction(_agree(pairs), n)
    expected = sum((Fraction(first[code] * second[code], n * n) for code in first), Fraction(0))
    return None if expected == 1 else float((observed - expected) / (1 - expected))
