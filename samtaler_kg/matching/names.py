"""Authors: is it the same person, however the name is written, and how many of them are the same?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from samtaler_kg.matching.folding import alike, alike_in_words, fold
from samtaler_kg.matching.settings import Settings

#: Letters from which a slip of the pen in a family name is allowed.
_LONG = 5


@dataclass(frozen=True, slots=True)
class Person:
    """A name in parts: the words of the family name where a comma tells them, else of the whole, and the rest."""

    family: tuple[str, ...]
    rest: tuple[str, ...]
    whole: str

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the name."""
        return (*self.family, *self.rest)


def person(name: str, particles: frozenset[str] = frozenset()) -> Person:
    """A name in the parts that are compared.

    >>> person("van den Berg, Gerard J.", frozenset({"van", "den"}))
    Person(family=('berg',), rest=('gerard', 'j'), whole='van den berg gerard j')
    """
    bare = re.sub(r"\(.*?\)", "", name)
    before, _, after = bare.partition(",")
    family, rest = (tuple(word for word in fold(part).split() if word not in particles) for part in (before, after))
    return Person(family or tuple(fold(before).split()), rest, fold(bare))


def same_person(ours: Person, theirs: Person, least: float) -> bool:
    """Whether two names may be of one person: a family name agrees, and no first name speaks against it.

    Initials stand for first names, and family and first names may have changed places.

    >>> berg = person("Rosholm, Michael")
    >>> [same_person(berg, person(name), 0.88) for name in ("M. Rosholm", "Michael, Rosholm", "Rosholm, Anders")]
    [True, True, False]
    """
    if not ours.rest and len(ours.family) > 1:
        return alike_in_words(ours.whole, theirs.whole) >= least
    words = theirs.words
    for name in ours.family:
        for place, word in enumerate(words):
            if not _one_name(name, word, least):
                continue
            others = [*words[:place], *words[place + 1 :]]
            initials = {other[0] for other in others}
            if not ours.rest or not others or any(given[0] in initials for given in ours.rest):
                return True
    return False


def _one_name(one: str, other: str, least: float) -> bool:
    if one == other:
        return len(one) > 1
    return min(len(one), len(other)) >= _LONG and alike(one, other) >= least


@dataclass(frozen=True, slots=True)
class Shared:
    """How many authors two lists have in common, how many each has, and what that amounts to."""

    level: str
    found: int
    ours: int
    theirs: int


def shared(ours: Sequence[Person], theirs: Sequence[Person], incomplete: bool, settings: Settings) -> Shared:
    """How far two lists of authors agree; *incomplete* says that ours was not read to its end."""
    least = settings.limit("authors", "family")
    left = list(theirs)
    for one in ours:
        found = next((other for other in left if same_person(one, other, least)), None)
        if found is not None:
            left.remove(found)
    number = len(theirs) - len(left)
    longest = max(len(ours), len(theirs))
    if number == 0:
        level = "none"
    elif number == longest and not incomplete:
        level = "all" if number > 1 else "all-one"
    else:
        level = "most" if number > 1 and number >= settings.limit("authors", "most") * longest else "some"
    return Shared(level, number, len(ours), len(theirs))
