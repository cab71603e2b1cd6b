"""``samtaler build``: sources → graph."""

from __future__ import annotations

import json

import click

from samtaler_kg import places
from samtaler_kg.cli.frame import LANG, common, note, progress, put_out, settle, tell, text
from samtaler_kg.problems import ExitCode, Problem, Where
from samtaler_kg.words import say


@click.command("build", help=say("help.build.long", LANG))
@click.option("--check", is_flag=True, help=say("help.build.check", LANG))
@click.option("--reconstruct", is_flag=True, help=say("help.build.reconstruct", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(check: bool, reconstruct: bool, as_json: bool, lang: str | None, base: str | None) -> int:
    """Make the graph from the sources, or compare it with them."""
    settle(lang, base)
    from samtaler_kg import build

    place = places.find()
    if reconstruct:
        build.reconstruct_table(place)
    if check:
        differing = build.differences(place, progress())
        if as_json:
            put_out(json.dumps({"differs": differing}, indent=1) + "\n", None)
        elif differing:
            tell([Problem("graph-differs", Where(str(place.graph)), {"files": ", ".join(differing)})])
        else:
            note(text("build.same"))
        return ExitCode.NO if differing else ExitCode.FINE
    files = build.build(place, progress())
    triples = {name: content.count(b"\n") for name, content in files.items() if name.endswith(".nt")}
    if as_json:
        put_out(json.dumps({"graph": str(place.graph), "triples": triples}, indent=1) + "\n", None)
    else:
        note(text("build.done", triples=sum(triples.values()), files=len(triples), graph=place.graph))
    return ExitCode.FINE
