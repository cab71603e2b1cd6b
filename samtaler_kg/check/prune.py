"""Card data without the values whose form is wrong, so that the rest can still be held against the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from samtaler_kg.cards import Card, Data, Grammar
from samtaler_kg.cards.check import IDENTIFIER
from samtaler_kg.cards.read import Path_, key_text
from samtaler_kg.problems import Problem

#: For each place in the data that is left, the place where it stands in the card.
Origins = dict[Path_, Path_]


def unfit(card: Card, problems: Collection[Problem], grammar: Grammar) -> set[Path_]:
    """The places whose values cannot become triples: those that *problems* of form name.

    A key that is missing is no value; a code that is not in its list can become a triple where it looks like a code.
    """
    places = {key_text(path): path for path in _all(card.data, ())}
    unknown = {problem.where.key for problem in problems if problem.name == "unknown-code"}
    named = {problem.where.key for problem in problems if problem.name != "missing-key"}
    found = {places[key] for key in named if key in places}
    return {path for path in found if key_text(path) not in unknown or not _mintable(card, path, grammar)}


def _mintable(card: Card, path: Path_, grammar: Grammar) -> bool:
    key = next(str(part) for part in reversed(path) if isinstance(part, str))
    value: Any = card.data
    for part in path:
        value = value[part]
    fits = isinstance(value, str) and IDENTIFIER.fullmatch(value) is not None and value not in grammar.context
    return fits and bool(grammar.meanings[key].vocabulary)


def _all(value: object, path: Path_) -> Iterator[Path_]:
    yield path
    for part, inner in _parts(value):
        yield from _all(inner, (*path, part))


def _parts(value: object) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def prune(data: Data, unfit: Collection[Path_]) -> tuple[Data, Origins]:
    """The data without what stands at *unfit* and without what is then empty, and where each part stood."""
    origins: Origins = {}
    kept = _kept(data, (), (), set(unfit), origins)
    return (kept if isinstance(kept, dict) else {}), origins


def _kept(value: Any, was: Path_, now: Path_, unfit: set[Path_], origins: Origins) -> Any:
    """What is left of *value*, which stands at *was* and is to stand at *now*; None where nothing is."""
    if was in unfit:
        return None
    origins[now] = was
    if isinstance(value, dict):
        parts = {key: _kept(inner, (*was, key), (*now, key), unfit, origins) for key, inner in value.items()}
        return {key: inner for key, inner in parts.items() if inner is not None} or None
    if isinstance(value, list):
        left: list[Any] = []
        for number, inner in enumerate(value):
            item = _kept(inner, (*was, number), (*now, len(left)), unfit, origins)
            if item is not None:
                left.append(item)
        return left or None
    return value
