"""What happened to a study or trial: how it was coded, when it was taken in, extended or retracted, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from samtaler_kg.cards import Data, Grammar
from samtaler_kg.intake.shelf import FOLDERS, coded_lines, must_be_known, study_file, study_of, text_of
from samtaler_kg.intake.stamps import HISTORY
from samtaler_kg.lines import Lines
from samtaler_kg.places import Base
from samtaler_kg.sources import shown
from samtaler_kg.terms import DCTERMS, RDFS, id_iri
from samtaler_kg.words import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: what it was (a code of the list ``event``, or ``coded``), in words, and what is known of it."""

    event: str
    words: Mapping[Language, str]
    at: str = ""
    by: str = ""
    came_from: tuple[str, ...] = ()
    why: str = ""
    warned: tuple[str, ...] = ()

    def as_record(self, lang: Language) -> dict[str, Any]:
        """The event as a plain record, in *lang*; what is not known is None."""
        return {
            "event": self.event,
            "words": self.words[lang],
            "at": self.at or None,
            "by": self.by or None,
            "came_from": list(self.came_from),
            "why": self.why or None,
            "warned": list(self.warned),
        }


@dataclass(frozen=True, slots=True)
class History:
    """The events of one card, oldest first."""

    kind: str
    id: str
    file: str
    happened: tuple[Happening, ...] = field(default=())

    @property
    def retracted(self) -> bool:
        """Whether the study was retracted."""
        return any(event.event == "retracted" for event in self.happened)

    def as_record(self, lang: Language) -> dict[str, Any]:
        """The history as a plain record, in *lang*."""
        events = [event.as_record(lang) for event in self.happened]
        return {"kind": self.kind, "id": self.id, "file": self.file, "retracted": self.retracted, "history": events}


def history(base: Base, name: str) -> History:
    """What happened to the study or trial *name*; a result's history is that of its study.

    Raises Refused where there is none of that name, Damaged where its card cannot be read.
    """
    with coded_lines(base) as coded:
        kind, wanted, path = "study", study_of(coded, name), None
        if coded.about(id_iri("trial", name)):
            kind, path = "trial", base.data / FOLDERS["trial"] / f"{name}.yaml"
        path = must_be_known(coded, kind, wanted, path or study_file(base, coded, wanted))
        card, _ = text_of(base, path, kind)
        happened = (*_coded(coded, card.data), *_stamped(card.data, Grammar.of(base)))
    return History(kind, str(card.data["id"]), shown(base, path), happened)


def _coded(coded: Lines, data: Data) -> Iterator[Happening]:
    """The work in which sources were read, as ``data/activities.ttl`` tells it."""
    if "activity" not in data:
        return
    said = ox.parse(b"".join(coded.about(id_iri("activity", data["activity"]))), format=ox.RdfFormat.N_TRIPLES)
    words: dict[Language, str] = dict.fromkeys(LANGUAGES, str(data["activity"]))
    at = ""
    for quad in said:
        prop, value = quad.predicate.value, quad.object
        for lang in LANGUAGES:
            if prop == RDFS.label and isinstance(value, ox.Literal) and value.language == lang:
                words[lang] = value.value
        if prop == DCTERMS.date and isinstance(value, ox.Literal):
            at = value.value
    yield Happening("coded", words, at)


def _stamped(data: Data, grammar: Grammar) -> Iterator[Happening]:
    codes = grammar.codes.by_list["event"]
    for event in data.get(HISTORY, []):
        words = {lang: codes[event["event"]].label(lang) for lang in LANGUAGES}
        said = {key: event.get(key, "") for key in ("at", "by", "why")}
        came_from, warned = tuple(event.get("came_from", ())), tuple(event.get("warned", ()))
        yield Happening(event["event"], words, came_from=came_from, warned=warned, **said)
