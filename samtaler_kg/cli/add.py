"""``samtaler add``: check cards and take them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samtaler_kg import places, words
from samtaler_kg.cli.frame import LANG, common, put_out, settle, tell, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.intake import Receipt


@click.command("add", help=say("help.add.long", LANG))
@click.argument("paths", metavar="PATH …", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--by", metavar="NAME", help=say("help.add.by", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(paths: tuple[Path, ...], by: str | None, as_json: bool, lang: str | None, base: str | None) -> int:
    """Take in all of the cards, or none."""
    settle(lang, base)
    from samtaler_kg.intake import add, given

    place = places.find()
    put_receipt(add(place, given(paths, place), by), as_json)
    return ExitCode.FINE


def put_receipt(receipt: Receipt, as_json: bool) -> None:
    """What was done, a line a card, and the warnings on standard error; or all of it as JSON."""
    if as_json:
        put_out(json.dumps(receipt.as_record(words.language()), ensure_ascii=False, indent=1) + "\n", None)
        return
    if receipt.warnings:
        tell(list(receipt.warnings))
    lines = [
        text(f"intake.{card.kind}-{card.event}", id=card.id, holds=card.holds, file=card.file) for card in receipt.taken
    ]
    put_out("\n".join(lines) + "\n", None)
