"""Works in JSON as OpenAlex and Crossref give them: one work, a list of them, an answer that holds one, or one a line.

Read with the standard library, in bounds: exports are far larger than cards, and nobody mends them line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from samtaler_kg.forms.raw import as_text, raw_bytes, too_much
from samtaler_kg.matching.records import MOST_AUTHORS, Record, clean, doi, iri
from samtaler_kg.matching.settings import Settings
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.words import both

#: Bytes of a document; of a file with one work a line, and of one such line.
MAX_DOCUMENT = 100_000_000
MAX_LINES = 1_000_000_000
MAX_LINE = 5_000_000

#: Values of a document, counted by the marks before them.
MAX_MARKS = 10_000_000

#: Records that are compared at once.
MAX_RECORDS = 100_000

Work = Mapping[str, Any]

#: The keys below which an answer holds its works.
_HOLDS = ("results", "message", "items")


def works(path: Path, shown: str) -> Iterator[tuple[Where, Work]]:
    """Every work in a file, with its place. Raises Refused where it is no JSON, or beyond a limit."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _by_line(path, shown)
    else:
        yield from _of_document(as_text(raw_bytes(path, shown, MAX_DOCUMENT), shown), shown)


def _by_line(path: Path, shown: str) -> Iterator[tuple[Where, Work]]:
    read = 0
    try:
        with path.open("rb") as stream:
            for line in range(1, MAX_LINES):
                raw = stream.readline(MAX_LINE + 1)
                read += len(raw)
                if not raw:
                    return
                if len(raw) > MAX_LINE or read > MAX_LINES:
                    limit = MAX_LINE if len(raw) > MAX_LINE else MAX_LINES
                    raise Refused(Problem("too-large", Where(shown, line), {"limit": limit}))
                if raw.strip():
                    where = Where(shown, line)
                    yield where, _mapping(_parsed(_decoded(raw, where), shown, line - 1), where)
    except (OSError, ValueError) as error:
        facts = {"reason": getattr(error, "strerror", None) or error}
        raise Refused(Problem("unreadable-file", Where(shown), facts)) from None


def _decoded(raw: bytes, where: Where) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(Problem("not-utf8", where)) from None


def _of_document(text: str, shown: str) -> Iterator[tuple[Where, Work]]:
    tree = _parsed(text, shown)
    while isinstance(tree, dict) and (
        inner := next((key for key in _HOLDS if isinstance(tree.get(key), dict | list)), "")
    ):
        tree = tree[inner]
    for number, work in enumerate(tree if isinstance(tree, list) else [tree], start=1):
        where = Where(shown, key=f"[{number}]")
        yield where, _mapping(work, where)


def _mapping(work: object, where: Where) -> Work:
    if not isinstance(work, dict):
        raise Refused(Problem("link-no-work", where))
    return work


def _parsed(text: str, shown: str, before: int = 0) -> Any:
    """The value in *text*, *before* lines of which stand above it."""
    if text.count(",") + text.count("[") + text.count("{") > MAX_MARKS:
        raise Refused(too_much(Where(shown, before or None), "values", MAX_MARKS))
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        seen = text[error.pos : error.pos + 20] or both("forms.json.end")
        facts = {"wanted": both("forms.json.value"), "seen": seen}
        raise Refused(Problem("json-syntax", Where(shown, before + error.lineno, error.colno), facts)) from None
    except RecursionError:
        raise Refused(too_much(Where(shown, before + 1), "levels", 1_000)) from None
    except ValueError:  # a number with more digits than are read
        raise Refused(too_much(Where(shown, before + 1), "digits", 4_300)) from None


def openalex(found: Iterable[tuple[Where, Work]], settings: Settings) -> Iterator[Record]:
    """The works of OpenAlex as records."""
    for where, work in found:
        ships = [each for each in _list(work.get("authorships")) if isinstance(each, dict)][:MOST_AUTHORS]
        names = [
            _text(each.get("raw_author_name")) or _text(_dict(each.get("author")).get("display_name")) for each in ships
        ]
        countries = {
            settings.countries.get(str(code).casefold(), "") for each in ships for code in _list(each.get("countries"))
        }
        titles = dict.fromkeys(_text(work.get(key)) for key in ("title", "display_name"))
        yield Record(
            where,
            iri(_text(work.get("id"))),
            tuple(filter(None, titles)),
            tuple(filter(None, names)),
            year(work.get("publication_year") or work.get("publication_date")),
            doi(_text(work.get("doi")) or _text(_dict(work.get("ids")).get("doi"))),
            affiliations=frozenset(countries - {""}),
            language=_text(work.get("language"))[:2],
        )


def crossref(found: Iterable[tuple[Where, Work]], settings: Settings) -> Iterator[Record]:
    """The works of Crossref as records."""
    for where, work in found:
        main, rest = (next(iter(_texts(work.get(key))), "") for key in ("title", "subtitle"))
        titles = [f"{main}: {rest}" if rest and rest.casefold() not in main.casefold() else main]
        titles += [*([main] if rest else []), *_texts(work.get("original-title"))]
        authors = [_person(each) for each in _list(work.get("author"))[:MOST_AUTHORS] if isinstance(each, dict)]
        dates = (work.get(key) for key in ("published-print", "published", "issued", "published-online"))
        years = (year(_dict(date).get("date-parts")) for date in dates)
        yield Record(
            where,
            "",
            tuple(dict.fromkeys(filter(None, titles))),
            tuple(filter(None, authors)),
            next((found for found in years if found), None),
            doi(_text(work.get("DOI"))),
            language=_text(work.get("language"))[:2],
        )


def year(value: object) -> int | None:
    """The year in a number, a date or the parts of one; None where there is none.

    >>> year("2015-03-01"), year([[2015, 3]]), year("n.d.")
    (2015, 2015, None)
    """
    while isinstance(value, list) and value:
        value = value[0]
    head = str(value)[:40]
    digits = next(
        (word for word in "".join(c if c.isascii() and c.isdigit() else " " for c in head).split() if len(word) == 4),
        "",
    )
    return int(digits) if digits and 1800 <= int(digits) <= 2100 else None


def _person(author: Mapping[str, Any]) -> str:
    family, given = (_text(author.get(key)) for key in ("family", "given"))
    return _text(author.get("name")) or ", ".join(filter(None, (family, given)))


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [text for each in (value if isinstance(value, list) else [value]) if (text := _text(each))][:10]
