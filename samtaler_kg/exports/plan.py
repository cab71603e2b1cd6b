"""Which tables a layer has in exports, as ``ontology/tables.toml`` declares them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samtaler_kg.graph import Layer
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where
from samtaler_kg.terms import PREFIXES


@dataclass(frozen=True, slots=True)
class Said:
    """A column whose values stand in the graph and in no card: its property, with language or data type."""

    name: str
    prop: str
    language: str = ""
    datatype: str = "string"


@dataclass(frozen=True, slots=True)
class Described:
    """Things that are described in Turtle and are no cards: class, pattern of their IRIs, columns."""

    kind: str
    cls: str
    iri: str
    columns: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of tables by kind, and the columns that come from elsewhere than cards."""

    names: Mapping[str, str]
    described: Mapping[Layer, tuple[Described, ...]]
    concluded: Mapping[str, tuple[Said, ...]]
    numbers: Mapping[str, tuple[Said, ...]]


def tables_of(base: Base) -> Tables:
    """The plan of *base*. Raises Damaged where it cannot be read."""
    path = base.ontology / "tables.toml"
    try:
        plan = tomllib.loads(path.read_text(encoding="utf-8"))
        return Tables(
            plan["names"],
            {
                layer: tuple(_described(*thing) for thing in things.items())
                for layer, things in plan["described"].items()
            },
            {kind: _columns(entry) for kind, entry in plan["concluded"].items()},
            {kind: _columns(entry, "decimal") for kind, entry in plan["numbers"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None


def _described(kind: str, entry: Mapping[str, Any]) -> Described:
    columns = tuple(
        Said(name, _iri(said["property"]), said.get("language", ""), said.get("datatype", "string"))
        for name, said in entry["columns"].items()
    )
    return Described(kind, entry["class"], entry["iri"], columns)


def _columns(entry: Mapping[str, str], datatype: str = "string") -> tuple[Said, ...]:
    return tuple(Said(name, _iri(prop), datatype=datatype) for name, prop in entry.items())


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
