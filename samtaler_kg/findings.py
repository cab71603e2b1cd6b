"""The page of findings: what each counting rule says on the coded studies, and what may and may not be quoted of it.

The sentences stand in ``data/findings/<language>.md.j2``, written by people; every number in them is counted from the
graph. A sentence that leans on more than its numbers says so with a premise: where it no longer holds the page is
refused, and somebody has to write the sentence anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from samtaler_kg.agreement import agreement
from samtaler_kg.ask import ask
from samtaler_kg.count import Count, LeftOut, count, leave_one_out, read_rules
from samtaler_kg.count.caveats import stands
from samtaler_kg.count.statistics import majority_chance, percent
from samtaler_kg.count.votes import rows
from samtaler_kg.graph import Graph
from samtaler_kg.intervals import Interval, interval
from samtaler_kg.memo import Memo, Scope
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.templates import filled
from samtaler_kg.words import Language, say

#: The page of each language, under ``docs``.
PAGES: Mapping[Language, str] = {"en": "findings.md", "da": "fund.md"}

#: The rules that the page tells; Jobeffekter's applies to no coded study.
RULES = ("memo", "per-study", "per-trial", "direction")

_THREE = "memo-three"


def page(graph: Graph, lang: Language) -> str:
    """The page in one language. Raises Damaged where a premise of a sentence no longer holds, naming it."""
    return filled(graph.base.data / "findings" / f"{lang}.md.j2", told=Told(graph, lang))


@dataclass
class Told:
    """What a page can ask for, in the words of its language."""

    graph: Graph
    lang: Language
    _counts: dict[tuple[str, str | None, str], list[Count]] = field(default_factory=dict)

    def counts(self, rule: str, by: str | None = None, scope: str = "memo") -> list[Count]:
        """The counts of results on the memo's three outcomes."""
        key = (rule, by, scope)
        if key not in self._counts:
            found = count(self.graph, rule, by, scope=scope)
            self._counts[key] = [each for each in found if each.outcome_group == _THREE]
        return self._counts[key]

    def one(self, rule: str, by: str | None = None, group: str | None = None, scope: str = "memo") -> Count:
        """One count."""
        return next(each for each in self.counts(rule, by, scope) if each.group == group)

    def rules(self) -> list[tuple[str, str]]:
        """The rules that the page tells, each with its label."""
        known = read_rules(self.graph.base)
        return [(name, known[name].label[self.lang]) for name in RULES]

    def group(self, by: str, code: str) -> str:
        """A group's label."""
        concepts = self.graph.codes.by_list[self.graph.catalogue.params[by].list]
        return concepts[code].label(self.lang)

    def cell(self, found: Count) -> str:
        """A share with its interval, and what stands outside it."""
        total = round(float(found.positive or 0) / found.share) if found.share else 0
        parts = [f"{found.positive} / {total}"]
        if found.share is not None and found.low is not None and found.high is not None:
            ends = f"{percent(found.low)}–{percent(found.high)}"
            parts = [f"{found.positive} / {total} = {self.percent(found.share)} ({ends})"]
        outside = ("mixed", "unknown") if found.rule == "direction" else ()
        parts += [f"{say(f'counting.columns.{kind}', self.lang).lower()}: {getattr(found, kind)}" for kind in outside]
        return ", ".join(parts)

    def label(self, found: Count | LeftOut) -> str:
        """A conclusion in words."""
        return say(f"counting.labels.{found.label}", self.lang)

    def percent(self, share: float | None, places: int = 0) -> str:
        """A share in per cent."""
        return f"{self._marked(percent(share or 0.0, places))} %"

    def _marked(self, number: str) -> str:
        """A number with the decimal mark of the language."""
        return number.replace(".", "," if self.lang == "da" else ".")

    def left(self, rule: str, unit: str, by: str | None = None, group: str | None = None) -> LeftOut:
        """What a conclusion in the memo's scope rests on."""
        return next(each for each in leave_one_out(self.graph, rule, unit, by) if each.group == group)

    def overlap(self, *counts: Count) -> bool:
        """Whether the intervals of some shares have a share in common."""
        return max(each.low or 0.0 for each in counts) <= min(each.high or 0.0 for each in counts)

    def signs(self) -> dict[str, int]:
        """Of the results in the memo's scope: how many have a known sign, how many of these are significant.

        ``stands`` is 1 where the majority of signs would stand though every unknown one were against it, else 0.
        """
        found = rows(self.graph, {}, "memo")
        known = [row for row in found if row["favours"] != "unknown"]
        kept = stands(found, read_rules(self.graph.base)["direction"])
        significant = sum(row["verdict"] != "none" for row in known)
        return {"known": len(known), "significant": significant, "stands": int(bool(kept))}

    def estimates(self, scope: str) -> dict[str, int]:
        """How many results print an estimate, and how many studies a standard error or an interval."""
        printed = ask(self.graph, "estimates-printed", "coded", scope).records()
        certain = {row["study"] for row in printed if row["standard_error"] is not None or row["ci_low"] is not None}
        return {"results": len(printed), "with_uncertainty": len(certain)}

    def scope(self) -> Scope:
        """How the memo's scope narrows the coded results."""
        return Memo(self.graph).scope()

    def kappa(self, name: str) -> str:
        """The agreement of two codings on a field, as Cohen's kappa."""
        return next(self._marked(f"{row.kappa or 0.0:.2f}") for row in agreement(self.graph) if row.field == name)

    def power(self, n: int) -> float:
        """The chance that over half of n studies are significant at a power of 0.3."""
        return majority_chance(n, 0.3)

    def bounds(self, where: Mapping[str, str]) -> Interval:
        """What the memo's figures leave open of a count."""
        return interval(self.graph, where)

    def premise(self, holds: bool, sentence: str) -> str:
        """Nothing, where what a sentence leans on holds. Raises Damaged where it does not."""
        if not holds:
            where = Where(f"data/findings/{self.lang}.md.j2")
            raise Damaged(Problem("premise-gone", where, {"sentence": sentence}))
        return ""
