"""The conclusion of a count of votes, and how far it is from another one.

The reading is the product's own: what more than half of the votes say is the conclusion, else there is no majority.
"""

from __future__ import annotations

from collections.abc import Mapping

from samtaler_kg.count.reconstruction import Range


def majority(votes: Mapping[str, int]) -> str:
    """The kind of vote that more than half are; ``no-majority`` without one, ``unknown`` without a vote.

    >>> majority({"positive": 3, "none": 2}), majority({"positive": 2, "none": 2}), majority({"positive": 0})
    ('positive', 'no-majority', 'unknown')
    """
    total = sum(votes.values())
    if not total:
        return "unknown"
    return next((kind for kind, n in votes.items() if 2 * n > total), "no-majority")


def distance(votes: Mapping[str, int]) -> int | None:
    """The fewest votes that would have to be another kind for another conclusion; None without a vote.

    >>> distance({"positive": 3, "none": 2}), distance({"positive": 2, "none": 2}), distance({"positive": 9, "none": 0})
    (1, 1, 5)
    """
    total, most = sum(votes.values()), max(votes.values(), default=0)
    if not total:
        return None
    return most - total // 2 if 2 * most > total else total // 2 + 1 - most


def settled(votes: Mapping[str, Range], total: int) -> str:
    """The conclusion of counts known only between two ends; ``not-identified`` where they leave it open.

    >>> settled({"positive": Range(22, 22), "none": Range(11, 13)}, 35)
    'positive'
    >>> settled({"positive": Range(1, 3), "none": Range(1, 3)}, 4)
    'not-identified'
    """
    for kind, ends in votes.items():
        if 2 * (ends.low or 0) > total:
            return kind
    possible = any(ends.high is None or 2 * ends.high > total for ends in votes.values())
    return "not-identified" if possible else "no-majority"
