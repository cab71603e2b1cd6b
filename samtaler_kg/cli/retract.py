"""``samtaler retract``: a study stays, and counts nowhere any more."""

from __future__ import annotations

import click

from samtaler_kg import places
from samtaler_kg.cli.add import put_receipt
from samtaler_kg.cli.frame import LANG, common, settle
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("retract", help=say("help.retract.long", LANG))
@click.argument("name", metavar="ID")
@click.option("--why", required=True, metavar="TEXT", help=say("help.retract.why", LANG))
@click.option("--by", metavar="NAME", help=say("help.add.by", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(name: str, why: str, by: str | None, as_json: bool, lang: str | None, base: str | None) -> int:
    """Retract one study."""
    settle(lang, base)
    from samtaler_kg.intake import retract

    put_receipt(retract(places.find(), name, why, by), as_json)
    return ExitCode.FINE
