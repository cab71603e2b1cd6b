"""The page of findings is what the graph gives, in both languages; its sentences fall with what they lean on."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from samtaler_kg.count.votes import rows
from samtaler_kg.findings import PAGES, Told, page
from samtaler_kg.graph import Graph
from samtaler_kg.problems import Damaged
from samtaler_kg.words import LANGUAGES, Language


@pytest.fixture(scope="module")
def told(graph: Graph) -> dict[Language, str]:
    """The page in each language, as the graph gives it."""
    return {lang: page(graph, lang) for lang in LANGUAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_what_the_graph_gives(repo: Path, told: dict[Language, str], lang: Language) -> None:
    """Set SAMTALER_WRITE_FINDINGS=1 to write it anew."""
    path = repo / "docs" / PAGES[lang]
    if os.environ.get("SAMTALER_WRITE_FINDINGS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(told[lang], encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told[lang]


def test_both_languages_tell_the_same_numbers(told: dict[Language, str]) -> None:
    numbers = {lang: sorted(re.findall(r"\d+", text.replace(",", "."))) for lang, text in told.items()}
    assert numbers["da"] == numbers["en"]
    for words in (("May be quoted", "Kan citeres"), ("May not be quoted", "Kan ikke citeres")):
        counts = [told["en"].count(words[0]), told["da"].count(words[1])]
        assert counts[0] == counts[1] >= 3


def test_every_table_row_has_every_cell(told: dict[Language, str]) -> None:
    for text in told.values():
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert len(rows) > 20
        assert {line.count("|") for line in rows} == {6, 7}
        assert not any(line.endswith(" ") for line in rows)


def test_a_sentence_that_leans_on_what_is_gone_is_refused(graph: Graph) -> None:
    assert Told(graph, "en").premise(True, "it holds") == ""
    with pytest.raises(Damaged) as damaged:
        Told(graph, "da").premise(False, "det holder")
    assert [problem.name for problem in damaged.value.problems] == ["premise-gone"]
    assert "det holder" in damaged.value.problems[0].what("da")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_worded_is_not_quoted_as_tested(told: dict[Language, str], graph: Graph, lang: Language) -> None:
    """The codebook codes a rise that is worded without a test as positive too: only high confidence has a test."""
    sure = sum(row["verdict"] == "positive" and row["confidence"] == "high" for row in rows(graph, {}, "memo"))
    assert sure == 34
    quoted = re.findall(r'\*\*(?:May be quoted|Kan citeres)\.\*\* "([^"]+)"', told[lang])
    assert f"34 {'of these' if lang == 'en' else 'af disse'}" in " ".join(quoted).replace("\n", " ")
    assert not [quote for quote in quoted if re.search("significant improvement|signifikant(e)? forbedring", quote)]
