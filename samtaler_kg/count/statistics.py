"""Intervals and tests of a count of votes, from scipy; the formulas by name and source.

All of them take the votes for independent, which results of one study or trial are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

#: The level of every interval.
LEVEL = 0.95

Ends = tuple[float, float]


def wilson(k: int, n: int) -> Ends:
    """The 95 % score interval of k of n (E. B. Wilson 1927, J. Am. Stat. Assoc. 22, 209-212), no continuity correction.

    >>> [round(end, 4) for end in wilson(134, 198)]
    [0.6088, 0.738]
    """
    return _interval(k, n, "wilson")


def clopper_pearson(k: int, n: int) -> Ends:
    """The 95 % exact interval of k of n (C. J. Clopper & E. S. Pearson 1934, Biometrika 26, 404-413).

    >>> [round(end, 4) for end in clopper_pearson(9, 9)]
    [0.6637, 1.0]
    """
    return _interval(k, n, "exact")


#: The intervals that a reader can ask for, the default first.
INTERVALS: Mapping[str, Callable[[int, int], Ends]] = {"wilson": wilson, "clopper-pearson": clopper_pearson}


@lru_cache(maxsize=8192)
def _interval(k: int, n: int, method: str) -> Ends:
    from scipy.stats import binomtest

    found = binomtest(k, n).proportion_ci(LEVEL, method=method)
    return float(found.low), float(found.high)


@lru_cache(maxsize=8192)
def sign_test(k: int, n: int) -> float:
    """The two-sided sign test: the chance of a split of n at least as uneven as k, both sides equally likely.

    Misleading on a body of evidence, whose signs are no draws of one binomial (S. Nikolakopoulos 2020, Research
    Synthesis Methods 11, 714-719, doi:10.1002/jrsm.1427).

    >>> sign_test(9, 9)
    0.00390625
    """
    from scipy.stats import binomtest

    return float(binomtest(k, n).pvalue)


def majority_chance(n: int, power: float) -> float:
    """The chance that over half of n studies are significant where all have the same true effect and this power.

    The upper tail of the binomial distribution: why counting by significance misleads the more, the more studies.

    >>> round(majority_chance(10, 0.3), 3)
    0.047
    """
    from scipy.stats import binom

    return float(binom.sf(n // 2, n, power))


def percent(share: float, places: int = 0) -> str:
    """A share in per cent, rounded half up as readers round: 15 of 24 are 63, not 62.

    >>> percent(15 / 24), percent(0.0468, 1)
    ('63', '4.7')
    """
    step = Decimal(1).scaleb(-places)
    return str(Decimal(f"{share * 100:.9f}").quantize(step, ROUND_HALF_UP))
