"""References fill in the bibliography and nothing else: what is not certain is left out, and told."""

from __future__ import annotations

from pathlib import Path

import pytest
import rispy

from samtaler_kg.cards import Card, Grammar
from samtaler_kg.forms import read
from samtaler_kg.places import Base
from samtaler_kg.problems import Problem, Severity

BIBLIOGRAPHY = {"title", "authors", "year", "venue", "publication_type", "doi", "language"}
FORMS = ["synthetic.ris", "synthetic.bib", "synthetic-csl.json"]


@pytest.fixture
def folder(repo: Path) -> Path:
    return repo / "tests" / "fixtures" / "forms"


def found(path: Path, base: Base) -> tuple[list[Card], list[Problem]]:
    return read(path, Grammar.of(base))


def told(problems: list[Problem]) -> list[tuple[str, int | None, str, str]]:
    return [(p.name, p.where.line, p.where.key, str(p.facts.get("value", ""))) for p in problems]


def test_ris(folder: Path, base: Base) -> None:
    cards, problems = found(folder / "synthetic.ris", base)
    assert cards[0].data == {
        "title": "Synthetic: early meetings and made-up outcomes",
        "authors": ["Eksempel, Åse", "van Muster, Jan C."],
        "year": "2015",
        "venue": "Journal of Made-Up Evidence 12 (3), 101-120",
        "publication_type": "journal-article",
        "doi": "10.1234/synthetic.1",
        "language": "en",
    }
    assert cards[1].data == {
        "title": "Syntetisk rapport om samtaler",
        "authors": ["Prøve, Søren"],
        "year": "2011",
        "venue": "Styrelsen for Eksempler",
    }
    assert cards[2].data["publication_type"] == "working-paper"
    assert told(problems) == [
        ("left-out", 20, "publication_type", "RPRT"),
        ("left-out", 25, "language", "Klingon"),
        ("left-out", 30, "year", "u.å."),
    ]
    assert {problem.severity for problem in problems} == {Severity.INFORMS}
    assert str(cards[0].where(("authors", 1)))[-len("synthetic.ris:4:7 authors[1]") :] == "synthetic.ris:4:7 authors[1]"


def test_bibtex(folder: Path, base: Base) -> None:
    cards, problems = found(folder / "synthetic.bib", base)
    assert cards[0].data == {
        "title": "Synthetic: DREAM and møder",
        "authors": ["Eksempel, Åse", "van Muster, Jan C.", "Styrelsen for Eksempler"],
        "year": "2015",
        "venue": "Journal of Made-Up Evidence 12 (3), 101-120",
        "publication_type": "journal-article",
        "doi": "10.1234/synthetic.1",
        "language": "da",
    }
    assert cards[1].data["venue"] == "Made-Up Institute, 44"
    assert [card.data.get("publication_type") for card in cards] == [
        "journal-article", "working-paper", "thesis", "book-chapter", None,
    ]  # fmt: skip
    assert [card.data.get("year") for card in cards] == ["2015", "2011", None, "1999", "2020"]
    assert told(problems) == [
        ("left-out", 5, "authors", "and others"),
        ("left-out", 21, "year", "forthcoming"),
        ("left-out", 23, "publication_type", "misc"),
    ]
    assert cards[0].where(("doi",)).line == 10


def test_csl(folder: Path, base: Base) -> None:
    cards, problems = found(folder / "synthetic-csl.json", base)
    assert cards[0].data == {
        "title": "Synthetic: early meetings",
        "authors": ["Eksempel, Åse", "van Muster, Jan C.", "Styrelsen for Eksempler"],
        "year": "2015",
        "venue": "Journal of Made-Up Evidence 12 (3), 101-120",
        "publication_type": "journal-article",
        "doi": "10.1234/synthetic.1",
        "language": "en",
    }
    assert cards[2].data == {"title": "A synthetic paper", "publication_type": "working-paper"}
    assert told(problems) == [
        ("left-out", 20, "publication_type", "report"),
        ("left-out", 20, "doi", "none"),
        ("left-out", 21, "authors", "author"),
    ]


@pytest.mark.parametrize("name", FORMS)
def test_only_the_bibliography_is_filled_in(folder: Path, base: Base, name: str) -> None:
    cards, _ = found(folder / name, base)
    assert len(cards) >= 3
    assert {key for card in cards for key in card.data} <= BIBLIOGRAPHY


def test_ris_is_read_as_the_package_reads_it(folder: Path, base: Base) -> None:
    text = (folder / "synthetic.ris").read_text("utf-8")
    cards, _ = found(folder / "synthetic.ris", base)
    for card, other in zip(cards, rispy.loads(text), strict=True):
        title = other.get("title") or other.get("primary_title")
        assert (card.data["title"], card.data["authors"]) == (title, other.get("authors") or other["first_authors"])


RIS_FAULTS = {
    "a line before the first": ("AU  - A\nTY  - JOUR\nTI  - T\nER  - \n", [1], 1),
    "a record that does not end": ("TY  - JOUR\nTI  - T\n", [1], 0),
    "a record in a record": ("TY  - JOUR\nTI  - T\nTY  - CHAP\nER  - \n", [3], 1),
    "words after the last": ("TY  - JOUR\nTI  - T\nER  - \nmore\n", [4], 1),
}


@pytest.mark.parametrize("text, lines, count", RIS_FAULTS.values(), ids=RIS_FAULTS)
def test_ris_that_is_damaged(tmp_path: Path, base: Base, text: str, lines: list[int], count: int) -> None:
    path = tmp_path / "x.ris"
    path.write_text(text, "utf-8")
    cards, problems = found(path, base)
    assert [problem.where.line for problem in problems if problem.name == "ris-syntax"] == lines
    assert len(cards) == count


def test_bibtex_that_is_damaged_tells_every_entry(tmp_path: Path, base: Base) -> None:
    path = tmp_path / "x.bib"
    path.write_text(
        "@article{a, title = }\n@article{b, title = {T}, year = 2000}\n@article{c, title = {open\n", "utf-8"
    )
    cards, problems = found(path, base)
    assert [(p.name, p.where.line) for p in problems if p.severity == Severity.BLOCKS] == [
        ("bib-syntax", 1),
        ("bib-syntax", 3),
    ]
    assert any(card.data.get("title") == "T" for card in cards)


@pytest.mark.parametrize("name", ["empty.ris", "empty.bib", "empty.csl"])
def test_an_empty_file_says_so(tmp_path: Path, base: Base, name: str) -> None:
    (tmp_path / name).write_text("[]" if name.endswith("csl") else "", "utf-8")
    cards, problems = found(tmp_path / name, base)
    assert cards == []
    assert [problem.name for problem in problems] == ["nothing-filled"]


def test_a_card_in_json_is_no_reference(tmp_path: Path, base: Base) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"type": "report", "title": "T", "verification": "full"}', "utf-8")
    (card,), _ = found(path, base)
    assert card.data["verification"] == "full"
