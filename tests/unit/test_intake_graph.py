"""A graph that a few cards were worked into has the bytes of one that is built whole from all cards."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from samtaler_kg.build import build, differences
from samtaler_kg.cards import Card, Data, Grammar, read
from samtaler_kg.intake import add, drafts, retract, stamps
from samtaler_kg.places import Base
from tests.faults.changes import state

#: How many cards are taken in together, one number a step; a study is retracted after each step.
BATCHES = [1, 2, 30, 1]


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn by lot breaks rules of coherence; here only the graph matters."""
    monkeypatch.setattr(drafts, "_checked", lambda *_: [])


def copies(base: Base, grammar: Grammar, draw: random.Random) -> Iterator[Card]:
    """The shipped studies under other names, half of their codes drawn by lot, in another order."""
    paths = sorted((base.data / "studies").glob("*/*.yaml"))
    for path in draw.sample(paths, len(paths)):
        card, problems = read(path, "study")
        assert card is not None, problems
        data: Data = json.loads(json.dumps(card.data).replace(str(card.data["id"]), f"copy-{card.data['id']}"))
        yield Card("study", _redrawn(data, grammar, draw), file=f"{data['id']}.yaml")


def _redrawn(data: Data, grammar: Grammar, draw: random.Random) -> Any:
    for key, value in data.items():
        if isinstance(value, list):
            data[key] = [_redrawn(part, grammar, draw) if isinstance(part, dict) else part for part in value]
        elif isinstance(value, dict):
            data[key] = _redrawn(value, grammar, draw)
        elif (codes := grammar.code_words(key)) and draw.random() < 0.5:
            data[key] = draw.choice(sorted(codes))
    return data


def memberships(base: Base, cards: list[Card], draw: random.Random) -> list[Card]:
    """Trials of the base, now and then a new one, that some of the studies rest on as well; some rest on several."""
    found: dict[str, Card] = {}
    paths = sorted((base.data / "trials").glob("*.yaml"))
    for card in cards:
        for path in draw.sample(paths, draw.choice([0, 0, 1, 2])):
            if path.stem not in found:
                old, _ = read(path, "trial")
                assert old is not None
                found[path.stem] = Card("trial", {**old.data, "members": list(old.data["members"])}, file=path.name)
            found[path.stem].data["members"].append({"study_id": card.data["id"], "basis": "stated"})
    if draw.random() < 0.5:
        members = [{"study_id": card.data["id"], "basis": "inferred"} for card in cards]
        name = f"trial-{cards[0].data['id']}"
        found[name] = Card("trial", {"id": name, "label": name, "kind": "reform", "members": members})
    return list(found.values())


@pytest.mark.usefixtures("unchecked")
def test_studies_taken_in_and_retracted_give_the_bytes_of_a_whole_build(own_base: Base) -> None:
    draw = random.Random(1)
    grammar = Grammar.of(own_base)
    waiting = list(copies(own_base, grammar, draw))
    for number in BATCHES:
        cards, waiting = waiting[:number], waiting[number:]
        add(own_base, [*cards, *memberships(own_base, cards, draw)])
        retract(
            own_base, draw.choice([str(cards[0].data["id"]), waiting[0].data["id"].removeprefix("copy-")]), "by lot"
        )
        assert differences(own_base) == []


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("number", range(2))
def test_a_study_that_went_and_comes_back_gives_the_same_bytes(
    own_base: Base, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(stamps, "now", lambda: "2026-11-23T12:00:00Z")
    grammar = Grammar.of(own_base)
    card = list(copies(own_base, grammar, random.Random(number)))[number]
    without = state(own_base)
    add(own_base, [card])
    with_it = state(own_base)
    path = next(own_base.data.glob(f"studies/*/{card.data['id']}.yaml"))
    empty_folder(path)
    build(own_base)
    assert state(own_base) == without
    add(own_base, [card])
    assert state(own_base) == with_it


def empty_folder(path: Path) -> None:
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
