"""A picture that has been drawn: its bytes in any form, what it says in words, and the numbers it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, get_args

from samtaler_kg.catalogue import split
from samtaler_kg.draw import lettering
from samtaler_kg.draw.findings import QUERY
from samtaler_kg.draw.pictures import ALL, Picture, chosen, find
from samtaler_kg.draw.request import Request, Scope, Unit
from samtaler_kg.draw.save import FORMATS, saved
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.draw.svg import Told
from samtaler_kg.graph import Graph
from samtaler_kg.problems import Problem, Refused
from samtaler_kg.words import Language

Given = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True)
class Drawing:
    """A picture: the request it answers and the sheet it stands on."""

    request: Request
    sheet: Sheet

    @property
    def title(self) -> str:
        """The title in the language of the picture."""
        return self.request.title

    @property
    def data(self) -> list[dict[str, Any]]:
        """What every mark shows: the part it stands in, its words, its link, and its facts."""
        return [
            {"group": mark.group, "words": mark.words, "link": mark.link, **mark.facts} for mark in self.sheet.marks
        ]

    @property
    def body(self) -> str:
        """Every mark in words by the part it stands in, then notes and sources."""
        parts = [
            f"{group}: " + "; ".join(mark.words for mark in marks) + "."
            for group, marks in groupby(self.sheet.marks, lambda mark: mark.group)
        ]
        return "\n".join([*parts, *self.sheet.told])

    @property
    def alt(self) -> str:
        """The text alternative: the title and all that stands below it, in words."""
        return f"{self.title}\n{self.body}\n"

    def saved(self, form: str = "svg", dots: int = 100) -> bytes:
        """The picture as the bytes of an SVG, PNG or PDF file. Raises Refused for any other form."""
        known = _one_of(self.request.name, "format", form, FORMATS)
        sheet, request = self.sheet, self.request
        told = Told(request.name, request.lang, self.title, self.body, sheet.width, sheet.height)
        return saved(sheet, told, known, dots)


def drawing(
    graph: Graph,
    name: str,
    lang: Language,
    scope: str | None = None,
    unit: str = "result",
    given: Given | None = None,
) -> Drawing:
    """Draw the picture *name* of the coded results in *scope*, per result or per trial, narrowed by *given*.

    Raises Refused where the picture, a parameter or a value is unknown, where nothing is left to draw, and where
    matplotlib is not installed.
    """
    lettering.needed()
    picture = find(name)
    words = {key: "|".join(split(key, value)) for key, value in (given or {}).items()}
    filters, options = chosen(picture, words, known_filters(picture, graph))
    scoped: Scope = _one_of(name, "scope", scope or picture.scope, get_args(Scope))
    per: Unit = _one_of(name, "unit", unit, get_args(Unit))
    request = Request(graph, name, lang, scoped, per, filters, options)
    sheet = picture.draw(request)
    if not sheet.marks:
        raise Refused(Problem("nothing-to-draw", facts={"picture": name}))
    return Drawing(request, sheet)


def known_filters(picture: Picture, graph: Graph) -> tuple[str, ...]:
    """The parameters that narrow a picture: those that it names, or all of the stored query of results."""
    every = tuple(param for param in graph.catalogue.find(QUERY).params if param != "scope")
    return every if picture.filters == ALL else picture.filters


def _one_of(picture: str, name: str, value: str, allowed: Sequence[Any]) -> Any:
    if value not in allowed:
        facts = {"picture": picture, "name": name, "value": value, "hint": ", ".join(allowed)}
        raise Refused(Problem("bad-picture-value", facts=facts))
    return value
