"""From results to one direction per study and outcome, and what a set of verdicts comes to.

One direction per study and outcome before studies are counted: M. H. Boon & H. Thomson (2020), Research Synthesis
Methods 12, 29-33, doi:10.1002/jrsm.1458. Here without a threshold: one known sign on the other side makes it mixed.
"""

from __future__ import annotations

from collections.abc import Iterable

#: What a vote can be, in the order of telling.
KINDS = ("positive", "none", "negative", "mixed", "unknown")

#: The kind of vote that each side of a point estimate is; ``neither`` is an estimate exactly at the value of no effect.
_SIDES = {"intervention": "positive", "comparison": "negative", "neither": "none"}


def side(favours: Iterable[str]) -> str:
    """The vote of one study on one outcome, from the sides of its results; unknown sides say nothing.

    All known signs on one side → that side; both → mixed; an estimate at the null value counts where there is no sign.

    >>> side(["intervention", "unknown"]), side(["intervention", "comparison"]), side(["unknown"]), side(["neither"])
    ('positive', 'mixed', 'unknown', 'none')
    """
    known = {_SIDES[code] for code in favours if code in _SIDES}
    signs = known - {"none"}
    if len(signs) > 1:
        return "mixed"
    return min(signs or known, default="unknown")


def one_verdict(verdicts: Iterable[str]) -> str:
    """The vote of several results on significance: their verdict where they agree, else mixed.

    >>> one_verdict(["none", "none"]), one_verdict(["none", "positive"])
    ('none', 'mixed')
    """
    said = set(verdicts)
    return "mixed" if len(said) > 1 else min(said, default="unknown")
