"""How wide a text is, and where it is broken: measured in the font that every picture is set in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from samtaler_kg.problems import Problem, Refused

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

POINT = 0.72
"""Points in a unit: a picture has 100 units to the inch."""

FAMILY = "DejaVu Sans"
FALLBACK = "DejaVu Sans, Verdana, Arial, sans-serif"
"""The font that matplotlib brings with it, and what a reader of SVG without it may take: none of these is wider."""


def needed() -> None:
    """Raise Refused where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise Refused(Problem("needs-extra", facts={"package": "matplotlib"})) from None


@cache
def font(size: float, bold: bool = False) -> FontProperties:
    """The font at a size in units, from the file that matplotlib ships and no other of its name."""
    import matplotlib
    from matplotlib.font_manager import FontProperties

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return FontProperties(
        family=FAMILY,
        style="normal",
        variant="normal",
        stretch="normal",
        weight="bold" if bold else "normal",
        fname=file,
        size=size * POINT,
    )


@cache
def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text in units."""
    from matplotlib.textpath import text_to_path

    if not text:
        return 0.0
    found = text_to_path.get_text_width_height_descent(text, font(size, bold), ismath=False)
    return float(found[0]) / POINT


def lines(text: str, size: float, limit: float, bold: bool = False) -> list[str]:
    """A text broken between words into lines no wider than *limit*; a word that is wider stands alone."""
    broken: list[str] = []
    for word in text.split():
        longer = f"{broken[-1]} {word}" if broken else word
        if broken and width(longer, size, bold) <= limit:
            broken[-1] = longer
        else:
            broken.append(word)
    return broken


def evened(text: str, size: float, limit: float, bold: bool = False) -> list[str]:
    """A text in as few lines as `lines` gives, the last of them no lonely word."""
    broken = lines(text, size, limit, bold)
    narrower = limit
    while len(broken) > 1 and width(broken[-1], size, bold) < limit / 7 and narrower > limit / 2:
        narrower *= 0.97
        tried = lines(text, size, narrower, bold)
        if len(tried) > len(broken):
            break
        broken = tried
    return broken


def shortened(text: str, size: float, limit: float, *, kept: str = "") -> str:
    """A text that fits into *limit*: where it does not, an ellipsis stands for what is before its end *kept*."""
    if width(text, size) <= limit:
        return text
    cut = text.removesuffix(kept)
    while cut and width(cut.rstrip(" ,;(") + "…" + kept, size) > limit:
        cut = cut[:-1]
    return cut.rstrip(" ,;(") + "…" + kept


def name(text: str, size: float, limit: float) -> str:
    """The name of a study that fits into *limit* and keeps its last word, the year."""
    return shortened(text, size, limit, kept=" " + text.rpartition(" ")[2] if " " in text else "")
