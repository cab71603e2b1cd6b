"""One slip in a card of the shipped base: a problem that blocks and names the key in which the slip was made."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samtaler_kg.cards import Card, Data
from samtaler_kg.cards.read import Path_, key_text
from samtaler_kg.check import Door
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
from tests.shapes.conftest import blocking, card_at

#: A slip changes the data of a card, at the result of the given number, and says where; None where it cannot be made.
Slip = Callable[[Data, int], Path_ | None]


@pytest.fixture(scope="module")
def shipped_door() -> Door:
    return Door(shipped(), Graph(shipped()))


def drop(*keys: str) -> Slip:
    def slip(data: Data, n: int) -> Path_ | None:
        path = at(data, n, keys)
        return path if path and around(data, path).pop(keys[-1], None) is not None else None

    return slip


def write(*keys: str, to: str) -> Slip:
    def slip(data: Data, n: int) -> Path_ | None:
        path = at(data, n, keys)
        if not path or keys[-1] not in around(data, path):
            return None
        around(data, path)[keys[-1]] = to
        return path

    return slip


def misspell(*keys: str) -> Slip:
    def slip(data: Data, n: int) -> Path_ | None:
        path = at(data, n, keys)
        if not path or keys[-1] not in around(data, path):
            return None
        here = around(data, path)
        here[f"{keys[-1]}x"] = here.pop(keys[-1])
        return (*path[:-1], f"{keys[-1]}x")

    return slip


def at(data: Data, n: int, keys: tuple[str, ...]) -> Path_ | None:
    """The path of a key of a study, or behind ``results`` of one of its results."""
    if keys[0] != "results":
        return keys
    found = data.get("results", [])
    if n >= len(found) or ("estimate" in keys and "estimate" not in found[n]):
        return None
    return ("results", n, *keys[1:])


def around(data: Data, path: Path_) -> Any:
    here: Any = data
    for part in path[:-1]:
        here = here[part]
    return here


def turn_favours(data: Data, n: int) -> Path_ | None:
    """The other side than the significant verdict says."""
    path = at(data, n, ("results", "favours"))
    if not path or around(data, path)["verdict"] == "none":
        return None
    here = around(data, path)
    here["favours"] = "comparison" if here["verdict"] == "positive" else "intervention"
    return path


def swap_interval(data: Data, n: int) -> Path_ | None:
    """Lower and upper limit of an interval, each in the other's place."""
    path = at(data, n, ("results", "estimate", "ci_low"))
    if not path or "ci_low" not in around(data, path):
        return None
    here = around(data, path)
    here["ci_low"], here["ci_high"] = here["ci_high"], here["ci_low"]
    return path


def restate_itself(data: Data, n: int) -> Path_ | None:
    """A result that restates itself."""
    path = at(data, n, ("results", "same_effect_as"))
    if path:
        around(data, path)["same_effect_as"] = around(data, path)["id"]
    return path


SLIPS: dict[str, Slip] = {
    **{f"no {key}": drop(key) for key in ("title", "country", "verification", "target_group", "job_ready")},
    **{
        f"no {key} of a result": drop("results", key)
        for key in ("verdict", "favours", "mechanism", "purpose", "outcome", "locator", "source_url")
    },
    **{f"wrong {key}": write(key, to="quite-other") for key in ("country", "design", "job_ready", "verification")},
    **{
        f"wrong {key} of a result": write("results", key, to="quite-other")
        for key in ("verdict", "favours", "mechanism", "purpose", "outcome", "sex", "bundle", "confidence")
    },
    **{f"misspelt {key}": misspell(key) for key in ("year", "language", "guess_reason")},
    **{f"misspelt {key} of a result": misspell("results", key) for key in ("treatment", "locator", "confidence")},
    "year far ahead": write("year", to="2195"),
    "year without a digit": write("year", to="201"),
    "year in words": write("year", to="about 2010"),
    "doi as a link": write("doi", to="https://doi.org/10.1234/x"),
    "address without a scheme": write("url", to="www.example.org"),
    "source page in words": write("results", "source_url", to="page 12"),
    "value with a comma": write("results", "estimate", "value", to="1,5"),
    "value in words": write("results", "estimate", "value", to="three weeks"),
    "standard error of zero": write("results", "estimate", "se", to="0"),
    "standard error below zero": write("results", "estimate", "se", to="-7"),
    "no unit": drop("results", "estimate", "unit"),
    "p in percent": write("results", "estimate", "p_bound", to="5"),
    "activity unknown": write("activity", to="coding-1999"),
    "favours turned round": turn_favours,
    "interval swapped": swap_interval,
    "restates itself": restate_itself,
}


@cache
def cards() -> list[Card]:
    return [card_at(path) for path in sorted((shipped().data / "studies").rglob("*.yaml"))]


@cache
def places(name: str) -> list[tuple[Card, int]]:
    """The cards and results in which a slip can be made."""
    everywhere = [(card, n) for card in cards() for n in range(max(1, len(card.data.get("results", []))))]
    return [(card, n) for card, n in everywhere if SLIPS[name](copy.deepcopy(card.data), n)]


def test_the_cards_are_sound_before_the_slip(shipped_door: Door) -> None:
    assert blocking(shipped_door.check(cards())) == []


@pytest.mark.parametrize("name", SLIPS)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(draw=st.data())
def test_a_slip_is_told_at_its_key(shipped_door: Door, name: str, draw: st.DataObject) -> None:
    card, n = draw.draw(st.sampled_from(places(name)))
    data = copy.deepcopy(card.data)
    place = SLIPS[name](data, n)
    told = blocking(shipped_door.check([replace(card, data=data)]))
    assert key_text(place or ()) in {problem.where.key for problem in told}
