"""``samtaler link foreign``: the results of another base, into a layer of their own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from samtaler_kg import places
from samtaler_kg.cli.frame import LANG, common, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("foreign", help=say("help.link-foreign.long", LANG))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--name", required=True, metavar="NAME", help=say("help.link-foreign.name", LANG))
@click.option("--licence", required=True, metavar="LICENCE", help=say("help.link-foreign.licence", LANG))
@click.option("--title", metavar="TEXT", help=say("help.link-foreign.title", LANG))
@click.option("--from", "origin", metavar="TEXT", help=say("help.link-foreign.from", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(
    file: Path,
    name: str,
    licence: str,
    title: str | None,
    origin: str | None,
    as_json: bool,
    lang: str | None,
    base: str | None,
) -> int:
    """Take the file in, or nothing."""
    settle(lang, base)
    from samtaler_kg.intake.foreign import take_foreign

    taken = take_foreign(places.find(), file, name, licence, title or "", origin or "")
    if as_json:
        put_out(json.dumps(asdict(taken), ensure_ascii=False, indent=1) + "\n", None)
    else:
        put_out(
            text("link.taken", name=taken.name, triples=taken.triples, things=taken.things, place=taken.place) + "\n",
            None,
        )
    return ExitCode.FINE
