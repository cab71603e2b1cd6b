"""Cards against the cards that a base has of the same name: what may be given again, and what only the base says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samtaler_kg.cards import Card, Data, read
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem

#: The key under which a card says what happened to it.
HISTORY = "history"


def differences(base: Base, cards: Iterable[Card]) -> list[Problem]:
    """What *cards* say that only the base may say. Raises Damaged where the card of a trial in it cannot be read."""
    return [problem for card in cards for problem in _differences(card, trial_of(base, card))]


def trial_of(base: Base, card: Card) -> Data | None:
    """The trial in the base that *card* would extend. Raises Damaged where its card cannot be read."""
    path = base.data / "trials" / f"{card.data['id']}.yaml"
    if card.kind != "trial" or not path.is_file():
        return None
    old, problems = read(path, "trial")
    if old is None:
        raise Damaged(problems)
    return old.data


def _differences(card: Card, old: Data | None) -> Iterator[Problem]:
    """A history that is not the one in the base, and anything but new members where a trial is given again."""
    given = card.data.get(HISTORY)
    if given and given != (old or {}).get(HISTORY):
        yield Problem("history-given", card.where_key((HISTORY,)))
    if old is None:
        return
    for key in sorted({*card.data, *old} - {HISTORY, "members"}):
        if card.data.get(key) != old.get(key):
            yield Problem("trial-differs", card.where((key,)), {"value": old["id"], "key": key})
    if [member for member in old["members"] if member not in card.data["members"]]:
        yield Problem("trial-differs", card.where(("members",)), {"value": old["id"], "key": "members"})
