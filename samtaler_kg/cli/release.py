"""``samtaler release``: a versioned release of a base, its proof, and what has changed between two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from samtaler_kg import places, words
from samtaler_kg.cli.frame import LANG, common, note, progress, put_out, settle, tell, text
from samtaler_kg.problems import ExitCode, Problem, Refused
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.release import Release

HELP = {name: say(f"help.release.{name}", LANG) for name in ("folder", "since", "date", "zip", "verify", "diff")}


@click.command("release", help=say("help.release.long", LANG))
@click.argument("version", required=False)
@click.option(
    "--output", "-o", "folder", default=".", type=click.Path(file_okay=False), metavar="DIR", help=HELP["folder"]
)
@click.option("--since", type=click.Path(), metavar="OLD", help=HELP["since"])
@click.option("--date", metavar="YYYY-MM-DD", help=HELP["date"])
@click.option("--zip", "archive", is_flag=True, help=HELP["zip"])
@click.option("--verify", "verified", type=click.Path(), metavar="DIR", help=HELP["verify"])
@click.option("--diff", "two", nargs=2, type=click.Path(), metavar="OLD NEW", help=HELP["diff"])
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(
    version: str | None,
    folder: str,
    since: str | None,
    date: str | None,
    archive: bool,
    verified: str | None,
    two: tuple[str, str] | None,
    as_json: bool,
    lang: str | None,
    base: str | None,
) -> int:
    """Write a release, prove one, or tell what has changed between two."""
    settle(lang, base)
    if sum(job is not None for job in (version, verified, two)) != 1:
        raise Refused(Problem("release-one-job"))
    if two:
        return _diff(two, as_json)
    if verified:
        return _verify(verified, since, as_json)
    from samtaler_kg.release import release

    found = release(places.find(), str(version), folder, since, date, archive, progress())
    if as_json:
        put_out(json.dumps(found.as_record(), ensure_ascii=False, indent=1) + "\n", None)
    else:
        _told(found, date)
    return ExitCode.FINE


def _told(found: Release, date: str | None) -> None:
    for path in filter(None, (found.folder, found.archive)):
        note(text("release.written", path=path))
    note(text("release.sha", sha=found.record["dataset"]["sha256"], quads=found.record["dataset"]["quads"]))
    if not date:
        note(text("release.dated-today", date=found.record["date"]))
    if found.comparison:
        note(text("release.summary", **found.comparison.size))
    else:
        note(text("release.first"))


def _verify(folder: str, since: str | None, as_json: bool) -> int:
    """Tell every deviation; exit 1 where there is one."""
    from samtaler_kg.release import opened, verify

    problems = verify(folder, since, progress())
    if as_json:
        body = {"whole": not problems, "problems": [problem.as_record(words.language()) for problem in problems]}
        put_out(json.dumps(body, ensure_ascii=False, indent=1) + "\n", None)
    elif problems:
        tell(problems)
    elif since or opened(folder).record["since"] is None:
        note(text("release.whole", folder=folder))
    else:
        note(text("release.whole-alone", folder=folder))
    return ExitCode.NO if problems else ExitCode.FINE


def _diff(two: tuple[str, str], as_json: bool) -> int:
    """Tell what has changed; exit 1 where anything has, as ``diff`` does."""
    from samtaler_kg.release import compare, opened, page

    old, new = (opened(place) for place in two)
    found = compare(old, new)
    if as_json:
        put_out(json.dumps(found.as_record(), ensure_ascii=False, indent=1) + "\n", None)
    else:
        put_out(page(new, found, words.language()), None)
    return ExitCode.NO if found.changed else ExitCode.FINE
