"""Jobeffekter.dk's rule as a pure function: contributions and directions in, a conclusion out.

Read on the portal's own pages (om-jobeffekter/om-algoritmen: beregninger; fortolkning):

    VB_i = K · M · G · T · C [· F]     the contribution of result i
    VM   = Σ VB_i                      the amount of knowledge; VM < 1 → few studies
    VM_r = Σ VB_i of direction r       r in {-1, 0, +1}; VM_r ≥ 0.55 · VM → that direction, else conflicting

Decimals throughout: ten contributions of 0.10 are exactly 1, and 11 of 20 are exactly 55 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import prod
from typing import NamedTuple

ZERO = Decimal(0)

#: The conclusion that each direction gives.
_LABELS = {1: "positive", 0: "none", -1: "negative"}

Vote = tuple[Decimal, int]
"""The contribution of one result and its direction: 1 positive, 0 no effect, -1 negative."""


class Scale(NamedTuple):
    """The amount of knowledge that is enough for a conclusion, and the share of it that gives a direction."""

    enough: Decimal
    majority: Decimal


class Conclusion(NamedTuple):
    """The amount of knowledge, its part in each direction, and the conclusion."""

    amount: Decimal
    positive: Decimal
    none: Decimal
    negative: Decimal
    label: str


def contribution(weights: Iterable[Decimal]) -> Decimal:
    """The contribution of one result: the product of its weights.

    >>> contribution(map(Decimal, ("0.5", "0.8", "1", "0.5", "1")))
    Decimal('0.200')
    """
    return prod(weights, start=Decimal(1))


def conclude(votes: Iterable[Vote], scale: Scale) -> Conclusion:
    """What the rule concludes; the test for few studies comes first, and shares are compared, never divided.

    >>> scale = Scale(Decimal(1), Decimal("0.55"))
    >>> conclude([(Decimal("0.10"), 1)] * 11 + [(Decimal("0.10"), 0)] * 9, scale).label
    'positive'
    """
    parts = {1: ZERO, 0: ZERO, -1: ZERO}
    for weight, direction in votes:
        parts[direction] += weight
    amount = sum(parts.values(), ZERO)
    label = "few-studies" if amount < scale.enough else "conflicting"
    if label == "conflicting":
        held = (_LABELS[r] for r, part in parts.items() if part >= scale.majority * amount)
        label = next(held, label)
    return Conclusion(amount, parts[1], parts[0], parts[-1], label)


def distance(votes: Iterable[Vote], scale: Scale) -> int | None:
    """The fewest results that would have to point elsewhere for another conclusion; None where no number would do.

    The heaviest count first. Few studies stay few whatever their direction.
    """
    held = sorted(votes, reverse=True)
    label = conclude(held, scale).label
    if label == "few-studies":
        return None
    needed = [_moves(held, r, label, scale) for r in _LABELS if label in (_LABELS[r], "conflicting")]
    return min((moves for moves in needed if moves is not None), default=None)


def _moves(votes: list[Vote], r: int, label: str, scale: Scale) -> int | None:
    """How many of the heaviest results must leave direction *r*, or join it, until the conclusion is another."""
    leave = label == _LABELS[r]
    movable = [n for n, vote in enumerate(votes) if (vote[1] == r) == leave]
    moved = list(votes)
    for count, n in enumerate(movable, start=1):
        moved[n] = (votes[n][0], (0 if r else 1) if leave else r)
        if conclude(moved, scale).label != label:
            return count
    return None
