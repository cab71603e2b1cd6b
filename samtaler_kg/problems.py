"""What went wrong for a reader: where, what, how to mend it. Nothing here prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum, IntEnum

from samtaler_kg.words import Language, language, say


class ExitCode(IntEnum):
    """What a command tells the shell."""

    FINE = 0  # done, and nothing stands against it
    NO = 1  # the answer is no: a figure is not reproduced, the built graph is not what the sources give
    REFUSED = 2  # the request cannot be read or understood
    DAMAGED = 3  # the base itself is missing, damaged or inconsistent
    STOPPED = 4  # stopped at a limit of time or memory


class Severity(Enum):
    """What a problem does: stop the work, be told and recorded, or be told."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"


#: Characters of a fact that are told.
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Where:
    """A place in what the reader gave: file, line and column (from 1), and key; each may be unknown.

    >>> str(Where("data/studies/DNK/x.yaml", 14, key="results[2].verdict"))
    'data/studies/DNK/x.yaml:14 results[2].verdict'

    The place in a sheet of a workbook is told as the name of its cell.

    >>> str(Where("book.xlsx!results", 5, 28, key="results[2].verdict"))
    'book.xlsx!results!AB5 results[2].verdict'
    """

    file: str = ""
    line: int | None = None
    column: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """File, line and column joined by colons, then the key."""
        sheet = self.file.partition(".xlsx!")[2]
        if sheet and "/" not in sheet and self.line and self.column:  # with a slash it is a part of the archive
            place = f"{self.file}!{column_name(self.column)}{self.line}"
        else:
            place = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        return f"{place} {self.key}".strip()


def column_name(number: int) -> str:
    """The letters of a column of a sheet, by its number from 1.

    >>> column_name(28)
    'AB'
    """
    before, letter = divmod(number - 1, 26)
    return (column_name(before) if before else "") + chr(65 + letter)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. Its words stand under ``problems.<name>`` in the text files, filled with *facts*.

    Where a rule for the data found it, ``shape`` is the rule's IRI and ``focus`` the IRI of the thing that breaks it.

    >>> facts = {"value": "pos", "list": "verdict", "hint": "positive"}
    >>> Problem("unknown-code", Where("x.yaml", 14, key="verdict"), facts).what("en")
    "'pos' is no code of the list verdict"
    """

    name: str
    where: Where = field(default_factory=Where)
    facts: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.BLOCKS
    excerpt: str = ""
    shape: str = ""
    focus: str = ""

    def what(self, lang: Language) -> str:
        """What is wrong, in words."""
        return say(f"problems.{self.name}.what", lang, **self._facts(lang))

    def mend(self, lang: Language) -> str:
        """What the reader can do about it."""
        return say(f"problems.{self.name}.mend", lang, **self._facts(lang))

    def _facts(self, lang: Language) -> dict[str, object]:
        """The facts, each in *lang* where it is a text by language, and cut where nobody would read it to its end."""
        said = {name: fact[lang] if isinstance(fact, Mapping) else fact for name, fact in self.facts.items()}
        return {name: f"{str(fact)[:LONGEST]}…" if len(str(fact)) > LONGEST else fact for name, fact in said.items()}

    def as_record(self, lang: Language) -> dict[str, object]:
        """A plain record for machines: name, severity, where, what, mend, shape, focus."""
        place = {"file": self.where.file, "line": self.where.line, "column": self.where.column, "key": self.where.key}
        return {
            "name": self.name,
            "severity": self.severity.value,
            "where": place,
            "what": self.what(lang),
            "mend": self.mend(lang),
            "shape": self.shape,
            "focus": self.focus,
        }


class SamtalerError(Exception):
    """Base of the errors that carry problems; its two branches say whose move it is."""

    exit_code = ExitCode.REFUSED

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Every problem in the reader's language, one a line."""
        lang = language()
        return "\n".join(f"{p.where}: {p.what(lang)}: {p.mend(lang)}".removeprefix(": ") for p in self.problems)


class Refused(SamtalerError):
    """The reader's request or input cannot be read, understood or allowed."""


class Stopped(Refused):
    """The request was understood and then stopped at a limit of time or memory."""

    exit_code = ExitCode.STOPPED


class Damaged(SamtalerError):
    """The base is missing, damaged or contradicts itself."""

    exit_code = ExitCode.DAMAGED


def nearest(value: str, known: Iterable[str]) -> str:
    """The known words most like *value*, else all of them, as one phrase for a mend.

    >>> nearest("positve", ["positive", "none", "negative"]), nearest("dnk", ["DNK", "NLD"])
    ('positive', 'DNK')
    """
    folded = {word.casefold(): word for word in sorted(known, reverse=True)}
    alike = get_close_matches(value.casefold(), folded, n=3, cutoff=0.6)
    if not alike and len(folded) > 15:  # too many to read: the least unlike
        alike = get_close_matches(value.casefold(), folded, n=3, cutoff=0.0)
    return ", ".join(folded[word] for word in alike or sorted(folded)) or "-"
