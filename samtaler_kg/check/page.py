"""Problems as one HTML page that needs no other file and no net."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from samtaler_kg.problems import Problem, Severity
from samtaler_kg.version import VERSION
from samtaler_kg.words import Language, say

_COLUMNS = ("place", "severity", "what", "mend", "shape")


def as_html(problems: Sequence[Problem], lang: Language, cards: Sequence[str]) -> str:
    """A table a file, the gravest problems marked, with the number of each severity above."""
    from jinja2 import Environment, StrictUndefined

    template = (Path(__file__).parent / "page.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found = Counter(problem.severity.value for problem in problems)
    numbers = {severity.value: found[severity.value] for severity in Severity}
    page = environment.from_string(template).render(
        lang=lang,
        title=say("check.title", lang),
        summary=say("check.summary", lang, cards=len(cards), **numbers),
        clean=say("check.clean", lang) if not problems else "",
        columns=[say(f"check.columns.{name}", lang) for name in _COLUMNS],
        files=[
            (file or say("check.base", lang), [_row(problem, lang) for problem in rows])
            for file, rows in groupby(problems, key=lambda problem: problem.where.file)
        ],
        made=say("check.made", lang, version=VERSION),
    )
    return page + "\n"


def _row(problem: Problem, lang: Language) -> dict[str, str]:
    where = problem.where
    place = ":".join(str(part) for part in (where.line, where.column) if part)
    return {
        "kind": problem.severity.value,
        "place": " ".join(filter(None, (place, where.key))),
        "severity": say(f"severity.{problem.severity.value}", lang),
        "what": problem.what(lang),
        "mend": problem.mend(lang),
        "shape": problem.shape.rpartition("/")[2] or problem.name,
    }
