"""A sheet as a matplotlib figure: one artist an item, in the order of items, each named after its mark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from samtaler_kg.draw import lettering
from samtaler_kg.draw.sheet import Label, Line, Shape, Sheet
from samtaler_kg.draw.style import PAPER

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

UNITS = 100
"""Units to the inch, and pixels to the inch of a PNG: one unit is one pixel."""

_SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "samtaler",
    "svg.fonttype": "none",
    "pdf.fonttype": 3,
    "font.family": [lettering.FAMILY],
    "hatch.linewidth": 0.7,
    "path.simplify": False,
    "axes.unicode_minus": True,
}

#: matplotlib keeps its settings for the whole process: one picture at a time.
_LOCK = RLock()


@contextmanager
def settled() -> Iterator[None]:
    """The settings of every picture, whatever the reader's own matplotlib is set to."""
    import matplotlib

    kept = {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "savefig.directory"}
    plain: dict[Any, Any] = {name: value for name, value in matplotlib.rcParamsDefault.items() if name not in kept}
    with _LOCK, matplotlib.rc_context(plain | _SETTINGS):
        yield


def figure(sheet: Sheet) -> Figure:
    """The sheet as a figure of the same size. Call it, and save the figure, with the settings of `settled`."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(sheet.width / UNITS, sheet.height / UNITS), dpi=UNITS, facecolor=PAPER)
    axes = made.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(sheet.height, 0)
    axes.set_axis_off()
    for order, item in enumerate(sheet.items):
        artist = _artist(item)
        artist.set_zorder(order)
        artist.set_clip_on(False)
        if item.mark is not None:
            artist.set_gid(f"mark-{item.mark}")
            artist.set_url(sheet.marks[item.mark].link)
        axes.add_artist(artist)
    return made


def _artist(item: Shape | Line | Label) -> Artist:
    if isinstance(item, Label):
        return _text(item)
    return _shape(item) if isinstance(item, Shape) else _line(item)


def _shape(item: Shape) -> Artist:
    from matplotlib.patches import Circle, Polygon

    look: dict[str, Any] = {
        "facecolor": item.fill,
        "edgecolor": item.edge,
        "linewidth": item.width * lettering.POINT,
        "linestyle": (0, (3, 2)) if item.dashed else "solid",
        "hatch": item.hatch or None,
        "joinstyle": "miter",
    }
    if item.radius:
        return Circle(item.points[0], item.radius, **look)
    return Polygon(item.points, closed=True, **look)


def _line(item: Line) -> Artist:
    from matplotlib.lines import Line2D

    x, y = zip(*item.points, strict=True)
    style: Any = (0, (4, 2.5)) if item.dashed else "solid"
    return Line2D(x, y, color=item.colour, linewidth=item.width * lettering.POINT, linestyle=style)


def _text(item: Label) -> Artist:
    from matplotlib.text import Text

    return Text(
        item.x,
        item.y,
        item.text,
        fontproperties=lettering.font(item.size, item.bold),
        color=item.colour,
        horizontalalignment=item.side,
        verticalalignment="baseline",
        rotation=90 if item.turned else 0,
        rotation_mode="anchor",
        parse_math=False,
    )
