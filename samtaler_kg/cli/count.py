"""``samtaler count``: the declared counting rules, one by one or side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, text, width
from samtaler_kg.cli.pairs import PairsCommand, pairs
from samtaler_kg.problems import ExitCode, Problem, Refused
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.count import Count, LeftOut
    from samtaler_kg.graph import Graph

HELP = {
    name: say(f"help.count.{name}", LANG)
    for name in ("rule", "by", "where", "layer", "scope", "interval", "leave-one-out", "assume")
}
FORMATS = ("table", "csv", "json")

#: The columns of the table for readers; their titles stand under ``count.columns`` in the text files.
_COUNTS = ("positive", "none", "negative", "mixed", "unknown")
_LEVELS = ("results", "studies", "trials")

#: The most units named of those that a conclusion would not survive.
_NAMED = 5


@click.command("count", cls=PairsCommand, help=say("help.count.long", LANG))
@click.option("--rule", default="direction", show_default=True, metavar="RULE", help=HELP["rule"])
@click.option("--by", metavar="DIMENSION", help=HELP["by"])
@click.option("--where", "where", multiple=True, metavar="NAME=VALUE …", help=HELP["where"])
@click.option("--layer", metavar="LAYER", help=HELP["layer"])
@click.option("--scope", type=click.Choice(["memo", "all"]), default="memo", show_default=True, help=HELP["scope"])
@click.option("--interval", default="wilson", show_default=True, metavar="INTERVAL", help=HELP["interval"])
@click.option("--leave-one-out", "unit", metavar="UNIT", help=HELP["leave-one-out"])
@click.option("--assume", "assume", multiple=True, metavar="NAME=VALUE …", help=HELP["assume"])
@click.option("--format", "-f", "form", type=click.Choice(FORMATS), default="table", help=say("help.ask.format", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    rule: str,
    by: str | None,
    where: tuple[str, ...],
    layer: str | None,
    scope: str,
    interval: str,
    unit: str | None,
    assume: tuple[str, ...],
    form: str,
    as_json: bool,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Count under a rule, with what a reader must know of the count."""
    settle(lang, base)
    from samtaler_kg.count import count, leave_one_out

    graph = opened()
    asked: dict[str, Any] = {"by": by and by.replace("-", "_"), "where": pairs(where), "layer": layer, "scope": scope}
    stated = pairs(assume)
    if unit and rule == "all":
        raise Refused(Problem("one-rule", facts={"option": "--leave-one-out"}))
    found = count(graph, rule, interval=interval, assume=stated, **asked)
    left = leave_one_out(graph, rule, unit, assume=stated, **asked) if unit else []
    put_out(_rendered(graph, found, left, "json" if as_json else form), output)
    note(text(f"notes.scope-{scope}" if (layer or "coded") == "coded" else "notes.reconstructed"))
    return ExitCode.FINE


def _rendered(graph: Graph, found: Sequence[Count], left: Sequence[LeftOut], form: str) -> str:
    records = [each.as_record() for each in found]
    for record, rests in zip(records, left, strict=False):
        record["leave_one_out"] = rests.as_record()
    if form == "json":
        return json.dumps(records, ensure_ascii=False, indent=1) + "\n"
    if form == "csv":
        return _csv(records)
    return _table(graph, found) + _left_out(graph, left) + _told(graph, found)


def _csv(records: Sequence[dict[str, Any]]) -> str:
    stream = io.StringIO()
    columns = list(records[0]) if records else []
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    for record in records:
        nested = {key: json.dumps(cell, ensure_ascii=False) for key, cell in record.items() if not _flat(cell)}
        where = " ".join(f"{name}={value}" for name, value in record["where"].items())
        writer.writerow({**record, **nested, "where": where})
    return stream.getvalue()


def _flat(cell: object) -> bool:
    return not isinstance(cell, list | dict)


def _table(graph: Graph, found: Sequence[Count]) -> str:
    """The counts side by side, without the columns that say nothing here."""
    rules = len({each.rule for each in found}) > 1
    outcomes = len({each.outcome_group for each in found}) > 1
    by = found[0].by if found else None
    shown = [
        *(["rule"] if rules else []),
        *(["group"] if by else []),
        *(["outcome-group"] if outcomes else []),
        *_COUNTS,
        "share",
        "p",
        *_LEVELS,
        "label",
    ]
    titles = [_title(graph, by, name) for name in shown]
    rows = [[_cell(graph, each, name) for name in shown] for each in found]
    right = {n for n, name in enumerate(shown) if name in {*_COUNTS, *_LEVELS, "p"}}
    return grid(titles, rows, right, text("counting.title"))


def _title(graph: Graph, by: str | None, name: str) -> str:
    if name == "group" and by:
        return graph.catalogue.columns[by].title[words.language()]
    return text(f"counting.columns.{name}")


def _cell(graph: Graph, each: Count, name: str) -> str:
    if name in {"rule", "label"}:
        return each.rule if name == "rule" else text(f"counting.labels.{each.label}")
    if name == "group":
        return _label(graph, each.by, each.group)
    if name == "outcome-group":
        return _label(graph, "outcome_group", each.outcome_group)
    if name == "share":
        return _share(each)
    if name in each.ranges:
        return str(each.ranges[name])
    return "–" if getattr(each, name) is None else _number(getattr(each, name))


def _label(graph: Graph, by: str | None, code: str | None) -> str:
    """A code by its label; groups of outcomes are the memo's three together, or one outcome."""
    if code is None:
        return text("counting.not-coded")
    lists = ["outcome-group", "outcome"] if by == "outcome_group" else [graph.catalogue.params[str(by)].list]
    found = (graph.codes.by_list[name][code] for name in lists if code in graph.codes.by_list[name])
    return next((concept.label(words.language()) for concept in found), code)


def _share(each: Count) -> str:
    from samtaler_kg.count.statistics import percent

    ends = "" if each.low is None or each.high is None else f"{percent(each.low)}–{percent(each.high)} %"
    if each.share is None:
        return ends or "–"
    return f"{percent(each.share)} %" + (f" ({ends})" if ends else "")


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    comma = "," if words.language() == "da" else "."
    if isinstance(value, Decimal):
        exact = f"{value.normalize():f}"
        return max(exact, f"{value:.2f}", key=len).replace(".", comma)
    return (f"{value:.4f}" if value >= 0.0001 else "<0.0001").replace(".", comma)


def _left_out(graph: Graph, left: Sequence[LeftOut]) -> str:
    """What each conclusion rests on, a line a group."""
    lines = [text("counting.left-out.title", unit=text(f"counting.left-out.{left[0].unit}")), ""] if left else []
    for each in left:
        near = "–" if each.distance is None else str(each.distance)
        label, place = text(f"counting.labels.{each.label}"), _place(graph, each)
        lines.append(text("counting.left-out.line", place=place, label=label, distance=near, units=each.units))
        flips = [f"{flip.left_out} → {text(f'counting.labels.{flip.label}')}" for flip in each.flips]
        more = [text("counting.left-out.more", n=len(flips) - _NAMED)] if len(flips) > _NAMED else []
        lines += [f"     {line}" for line in [*flips[:_NAMED], *more] or [text("counting.left-out.none")]]
    return "\n".join([*lines, "", ""]) if lines else ""


def _told(graph: Graph, found: Sequence[Count]) -> str:
    """What must be known of each rule, and what is to be said of single groups."""
    from samtaler_kg.count import read_rules

    lang = words.language()
    lines: list[str] = []
    for name in dict.fromkeys(each.rule for each in found):
        rule = read_rules(graph.base)[name]
        lines += _wrapped(f"{rule.name}: {rule.label[lang]}. {rule.standing[lang]}")
        lines += _wrapped(f"{rule.caveat[lang]} {rule.conclusion[lang]}", "     ")
        remarks = [each for each in found if each.rule == name and each.remark.get(lang)]
        same = len({each.remark[lang] for each in remarks}) == 1
        for each in remarks[:1] if same else remarks:
            place = "" if same else f"{_place(graph, each)}: "
            lines += _wrapped(place + each.remark[lang], "     ")
        lines.append("")
    return "\n".join(lines)


def _place(graph: Graph, each: Count | LeftOut) -> str:
    """The group that a count stands in, in words."""
    group = [_label(graph, each.by, each.group)] if each.by else []
    outcomes = each.outcome_group != "memo-three" or not group
    return ", ".join([*group, *([_label(graph, "outcome_group", each.outcome_group)] if outcomes else [])])


def _wrapped(line: str, indent: str = "") -> list[str]:
    return wrap(line, min(width(), 120), initial_indent=indent, subsequent_indent=indent)
