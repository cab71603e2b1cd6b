"""``samtaler link accept``: what was decided in a review file becomes links."""

from __future__ import annotations

import json
from pathlib import Path

import click

from samtaler_kg import places
from samtaler_kg.cli.frame import LANG, common, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("accept", help=say("help.link-accept.long", LANG))
@click.argument("path", metavar="REVIEW.csv", type=click.Path(path_type=Path))
@click.option("--by", required=True, metavar="NAME", help=say("help.link-accept.by", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(path: Path, by: str, as_json: bool, lang: str | None, base: str | None) -> int:
    """Write the links of every accepted row, or none."""
    settle(lang, base)
    from samtaler_kg.intake.linking import accept

    receipt = accept(places.find(), path, by)
    if as_json:
        put_out(json.dumps(receipt.as_record(), ensure_ascii=False, indent=1) + "\n", None)
        return ExitCode.FINE
    lines = [text("link.linked", number=number, file=file) for file, number in receipt.files.items()]
    counts = {"present": receipt.present, "rejected": receipt.rejected, "undecided": receipt.undecided}
    put_out("\n".join([*lines, text("link.rest", **counts)]) + "\n", None)
    return ExitCode.FINE
