"""What the guard tells of a SPARQL text. Positions are lines and columns of the original text, from 1."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE"]
Fault = Literal["character", "string", "word", "bracket", "ambiguous"]


class Position(NamedTuple):
    """A place in a text; only a line feed ends a line, columns count characters."""

    line: int
    column: int


class Service(NamedTuple):
    """A call of another server: where it stands, and the text that names the server."""

    at: Position
    target: str


class Source(NamedTuple):
    """A FROM clause: where it stands, the full IRI (None where it cannot be resolved), FROM NAMED or not."""

    at: Position
    iri: str | None
    named: bool


class Stray(NamedTuple):
    """What no reading of SPARQL explains: where it stands, its text, and the kind of fault.

    `character` begins no token; `string` never ends; `word` is no SPARQL keyword; `bracket` has no partner;
    `ambiguous` is read differently by different engines.
    """

    at: Position
    text: str
    fault: Fault


class Use(NamedTuple):
    """A word that counts by standing there: an update keyword, or a prefix that nothing declares."""

    at: Position
    text: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything in a SPARQL text that decides whether it may run; `depth` is the deepest nesting."""

    form: Form | None = None
    services: tuple[Service, ...] = ()
    froms: tuple[Source, ...] = ()
    updates: tuple[Use, ...] = ()
    undeclared: tuple[Use, ...] = ()
    strays: tuple[Stray, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
    depth: int = 0

    @property
    def reads_only(self) -> bool:
        """Whether the text is a query that changes nothing and calls nobody, told beyond doubt.

        Engines differ on malformed text, so one stray or undeclared prefix is doubt enough. What FROM may
        name is the caller's to decide.
        """
        doubts = self.services or self.updates or self.undeclared or self.strays
        return self.form not in (None, "UPDATE") and not doubts


class Lines:
    """Turns places in a text into lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def position(self, at: int) -> Position:
        """Give line and column of the character at a place counted from 0."""
        line = bisect_right(self._starts, at)
        return Position(line, at - self._starts[line - 1] + 1)
