"""``samtaler link candidates``: which records of another base are studies here?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, note, opened, put_out, settle, text
from samtaler_kg.problems import ExitCode, Problem, Refused, Where
from samtaler_kg.words import say

if TYPE_CHECKING:
    from samtaler_kg.matching import Candidate

#: Records of one group that are told on a page; all are in the review file and in JSON.
PAGE = 20


@click.command("candidates", help=say("help.link-candidates.long", LANG))
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--as", "form", metavar="FORM", help=say("help.link-candidates.form", LANG))
@click.option("--source", metavar="NAME", help=say("help.link-candidates.source", LANG))
@click.option("--output", "-o", type=click.Path(path_type=Path), help=say("help.link-candidates.output", LANG))
@click.option("--all", "everything", is_flag=True, help=say("help.link-candidates.all", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@common
def command(
    path: Path,
    form: str | None,
    source: str | None,
    output: Path | None,
    everything: bool,
    as_json: bool,
    lang: str | None,
    base: str | None,
) -> int:
    """Tell what becomes of each record, and write the review file."""
    settle(lang, base)
    from samtaler_kg.matching import candidates, form_of, review

    known = form_of(path, form)
    if output is not None and output.suffix.lower() != ".csv":
        raise Refused(Problem("unknown-form", Where(str(output)), {"forms": ".csv"}))
    if not review.SOURCE.fullmatch(source or known):
        raise Refused(Problem("link-source", facts={"value": source}))
    found = candidates(opened(), path, known)
    if output is not None:
        _write(found, output, source or known, everything)
    put_out(_json(found) if as_json else _told(found, everything), None)
    return ExitCode.FINE


def _write(found: Sequence[Candidate], output: Path, source: str, everything: bool) -> None:
    """Write the review file; decisions that stand in it already are kept."""
    from samtaler_kg.matching import review

    made = review.rows(found, source, words.language(), everything)
    kept = 0
    if output.exists():
        made, kept = review.kept(made, review.read(output))
    put_out(review.as_csv(made), str(output))
    note(text("link.written", rows=len(made), file=output, kept=kept))


def _json(found: Sequence[Candidate]) -> str:
    lang = words.language()
    counts = Counter(each.group for each in found)
    body = {"counts": dict(sorted(counts.items())), "candidates": [each.as_record(lang) for each in found]}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _told(found: Sequence[Candidate], everything: bool) -> str:
    from samtaler_kg.matching import GROUPS

    groups = {name: [each for each in found if each.group == name] for name in GROUPS}
    numbers = {name.replace("-", "_"): len(inside) for name, inside in groups.items()}
    parts = [text("link.summary", records=len(found), **numbers)]
    for name, inside in groups.items():
        if not inside:
            continue
        shown = sorted(inside, key=lambda each: -each.score)[: None if everything else PAGE]
        parts.append("\n\n".join([text(f"link.groups.{name}"), *map(_block, shown)]))
        if len(shown) < len(inside):
            parts.append(text("link.more", number=len(inside) - len(shown)))
    return "\n\n".join(parts) + "\n"


def _block(each: Candidate) -> str:
    """A record, the study that it fits best, and why."""
    theirs, lang = each.record, words.language()
    score = f"{each.score:.2f}".replace(".", "," if lang == "da" else ".")
    authors = "; ".join(theirs.authors[:3]) + (" …" if len(theirs.authors) > 3 else "")
    said = ", ".join(filter(None, (authors, str(theirs.year or ""), theirs.doi)))
    lines = [f"  {score}  {theirs.label or text('link.untitled')}", f"        {said or '–'}  [{theirs.where}]"]
    if each.ours is not None:
        version = text(f"link.versions.{each.version}") if each.version else text("link.nearest")
        lines.append(f"        → {each.ours.id} ({version}): {each.ours.label} ({each.ours.year or '–'})")
    return "\n".join([*lines, *(f"          · {reason}" for reason in each.told(lang))])
