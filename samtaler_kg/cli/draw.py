"""``samtaler draw``: a picture of the evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, text
from samtaler_kg.cli.pairs import pairs
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.draw import Picture

HELP = {name: say(f"help.draw.{name}", LANG) for name in ("list", "format", "scope", "unit", "param", "alt")}


@click.command("draw", help=say("help.draw.long", LANG))
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help=HELP["list"])
@click.option("--format", "-f", "form", metavar="FORMAT", help=HELP["format"])
@click.option("--scope", metavar="SCOPE", help=HELP["scope"])
@click.option("--unit", default="result", show_default=True, metavar="UNIT", help=HELP["unit"])
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help=HELP["param"])
@click.option("--alt", is_flag=True, help=HELP["alt"])
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    name: str | None,
    listing: bool,
    form: str | None,
    scope: str | None,
    unit: str,
    params: tuple[str, ...],
    alt: bool,
    as_json: bool,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Draw a picture, print it in words or as its numbers, or list all pictures."""
    settle(lang, base)
    from samtaler_kg.draw import drawing

    if listing or name is None:
        put_out(_listing(as_json), output)
        return ExitCode.FINE
    drawn = drawing(opened(), name, words.language(), scope, unit, pairs(params))
    if alt or as_json:
        put_out(drawn.alt if alt else json.dumps(drawn.data, ensure_ascii=False, indent=1) + "\n", output)
        return ExitCode.FINE
    ending = Path(output or "").suffix.removeprefix(".").lower()
    put_out(drawn.saved(form or ending or "svg"), output)
    note(text(f"notes.scope-{drawn.request.scope}"))
    return ExitCode.FINE


def _listing(as_json: bool) -> str:
    from samtaler_kg.draw import PICTURES

    if as_json:
        body = [
            {
                "name": picture.name,
                "shows": text(f"draw.pictures.{picture.name}.about"),
                "scope": picture.scope,
                "options": {name: [*filter(None, dict.fromkeys(values))] for name, values in picture.options.items()},
                "filters": list(_filters(picture)),
            }
            for picture in PICTURES.values()
        ]
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    titles = [text(f"draw.columns.{key}") for key in ("name", "shows", "params")]
    rows = [
        [picture.name, text(f"draw.pictures.{picture.name}.about"), ", ".join([*picture.options, *_shown(picture)])]
        for picture in PICTURES.values()
    ]
    return grid(titles, rows, set())


def _filters(picture: Picture) -> tuple[str, ...]:
    from samtaler_kg.draw import known_filters

    return known_filters(picture, opened())


def _shown(picture: Picture) -> list[str]:
    """The filters of a picture for readers: those of the stored query of results in one word."""
    from samtaler_kg.draw import QUERY

    return [text("draw.filters-of", query=QUERY)] if "*" in picture.filters else list(picture.filters)
