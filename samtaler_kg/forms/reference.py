"""One reference, in the words that all its forms share."""

from __future__ import annotations

from dataclasses import dataclass, field

from samtaler_kg.cards.read import Place


@dataclass(frozen=True, slots=True)
class Said:
    """A text and where it stands."""

    text: str
    place: Place


@dataclass
class Reference:
    """What a reference says, by these names: type, genre, title, year, container, volume, issue, pages, series,
    number, publisher, doi, url, language. ``left`` is what it says that was not understood.
    """

    place: Place
    fields: dict[str, Said] = field(default_factory=dict)
    authors: list[Said] = field(default_factory=list)
    left: list[Said] = field(default_factory=list)

    def get(self, name: str) -> Said | None:
        """What is said under *name*, None where nothing is."""
        return self.fields.get(name)

    def text(self, name: str) -> str:
        """The text under *name*, empty where there is none."""
        said = self.fields.get(name)
        return said.text if said else ""

    def add(self, name: str, text: str, place: Place) -> None:
        """Keep the first of what is said under *name*."""
        if text.strip():
            self.fields.setdefault(name, Said(" ".join(text.split()), place))
