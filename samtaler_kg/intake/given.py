"""What a reader hands in: files in any form, cards, or plain data; with the SHA-256 sum of each file that was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samtaler_kg import check
from samtaler_kg.cards import Card, Data
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Severity, Where

#: What may be handed in: a file or folder, a card, or the data of a study's card.
Handed = str | os.PathLike[str] | Card | Data


@dataclass(frozen=True)
class Given:
    """Cards, the SHA-256 sums of the files that they came from, by file, and what was noticed while reading them."""

    cards: Sequence[Card] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def given(things: Iterable[Handed], base: Base) -> Given:
    """The cards of *things*. Raises Refused with every problem where a file cannot be read or holds no card."""
    paths, cards = list[Path](), list[Card]()
    for thing in things:
        if isinstance(thing, Card | dict):
            cards.append(thing if isinstance(thing, Card) else Card("study", thing))
        else:
            paths.append(Path(thing))
    read = check.read(paths, base)
    if read.unread or not (cards or read.cards):
        raise Refused(_blocking(read.problems) or [Problem("not-a-card", Where(", ".join(map(str, paths))))])
    return Given([*cards, *read.cards], dict(_sums(read.cards)), read.problems)


def _blocking(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.BLOCKS]


def _sums(cards: Iterable[Card]) -> Iterable[tuple[str, str]]:
    """Each file that cards came from, and its sum. Raises Refused where it cannot be read a second time."""
    for name in sorted({file.partition("!")[0] for card in cards for file in (card.file, *card.files.values())}):
        try:
            with Path(name).open("rb") as stream:
                yield name, hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise Refused(Problem("unreadable-file", Where(name), {"reason": error.strerror or error})) from None
