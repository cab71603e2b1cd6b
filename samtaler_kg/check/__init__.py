"""Cards and bases held against the rules: what the form forbids, what the shapes and the stored checks find.

pyshacl decides; what is here brings it the few triples that matter, and brings back file, line and key.
"""

from __future__ import annotations

from collections.abc import Sequence

from samtaler_kg.cards import Card
from samtaler_kg.check.door import Door
from samtaler_kg.check.files import Read, files_of, read, together
from samtaler_kg.check.whole import check_base
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem

__all__ = ["Door", "Read", "check", "check_base", "files_of", "read", "together"]


def check(base: Base, cards: Sequence[Card], *, against: bool = True) -> list[Problem]:
    """Every problem of *cards*, by file and place: of their form, by the shapes, and *against* what *base* has.

    Raises Damaged where the base cannot be read. To check one entry after the other, keep a ``Door``.
    """
    return Door(base, Graph(base) if against else None).check(cards)
