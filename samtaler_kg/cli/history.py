"""``samtaler history``: what happened to a card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from samtaler_kg import places, words
from samtaler_kg.cli.frame import LANG, common, note, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.intake import Happening


@click.command("history", help=say("help.history.long", LANG))
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(name: str, as_json: bool, lang: str | None, base: str | None) -> int:
    """Print the events of one card, oldest first."""
    settle(lang, base)
    from samtaler_kg.intake import history

    found = history(places.find(), name)
    if as_json:
        put_out(json.dumps(found.as_record(words.language()), ensure_ascii=False, indent=1) + "\n", None)
        return ExitCode.FINE
    told = [f"{found.id}  ({found.file})", *(line for event in found.happened for line in _told(event))]
    put_out("\n".join(told) + "\n", None)
    if not found.happened:
        note(text("intake.no-history"))
    return ExitCode.FINE


def _told(event: Happening) -> Iterator[str]:
    """An event on a line, and what is known of it below."""
    by = text("intake.by", name=event.by) if event.by else ""
    yield f"{event.at or '–':<22}{event.words[words.language()]}{by}"
    said = {"why": [event.why] if event.why else [], "came-from": event.came_from, "warned": event.warned}
    for key, parts in said.items():
        for part in parts:
            yield f"{'':<22}{text(f'intake.{key}')}: {part}"
