"""``samtaler link mappings``: every mapping, and how many there are to each vocabulary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.graph import Graph
    from samtaler_kg.tables import Table

#: The columns that are read in rows; the others come with JSON and with ``samtaler ask mappings``.
SHOWN = ("subject", "match", "term", "term_label", "justification", "mapping_confidence", "mapped_by", "mapped_on")


@click.command("mappings", help=say("help.link-mappings.long", LANG))
@click.option("--target", metavar="IRI", help=say("help.link-mappings.target", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(target: str | None, as_json: bool, lang: str | None, base: str | None) -> int:
    """Print the mapping table, with the counts below it."""
    settle(lang, base)
    from samtaler_kg.ask import ask

    graph = opened()
    given = {"target": [target]} if target else {}
    mappings, targets = (ask(graph, name, "links", given=given) for name in ("mappings", "mappings-by-target"))
    if as_json:
        body = {"mappings": mappings.records(), "targets": targets.records()}
        put_out(json.dumps(body, ensure_ascii=False, indent=1, default=float) + "\n", None)
        return ExitCode.FINE
    for told in targets.notes:
        note(told[words.language()])
    put_out(_shown(graph, mappings, SHOWN, "") + _shown(graph, targets, (), text("link.targets")), None)
    return ExitCode.FINE


def _shown(graph: Graph, table: Table, only: tuple[str, ...], caption: str) -> str:
    """The table as text; of its columns *only* those named, where any are."""
    from samtaler_kg import tables

    lang = words.language()
    kept = [n for n, column in enumerate(table.columns) if not only or column.name in only]
    rows = [[row[n] for n in kept] for row in tables.cells(table, graph.codes, lang)]
    right = {at for at, n in enumerate(kept) if table.columns[n].type in {"integer", "decimal"}}
    body = grid([table.columns[n].title[lang] for n in kept], rows, right, caption)
    return body + text("ask.rows", n=len(rows)) + "\n"
