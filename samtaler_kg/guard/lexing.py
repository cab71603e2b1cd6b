"""Cuts SPARQL text into the tokens of the SPARQL 1.1 grammar, in linear time.

Every repetition in the patterns is possessive and no token is tried again after it failed, so that a
hostile text costs no more than its length. What begins no token is a token of the kind `stray`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

# The characters of names beyond ASCII: in PN_CHARS_BASE, and those that only the later ones of a name may be.
_WIDE = (
    r"\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_WIDE_LATER = r"\u00B7\u0300-\u036F\u203F\u2040"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_HEX = "[0-9A-Fa-f]"
# A surrogate is no character: an engine that meets one gives the string up and reads on inside it.
_SCALAR = rf"[0-9A-CE-Fa-ce-f]{_HEX}{{3}}|[Dd][0-7]{_HEX}{{2}}"
_ESCAPED = rf"\\u(?:{_SCALAR})|\\U(?:0000(?:{_SCALAR})|000[1-9A-Fa-f]{_HEX}{{4}}|0010{_HEX}{{4}})"
_IN_STRING = rf"""\\[tbnrf"'\\]|{_ESCAPED}"""
_STRING = (
    rf"'''(?:'{{0,2}}+(?:[^'\\]|{_IN_STRING}))*+'''"
    rf'|"""(?:"{{0,2}}+(?:[^"\\]|{_IN_STRING}))*+"""'
    rf"|'(?!'')(?:[^'\\\r\n]|{_IN_STRING})*+'"
    rf'|"(?!"")(?:[^"\\\r\n]|{_IN_STRING})*+"'
)
_NUMBER = r"(?:[0-9]++\.[0-9]*+|\.[0-9]++|[0-9]++)[eE][+-]?[0-9]++|[0-9]*+\.[0-9]++|[0-9]++"
# What stands inside a run of name characters that no colon follows: keywords, numbers, signs.
_PIECES = {"word": r"[A-Za-z][A-Za-z0-9_]*+", "number": _NUMBER, "op": r"[.\-]", "stray": r"[\s\S]"}


def _kinds(wide: bool) -> dict[str, str]:
    base = "A-Za-z" + (_WIDE if wide else "")  # PN_CHARS_BASE
    first = base + "_"  # PN_CHARS_U
    later = first + "0-9" + (_WIDE_LATER if wide else "")  # the later characters of VARNAME
    chars = later + r"\-"  # PN_CHARS
    run = rf"[{base}](?:\.*+[{chars}])*+"
    return {
        "space": r"[ \t\r\n]++",
        "comment": r"\#[^\r\n]*+",
        "iri": rf'<(?:[^\x00-\x20<>"{{}}|^`\\]|{_ESCAPED})*+>',
        "string": _STRING,
        "var": rf"[?$][{first}0-9][{later}]*+",
        "bnode": rf"_:[{first}0-9](?:\.*+[{chars}])*+",
        "pname": rf"(?:{run})?+:(?:(?:[{first}:0-9]|{_PLX})(?:\.*+(?:[{chars}:]|{_PLX}))*+)?+",
        "run": run,
        "number": _NUMBER,
        "lang": r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+",
        "op": r"[{}()\[\].;,=!<>+\-*/|&^?~]",
        "stray": r"[\s\S]",
    }


class Token(NamedTuple):
    """One token: its kind (as in the patterns above), its text, where it starts."""

    kind: str
    text: str
    start: int


class Reading(NamedTuple):
    """One way to read a text: what the lexer sees, and where each stretch of it stood before."""

    text: str
    seen: tuple[int, ...]
    stood: tuple[int, ...]

    def origin(self, at: int) -> int:
        """Give the place in the original text of a place in this reading."""
        stretch = bisect_right(self.seen, at) - 1
        return self.stood[stretch] + at - self.seen[stretch]


@cache
def _pattern(wide: bool) -> re.Pattern[str]:
    # Most texts are ASCII, and the classes of the wide characters take a while to compile.
    return _compiled(_kinds(wide))


@cache
def _pieces_pattern() -> re.Pattern[str]:
    return _compiled(_PIECES)


def _compiled(kinds: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a SPARQL text, spaces and comments left out.

    A string that never ends is the last token: no later quote can be trusted.

    >>> [token.text for token in tokens("SELECT*{?s ex:p.q 'a#b'@da} # done")]
    ['SELECT', '*', '{', '?s', 'ex:p.q', "'a#b'", '@da', '}']
    """
    for match in _pattern(not text.isascii()).finditer(text):
        kind, found, start = str(match.lastgroup), match.group(), match.start()
        if kind == "run":
            yield from _pieces(found, start)
        elif kind == "comment":
            yield from _bare_return(text, match.end())
        elif kind != "space":
            yield Token(kind, found, start)
            if kind == "stray" and found in "\"'":
                return


def _pieces(run: str, start: int) -> Iterator[Token]:
    for match in _pieces_pattern().finditer(run):
        yield Token(str(match.lastgroup), match.group(), start + match.start())


def _bare_return(text: str, end: int) -> Iterator[Token]:
    # The grammar ends a comment at a carriage return; rdflib's parser reads on to the line feed.
    if text[end : end + 1] == "\r" and text[end + 1 : end + 2] != "\n":
        yield Token("stray", "\r", end)


def unescape(text: str) -> str:
    """Resolve the codepoint escapes of a text.

    >>> unescape(r"SERVIC\\u0045")
    'SERVICE'
    """
    return _resolved(text).text


def readings(text: str) -> Iterator[Reading]:
    """Yield the ways in which engines read a text.

    SPARQL 1.1 resolves codepoint escapes before anything else, Oxigraph only inside strings and IRIs.
    A text can be written that shows one of them a SERVICE which the other takes for a comment.
    """
    yield Reading(text, (0,), (0,))
    if "\\u" in text or "\\U" in text:
        resolved = _resolved(text)
        if len(resolved.seen) > 1:
            yield resolved


def _resolved(text: str) -> Reading:
    pieces: list[str] = []
    seen, stood, length = [0], [0], 0
    for match in re.finditer(_ESCAPED, text):
        pieces += [text[stood[-1] : match.start()], chr(int(match.group()[2:], 16))]
        length += match.start() - stood[-1] + 1
        seen.append(length)
        stood.append(match.end())
    pieces.append(text[stood[-1] :])
    return Reading("".join(pieces), tuple(seen), tuple(stood))
