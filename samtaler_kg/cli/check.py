"""``samtaler check``: cards, or the whole base, held against the rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from samtaler_kg import places, words
from samtaler_kg.cli.frame import LANG, common, progress, put_out, settle, text
from samtaler_kg.problems import ExitCode, Problem, Severity
from samtaler_kg.words import say

#: The forms in which problems can be told; the functions are in ``samtaler_kg.check.told``.
FORMS = ("text", "json", "sarif", "junit", "github", "html")


@click.command("check", help=say("help.check.long", LANG))
@click.argument("paths", metavar="PATH …", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "-f", "form", type=click.Choice(FORMS), default="text", help=say("help.check.format", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--strict", is_flag=True, help=say("help.check.strict", LANG))
@click.option("--alone", is_flag=True, help=say("help.check.alone", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    paths: tuple[Path, ...],
    form: str,
    as_json: bool,
    strict: bool,
    alone: bool,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Tell every problem at once."""
    settle(lang, base)
    from samtaler_kg.check.told import FORMS as TOLD

    problems, cards, unread = _checked(paths, not alone)
    put_out(TOLD["json" if as_json else form](problems, words.language(), cards), output)
    if unread:
        return ExitCode.REFUSED
    grave = {Severity.BLOCKS, Severity.WARNS} if strict else {Severity.BLOCKS}
    return ExitCode.NO if any(problem.severity in grave for problem in problems) else ExitCode.FINE


def _checked(paths: Sequence[Path], against: bool) -> tuple[list[Problem], list[str], bool]:
    """Every problem, the files of the cards, and whether something could not be read."""
    from samtaler_kg import check

    base, told = places.find(), progress()
    if not paths:
        problems = check.check_base(base, told)
        told("")
        return problems, check.files_of(base), False
    told(text("check.reading", name=", ".join(map(str, paths))))
    read = check.read(paths, base)
    told(text("check.checking", cards=len(read.cards)))
    problems = check.together(read.problems, check.check(base, read.cards, against=against))
    told("")
    return problems, [card.file for card in read.cards], read.unread
