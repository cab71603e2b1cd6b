"""Files and folders → cards to be checked, whatever their form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from samtaler_kg import forms
from samtaler_kg.cards import Card, Grammar
from samtaler_kg.check import spots
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Severity
from samtaler_kg.sources import shown


@dataclass(frozen=True)
class Read:
    """The cards that files gave, and what was wrong with the files."""

    cards: Sequence[Card]
    problems: Sequence[Problem]

    @property
    def unread(self) -> bool:
        """Whether something stands in the way of a file that gave no card."""
        read = {_file(card.file) for card in self.cards}
        blocking = (problem for problem in self.problems if problem.severity is Severity.BLOCKS)
        return any(_file(problem.where.file) not in read for problem in blocking)


def read(paths: Iterable[Path], base: Base) -> Read:
    """The cards in *paths*, in the forms that ``samtaler_kg.forms`` reads."""
    cards, problems = forms.read_all(list(paths), Grammar.of(base))
    return Read(cards, problems)


def files_of(base: Base) -> list[str]:
    """The files of all cards of *base*."""
    found = (path for folder in ("studies", "trials") for path in (base.data / folder).rglob("*.yaml"))
    return sorted(shown(base, path) for path in found)


def together(read: Sequence[Problem], found: Sequence[Problem]) -> list[Problem]:
    """The problems of the files and those of the cards, by file and place, none twice."""
    kept = {(problem.name, str(problem.where), problem.shape): problem for problem in [*read, *found]}
    return sorted(kept.values(), key=spots.order)


def _file(name: str) -> str:
    """The file of a place: a sheet of a workbook stands behind an exclamation mark."""
    return name.partition("!")[0]
