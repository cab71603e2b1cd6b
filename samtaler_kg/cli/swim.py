"""``samtaler swim``: the reporting items of a synthesis without meta-analysis."""

from __future__ import annotations

import json

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say


@click.command("swim", help=say("help.swim.long", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(as_json: bool, output: str | None, lang: str | None, base: str | None) -> int:
    """Print the report as Markdown, or as JSON."""
    settle(lang, base)
    from samtaler_kg.swim import swim
    from samtaler_kg.tables import cells, narrow

    graph = opened()
    reader = words.language()
    items = swim(graph, reader)
    if as_json:
        put_out(json.dumps([item.as_record() for item in items], ensure_ascii=False, indent=1) + "\n", output)
        return ExitCode.FINE
    parts = [f"# {text('swim.title')}\n\n{text('swim.source')}\n"]
    for item in items:
        mark = f" – {text('swim.open')}" if item.open else ""
        parts.append(f"## {item.number}. {item.title}{mark}\n\n{item.text}\n")
        if item.table is not None:
            table = narrow(item.table)
            titles = [column.title[reader] for column in table.columns]
            right = {n for n, column in enumerate(table.columns) if column.type in {"integer", "decimal"}}
            parts.append(_markdown(titles, cells(table, graph.codes, reader), right))
    put_out("\n".join(parts), output)
    return ExitCode.FINE


def _markdown(titles: list[str], rows: list[list[str]], right: set[int]) -> str:
    rule = ["---:" if n in right else "---" for n in range(len(titles))]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in [titles, rule, *rows])
