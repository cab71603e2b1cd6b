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
    return Described(kind, entry["class"], entry["iri"], _columns(entry["columns"]))


def _columns(entry: Mapping[str, Any], datatype: str = "string") -> tuple[Said, ...]:
    """Columns by name: each its property alone, or with language or data type."""
    full = {name: {"property": said} if isinstance(said, str) else said for name, said in entry.items()}
    return tuple(
        Said(name, _iri(said["property"]), said.get("language", ""), said.get("datatype", datatype))
        for name, said in full.items()
    )


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
