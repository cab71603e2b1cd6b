"""The cards that moved, in words: by kind and by what happened to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from samtaler_kg.release.names import Names, md
from samtaler_kg.release.things import Key, Moved

#: The kinds that a reader looks for first; others follow by name.
FIRST = ("study", "result", "trial", "judgement")

#: What can have happened, in the order of telling.
WHAT = ("added", "retracted", "reinstated", "removed", "changed")

#: What is told of a card that is new or gone, by kind; of every other kind its identifier alone.
TOLD = {
    "study": ("title", "year", "country", "design"),
    "result": ("outcome", "mechanism", "purpose", "verdict", "favours"),
    "trial": ("label", "kind"),
    "judgement": ("certainty_domain", "certainty", "judged_by"),
}

_PLACE = {kind: n for n, kind in enumerate(FIRST)}


class Cards:
    """Puts cards in groups and words; *most* are named in each group."""

    def __init__(self, names: Names, say: Callable[..., str], most: int) -> None:
        """Take the words."""
        self.names, self.say, self.most = names, say, most

    def groups(self, moved: Sequence[Moved]) -> Iterator[dict[str, Any]]:
        """One group a kind and happening, in the order of telling."""
        kinds = sorted({each.kind for each in moved}, key=lambda kind: (_PLACE.get(kind, len(FIRST)), kind))
        for kind in kinds:
            for what in WHAT:
                cards = [each for each in moved if (each.kind, each.what) == (kind, what)]
                if cards:
                    told = self._together([self._card(each) for each in cards[: self.most]])
                    more = max(0, len(cards) - self.most)
                    yield {"title": self._title(kind, what, len(cards)), "cards": told, "more": more}

    def _together(self, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The cards of which nothing but their identifier is told stand on one line, behind the others."""
        bare = [card["line"] for card in cards if not card["lines"] and card["line"].endswith("`")]
        told = [card for card in cards if card["line"] not in bare]
        return [*told, {"line": ", ".join(bare), "lines": []}] if bare else told

    def _title(self, kind: str, what: str, n: int) -> str:
        return self.say(f"release.what.{what}", kind=self.names.kind(kind), n=n)

    def _card(self, card: Moved) -> dict[str, Any]:
        lines = [self._event(event) for event in card.events]
        if card.what in {"added", "removed"}:
            return {"line": f"`{md(card.id)}`{self._about(card)}", "lines": lines}
        return {"line": f"`{md(card.id)}`", "lines": [*lines, *map(self._key, card.keys)]}

    def _about(self, card: Moved) -> str:
        wanted = {key.key: key for key in card.keys}
        told = [self._told(name, wanted[name]) for name in TOLD.get(card.kind, ()) if name in wanted]
        return f": {', '.join(told)}" if told else ""

    def _told(self, name: str, key: Key) -> str:
        values = "; ".join(self.names.value(name, value) for value in (key.after or key.before))
        return values if name in {"title", "label", "year", "country"} else f"{self.names.key(name)}: {values}"

    def _key(self, key: Key) -> str:
        before, after = (
            "; ".join(self.names.value(key.key, value) for value in side) or "–" for side in (key.before, key.after)
        )
        return f"{self.names.key(key.key, key.prop)}: {before} → {after}"

    def _event(self, event: Any) -> str:
        told = self.names.value("event", event.get("event", ""))
        by = f", {md(event['by'])}" if event.get("by") else ""
        why = f": {md(event['why'])}" if event.get("why") else ""
        return f"{told} {md(event.get('at', ''))}{by}{why}"
