"""A sheet of paper: what stands where, as plain records. Rendering is another room's business.

Coordinates are units from the left and from the top. A mark is what a reader can point at: it has a link, words that
say what it shows, and facts that a program can compare; one or several shapes and labels show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from samtaler_kg.draw import lettering
from samtaler_kg.draw.style import INK, PAPER, TEXT, WIDTH, Look

Side = Literal["left", "center", "right"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that a picture shows: the part it stands in, what it says in words, where it leads, its facts."""

    group: str
    words: str
    link: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shape:
    """A circle (one point and a radius) or a polygon."""

    points: tuple[Point, ...]
    fill: str
    edge: str
    width: float = 1.0
    radius: float = 0.0
    hatch: str = ""
    dashed: bool = False
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dashed: bool = False
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; *y* is its baseline, *on* the colour behind it, *turned* whether it reads upwards."""

    x: float
    y: float
    text: str
    size: float = TEXT
    bold: bool = False
    colour: str = INK
    on: str = PAPER
    side: Side = "left"
    turned: bool = False
    mark: int | None = None


Item = Shape | Line | Label


@dataclass
class Sheet:
    """The items of one picture in the order of drawing, its marks, and the notes and sources it tells at its foot."""

    width: float = WIDTH
    height: float = 0.0
    items: list[Item] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def mark(self, group: str, words: str, link: str, **facts: object) -> int:
        """A new mark; what is drawn with its number shows it."""
        self.marks.append(Mark(group, words, link, facts))
        return len(self.marks) - 1

    def circle(
        self, x: float, y: float, radius: float, look: Look, mark: int | None = None, width: float = 1.4
    ) -> None:
        """A circle in a look."""
        self.items.append(Shape(((x, y),), look.fill, look.edge, width, radius, look.hatch, look.dashed, mark))

    def polygon(self, points: Sequence[Point], look: Look, mark: int | None = None, width: float = 1.2) -> None:
        """A closed shape in a look."""
        self.items.append(Shape(tuple(points), look.fill, look.edge, width, 0.0, look.hatch, look.dashed, mark))

    def box(
        self, x: float, y: float, wide: float, high: float, look: Look, mark: int | None = None, width: float = 1.2
    ) -> None:
        """A rectangle in a look, from its upper left corner."""
        self.polygon(((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)), look, mark, width)

    def area(self, x: float, y: float, wide: float, high: float, fill: str) -> None:
        """A rectangle of one colour without an edge: a ground for what follows."""
        self.items.append(Shape(((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)), fill, fill, 0.0))

    def line(
        self, *points: Point, colour: str, width: float = 1.0, dashed: bool = False, mark: int | None = None
    ) -> None:
        """A line through points."""
        self.items.append(Line(points, colour, width, dashed, mark))

    def label(
        self,
        x: float,
        y: float,
        text: str,
        size: float = TEXT,
        *,
        bold: bool = False,
        colour: str = INK,
        on: str = PAPER,
        side: Side = "left",
        turned: bool = False,
        mark: int | None = None,
    ) -> None:
        """One line of text on its baseline."""
        if text:
            self.items.append(Label(x, y, text, size, bold, colour, on, side, turned, mark))

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        limit: float,
        *,
        bold: bool = False,
        colour: str = INK,
        on: str = PAPER,
        side: Side = "left",
    ) -> float:
        """A text broken into lines, the first on the baseline *y*; gives the baseline below the last."""
        for line in lettering.evened(text, size, limit, bold):
            self.label(x, y, line, size, bold=bold, colour=colour, on=on, side=side)
            y += size * 1.4
        return y
