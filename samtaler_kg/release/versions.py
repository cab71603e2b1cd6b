"""Versions of a base: Semantic Versioning 2.0.0, and which of two comes first."""

from __future__ import annotations

import re

from samtaler_kg.problems import Problem, Refused

_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
_WORD = r"(?:0|[1-9][0-9]{0,8}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"(?P<numbers>{_NUMBER}\.{_NUMBER}\.{_NUMBER})(?:-(?P<before>{_WORD}(?:\.{_WORD})*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)

#: Characters of a version: it is a part of the name of a folder.
LONGEST = 60

Order = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]


def order(version: str) -> Order:
    """What sorts versions by precedence. Raises Refused where *version* is none.

    >>> order("0.9.0") < order("0.10.0-rc.2") < order("0.10.0-rc.10") < order("0.10.0")
    True
    >>> order("1.0.0+a") == order("1.0.0+b")
    True
    """
    found = _VERSION.fullmatch(version)
    if found is None or len(version) > LONGEST:
        raise Refused(Problem("bad-version", facts={"value": version}))
    numbers = tuple(int(number) for number in found["numbers"].split("."))
    words = found["before"].split(".") if found["before"] else []
    parts = tuple((not word.isdigit(), int(word) if word.isdigit() else 0, word) for word in words)
    return numbers, not words, parts


def must_follow(version: str, before: str | None) -> None:
    """Raise Refused where *version* is none, or is not newer than *before*."""
    mine = order(version)
    if before is not None and mine <= order(before):
        raise Refused(Problem("release-not-newer", facts={"version": version, "before": before}))
