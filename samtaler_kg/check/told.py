"""Problems as text for people, and as JSON, SARIF, JUnit XML and annotations for the tools that read them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from samtaler_kg.check.page import as_html
from samtaler_kg.problems import Problem, Severity, Where
from samtaler_kg.version import VERSION
from samtaler_kg.words import Language, say

#: The severities as SARIF and GitHub call them.
_LEVELS = {Severity.BLOCKS: "error", Severity.WARNS: "warning", Severity.INFORMS: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

#: What no XML text may hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Cards = Sequence[str]


def as_text(problems: Sequence[Problem], lang: Language, cards: Cards) -> str:
    """A few lines a problem, then how many there are."""
    return "".join(f"{_lines(problem, lang)}\n" for problem in problems) + summary(problems, lang, cards) + "\n"


def _lines(problem: Problem, lang: Language) -> str:
    head = f"{problem.where}: " if str(problem.where) else ""
    severity = say(f"severity.{problem.severity.value}", lang)
    mend = say("problem.mend", lang, mend=problem.mend(lang))
    return "\n".join(filter(None, (f"{head}{severity}: {problem.what(lang)}", problem.excerpt, f"  {mend}")))


def summary(problems: Iterable[Problem], lang: Language, cards: Cards) -> str:
    """How many problems of each severity there are."""
    found = Counter(problem.severity.value for problem in problems)
    numbers = {severity.value: found[severity.value] for severity in Severity}
    return say("check.summary", lang, cards=len(cards), **numbers)


def as_json(problems: Sequence[Problem], lang: Language, cards: Cards) -> str:
    """A list of plain records."""
    return json.dumps([problem.as_record(lang) for problem in problems], ensure_ascii=False, indent=1) + "\n"


def as_sarif(problems: Sequence[Problem], lang: Language, cards: Cards) -> str:
    """A SARIF 2.1.0 log of one run: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""
    rules = {rule_of(problem): problem for problem in reversed(problems)}
    driver = {
        "name": "samtaler",
        "version": VERSION,
        "informationUri": "https://w3id.org/samtaler/",
        "rules": [_rule(name, problem, lang) for name, problem in sorted(rules.items())],
    }
    results = [_result(problem, lang) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def rule_of(problem: Problem) -> str:
    """The name of the rule that a problem breaks: that of its shape, else the problem's own."""
    return problem.shape.rpartition("/")[2] or problem.name


def _rule(name: str, problem: Problem, lang: Language) -> dict[str, object]:
    rule: dict[str, object] = {"id": name, "defaultConfiguration": {"level": _LEVELS[problem.severity]}}
    words = problem.facts.get("rule")
    if isinstance(words, Mapping) and problem.shape:
        rule |= {"shortDescription": {"text": words[lang]}, "helpUri": problem.shape}
    return rule


def _result(problem: Problem, lang: Language) -> dict[str, object]:
    text = f"{problem.what(lang)}. {say('problem.mend', lang, mend=problem.mend(lang))}"
    place: dict[str, object] = {}
    where = problem.where
    file, inside = _file_and_place(where)
    if file:
        numbers = {"startLine": where.line, "startColumn": where.column} if file == where.file else {}
        region = {name: number for name, number in numbers.items() if number}
        place["physicalLocation"] = {"artifactLocation": {"uri": quote(file)}} | (
            {"region": region} if "startLine" in region else {}
        )
    if inside:
        place["logicalLocations"] = [{"fullyQualifiedName": inside}]
    result = {"ruleId": rule_of(problem), "level": _LEVELS[problem.severity], "message": {"text": text}}
    return result | ({"locations": [place]} if place else {})


def _file_and_place(where: Where) -> tuple[str, str]:
    """The file on the disk, and the place in it that no line says: the key, and in a workbook sheet and cell too."""
    book, mark, _ = where.file.partition(".xlsx!")
    if not mark:
        return where.file, where.key
    file = f"{book}.xlsx"
    return file, str(where).removeprefix(f"{file}!")


def as_junit(problems: Sequence[Problem], lang: Language, cards: Cards) -> str:
    """JUnit XML: a test case a file, failed where something blocks; warnings and notes are its output."""
    files = list(dict.fromkeys([*cards, *(problem.where.file for problem in problems)]))
    cases = [_case(file, [p for p in problems if p.where.file == file], lang) for file in files]
    failed = sum("<failure" in case for case in cases)
    head = f'<testsuite name="samtaler check" tests="{len(cases)}" failures="{failed}" errors="0" skipped="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"]) + "\n"


def _case(file: str, problems: Sequence[Problem], lang: Language) -> str:
    name = _attribute(file or say("check.base", lang))
    parts = [_failure(problem, lang) for problem in problems if problem.severity is Severity.BLOCKS]
    told = [_lines(problem, lang) for problem in problems if problem.severity is not Severity.BLOCKS]
    if told:
        parts.append(f"<system-out>{_text(chr(10).join(told))}</system-out>")
    return f'<testcase classname="samtaler" name={name}>{"".join(parts)}</testcase>'


def _failure(problem: Problem, lang: Language) -> str:
    what, kind = _attribute(problem.what(lang)), _attribute(rule_of(problem))
    return f"<failure type={kind} message={what}>{_text(_lines(problem, lang))}</failure>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))


def as_github(problems: Sequence[Problem], lang: Language, cards: Cards) -> str:
    """Workflow commands that GitHub shows beside the lines of a change."""
    return "".join(f"{_command(problem, lang)}\n" for problem in problems)


def _command(problem: Problem, lang: Language) -> str:
    level = {"note": "notice"}.get(_LEVELS[problem.severity], _LEVELS[problem.severity])
    where = problem.where
    file, inside = _file_and_place(where)
    lines = {"line": where.line, "col": where.column} if file == where.file else {}
    given = {"file": file, **lines, "title": rule_of(problem)}
    settings = ",".join(f"{name}={_setting(str(value))}" for name, value in given.items() if value)
    place = f"{inside}: " if inside else ""
    text = f"{place}{problem.what(lang)}\n{say('problem.mend', lang, mend=problem.mend(lang))}"
    return f"::{level} {settings}::{_message(text)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _setting(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


#: Each form in which problems can be told, by name.
FORMS: Mapping[str, Callable[[Sequence[Problem], Language, Cards], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "github": as_github,
    "html": as_html,
}
