"""What the memo's figures leave open of a count that they do not print: a point or an interval, never a guess.

The count is asked of every whole-number table that fits all published figures (`samtaler_kg.bounds`), together with
what a reader supposes (*given*): "region=northern-europe-excl-denmark period=2001-2010 verdict=negative = 1".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from samtaler_kg.ask import Published
from samtaler_kg.bounds import Bound, Infeasible, bounds
from samtaler_kg.graph import Graph
from samtaler_kg.margins import FRAME, Margin
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.words import Language, language, say

Part = dict[str, tuple[str, ...]]

#: What a reader supposes: pairs of dimension and code, an equals sign, a number of results.
_GIVEN = re.compile(r"\s*(?P<pairs>.*?)\s*==?\s*(?P<count>[0-9]{1,9})\s*")
_SPLIT = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Interval:
    """The smallest and largest number of results in a part of the memo's table, under what a reader supposes."""

    where: Mapping[str, str]
    low: int
    high: int | None
    given: tuple[str, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether the figures leave exactly one number."""
        return self.low == self.high

    def words(self, lang: Language) -> str:
        """The interval in words."""
        key = "identified" if self.identified else "not-identified"
        told = say(f"bounds.{key}", lang, low=self.low, high="…" if self.high is None else self.high)
        return say("bounds.supposed", lang, given="; ".join(self.given)) + told if self.given else told

    def as_record(self, lang: Language | None = None) -> dict[str, object]:
        """The interval as a plain record."""
        told: dict[str, object] = {"given": list(self.given)} if self.given else {}
        ends = {"low": self.low, "high": self.high, "identified": self.identified}
        return {"where": dict(self.where), **ends, **told, "words": self.words(lang or language())}


def interval(graph: Graph, where: Mapping[str, str], given: Iterable[str] = ()) -> Interval:
    """The interval of the number of results in *where*, a code (or ``a|b``) by dimension of the memo's table.

    Raises Refused where a dimension or code is none of the table's, where *given* cannot be read, or where no table
    fits the published figures and *given* together: the problem names the smallest set that clashes.
    """
    asked, supposed = part(where), tuple(given)
    published = Published(graph).margins
    try:
        found = bounds(published, asked, [*_supposed(supposed)])
    except Infeasible as clash:
        told = {"claims": ", ".join(clash.claims)}
        if not set(clash.claims) & set(supposed):
            raise Damaged(Problem("margins-clash", facts=told)) from None
        raise Refused(Problem("given-clash", facts=told)) from None
    return Interval(dict(where), found.low, found.high, supposed)


def part(where: Mapping[str, str], key: str = "where") -> Part:
    """The codes by dimension that *where* selects. Raises Refused with all that the table has not."""
    problems = [*_problems(where, key)]
    if problems:
        raise Refused(problems)
    return {dim: tuple(codes.split("|")) for dim, codes in where.items()}


def _problems(where: Mapping[str, str], key: str) -> Iterator[Problem]:
    for dim, codes in where.items():
        if dim not in FRAME.dims:
            yield Problem("unknown-dimension", Where(key=key), {"value": dim, "hint": ", ".join(FRAME.dims)})
            continue
        known = FRAME.codes(dim)
        for code in codes.split("|"):
            if code not in known:
                facts = {"value": code, "list": dim, "hint": nearest(code, known)}
                yield Problem("unknown-cell-code", Where(key=key), facts)


def _supposed(given: Iterable[str]) -> Iterator[Margin]:
    """What a reader supposes as margins, each named by its own text."""
    for text in given:
        read = _GIVEN.fullmatch(text)
        pairs = [pair.partition("=") for pair in _SPLIT.split(read["pairs"]) if pair] if read else []
        codes = {dim: code for dim, equals, code in pairs if equals and code}
        if read is None or len(codes) < len(pairs):
            raise Refused(Problem("bad-given", facts={"value": text}))
        yield Margin(text, "numerator", part(codes, text), int(read["count"]))


def share_range(graph: Graph, asked: Part) -> tuple[float, float] | None:
    """The smallest and largest share of positive results in a part of the table; None where it may hold no result.

    Every total that fits is tried: with a fixed total the share is a count again.
    """
    published = Published(graph).margins
    total = bounds(published, asked)
    verdicts = asked.get("verdict", ("positive",))
    if not total.high:
        return None
    shares: list[float] = []
    for n in range(max(total.low, 1), total.high + 1):
        try:
            held = [Margin("total", "numerator", asked, n)]
            positive = bounds(published, asked | {"verdict": ("positive",)}, held)
        except Infeasible:
            continue
        positive = positive if "positive" in verdicts else Bound(0, 0)
        shares += [positive.low / n, (positive.high or 0) / n]
    return (min(shares), max(shares)) if shares else None
