"""``samtaler export``: a layer in a form that others read."""

from __future__ import annotations

import click

from samtaler_kg.cli.frame import LANG, common, opened, put_out, settle
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("export", help=say("help.export.long", LANG))
@click.option("--layer", default="coded", show_default=True, metavar="LAYER", help=say("help.export.layer", LANG))
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["turtle", "nquads", "jsonld", "csv"]),
    default="turtle",
    show_default=True,
    help=say("help.export.format", LANG),
)
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(layer: str, form: str, output: str | None, lang: str | None, base: str | None) -> int:
    """Write everything that one layer says."""
    settle(lang, base)
    from samtaler_kg.export import export
    from samtaler_kg.graph import layer_named

    put_out(export(opened(), layer_named(layer), form), output)  # type: ignore[arg-type]
    return ExitCode.FINE
