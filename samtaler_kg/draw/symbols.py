"""The small signs of a direction: an arrow up, an arrow down, arrows to both sides, a ring, a bar, a question mark."""

from __future__ import annotations

from samtaler_kg.draw.sheet import Point, Sheet
from samtaler_kg.draw.style import LOOKS, Look

#: Corners of the signs that are one polygon, in halves of the sign's size around its middle; y points down.
_POLYGONS: dict[str, tuple[Point, ...]] = {
    "up": ((0.0, -1.0), (1.0, 0.8), (-1.0, 0.8)),
    "down": ((0.0, 1.0), (-1.0, -0.8), (1.0, -0.8)),
    "bar": ((-1.0, -0.25), (1.0, -0.25), (1.0, 0.25), (-1.0, 0.25)),
    "sideways": (
        *((-1.25, 0.0), (-0.45, -0.8), (-0.45, -0.25), (0.45, -0.25), (0.45, -0.8)),
        *((1.25, 0.0), (0.45, 0.8), (0.45, 0.25), (-0.45, 0.25), (-0.45, 0.8)),
    ),
}


def symbol(
    sheet: Sheet, direction: str, x: float, y: float, size: float, mark: int | None = None, *, hollow: bool = False
) -> None:
    """The sign of *direction* around a point, as wide and high as *size*; *hollow* leaves it unfilled."""
    look = LOOKS[direction]
    half = size / 2
    plain = Look("#FFFFFF" if hollow else look.fill, look.edge, look.shape)
    width = max(1.1, size / 11)
    if look.shape == "dot":
        sheet.circle(x, y, half * 0.86, plain, mark, width)
    elif look.shape == "query":
        sheet.label(x, y + size * 0.4, "?", size * 1.1, bold=True, colour=look.edge, side="center", mark=mark)
    else:
        corners = [(x + half * right, y + half * down) for right, down in _POLYGONS[look.shape]]
        sheet.polygon(corners, plain, mark, width)
