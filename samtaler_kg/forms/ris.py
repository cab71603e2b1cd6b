"""RIS text → references, with the line of every field.

Read here and not by a package: the one that exists tells no lines, passes over a record that does not end, and keeps
the first of two values in silence. A test holds the two against each other on files that both can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from samtaler_kg.cards.read import MAX_PROBLEMS
from samtaler_kg.forms.raw import MAX_CARDS, too_much
from samtaler_kg.forms.reference import Reference, Said
from samtaler_kg.problems import Problem, Refused, Where

_FIELD = re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)")

#: Tags by what they mean; of several tags for one thing the first in a record counts.
_TAGS = {
    tag: meaning
    for meaning, tags in {
        "title": "TI T1 CT",
        "year": "PY Y1",
        "date": "DA",
        "container": "T2 JO JF BT",
        "short": "JA J2",
        "volume": "VL",
        "issue": "IS",
        "start": "SP",
        "end": "EP",
        "publisher": "PB",
        "series": "T3",
        "number": "SV",
        "doi": "DO",
        "language": "LA",
        "genre": "M3",
        "url": "UR L3",
    }.items()
    for tag in tags.split()
}
_AUTHORS = ("AU", "A1")


def parse(text: str, shown: str) -> tuple[list[Reference], list[Problem]]:
    """The references in *text*, and the lines that belong to none."""
    found: list[Reference] = []
    problems: list[Problem] = []
    record: Reference | None = None
    for line, tag, value in _lines(text):
        if len(problems) >= MAX_PROBLEMS:
            break
        if len(found) > MAX_CARDS:
            raise Refused(too_much(Where(shown, line), "cards", MAX_CARDS))
        if tag == "TY" and record is None:
            record = Reference((line, 1))
            record.add("type", value, (line, 1))
        elif tag == "ER" and record is not None:
            found.append(_settled(record))
            record = None
        elif record is None or tag in ("", "TY"):
            problems.append(Problem("ris-syntax", Where(shown, line, 1, tag)))
        elif tag in _AUTHORS:
            record.authors.append(Said(value, (line, 7)))
        elif tag in _TAGS:
            record.add(_TAGS[tag], value, (line, 7))
    if record is not None:
        problems.append(Problem("ris-syntax", Where(shown, record.place[0], 1, "ER")))
    return found, problems[:MAX_PROBLEMS]


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, tag and value of every field; a line without a tag goes on with the field above it."""
    waiting: tuple[int, str, list[str]] | None = None
    for line, content in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        field = _FIELD.fullmatch(content.strip())
        if field is None and waiting is not None and waiting[1] != "ER":
            waiting[2].append(content.strip())
        elif field is not None or content.strip():
            if waiting is not None:
                yield waiting[0], waiting[1], " ".join(filter(None, waiting[2]))
            waiting = (line, field[1], [field[2].strip()]) if field else (line, "", [content.strip()])
    if waiting is not None:
        yield waiting[0], waiting[1], " ".join(filter(None, waiting[2]))


def _settled(record: Reference) -> Reference:
    """A record whose parts stand under the shared names."""
    record.authors = [author for author in record.authors if author.text]
    for short, name in (("short", "container"), ("date", "year")):
        if (said := record.get(short)) is not None:
            record.fields.setdefault(name, said)
    if (start := record.get("start")) is not None:
        end = record.text("end")
        record.add("pages", f"{start.text}-{end}" if end and end != start.text else start.text, start.place)
    return record
