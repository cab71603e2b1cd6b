"""Whether a value that was read from JSON has the form that the code counts on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Optional:
    """A form that may also be null."""

    form: Any


def fits(value: object, form: Any, place: str = "") -> Iterator[str]:
    """Every place where *value* is not of the *form*.

    A form is a type, a list of one form, or a mapping: a key that ends in ``?`` may be missing, ``...`` stands for any
    key. Keys that the form does not name may be there.

    >>> list(fits({"n": 1, "said": [None]}, {"n": int, "said": [str], "by?": str}))
    ['said[0]']
    >>> list(fits([], {"n": int}))
    ['.']
    """
    if isinstance(form, Optional):
        if value is not None:
            yield from fits(value, form.form, place)
    elif isinstance(form, Mapping):
        yield from _keys(value, form, place) if isinstance(value, dict) else [place or "."]
    elif isinstance(form, list):
        items = enumerate(value) if isinstance(value, list) else None
        yield from (
            [place] if items is None else (at for n, item in items for at in fits(item, form[0], f"{place}[{n}]"))
        )
    elif type(value) is not form:
        yield place or "."


def _keys(value: Mapping[str, object], form: Mapping[Any, Any], place: str) -> Iterator[str]:
    for key, inner in form.items():
        if key is ...:
            for name, item in value.items():
                yield from fits(item, inner, f"{place}.{name}".lstrip("."))
            continue
        name = key.removesuffix("?")
        at = f"{place}.{name}".lstrip(".")
        if name in value:
            yield from fits(value[name], inner, at)
        elif not key.endswith("?"):
            yield at
