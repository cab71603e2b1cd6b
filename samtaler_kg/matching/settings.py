"""How records are weighed, and what other bases call things: ``data/links/matching.toml`` and ``foreign.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where

#: Where the two files stand below the data of a base.
FOLDER = "links"


@dataclass(frozen=True)
class Settings:
    """Thresholds, points and words of one base."""

    matching: Mapping[str, Any]
    foreign: Mapping[str, Any]

    @classmethod
    def of(cls, base: Base) -> Settings:
        """Read both files. Raises Damaged where one is missing or cannot be read."""
        return cls(_read(base, "matching.toml"), _read(base, "foreign.toml"))

    def points(self, field: str, level: str) -> float:
        """What the *level* of agreement of a *field* is worth."""
        return float(self.matching["points"][field][level])

    def limit(self, table: str, name: str) -> float:
        """One threshold."""
        return float(self.matching[table][name])

    @cached_property
    def stop(self) -> frozenset[str]:
        """Words that say nothing about what a title is about."""
        return frozenset(self.matching["words"]["stop"])

    @cached_property
    def opposites(self) -> frozenset[str]:
        """Beginnings that turn a word into its opposite."""
        return frozenset(self.matching["words"]["opposites"])

    @cached_property
    def particles(self) -> frozenset[str]:
        """Words in names that are part of no comparison."""
        return frozenset(self.matching["words"]["particles"])

    @cached_property
    def unread(self) -> re.Pattern[str]:
        """What says that a title or a list of authors was not read."""
        return re.compile(self.matching["patterns"]["unread"], re.IGNORECASE)

    @cached_property
    def series(self) -> re.Pattern[str]:
        """What bases add to a title that is not of it."""
        return re.compile(self.matching["patterns"]["series"], re.IGNORECASE)

    @cached_property
    def countries(self) -> Mapping[str, str]:
        """The code of a country by all that it is called, in small letters."""
        named = self.foreign["countries"].items()
        return {word.casefold(): code for code, words in named for word in (code, *words)}


def _read(base: Base, name: str) -> Mapping[str, Any]:
    path: Path = base.data / FOLDER / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        where = Where(f"data/{FOLDER}/{name}")
        raise Damaged(Problem("unreadable-file", where, {"reason": error})) from None
