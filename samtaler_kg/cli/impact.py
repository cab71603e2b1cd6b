"""``samtaler impact``: what would a study change?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, tell, text
from samtaler_kg.problems import ExitCode
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.codes import CodeLists
    from samtaler_kg.intake import Counted, Figure, Impact

#: The numbers of a count, in the order of its columns; their titles stand under ``counting.columns`` in the text files.
_NUMBERS = ("positive", "none", "negative", "mixed", "unknown", "results", "studies", "trials")


@click.command("impact", help=say("help.impact.long", LANG))
@click.argument("paths", metavar="PATH …", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help=say("help.impact.all", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(paths: tuple[Path, ...], everything: bool, as_json: bool, lang: str | None, base: str | None) -> int:
    """Tell every figure and count before and after; nothing is written."""
    settle(lang, base)
    from samtaler_kg.intake import given, impact

    graph = opened()
    found = impact(graph.base, given(paths, graph.base))
    if as_json:
        put_out(json.dumps(found.as_record(words.language()), ensure_ascii=False, indent=1) + "\n", None)
        return ExitCode.FINE
    if found.warnings:
        tell(list(found.warnings))
    put_out(_told(found, graph.codes, everything), None)
    note(text("intake.impact.nothing-written"))
    return ExitCode.FINE


def _told(found: Impact, codes: CodeLists, everything: bool) -> str:
    figures = [figure for figure in found.figures if everything or figure.changed]
    counts = [each for each in found.counts if everything or each.changed]
    turned = [each for each in counts if each.turned]
    moved = [each for each in counts if not each.turned]
    parts = [text("intake.impact.title", studies=", ".join(found.studies))]
    parts += [_figures(figures).rstrip()] if figures else []
    parts += [_rest("figures-rest", len(found.figures), sum(figure.changed for figure in found.figures))]
    parts += [_counts(turned, codes, "turned").rstrip() if turned else text("intake.impact.none-turned")]
    parts += [_counts(moved, codes, "moved").rstrip()] if moved else []
    parts += [_rest("counts-rest", len(found.counts), sum(each.changed for each in found.counts))]
    return "\n\n".join(parts) + "\n"


def _rest(key: str, of: int, changed: int) -> str:
    return text(f"intake.impact.{key}", changed=changed, of=of)


def _figures(figures: Sequence[Figure]) -> str:
    titles = [text(f"intake.impact.{name}") for name in ("claim", "before", "after", "came")]
    rows = [[each.claim, _share(each.before), _share(each.after), str(len(each.came))] for each in figures]
    return grid(titles, rows, {1, 2, 3}, text("intake.impact.figures"))


def _share(share: Mapping[str, int | None] | None) -> str:
    if share is None:
        return "–"
    numerator, denominator = share["numerator"], share["denominator"]
    return str(numerator) if denominator is None else f"{numerator} / {denominator}"


def _counts(counts: Sequence[Counted], codes: CodeLists, caption: str) -> str:
    lang = words.language()
    titles = [text(f"intake.impact.{name}") for name in ("rule", "scope", "group", "outcomes", "conclusion")]
    titles += [text(f"counting.columns.{name}") for name in _NUMBERS]
    rows = []
    for each in counts:
        group = _label(codes, each.by, each.group, lang)
        outcomes = _label(codes, "outcome_group", each.outcome_group, lang)
        before, after = each.before or {}, each.after or {}
        label = _turn(*(text(f"counting.labels.{side['label']}") if side else "–" for side in (before, after)))
        numbers = [_turn(_number(before.get(name)), _number(after.get(name))) for name in _NUMBERS]
        rows.append([each.rule, each.scope, group, outcomes, label, *numbers])
    right = set(range(5, 5 + len(_NUMBERS)))
    return grid(titles, rows, right, text(f"intake.impact.{caption}"))


def _turn(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _number(number: Any) -> str:
    return "–" if number is None else str(number)


def _label(codes: CodeLists, by: str | None, group: str | None, lang: words.Language) -> str:
    """A group by its label; everything together is told so."""
    if by is None:
        return text("intake.impact.everything")
    if group is None:
        return "–"
    lists = codes.by_list
    for name in (by.replace("_", "-"), "outcome"):
        if group in lists.get(name, {}):
            return lists[name][group].label(lang)
    return group
