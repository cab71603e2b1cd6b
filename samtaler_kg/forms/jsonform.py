"""JSON → cards: a card or a list of cards with the keys of card.toml, every value with its place."""

from __future__ import annotations

from collections.abc import Sequence

from samtaler_kg.cards import Card, Data, Grammar
from samtaler_kg.cards.read import Path_, Place
from samtaler_kg.forms.jsontext import Node, kept, plain, says
from samtaler_kg.forms.raw import MAX_CARDS, too_much
from samtaler_kg.problems import Problem, Refused, Where

#: The kinds of card that people write, the usual one first.
KINDS = ("study", "trial")


def kind_of(data: Data, grammar: Grammar) -> str:
    """The kind of card that has most of the keys of *data*; a study where two have as many."""
    return max(KINDS, key=lambda kind: len(set(data) & set(grammar.kinds[kind].keys)))


def cards_in(tree: Node, shown: str, grammar: Grammar) -> tuple[list[Card], list[Problem]]:
    """The card, or the cards of a list, in a JSON document."""
    nodes: Sequence[Node] = tree.value if isinstance(tree.value, list) else [tree]
    if len(nodes) > MAX_CARDS:
        raise Refused(too_much(Where(shown), "cards", MAX_CARDS))
    if not nodes:
        return [], [Problem("nothing-filled", Where(shown))]
    problems = [Problem("not-a-card", Where(shown, *node.place)) for node in nodes if not isinstance(node.value, dict)]
    return [card_of(node, shown, grammar) for node in nodes if isinstance(node.value, dict)], problems


def card_of(node: Node, shown: str, grammar: Grammar) -> Card:
    """The card in one mapping."""
    data: Data = plain(node)
    places: dict[Path_, Place] = {}
    keys: dict[Path_, Place] = {}
    blank: dict[Path_, list[str]] = {}
    _locate(node, (), places, keys, blank)
    return Card(kind_of(data, grammar), data, places, shown, keys, blank)


def _locate(
    node: Node, path: Path_, places: dict[Path_, Place], keys: dict[Path_, Place], blank: dict[Path_, list[str]]
) -> None:
    places[path] = node.place
    if node.key is not None and path:
        keys[path] = node.key
    if isinstance(node.value, dict):
        for key, value in node.value.items():
            _locate(value, (*path, key), places, keys, blank)
            if not says(value):
                blank.setdefault(path, []).append(key)
    elif isinstance(node.value, list):
        for n, value in enumerate(kept(node)):
            _locate(value, (*path, n), places, keys, blank)
