"""BibTeX text → references, by pybtex (MIT), with the line of every entry and field."""

from __future__ import annotations

import codecs
import re

from samtaler_kg.cards.read import MAX_PROBLEMS, Place
from samtaler_kg.forms.raw import MAX_CARDS, Lines, too_much
from samtaler_kg.forms.reference import Reference, Said
from samtaler_kg.problems import Problem, Refused, Where

#: Characters that abbreviations (@string) may give out in one file. Each can hold the one before twice.
MAX_GIVEN = 1_000_000

#: Characters of one field, and of all fields with marks of LaTeX in one file: reading those is slow.
MAX_FIELD = 50_000
MAX_MARKED = 500_000

#: Fields by what they mean.
_FIELDS = {
    field: meaning
    for meaning, fields in {
        "container": "journal journaltitle booktitle",
        "publisher": "publisher institution school",
        "language": "language langid",
        "genre": "type",
        **{name: name for name in ("title", "year", "date", "volume", "number", "issue", "pages", "series", "doi", "url")},
    }.items()
    for field in fields.split()
}


class _Abbreviations(dict[str, str]):
    """The abbreviations of a file, which give out a bounded number of characters."""

    given = 0

    def __getitem__(self, name: str) -> str:
        """The text of an abbreviation, whatever its case. Raises KeyError where it is not declared."""
        text = super().__getitem__(name.lower())
        self.given += len(text)
        if self.given > MAX_GIVEN:
            raise Refused(too_much(Where(), "given", MAX_GIVEN))
        return text

    def __setitem__(self, name: str, text: str) -> None:
        """Declare an abbreviation."""
        super().__setitem__(name.lower(), text)


def parse(text: str, shown: str) -> tuple[list[Reference], list[Problem]]:
    """The references in *text*, and what in it is no BibTeX. Raises Refused without the package, or beyond a limit."""
    try:
        from pybtex.database.input.bibtex import LowLevelParser, month_names
        from pybtex.scanner import PybtexSyntaxError
    except ImportError:
        raise Refused(Problem("needs-extra", Where(shown), {"package": "samtaler-kg[cite]"})) from None
    problems: list[Problem] = []

    def told(error: PybtexSyntaxError) -> None:
        problems.append(Problem("bib-syntax", Where(shown, error.lineno), {"reason": error.args[0]}))
        if len(problems) >= MAX_PROBLEMS:
            raise Refused(problems)

    parser = LowLevelParser(text, macros=_Abbreviations(month_names), handle_error=told)
    lines = Lines(text)
    found: list[Reference] = []
    marked = 0
    for name, content in parser:
        if name.lower() in ("string", "preamble", "comment"):
            continue
        fields = [(field, "".join(parts)) for field, parts in content[1]]
        marked += sum(len(value) for _, value in fields if "\\" in value)
        longest = max((len(value) for _, value in fields), default=0)
        reached = (("cards", len(found), MAX_CARDS - 1), ("marked", marked, MAX_MARKED), ("field", longest, MAX_FIELD))
        for what, size, limit in reached:
            if size > limit:
                raise Refused(too_much(Where(shown, *lines.place(parser.command_start)), what, limit))
        found.append(_reference(name, fields, text[parser.command_start : parser.pos], parser.command_start, lines))
    return found, problems


def _reference(name: str, fields: list[tuple[str, str]], entry: str, start: int, lines: Lines) -> Reference:
    reference = Reference(lines.place(start))
    reference.add("type", name.lower(), reference.place)
    said = {field.lower(): value for field, value in reversed(fields)}  # of two alike the first counts, as for BibTeX
    for field, value in said.items():
        if field not in _FIELDS and field != "author":
            continue
        written = re.search(rf"\b{field}\s*=", entry, re.IGNORECASE)
        place = lines.place(start + (written.start() if written else 0))
        if field == "author":
            _add_authors(reference, value, place)
        else:
            reference.add(_FIELDS[field], plain(value), place)
    if (date := reference.get("date")) is not None:
        reference.fields.setdefault("year", date)
    if reference.get("container") is not None and (issue := reference.fields.pop("number", None)) is not None:
        reference.fields.setdefault("issue", issue)
    return reference


def _add_authors(reference: Reference, value: str, place: Place) -> None:
    from pybtex.bibtex.utils import split_name_list

    for name in split_name_list(value):
        if name.strip().lower() == "others":
            reference.left.append(Said("and others", place))
        else:
            reference.authors.append(Said(_person(name), place))


def _person(name: str) -> str:
    """A name as family name, given names; one in braces is an institution and stays."""
    from pybtex.database import Person

    if name.strip().startswith("{") and name.strip().endswith("}"):
        return plain(name)
    person = Person(name)
    last = " ".join([*person.prelast_names, *person.last_names, *person.lineage_names])
    given = " ".join([*person.first_names, *person.middle_names])
    return plain(f"{last}, {given}" if given else last)


def plain(text: str) -> str:
    r"""Text without the marks of LaTeX.

    >>> plain(r"J{\o}rgensen \& S{\"o}n: {DREAM}")
    'Jørgensen & Sön: DREAM'
    """
    import latexcodec  # noqa: F401 - registers the codec

    if "\\" not in text:
        return re.sub("[{}]", "", text.replace("~", " ")).strip()
    return re.sub("[{}]", "", str(codecs.decode(text, "ulatex"))).strip()  # type: ignore[call-overload]
