"""``samtaler sparql``: a query of the reader's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode, Problem, Refused, Where
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.freeform import Found
    from samtaler_kg.graph import Graph

HELP = {name: say(f"help.sparql.{name}", LANG) for name in ("layer", "format", "timeout", "memory", "rows")}
FORMATS = ("table", "csv", "json", "ttl")


@click.command("sparql", help=say("help.sparql.long", LANG))
@click.argument("file", metavar="FILE")
@click.option("--layer", default="coded", show_default=True, metavar="LAYER", help=HELP["layer"])
@click.option("--format", "-f", "form", type=click.Choice(FORMATS), default="table", help=HELP["format"])
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True, help=HELP["timeout"])
@click.option("--memory", type=click.IntRange(512), default=4096, show_default=True, help=HELP["memory"])
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True, help=HELP["rows"])
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    file: str,
    layer: str,
    form: str,
    as_json: bool,
    timeout: float,
    memory: int,
    rows: int,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Run a query in a process that is stopped at its limits."""
    settle(lang, base)
    from samtaler_kg.freeform import Limits, freeform

    graph = opened()
    query, shown = _read(file)
    found = freeform(graph, query, layer, Limits(timeout, memory, rows), shown)
    put_out(_rendered(found, graph, "json" if as_json else form), output)
    return ExitCode.FINE


def _read(file: str) -> tuple[str, str]:
    shown = "-" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read(4_000_001) if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig"), shown
    except OSError as error:
        raise Refused(Problem("unreadable-file", Where(shown), {"reason": error.strerror or error})) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Refused(Problem("not-utf8", Where(shown, line))) from None


def _rendered(found: Found, graph: Graph, form: str) -> str:
    from samtaler_kg import tables

    for told in found.notes:
        note(told[words.language()])
    if found.truth is not None:
        return json.dumps({"truth": found.truth} if form == "json" else found.truth) + "\n"
    if found.table is None:
        if form in {"csv", "json"}:
            raise Refused(Problem("not-tabular", facts={"format": form}))
        return tables.triples_as_turtle(found.triples or [])
    if form == "csv":
        return tables.as_csv(found.table)
    if form == "json":
        return tables.as_json(found.table)
    if form == "ttl":
        return tables.as_turtle(found.table)
    body = tables.cells(found.table, graph.codes, words.language())
    right = {n for n, column in enumerate(found.table.columns) if column.type in {"integer", "decimal"}}
    titles = [column.name for column in found.table.columns]
    return grid(titles, body, right) + text("ask.rows", n=len(body)) + "\n"
