"""``samtaler new``: a card, or a workbook, that waits to be filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from samtaler_kg import places, words
from samtaler_kg.cli.frame import LANG, common, note, put_out, settle, text
from samtaler_kg.problems import ExitCode, Problem, Refused, Severity, Where
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.cards import Card, Grammar

#: The kinds of reference, and the end of the name of a file that holds them.
REFERENCES = {"ris": ".ris", "bib": ".bib", "csl": ".json"}


@click.command("new", help=say("help.new.long", LANG))
@click.argument("identifier", metavar="[ID]", required=False, default="")
@click.option(
    "--from",
    "source",
    type=(click.Choice(list(REFERENCES)), click.Path(dir_okay=False)),
    metavar="ris|bib|csl FILE",
    help=say("help.new.from", LANG),
)
@click.option("--xlsx", is_flag=True, help=say("help.new.xlsx", LANG))
@click.option("--output", "-o", type=click.Path(), help=say("help.new.output", LANG))
@click.option("--force", is_flag=True, help=say("help.new.force", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(
    identifier: str,
    source: tuple[str, str] | None,
    xlsx: bool,
    output: str | None,
    force: bool,
    as_json: bool,
    lang: str | None,
    base: str | None,
) -> int:
    """Write a form to fill in."""
    settle(lang, base)
    from samtaler_kg.cards import Grammar

    grammar = Grammar.of(places.find())
    cards, left = _cards(identifier, source, grammar)
    forms = _workbook(cards, identifier, grammar) if xlsx else _texts(cards, left, grammar)
    if as_json and output is None:
        put_out(json.dumps(_record(cards, left, grammar, []), ensure_ascii=False, indent=1) + "\n", None)
        return ExitCode.FINE
    written = _write(forms, output, force, xlsx)
    if as_json:
        put_out(json.dumps(_record(cards, left, grammar, written), ensure_ascii=False, indent=1) + "\n", None)
    for name in () if as_json else written:
        note(text("new.written", file=name))
    return ExitCode.FINE


#: Cards, and what the reference of each says beside it, by key.
Begun = tuple["list[Card]", list[dict[str, str]]]


def _cards(identifier: str, source: tuple[str, str] | None, grammar: Grammar) -> Begun:
    """The cards to begin from, and what the references say beside them, by key."""
    from samtaler_kg.cards import Card
    from samtaler_kg.cards.check import IDENTIFIER
    from samtaler_kg.forms.blank import proposed_id

    if identifier and (not IDENTIFIER.fullmatch(identifier) or identifier in grammar.context):
        raise Refused(Problem("bad-id", facts={"value": identifier}))
    if source is None:
        return [Card("study", {"id": identifier} if identifier else {})], [{}]
    cards, problems = _referred(*source)
    if identifier and len(cards) > 1:
        raise Refused(Problem("one-id", Where(source[1]), {"count": len(cards)}))
    left: list[dict[str, str]] = [{} for _ in cards]
    for card, told in zip(cards, left, strict=True):
        card.data["id"] = identifier or proposed_id(card.data)
        told.update(_said_beside(card, cards, problems))
    return cards, left


def _referred(form: str, name: str) -> tuple[list[Card], list[Problem]]:
    """The cards that a file of references gives. Raises Refused where something in it could not be read."""
    from samtaler_kg.forms import jsontext, raw, references

    content = raw.as_text(raw.raw_bytes(Path(name), name), name)
    if form == "csl":
        tree, problems = jsontext.parse(content, name)
        cards, told = references.cards_in_csl(tree, name)
        problems = [*problems, *told]
    else:
        cards, problems = references.cards_in(content, REFERENCES[form], name)
    if blocking := [problem for problem in problems if problem.severity == Severity.BLOCKS]:
        raise Refused(blocking)
    return cards, problems


def _said_beside(card: Card, cards: list[Card], problems: list[Problem]) -> dict[str, str]:
    """What the reference of *card* says without certainty: the problems told from its first line to the next card's."""
    starts = sorted(other.places[()][0] for other in cards)
    first = card.places[()][0]
    end = min((start for start in starts if start > first), default=10**9)
    near = [problem for problem in problems if first <= (problem.where.line or 0) < end]
    return {str(problem.facts.get("key")): str(problem.facts.get("value")) for problem in near}


def _texts(cards: list[Card], left: list[dict[str, str]], grammar: Grammar) -> dict[str, bytes]:
    from samtaler_kg.forms.blank import as_form

    forms: dict[str, bytes] = {}
    for n, (card, told) in enumerate(zip(cards, left, strict=True), start=1):
        name = card.data.get("id") or f"card-{n}"
        name = f"{name}-{n}" if f"{name}.yaml" in forms else name
        forms[f"{name}.yaml"] = as_form(card.data, grammar, words.language(), told).encode("utf-8")
    return forms


def _workbook(cards: list[Card], identifier: str, grammar: Grammar) -> dict[str, bytes]:
    from samtaler_kg.forms import as_files

    filled = [card for card in cards if card.data]
    (content,) = as_files(filled, "xlsx", grammar, words.language()).values()
    return {f"{identifier or 'samtaler'}.xlsx": content}


def _write(forms: Mapping[str, bytes], output: str | None, force: bool, xlsx: bool) -> list[str]:
    """Write the forms, all or none where a file exists already; one card without *output* goes to standard output."""
    if output is None and not xlsx:
        if len(forms) > 1:
            raise Refused(Problem("several-cards", facts={"count": len(forms)}))
        put_out(next(iter(forms.values())), None)
        return []
    target = Path(output or ".")
    several = len(forms) > 1 or target.is_dir()
    files = {(target / name if several else target): content for name, content in forms.items()}
    if existing := [file for file in files if file.exists() and not force]:
        raise Refused([Problem("exists", Where(str(file))) for file in existing])
    for file, content in files.items():
        put_out(content, str(file))
    return [str(file) for file in files]


def _record(cards: list[Card], left: list[dict[str, str]], grammar: Grammar, written: list[str]) -> dict[str, Any]:
    """What machines are told: each card as far as it is filled in, what it still needs, what was left out."""
    required = [key for key in grammar.kinds["study"].keys if key in grammar.kinds["study"].needed]
    entries = [
        {"card": card.data, "to_fill": [key for key in required if not card.data.get(key)], "left_out": told}
        for card, told in zip(cards, left, strict=True)
    ]
    return {"cards": entries, "written": written}
