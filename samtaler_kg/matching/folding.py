"""Texts in the form in which they are compared: no case, no accents, one spelling of æ, ø, å, ä, ö and ü."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from samtaler_kg.problems import Problem, Refused

if TYPE_CHECKING:
    from types import ModuleType

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "a",
        "œ": "o",
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "'": "",
        "’": "",
        "`": "",
    }
)
_SPELT = re.compile("a[ae]+|[ou]e+")
_OTHER = re.compile(r"[\W_]+")


@cache
def _fuzz() -> ModuleType:
    try:
        from rapidfuzz import fuzz
    except ImportError:
        raise Refused(Problem("needs-extra", facts={"package": "samtaler-kg[link]"})) from None
    return fuzz


def must_be_installed() -> None:
    """Raises Refused where the package that compares texts is not installed."""
    _fuzz()


def fold(text: str) -> str:
    """A text as words of small letters with a space between.

    ``Ørbæk``, ``Oerbaek`` and ``Orbak`` are one, as are ``Müller``, ``Mueller`` and ``Muller``.

    >>> fold("Ørbæk, Åse: «Søren's Møller»"), fold("Oerbaek, Aase: Sorens Moeller")
    ('orbak ase sorens moller', 'orbak ase sorens moller')
    """
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS))
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _OTHER.sub(" ", _SPELT.sub(lambda found: found[0][0], plain)).strip()


def alike(one: str, other: str) -> float:
    """How far two folded texts agree letter by letter, from 0 to 1.

    >>> alike("labour", "labour"), round(alike("labour market", "labor market"), 2)
    (1.0, 0.96)
    """
    return float(_fuzz().ratio(one, other)) / 100


def alike_in_words(one: str, other: str) -> float:
    """How far the words that two folded texts share make up the shorter of them, from 0 to 1."""
    return float(_fuzz().token_set_ratio(one, other)) / 100
