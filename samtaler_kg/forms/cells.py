"""What stands in one cell of a table: several values split by semicolons, numbers with a Danish comma."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The keys whose values are numbers as printed. A test holds them against card.toml.
NUMBERS = frozenset({"value", "range_low", "range_high", "ci_low", "ci_high", "ci_level", "se", "p_bound"})

#: The keys whose values are addresses: in a cell they may be split by spaces alone.
ADDRESSES = frozenset({"other_urls"})

#: What people type around a code without seeing it. A no-break space is none of it: it is told.
BLANK = " \t\r\n"

_PART = re.compile(r"\\[\\;\s]|[;\s]|[^;\\\s]+|\\")


def joined(values: Iterable[str], addresses: bool = False) -> str:
    r"""Several values as the text of one cell; a semicolon inside a value is escaped by a backslash.

    >>> joined(["Hansen, Anne", "a;b"])
    'Hansen, Anne; a\\;b'
    """
    return "; ".join(_escaped(value, addresses) for value in values)


def _escaped(value: str, addresses: bool) -> str:
    text = value.replace("\\", "\\\\").replace(";", "\\;")
    if addresses:
        return re.sub(r"(\s)", r"\\\1", text)
    return re.sub(r"^\s|\s$", lambda edge: "\\" + edge[0], text)


def items(text: str, addresses: bool = False) -> list[str]:
    r"""The values in a cell, split by semicolons; addresses by spaces too.

    >>> items(r"Hansen, Anne; a\;b ;")
    ['Hansen, Anne', 'a;b']
    """
    found = [""]
    for part in _PART.findall(text):
        if part == ";" or (addresses and part.isspace()):
            found.append("")
        else:
            found[-1] += part
    return [value for value in (_unescaped(item) for item in found) if value]


def _unescaped(item: str) -> str:
    """An item without the blanks around it; what is escaped stays."""
    item = item.lstrip(BLANK)
    bare = item.rstrip(BLANK)
    escapes = len(bare) - len(bare.rstrip("\\"))
    if len(bare) < len(item) and escapes % 2:  # the blank behind a backslash is the value's
        bare = item[: len(bare) + 1]
    return re.sub(r"\\([\\;\s])", r"\1", bare)


#: A number with a decimal comma, for certain: not a thousand with an English mark.
_COMMA = re.compile(
    r"[-+]?(?:0,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{4,},[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+)"
)

#: A comma between one to three digits and three: a decimal comma or an English thousands mark.
_EITHER_COMMA = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")

#: The same with points: a decimal point or a Danish thousands mark.
_EITHER_POINT = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")


def has_comma(text: str) -> bool:
    """Whether a cell holds a number whose comma is a decimal comma for certain.

    >>> has_comma("0,80"), has_comma("1,234"), has_comma("0.80")
    (True, False, False)
    """
    return _COMMA.fullmatch(_minus(text.strip(BLANK))) is not None


def number(text: str, danish: bool) -> str | None:
    """A printed number with a decimal point; other text as it is; None where its mark may mean either thing.

    *danish* says that the table it stands in has decimal commas elsewhere.

    >>> number("−0,80", True), number("1,234", False), number("1,234", True), number("about 3", True)
    ('-0.80', None, '1.234', 'about 3')
    """
    bare = _minus(text.strip(BLANK))
    if _COMMA.fullmatch(bare) or (danish and _EITHER_COMMA.fullmatch(bare)):
        return bare.replace(".", "").replace(",", ".")
    if _EITHER_COMMA.fullmatch(bare) or (danish and _EITHER_POINT.fullmatch(bare)):
        return None
    return bare if re.fullmatch(r"[-+]?[0-9]+(?:\.[0-9]+)?", bare) else text


def _minus(text: str) -> str:
    return re.sub("^[\N{MINUS SIGN}\N{EN DASH}]", "-", text)
