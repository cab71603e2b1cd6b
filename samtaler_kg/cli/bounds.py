"""``samtaler bounds``: what the memo's figures leave open of a count that they do not print."""

from __future__ import annotations

import json

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, opened, put_out, settle
from samtaler_kg.cli.pairs import PairsCommand, pairs
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("bounds", cls=PairsCommand, help=say("help.bounds.long", LANG))
@click.option("--where", "where", multiple=True, metavar="NAME=VALUE …", help=say("help.bounds.where", LANG))
@click.option("--given", "given", multiple=True, metavar="'NAME=VALUE … = N'", help=say("help.bounds.given", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    where: tuple[str, ...],
    given: tuple[str, ...],
    as_json: bool,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Print the interval of one count of the memo's table."""
    settle(lang, base)
    from samtaler_kg.intervals import interval

    found = interval(opened(), pairs(where), given)
    if as_json:
        put_out(json.dumps(found.as_record(), ensure_ascii=False, indent=1) + "\n", output)
    else:
        put_out(found.words(words.language()) + "\n", output)
    return ExitCode.FINE
