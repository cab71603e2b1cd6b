"""``samtaler ask``: a stored question to one layer."""

from __future__ import annotations

import json

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode, Problem, Refused
from samtaler_kg.words import say

FORMATS = ("table", "csv", "json", "ttl")


@click.command("ask", help=say("help.ask.long", LANG))
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help=say("help.ask.list", LANG))
@click.option("--layer", metavar="LAYER", help=say("help.ask.layer", LANG))
@click.option("--scope", type=click.Choice(["memo", "all"]), help=say("help.ask.scope", LANG))
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help=say("help.ask.param", LANG))
@click.option("--format", "-f", "form", type=click.Choice(FORMATS), default="table", help=say("help.ask.format", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--text", "show_text", is_flag=True, help=say("help.ask.text", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    name: str | None,
    listing: bool,
    layer: str | None,
    scope: str | None,
    params: tuple[str, ...],
    form: str,
    as_json: bool,
    show_text: bool,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Answer a stored question, list them all, or print one's text."""
    settle(lang, base)
    form = "json" if as_json else form
    if listing or name is None:
        put_out(_listing(form), output)
    elif show_text:
        put_out(opened().catalogue.find(name).path.read_text(encoding="utf-8"), output)
    else:
        put_out(_answer(name, layer, scope, params, form), output)
    return ExitCode.FINE


def _answer(name: str, layer: str | None, scope: str | None, params: tuple[str, ...], form: str) -> str:
    from samtaler_kg import tables
    from samtaler_kg.ask import ask

    graph = opened()
    table = ask(graph, name, layer, scope, _given(params))
    for told in table.notes:
        note(told[words.language()])
    if form == "csv":
        return tables.as_csv(table)
    if form == "ttl":
        return tables.as_turtle(table)
    if form == "json":
        return tables.as_json(table)
    lang = words.language()
    table = tables.narrow(table)
    titles = [column.title[lang] for column in table.columns]
    right = {n for n, column in enumerate(table.columns) if column.type in {"integer", "decimal"}}
    question = graph.catalogue.find(name).asks[lang]
    body = grid(titles, tables.cells(table, graph.codes, lang), right, question)
    return body + text("ask.rows", n=len(table.rows)) + "\n"


def _given(params: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    problems = []
    for pair in params:
        name, equals, value = pair.partition("=")
        if not equals or not name or not value:
            problems.append(Problem("bad-parameter", facts={"value": pair}))
        elif name in given:
            given[name] += f"|{value}"
        else:
            given[name] = value
    if problems:
        raise Refused(problems)
    return given


def _listing(form: str) -> str:
    lang = words.language()
    queries = opened().catalogue.all()
    if form == "json":
        body = [
            {
                "name": query.name,
                "asks": query.asks[lang],
                "columns": list(query.columns),
                "params": list(query.params),
                "needs": list(query.needs),
                "layers": list(query.layers),
                "also": list(query.also),
            }
            for query in queries
        ]
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    titles = [text(f"ask.columns.{key}") for key in ("name", "asks", "layers")]
    rows = [[query.name, query.asks[lang], ", ".join(query.layers)] for query in queries]
    return grid(titles, rows, set()) + text("ask.more") + "\n"
