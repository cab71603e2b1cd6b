"""``samtaler agreement``: how far the two codings agree."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("agreement", help=say("help.agreement.long", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(as_json: bool, lang: str | None, base: str | None) -> int:
    """Print agreement and Cohen's kappa per field of the second coding."""
    settle(lang, base)
    from samtaler_kg.agreement import agreement

    found = agreement(opened())
    if as_json:
        put_out(json.dumps([asdict(row) for row in found], indent=1) + "\n", None)
        return ExitCode.FINE
    comma = "," if words.language() == "da" else "."
    rows = [
        [
            text(f"agreement.fields.{row.field}"),
            str(row.n),
            str(row.agree),
            "–" if row.kappa is None else f"{row.kappa:.2f}".replace(".", comma),
        ]
        for row in found
    ]
    titles = [text(f"agreement.columns.{key}") for key in ("field", "n", "agree", "kappa")]
    put_out(grid(titles, rows, {1, 2, 3}, text("agreement.title")) + text("agreement.weak") + "\n", None)
    return ExitCode.FINE
