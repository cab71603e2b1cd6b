"""Titles: equal, one the beginning of the other, alike but about something else, or nothing in common?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from samtaler_kg.matching.folding import alike, alike_in_words, fold
from samtaler_kg.matching.settings import Settings

#: Small numbers as titles write them.
_ROMAN = frozenset({"ii", "iii", "iv", "vi", "vii", "viii"})


@dataclass(frozen=True, slots=True)
class Title:
    """A title folded, its words, those that say what it is about, and its numbers."""

    text: str
    words: tuple[str, ...]
    content: tuple[str, ...]
    numbers: frozenset[str]


def title(text: str, settings: Settings) -> Title | None:
    """A title in the form in which it is compared; None where it was not read, or is empty."""
    if settings.unread.search(text):
        return None
    words = tuple(fold(settings.series.sub("", text) or text).split())
    numbers = frozenset(word for word in words if word.isdecimal() or word in _ROMAN)
    content = tuple(word for word in words if len(word) > 2 and word not in settings.stop and word not in numbers)
    return Title(" ".join(words), words, content, numbers) if words else None


def compared(one: Title, other: Title, settings: Settings) -> tuple[str, float]:
    """How far two titles agree: the level, as the points are named, and the similarity of their letters."""
    similarity = alike(one.text, other.text)
    near = similarity >= settings.limit("title", "near") and not _differ(one, other, settings)
    if _closed(one) == _closed(other) or (near and similarity >= settings.limit("title", "equal")):
        return _by_length("equal", min(len(one.words), len(other.words)), settings), similarity
    if (begins := _begins(one, other, settings)) is not None:
        return begins, similarity
    if near:
        return "near", similarity
    if similarity >= settings.limit("title", "altered"):
        return "altered", similarity
    partly = alike_in_words(one.text, other.text) >= settings.limit("title", "partly")
    return "partly" if partly else "unlike", similarity


def _closed(title: Title) -> str:
    """A title without its spaces: "job-seekers" and "jobseekers" are one."""
    return title.text.replace(" ", "")


def _by_length(level: str, words: int, settings: Settings) -> str:
    if words >= settings.limit("title", "long-words"):
        return f"{level}-long"
    return f"{level}-short" if words < settings.limit("title", "short-words") else level


def _differ(one: Title, other: Title, settings: Settings) -> bool:
    """Whether each title has a word that the other lacks, or their numbers differ."""
    if one.numbers != other.numbers:
        return True
    mine, yours = _alone(one, other, settings)
    return bool(mine and yours) and not _one_word("".join(mine), "".join(yours), settings)


def _alone(one: Title, other: Title, settings: Settings) -> tuple[list[str], list[str]]:
    """The words of each title that the other lacks; a word stands for one word of the other, not for two."""
    left = list(other.content)
    mine = [word for word in one.content if not _taken(word, left, str.__eq__)]
    mine = [word for word in mine if not _taken(word, left, partial(_one_word, settings=settings))]
    return mine, left


def _taken(word: str, left: list[str], same: Callable[[str, str], bool]) -> bool:
    """Take the word of *left* that is the *same* as *word* out of it, if there is one."""
    found = next((their for their in left if same(their, word)), None)
    if found is not None:
        left.remove(found)
    return found is not None


def _one_word(one: str, other: str, settings: Settings) -> bool:
    """Whether two words are one in two spellings; a word and its opposite (employed, unemployed) are not."""
    short, long = sorted((one, other), key=len)
    if long.endswith(short) and long.removesuffix(short) in settings.opposites:
        return False
    return alike(one, other) >= settings.limit("title", "word")


def _begins(one: Title, other: Title, settings: Settings) -> str | None:
    """The level where the shorter title is the beginning of the longer: a subtitle left out, or a title cut off.

    Where it is all of it, in another spelling, the two are equal. No such beginning counts where a number follows: that
    is the next of a series.
    """
    short, long = sorted((one, other), key=lambda each: len(each.text))
    size = len(short.words)
    enough = size >= settings.limit("title", "begins-words") and len(short.text) >= settings.limit(
        "title", "begins-letters"
    )
    if not enough or size > len(long.words):
        return None
    rest = long.words[size:]
    if rest and rest[0] in long.numbers:
        return None
    *whole, last = zip(short.words, long.words, strict=False)
    if not all(_spelt(mine, yours, settings) for mine, yours in whole):
        return None
    if _spelt(*last, settings):
        return _by_length("begins" if rest else "equal", size, settings)
    return _by_length("begins", size, settings) if last[1].startswith(last[0]) else None


def _spelt(one: str, other: str, settings: Settings) -> bool:
    """Whether two words are one, in one spelling or two; numbers have one."""
    return one == other or (not (one.isdecimal() or other.isdecimal()) and _one_word(one, other, settings))
