"""What a reader must know of a count: the rule's caveat, how its conclusion is read, and what this count adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from samtaler_kg.count.labels import majority
from samtaler_kg.count.reconstruction import Range
from samtaler_kg.count.rules import Rule
from samtaler_kg.count.votes import Row, tally
from samtaler_kg.count.weights import Weighed, Weighing
from samtaler_kg.graph import Layer
from samtaler_kg.words import LANGUAGES, Language, both, say

Words = dict[Language, str]

#: The side of an estimate that speaks against each conclusion on sides.
_AGAINST = {"positive": "comparison", "negative": "intervention"}


def joined(*parts: Mapping[Language, str]) -> Words:
    """Texts one after the other, in every language; an empty one adds nothing."""
    return {lang: " ".join(filter(None, (part.get(lang, "") for part in parts))) for lang in LANGUAGES}


def rule_told(rule: Rule, layer: Layer, *more: Mapping[Language, str]) -> Words:
    """The rule's caveat, *more* on this count, how the conclusion is read, and what the layer is."""
    reconstructed = both("notes.reconstructed") if layer == "reconstructed" else {}
    return joined(rule.caveat, *more, rule.conclusion, reconstructed)


def not_applicable(rule: Rule, layer: Layer) -> Words:
    """That the rule was not used, and why."""
    why = {lang: say("counting.not-on-layer", lang, layer=layer) for lang in LANGUAGES}
    return joined(both("counting.not-applicable"), rule.standing if rule.knows(layer) else why)


def sides_told(rows: Sequence[Row], rule: Rule) -> Words:
    """How many signs are known, of what, and whether the conclusion would stand if every other one were against it."""
    known = [row for row in rows if row["favours"] != "unknown"]
    if not rows:
        return {}
    unknown = tally(rows, rule)["unknown"]
    significant = sum(row["verdict"] != "none" for row in known)
    kept = stands(rows, rule) if len(known) < len(rows) else None
    told: Words = {}
    for lang in LANGUAGES:
        told[lang] = say(
            "counting.sides", lang, known=len(known), results=len(rows), significant=significant, unknown=unknown
        )
        if kept is not None:
            told[lang] += " " + say(f"counting.sides-{'stand' if kept else 'fall'}", lang)
    return told


def stands(rows: Sequence[Row], rule: Rule) -> bool | None:
    """Whether the conclusion is the same with every unknown sign on the other side; None where there is none."""
    label = _conclusion(rows, rule)
    if label not in _AGAINST:
        return None
    return _conclusion([{**row, "favours": _known(row, _AGAINST[label])} for row in rows], rule) == label


def _known(row: Row, otherwise: str) -> str | None:
    return otherwise if row["favours"] == "unknown" else row["favours"]


def _conclusion(rows: Sequence[Row], rule: Rule) -> str:
    votes = tally(rows, rule)
    return majority({kind: votes[kind] for kind in rule.share_of})


def open_told(ranges: Mapping[str, Range]) -> Words:
    """That counts are not identified, and what each lies between."""
    told: Words = {}
    for lang in LANGUAGES:
        said = "; ".join(f"{say(f'counting.columns.{name}', lang)}: {ends}" for name, ends in ranges.items())
        told[lang] = say("counting.not-identified", lang, ranges=said)
    return told


def weights_told(weighed: Weighed, how: Weighing) -> Words:
    """Every weight used and how it is known, and what the results that were left out lack."""
    told: Words = {}
    for lang in LANGUAGES:
        weights = "; ".join(_weights(weighed, how, lang))
        lacking = ", ".join(f"{parameter}: {n}" for parameter, n in weighed.lacking.items())
        parts = [say("counting.weights", lang, weights=weights)] if weights else []
        parts += [say("counting.lacking", lang, n=weighed.left_out, lacking=lacking)] if lacking else []
        told[lang] = " ".join(parts)
    return told


def _weights(weighed: Weighed, how: Weighing, lang: Language) -> Iterable[str]:
    labels = {factor.name: factor.label[lang] for factor in how.factors}
    for weight in weighed.weights:
        standing = say(f"counting.standing.{weight.standing}", lang)
        value = f"{weight.value.normalize():f}".replace(".", "," if lang == "da" else ".")
        yield f"{weight.factor} {labels[weight.factor]}, {weight.level}: {value} ({standing})"
