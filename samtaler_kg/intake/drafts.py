"""Cards on their way in: checked by themselves and against the base, stamped; what they would change in the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from samtaler_kg import check
from samtaler_kg.cards import Card, Data, Grammar, read
from samtaler_kg.cards.read import CONTROL
from samtaler_kg.intake import graphs, slices, stamps
from samtaler_kg.intake.against import conflicts
from samtaler_kg.intake.given import Given
from samtaler_kg.intake.lines import lines
from samtaler_kg.intake.shelf import FOLDERS, LAYER
from samtaler_kg.intake.slices import Shift
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, ExitCode, Problem, Refused, SamtalerError, Severity, Where


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

    def event(self, kind: str, card: Card, told: Sequence[Problem]) -> Data:
        """The event that is written into *card*, with the warnings told of its file."""
        warned = [problem for problem in told if problem.where.file == card.file]
        came_from = stamps.origins(card, self.hashes, self.source)
        return stamps.event(kind, self.at, self.by, came_from, warned=warned)


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
    standing = [_standing(base, card) for card in cards]
    for card, old in zip(cards, standing, strict=True):
        told += _history(card, old)
        told += _extends(card, old)
    with lines(base.graph / f"{LAYER}.nt") as coded:
        told += conflicts(cards, grammar, coded, [old for old in standing if old])
    _must_pass(told)
    shifts = tuple(_shift(card, old, stamp, told) for card, old in zip(cards, standing, strict=True))
    piece = slices.piece(base, grammar, shifts)
    _must_pass(piece.problems)
    return Draft(shifts, piece, tuple(told))


def _must_pass(told: Sequence[Problem]) -> None:
    if any(problem.severity is Severity.BLOCKS for problem in told):
        raise NotTaken(told)


def _checked(base: Base, found: Given) -> list[Problem]:
    """What was noticed while reading, and what the rules say. What breaks a rule stops the rest: it could mislead."""
    told = check.together(found.problems, [problem for card in found.cards for problem in _kind(card)])
    _must_pass(told)
    told = check.together(told, check.check(base, found.cards))
    _must_pass(told)
    return told


def _kind(card: Card) -> Iterator[Problem]:
    if card.kind not in FOLDERS:
        yield Problem("kind-stays-out", card.where(()), {"kind": card.kind, "hint": ", ".join(FOLDERS)})


def _standing(base: Base, card: Card) -> Data | None:
    """The trial in the base that *card* would extend. Raises Damaged where its card cannot be read."""
    path = base.data / FOLDERS["trial"] / f"{card.data['id']}.yaml"
    if card.kind != "trial" or not path.is_file():
        return None
    old, problems = read(path, "trial")
    if old is None:
        raise Damaged(problems)
    return old.data


def _history(card: Card, old: Data | None) -> Iterator[Problem]:
    """A history that is not the one in the base: who took a card in, and when, is not for the card to say."""
    given = card.data.get(stamps.HISTORY)
    if given and given != (old or {}).get(stamps.HISTORY):
        yield Problem("history-given", card.where_key((stamps.HISTORY,)))


def _extends(card: Card, old: Data | None) -> Iterator[Problem]:
    """Anything but new members where a trial of the base is given again."""
    if old is None:
        return
    for key in sorted({*card.data, *old} - {stamps.HISTORY, "members"}):
        if card.data.get(key) != old.get(key):
            yield Problem("trial-differs", card.where((key,)), {"value": old["id"], "key": key})
    if [member for member in old["members"] if member not in card.data["members"]]:
        yield Problem("trial-differs", card.where(("members",)), {"value": old["id"], "key": "members"})


def _shift(card: Card, old: Data | None, stamp: Stamp, told: Sequence[Problem]) -> Shift:
    data = dict(card.data)
    if old:
        new = [member for member in data["members"] if member not in old["members"]]
        data = {**old, "members": [*old["members"], *new]}
    kind = "extended" if old else "added"
    return Shift(card.kind, old, stamps.stamped(data, stamp.event(kind, card, told)))
