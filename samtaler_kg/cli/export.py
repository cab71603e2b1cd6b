"""``samtaler export``: what the base holds in a form that others read."""

from __future__ import annotations

import os
from pathlib import Path

import click

from samtaler_kg.cli.folder import put_folder
from samtaler_kg.cli.frame import LANG, common, note, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode, Problem, Refused
from samtaler_kg.words import say


@click.command("export", help=say("help.export.long", LANG))
@click.option("--layer", default="coded", show_default=True, metavar="LAYER", help=say("help.export.layer", LANG))
@click.option("--format", "-f", "form", default="turtle", show_default=True, help=say("help.export.format", LANG))
@click.option("--list", "listed", is_flag=True, help=say("help.export.list", LANG))
@click.option("--output", "-o", type=click.Path(), help=say("help.export.output", LANG))
@common
def command(layer: str, form: str, listed: bool, output: str | None, lang: str | None, base: str | None) -> int:
    """Write everything that one layer says."""
    settle(lang, base)
    from samtaler_kg.exports import FORMS, form_named
    from samtaler_kg.graph import layer_named

    if listed:
        for known in FORMS.values():
            click.echo(f"{known.name:<14} {', '.join(known.layers):<42} {text(f'export.forms.{known.name}')}")
        return ExitCode.FINE
    chosen = form_named(form)
    if chosen.folder and not output:
        raise Refused(Problem("folder-needed", facts={"form": form}))
    files = chosen.write(opened(), layer_named(layer))
    if not chosen.folder:
        put_out(next(iter(files.values())), output)
        return ExitCode.FINE
    put_folder(Path(os.path.abspath(str(output))), files)  # noqa: PTH100 - resolve() would follow a link
    note(text("export.written", number=len(files), folder=output))
    return ExitCode.FINE
