"""``samtaler show``: one thing in words."""

from __future__ import annotations

import json

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("show", help=say("help.show.long", LANG))
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(name: str, as_json: bool, lang: str | None, base: str | None) -> int:
    """Print what the graph says of one study, result, trial, claim, slot or record."""
    settle(lang, base)
    from samtaler_kg.show import show
    from samtaler_kg.tables import plain
    from samtaler_kg.terms import short

    found = show(opened(), name, words.language())
    if as_json:
        derived = {short(prop): sorted(map(str, map(plain, values))) for prop, values in sorted(found.derived.items())}
        body = {"kind": found.kind, "iri": found.iri, "layer": found.layer, "card": found.data, "derived": derived}
        put_out(json.dumps(body, ensure_ascii=False, indent=1) + "\n", None)
        return ExitCode.FINE
    lines = [f"{found.iri}", text(f"layers.{found.layer}"), ""]
    for line in found.lines:
        label = line.label[:1].upper() + line.label[1:]
        lines.append("  " * line.depth + (f"{label}: {line.text}" if line.text else label))
    put_out("\n".join(lines).rstrip() + "\n", None)
    return ExitCode.FINE
