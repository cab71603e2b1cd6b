"""Taking cards in and retracting studies: put into base and graph together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from samtaler_kg import commits
from samtaler_kg.cards import Card, Grammar, as_text
from samtaler_kg.cards.read import CONTROL, MAX_BYTES
from samtaler_kg.intake import graphs, slices, stamps
from samtaler_kg.intake.drafts import Stamp, draft, must_pass
from samtaler_kg.intake.given import Given
from samtaler_kg.intake.shelf import FOLDERS, coded_lines, must_be_known, study_file, text_of
from samtaler_kg.intake.slices import Shift
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Refused, Where
from samtaler_kg.words import Language


@dataclass(frozen=True, slots=True)
class Taken:
    """One card that was written: kind, identifier, what happened, its file, how many results or members it has."""

    kind: str
    id: str
    event: str
    file: str
    holds: int

    def as_record(self) -> dict[str, Any]:
        """The card as a plain record."""
        return {"kind": self.kind, "id": self.id, "event": self.event, "file": self.file, "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done: the cards written, when, by whom (None where no name was given), and what was warned of."""

    taken: tuple[Taken, ...]
    at: str
    by: str | None = None
    warnings: tuple[Problem, ...] = ()

    def as_record(self, lang: Language) -> dict[str, Any]:
        """The receipt as a plain record, warnings in *lang*."""
        warned = [problem.as_record(lang) for problem in self.warnings]
        return {"taken": [card.as_record() for card in self.taken], "at": self.at, "by": self.by, "warnings": warned}


def add(
    base: Base, cards: Given | Sequence[Card], by: str | None = None, source: str = "", wait: float = commits.WAIT
) -> Receipt:
    """Check *cards*, studies and trials, and take them in: all of them or none.

    A trial that is in the base already is extended by its new members. A name is recorded only as *by*; *source* says
    where a card without a file came from.
    Raises NotTaken with every problem of the cards, Refused where the base cannot be written, Stopped where another
    writer is at work for longer than *wait* seconds, Damaged where the base is.
    """
    found = cards if isinstance(cards, Given) else Given(cards)
    stamp = Stamp(stamps.now(), by, source, found.hashes)
    with commits.writing(base, wait) as change:
        grammar = Grammar.of(base)
        made = draft(base, grammar, found, stamp)
        taken = tuple(_written(change, shift, as_text(shift.after or {}, shift.kind, grammar)) for shift in made.shifts)
        graphs.write(base, made.piece.edits, change.graph())
    return Receipt(taken, stamp.at, stamp.name, made.warnings)


def retract(base: Base, study_id: str, why: str, by: str | None = None, wait: float = commits.WAIT) -> Receipt:
    """Retract a study: its card and results stay with the reason, and count nowhere any more.

    Raises Refused where there is no such study, it is retracted already, or no reason is given; else as ``add``.
    """
    stamp = Stamp(stamps.now(), by)
    if not why.strip() or CONTROL.search(why):
        raise Refused(Problem("no-reason"))
    with commits.writing(base, wait) as change:
        grammar = Grammar.of(base)
        graphs.must_be_built(base)
        card, text = _study(base, study_id)
        happened = stamps.event("retracted", stamp.at, stamp.name, why=why)
        shift = Shift("study", card.data, stamps.stamped(card.data, happened))
        piece = slices.piece(base, grammar, [shift])
        must_pass(piece.problems)
        taken = _written(change, shift, stamps.restamped(text, card, happened, grammar))
        graphs.write(base, piece.edits, change.graph())
    return Receipt((taken,), stamp.at, stamp.name)


def _study(base: Base, name: str) -> tuple[Card, str]:
    """The card of a study that is not retracted, and its text."""
    with coded_lines(base) as coded:
        path = must_be_known(coded, "study", name, study_file(base, coded, name))
    card, text = text_of(base, path, "study")
    if any(event["event"] == "retracted" for event in card.data.get(stamps.HISTORY, [])):
        raise Refused(Problem("retracted-already", card.where((stamps.HISTORY,)), {"value": name}))
    return card, text


def _written(change: commits.Change, shift: Shift, text: str) -> Taken:
    data = shift.after or {}
    inside = [FOLDERS[shift.kind], *([str(data["country"])] if shift.kind == "study" else []), f"{shift.name}.yaml"]
    place, content = "/".join(inside), text.encode("utf-8")
    if len(content) > MAX_BYTES:  # it could not be read again
        raise Refused(Problem("card-too-large", Where(f"data/{place}"), {"limit": MAX_BYTES}))
    change.put(place, content)
    holds = len(data.get("results" if shift.kind == "study" else "members", []))
    return Taken(shift.kind, shift.name, data[stamps.HISTORY][-1]["event"], f"data/{place}", holds)
