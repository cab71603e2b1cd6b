"""``samtaler init``: a base of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from samtaler_kg.cli.frame import LANG, common, note, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("init", help=say("help.init.long", LANG))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--empty", is_flag=True, help=say("help.init.empty", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(folder: Path, empty: bool, as_json: bool, lang: str | None, base: str | None) -> int:
    """Make a base to write into."""
    settle(lang, base)
    from samtaler_kg.intake import init

    made = init(folder, empty)
    studies = len(list((made.data / "studies").glob("*/*.yaml")))
    if as_json:
        put_out(json.dumps({"base": str(made.root), "studies": studies}, indent=1) + "\n", None)
        return ExitCode.FINE
    note(text("intake.init.empty" if empty else "intake.init.full", folder=folder, studies=studies))
    note(text("intake.init.use", folder=folder))
    return ExitCode.FINE
