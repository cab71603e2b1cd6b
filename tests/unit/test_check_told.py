"""Problems in each form: nothing is lost, nothing is broken by strange text, each form is what its readers expect."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from samtaler_kg.check.told import FORMS
from samtaler_kg.cli.check import FORMS as OFFERED
from samtaler_kg.problems import Problem, Severity, Where
from samtaler_kg.words import Language

ODD = "ø <b>&amp;\"' \x01 100%, a:b\nnew"
RULE = {"en": "A result has a verdict", "da": "Et resultat har et udfald"}
MEND = {"en": "Say which one.", "da": "Angiv hvilket."}
FACTS = {"key": "results[0].verdict", "value": ODD, "rule": RULE, "mend": MEND, "other": "study/x (Æ)"}
SHAPE = "https://w3id.org/samtaler/shape/result-verdict"

PROBLEMS = [
    Problem("shape-value", Where("a b/ø.yaml", 3, 5, "results[0].verdict"), FACTS, shape=SHAPE, focus="urn:r1"),
    Problem("shape-other", Where("a b/ø.yaml", 4, key="doi"), FACTS, Severity.WARNS, shape=SHAPE, focus="urn:s1"),
    Problem("shape-missing", Where("c.yaml"), FACTS, Severity.INFORMS),
    Problem("not-a-card", Where(), {}),
]
CARDS = ["a b/ø.yaml", "c.yaml", "sound.yaml"]


def told(form: str, lang: Language = "en", problems: list[Problem] = PROBLEMS) -> str:
    return FORMS[form](problems, lang, CARDS)


def test_every_form_that_is_offered_exists() -> None:
    assert tuple(FORMS) == OFFERED


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_problem_and_every_mend_is_in_every_form(form: str, lang: Language) -> None:
    text = told(form, lang)
    assert text.count(MEND[lang]) >= 3
    assert FORMS[form]([], lang, CARDS) != text


def test_text_names_place_severity_mend_and_the_sum() -> None:
    lines = told("text").splitlines()
    assert lines[0].startswith("a b/ø.yaml:3:5 results[0].verdict: error: results[0].verdict is 'ø <b>")
    assert "  To mend it: Say which one." in lines
    assert lines[-1] == "Cards: 3. Errors: 2, warnings: 1, notes: 1"
    assert told("text", "da").splitlines()[-1] == "Kort: 3. Fejl: 2, advarsler: 1, bemærkninger: 1"


def test_json_has_the_keys_that_tools_rely_on() -> None:
    records = json.loads(told("json"))
    assert [list(record) for record in records] == [
        ["name", "severity", "where", "what", "mend", "shape", "focus"]
    ] * len(PROBLEMS)
    assert records[0]["where"] == {"file": "a b/ø.yaml", "line": 3, "column": 5, "key": "results[0].verdict"}
    assert [record["severity"] for record in records] == ["blocks", "warns", "informs", "blocks"]
    assert (records[0]["shape"], records[0]["focus"]) == (SHAPE, "urn:r1")


def test_sarif_is_a_log_of_one_run() -> None:
    log = json.loads(told("sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules == {"result-verdict", "shape-missing", "not-a-card"}
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    first = run["results"][0]["locations"][0]
    assert unquote(first["physicalLocation"]["artifactLocation"]["uri"]) == "a b/ø.yaml"
    assert first["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert first["logicalLocations"] == [{"fullyQualifiedName": "results[0].verdict"}]
    assert "locations" not in run["results"][3]
    (described,) = (rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "result-verdict")
    assert described["shortDescription"]["text"] == RULE["en"]
    assert described["helpUri"] == SHAPE


def test_junit_fails_the_cards_with_errors_and_passes_the_others() -> None:
    suite = ET.fromstring(told("junit").encode("utf-8"))
    failed = {case.get("name"): len(case.findall("failure")) for case in suite.findall("testcase")}
    assert failed == {"a b/ø.yaml": 1, "c.yaml": 0, "sound.yaml": 0, "the whole base": 1}
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    (output,) = suite.findall("testcase[@name='c.yaml']/system-out")
    assert "note" in (output.text or "")


def test_github_escapes_what_would_end_a_command() -> None:
    lines = told("github").splitlines()
    assert len(lines) == len(PROBLEMS)
    assert lines[0].startswith("::error file=a b/ø.yaml,line=3,col=5,title=result-verdict::results[0].verdict: ")
    assert "100%25" in lines[0]
    assert lines[1].startswith("::warning ")
    assert lines[2].startswith("::notice ")
    assert all(re.fullmatch(r"::(error|warning|notice) [^:]*::.*", line) for line in lines)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in {"src", "href"}]


def test_html_is_one_page_that_needs_nothing_else() -> None:
    page = Page()
    page.feed(told("html", "da"))
    assert page.links == []
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert page.tags.count("table") == 3
    assert told("html", "da").startswith('<!DOCTYPE html>\n<html lang="da">')
    assert "Der er intet at rette." in told("html", "da", [])


def test_a_place_in_a_workbook_is_told_of_the_file_that_is_there() -> None:
    where = Where("my book.xlsx!results", 3, 18, "results[0].estimate.value")
    problem = Problem("not-text", where, {"key": "value"})
    place = json.loads(told("sarif", "en", [problem]))["runs"][0]["results"][0]["locations"][0]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "my%20book.xlsx"}}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "results!R3 results[0].estimate.value"}]
    assert told("github", "en", [problem]).startswith(
        "::error file=my book.xlsx,title=not-text::results!R3 results[0].estimate.value: "
    )
