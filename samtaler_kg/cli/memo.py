"""``samtaler memo``: every claim of the memo, published and computed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from samtaler_kg import words
from samtaler_kg.cli.frame import LANG, common, grid, note, opened, put_out, settle, text, width
from samtaler_kg.problems import ExitCode, Problem, Refused
from samtaler_kg.words import say

#: The columns of the figures, in order; their titles stand under ``memo.columns`` in the text files.
_COLUMNS = ("claim", "paragraph", "counts", "published", "reconstructed", "coded", "coded-all", "status", "query")

if TYPE_CHECKING:
    from samtaler_kg.changes import Change
    from samtaler_kg.memo import Figure, Memo, Params, Scope


@click.command("memo", help=say("help.memo.long", LANG))
@click.option("--json", "as_json", is_flag=True, help=say("help.json", LANG))
@click.option("--findings", is_flag=True, help=say("help.memo.findings", LANG))
@click.option("--write", "folder", type=click.Path(file_okay=False), help=say("help.memo.write", LANG))
@click.option("--layer", default=None, metavar="LAYER", help=say("help.memo.layer", LANG))
@click.option("--diff", "old", type=click.Path(), metavar="OLD", help=say("help.memo.diff", LANG))
@click.option("--output", "-o", type=click.Path(dir_okay=False), help=say("help.output", LANG))
@common
def command(
    as_json: bool,
    findings: bool,
    folder: str | None,
    layer: str | None,
    old: str | None,
    output: str | None,
    lang: str | None,
    base: str | None,
) -> int:
    """Compute and print the claims, write them as a document, or tell what has changed."""
    settle(lang, base)
    if folder:
        return _write(folder, layer or "coded", lang, as_json)
    if layer:
        raise Refused(Problem("layer-without-write", facts={"layer": layer}))
    if old:
        return _diff(old, as_json, output)
    return _print(as_json, findings, output)


def _print(as_json: bool, findings: bool, output: str | None) -> int:
    from samtaler_kg.memo import Memo

    memo = Memo(opened())
    figures = memo.figures()
    scope = memo.scope()
    if as_json:
        body = _findings_json(memo) if findings else [figure.as_record(scope, words.language()) for figure in figures]
        put_out(json.dumps(body, ensure_ascii=False, indent=1) + "\n", output)
    else:
        parts = [] if findings else [_figures(memo, figures), _summary(memo, figures, scope)]
        put_out("\n".join([*parts, _findings(memo)]), output)
    missing = [figure.claim for figure in figures if not figure.reproduced]
    if missing:
        note(text("memo.not-reproduced", claims=", ".join(missing)))
    return ExitCode.NO if missing else ExitCode.FINE


def _write(folder: str, layer: str, lang: str | None, as_json: bool) -> int:
    """Write the document; in both languages unless one is asked for."""
    from samtaler_kg.document import write
    from samtaler_kg.graph import layer_named

    languages = [words.language(lang)] if lang else words.LANGUAGES
    written = write(opened(), Path(folder), languages, layer_named(layer))
    if as_json:
        found = None if written.changes is None else [change.as_record() for change in written.changes]
        body = {"files": [str(path) for path in written.files], "changes": found}
        put_out(json.dumps(body, ensure_ascii=False, indent=1) + "\n", None)
        return ExitCode.FINE
    for path in written.files:
        note(text("memo.written", file=path))
    if written.changes:
        put_out(_changes(written.changes), None)
    return ExitCode.FINE


def _diff(old: str, as_json: bool, output: str | None) -> int:
    """Tell what has changed; exit 1 where anything has, as ``diff`` does."""
    from samtaler_kg.changes import changes, read_state, state

    found = changes(read_state(old), state(opened()))
    if as_json:
        put_out(json.dumps([change.as_record() for change in found], ensure_ascii=False, indent=1) + "\n", output)
    else:
        put_out(_changes(found) if found else text("memo.unchanged") + "\n", output)
    return ExitCode.NO if found else ExitCode.FINE


def _changes(found: Sequence[Change]) -> str:
    """Each changed figure on a line, and the results that made it change below."""
    lines = []
    for change in found:
        before, now = (_share(share) for share in (change.before, change.now))
        lines.append(f"{change.claim:<5}{before} → {now}")
        for kind, ids in (("came", change.came), ("went", change.went), ("changed", change.changed)):
            lines += [f"     {text(f'document.{kind}')}: {name}" for name in ids]
    return "\n".join(lines) + "\n"


def _share(share: Mapping[str, int | None] | None) -> str:
    if share is None:
        return "–"
    numerator, denominator = share["numerator"], share["denominator"]
    return str(numerator) if denominator is None else f"{numerator} / {denominator}"


def _figures(memo: Memo, figures: list[Figure]) -> str:
    """One grid for each section of the memo; a few lines a figure where the terminal is too narrow for grids."""
    parts = []
    for section in dict.fromkeys(figure.section for figure in figures):
        rows = [_row(memo, figure) for figure in figures if figure.section == section]
        titles = [text(f"memo.columns.{key}") for key in _COLUMNS]
        body = grid(titles, rows, {3, 4, 5, 6}, _section(section), wide=True)
        if max(map(len, body.splitlines())) > width():
            body = "\n".join([_section(section), "", *(_lines(titles, row) for row in rows), ""])
        parts.append(body)
    return "\n".join([text("memo.title"), "", *parts])


def _row(memo: Memo, figure: Figure) -> list[str]:
    shares = (figure.published, figure.reconstructed, figure.coded, figure.coded_all)
    told = ["–" if share is None else str(share) for share in shares]
    return [figure.claim, _paragraph(figure.paragraph), _counts(memo, figure), *told, _status(figure), figure.query]


def _lines(titles: list[str], row: list[str]) -> str:
    """A figure on a few lines: what it counts, then its shares by their column, then its status and query."""
    claim, paragraph, counts, *shares, status, query = row
    place = f" ({titles[1].lower()} {paragraph})" if paragraph else ""
    told = "; ".join(f"{title.lower()} {share}" for title, share in zip(titles[3:7], shares, strict=True))
    return "\n".join([f"{claim:<5}{counts}{place}", f"     {told}", f"     {status}; {query}"])


def _section(section: str) -> str:
    """A section's heading; what follows from the memo's figures, and its lead, stand under none."""
    return text(f"memo.sections.{section.strip('()')}") if section.startswith("(") else section


def _place(section: str, paragraph: str) -> str:
    return f"{_section(section)}, {_paragraph(paragraph)}" if paragraph else _section(section)


def _paragraph(paragraph: str) -> str:
    """Where in its section a claim stands; the words in it are those of the reader."""
    return re.sub("[a-z]+", lambda word: text(f"memo.paragraphs.{word[0]}"), paragraph)


def _counts(memo: Memo, figure: Figure) -> str:
    """What a figure counts, in words: the unit and its dimensions, then what it is a part of."""
    what = _dimensions(memo, figure.params)
    unit = text(f"memo.units.{figure.unit}")
    return f"{unit}: {what}" if what else unit


def _dimensions(memo: Memo, params: Params) -> str:
    lang = words.language()
    told: list[str] = []
    for name, value in params.items():
        known = memo.graph.catalogue.params[name].list
        concepts = memo.graph.codes.by_list.get(known, {})
        parts = [concepts[part].label(lang) if part in concepts else part for part in value.split("|")]
        if name == "year_to" and "year_from" in params:
            told[-1] += f"–{value}"
        else:
            told.append(text("memo.or").join(parts))
    return ", ".join(told)


def _status(figure: Figure) -> str:
    reproduced = "reproduced" if figure.reproduced else "not-reproduced"
    return f"{text(f'memo.status.{reproduced}')}; {text(f'memo.status.{figure.coded_status}')}"


def _summary(memo: Memo, figures: list[Figure], scope: Scope) -> str:
    reasons = memo.graph.codes.by_list["scope-reason"]
    reproduced = sum(figure.reproduced for figure in figures)
    lines = [
        text("memo.reproduced", n=reproduced, of=len(figures)),
        text("memo.by-construction"),
        text("memo.scope", results=scope.results, of=scope.of, excluded=scope.excluded),
        "  " + "; ".join(f"{reasons[reason].label(words.language())}: {n}" for reason, n in scope.reasons.items()),
        text("memo.scope-all"),
        text("memo.vote"),
    ]
    lines += [f"{figure.claim}: {figure.reason[words.language()]}." for figure in figures if figure.reason]
    return "\n".join(lines) + "\n"


def _findings(memo: Memo) -> str:
    """The claims that print no count: what each says, what speaks for or against it, and the query that looks at it."""
    lang = words.language()
    kinds, readings = (memo.graph.codes.by_list[name] for name in ("claim-kind", "reading"))
    lines = [text("memo.findings-title"), ""]
    for finding in memo.findings():
        told = Counter(readings[reading.kind].label(lang) for reading in finding.readings)
        speaks = "".join(f"; {kind}: {n}" for kind, n in told.items())
        place = _place(finding.section, finding.paragraph)
        lines.append(f"{finding.claim:<5}{kinds[finding.kind].label(lang)}: {place}; {finding.query}{speaks}")
        lines += wrap(finding.told(lang), min(width(), 120), initial_indent=" " * 5, subsequent_indent=" " * 5)
    return "\n".join([*lines, "", text("memo.findings-more"), ""])


def _findings_json(memo: Memo) -> list[dict[str, object]]:
    return [
        {
            "claim": finding.claim,
            "kind": finding.kind,
            "place": {"section": finding.section, "paragraph": finding.paragraph},
            "note": finding.told(words.language()),
            "query": finding.query,
            "readings": [
                {"kind": reading.kind, "evidence": reading.evidence, "reason": reading.told(words.language())}
                for reading in finding.readings
            ],
        }
        for finding in memo.findings()
    ]
