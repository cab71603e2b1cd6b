"""What a reader is told, in Danish and English: the texts stand in ``texts/en.toml`` and ``texts/da.toml``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, cast

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = ("da", "en")

#: Environment variable that sets the language of messages, tables and help.
VARIABLE = "SAMTALER_LANG"


@cache
def _texts(language: Language) -> Mapping[str, object]:
    path = Path(__file__).parent / "texts" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def language(chosen: str | None = None) -> Language:
    """The reader's language: *chosen* if given, else ``SAMTALER_LANG``, else English.

    >>> language("da")
    'da'
    """
    wanted = (chosen or os.environ.get(VARIABLE, "en"))[:2].lower()
    return wanted if wanted in LANGUAGES else "en"


def both(key: str, **facts: object) -> dict[Language, str]:
    """The text with the dotted *key* in every language, its ``{facts}`` filled in."""
    return {lang: say(key, lang, **facts) for lang in LANGUAGES}


def say(key: str, lang: Language, /, **facts: object) -> str:
    """The text with the dotted *key*, its ``{facts}`` filled in. An unknown key or a missing fact raises KeyError.

    >>> say("severity.blocks", "da")
    'fejl'
    """
    node: object = _texts(lang)
    for part in key.split("."):
        node = cast(Mapping[str, object], node)[part]
    text = cast(str, node)
    return text.format_map(facts) if facts else text
