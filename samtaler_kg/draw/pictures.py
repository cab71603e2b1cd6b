"""The pictures there are: where each is drawn, what it can be asked to look at, and what it draws by default."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from samtaler_kg.draw.request import Request, Scope
from samtaler_kg.draw.sheet import Sheet
from samtaler_kg.margins import FRAME
from samtaler_kg.problems import Problem, Refused, nearest

FACETS = ("target_group", "purpose", "outcome", "mechanism", "country", "region", "period", "design")
"""What the rows and columns of a gap map, and the rows of a harvest plot, can be."""

ALL = ("*",)
"""All parameters of the stored query of results, as filters."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the function that draws it, its own options (the first value is the default,
    an empty one leaves the choice to the picture), its filters.

    A filter is a parameter of the stored query of results; ``*`` means all of them. *limited* names filters that take
    only the codes given, because the picture has a published part that knows no others.
    """

    name: str
    drawn_by: str
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filters: tuple[str, ...] = ALL
    limited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scope: Scope = "memo"

    def draw(self, request: Request) -> Sheet:
        """The sheet of the picture."""
        module, _, function = self.drawn_by.partition(":")
        drawing = getattr(importlib.import_module(f"samtaler_kg.draw.{module}"), function)
        return cast(Callable[[Request], Sheet], drawing)(request)


_PICTURES = (
    Picture("figure-1", "bubbles:by_period", {}, ("mechanism",), {"mechanism": FRAME.mechanism}),
    Picture(
        "figure-2",
        "bubbles:by_mechanism",
        {},
        ("region", "period"),
        {"region": FRAME.region, "period": FRAME.period},
    ),
    Picture("gap-map", "gap_map:draw", {"rows": FACETS, "columns": ("", *FACETS)}),
    Picture("harvest", "harvest:draw", {"rows": ("outcome", *FACETS), "height": ("confidence", "verification")}),
    Picture("effect-direction", "effect_direction:draw"),
    Picture("forest", "forest:draw", scope="all"),
    Picture("timeline", "timeline:draw"),
    Picture("trial-network", "trial_network:draw", {}, ("country",), scope="all"),
)

PICTURES: Mapping[str, Picture] = {picture.name: picture for picture in _PICTURES}
"""Every picture by its name, in the order of telling."""


def find(name: str) -> Picture:
    """The picture *name*. Raises Refused, with the names most like it, where there is none."""
    if name not in PICTURES:
        raise Refused(Problem("unknown-picture", facts={"value": name, "hint": nearest(name, PICTURES)}))
    return PICTURES[name]


def chosen(picture: Picture, given: Mapping[str, str], known: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """What a reader gave, as filters and options of a picture; *known* are the parameters of the query of results.

    Raises Refused with every problem at once.
    """
    filters = known if picture.filters == ALL else picture.filters
    problems = []
    for name, value in given.items():
        allowed = picture.options.get(name) or picture.limited.get(name, ())
        if name not in picture.options and name not in filters:
            hint = ", ".join([*picture.options, *filters]) or "-"
            facts = {"picture": picture.name, "value": name, "hint": hint}
            problems.append(Problem("unknown-picture-parameter", facts=facts))
        elif allowed and value not in allowed:
            hint = ", ".join(filter(None, dict.fromkeys(allowed)))
            facts = {"picture": picture.name, "name": name, "value": value, "hint": hint}
            problems.append(Problem("bad-picture-value", facts=facts))
    if problems:
        raise Refused(problems)
    defaults = {name: values[0] for name, values in picture.options.items()}
    options = defaults | {name: value for name, value in given.items() if name in picture.options}
    return {name: value for name, value in given.items() if name not in picture.options}, options
