"""How pictures look: colours, sizes and the marks of a direction; nothing here knows what is drawn.

Colours are of the palette of Okabe and Ito (Color Universal Design, 2008), which people with colour blindness can tell
apart. No direction is told by colour alone: each has a shape and a filling of its own and stands beside its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["INK", "LOOKS", "PAPER", "SHADE", "SOFT", "WIDTH", "Look", "contrast"]

WIDTH = 1200
"""Width of a picture in units; a unit is one pixel of the PNG and one CSS pixel of the SVG."""

PAPER, INK, SOFT = "#FFFFFF", "#1A1A1A", "#4D4D4D"
SHADE, FAINT, GRID = "#F2F4F5", "#8C8C8C", "#D9D9D9"
BLUE, SKY, ORANGE, PURPLE = "#0072B2", "#56B4E9", "#E69F00", "#CC79A7"

TITLE, LEAD, HEAD, TEXT, SMALL, TINY = 22.0, 14.0, 15.0, 13.0, 12.0, 11.0
"""Sizes of text in units."""

MARGIN = 36.0
"""Empty border around everything, in units."""


@dataclass(frozen=True, slots=True)
class Look:
    """Filling, edge, hatching and shape of one kind of mark, with the colour of text that stands on its filling and the
    paler filling of what is not known."""

    fill: str
    edge: str
    shape: str
    hatch: str = ""
    ink: str = INK
    dashed: bool = False
    tint: str = PAPER


LOOKS: Mapping[str, Look] = {
    "positive": Look(BLUE, "#003F63", "up", ink=PAPER, tint="#DCECF6"),
    "none": Look(PAPER, SOFT, "dot", tint="#EDEDED"),
    "negative": Look(ORANGE, "#5A3B00", "down", hatch="/////", tint="#FBEFD5"),
    "mixed": Look(PURPLE, "#5C2745", "sideways", hatch="-----"),
    "neither": Look(PAPER, SOFT, "bar"),
    "unknown": Look(PAPER, SOFT, "query", dashed=True),
    "plain": Look(SKY, "#1B4965", "dot"),
    "one-country": Look(SKY, "#1B4965", "dot", hatch="/////"),
    "one-study": Look(PAPER, "#1B4965", "dot", hatch="xxxxx", dashed=True),
}
"""The look of each direction, and of the cells of a gap map."""

FAVOURS: Mapping[str, str] = {
    "intervention": "positive",
    "comparison": "negative",
    "neither": "neither",
    "mixed": "mixed",
    "unknown": "unknown",
}
"""The look of each side that a point estimate can favour."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, relative luminance and contrast ratio).

    >>> round(contrast("#000000", "#FFFFFF"), 2)
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
