"""Cards on their way in: checked by themselves and against the base, stamped; what they would change in the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from samtaler_kg import check
from samtaler_kg.cards import Card, Data, Grammar
from samtaler_kg.cards.rdf import names
from samtaler_kg.cards.read import CONTROL
from samtaler_kg.check.standing import trial_of
from samtaler_kg.intake import graphs, slices, stamps
from samtaler_kg.intake.against import conflicts
from samtaler_kg.intake.given import Given
from samtaler_kg.intake.shelf import FOLDERS, coded_lines
from samtaler_kg.intake.slices import Shift
from samtaler_kg.places import Base
from samtaler_kg.problems import ExitCode, Problem, Refused, SamtalerError, Severity, Where
from samtaler_kg.terms import BASE


class NotTaken(SamtalerError):
    """The cards were read, and something in them stands against taking them in."""

    exit_code = ExitCode.NO


@dataclass(frozen=True)
class Stamp:
    """When and by whom cards are taken in, and the SHA-256 sums of the files that they came from, by file.

    *source* names where a card without a file came from. Raises Refused where the name cannot stand in a card.
    """

    at: str
    by: str | None = None
    source: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if control := CONTROL.search(self.by or ""):
            raise Refused(Problem("bad-character", Where(key="by"), {"character": f"U+{ord(control[0]):04X}"}))

    @property
    def name(self) -> str | None:
        """The name on one line; None where there is none."""
        return " ".join((self.by or "").split()) or None

    def event(self, kind: str, card: Card, told: Sequence[Problem], grammar: Grammar) -> Data:
        """The event that is written into *card*, with the warnings told of the things in it."""
        own = {f"{BASE}id/{name}" for name, _ in names(card.data, grammar.kinds[card.kind], grammar)}
        warned = [problem for problem in told if problem.focus in own]
        came_from = stamps.origins(card, self.hashes, self.source)
        return stamps.event(kind, self.at, self.name, came_from, warned=warned)


@dataclass(frozen=True)
class Draft:
    """Cards that passed every check, as they would be written, and what they would change in the graph."""

    shifts: tuple[Shift, ...]
    piece: slices.Piece
    warnings: tuple[Problem, ...]


def draft(base: Base, grammar: Grammar, found: Given, stamp: Stamp) -> Draft:
    """The cards that were *found*, checked and stamped, and what they would change; nothing is written.

    Raises NotTaken with every problem of the cards, Damaged where the base has no whole graph.
    """
    graphs.must_be_built(base)
    cards = found.cards
    told = _checked(base, found)
    standing = [trial_of(base, card) for card in cards]
    with coded_lines(base) as coded:
        found_there = conflicts(cards, grammar, coded, [old for old in standing if old])
    told = check.together(told, [*found_there, *(problem for card in cards for problem in _unbuilt(base, card))])
    must_pass(told)
    shifts = tuple(_shift(card, old, stamp, told, grammar) for card, old in zip(cards, standing, strict=True))
    piece = slices.piece(base, grammar, shifts)
    must_pass(piece.problems)
    return Draft(shifts, piece, tuple(told))


def must_pass(told: Sequence[Problem]) -> None:
    """Raises NotTaken with all problems where one of them blocks."""
    if any(problem.severity is Severity.BLOCKS for problem in told):
        raise NotTaken(told)


def _checked(base: Base, found: Given) -> list[Problem]:
    """What was noticed while reading, and what the rules say. What breaks a rule stops the rest: it could mislead."""
    told = check.together(found.problems, [problem for card in found.cards for problem in _kind(card)])
    must_pass(told)
    told = check.together(told, check.check(base, found.cards))
    must_pass(told)
    return told


def _kind(card: Card) -> Iterator[Problem]:
    if card.kind not in FOLDERS:
        yield Problem("kind-stays-out", card.where(()), {"kind": card.kind, "hint": ", ".join(FOLDERS)})


def _unbuilt(base: Base, card: Card) -> Iterator[Problem]:
    """A study whose card stands in the base and is not in its graph yet: it would be written over."""
    if card.kind == "study" and any((base.data / FOLDERS["study"]).glob(f"*/{card.data['id']}.yaml")):
        yield Problem("name-taken", card.where(("id",)), {"value": card.data["id"]})


def _shift(card: Card, old: Data | None, stamp: Stamp, told: Sequence[Problem], grammar: Grammar) -> Shift:
    data = dict(card.data)
    if old:
        new = [member for member in data["members"] if member not in old["members"]]
        data = {**old, "members": [*old["members"], *new]}
    kind = "extended" if old else "added"
    return Shift(card.kind, old, stamps.stamped(data, stamp.event(kind, card, told, grammar)))
