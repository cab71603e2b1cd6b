"""References, read by pybtex and rispy and by the project's own readers, and compared with the cards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import rispy
from pybtex.database import parse_string

from samtaler_kg.cards import Data, Grammar
from samtaler_kg.exports import export
from samtaler_kg.exports.references import Reference, _entry, _record
from samtaler_kg.exports.stored import cards
from samtaler_kg.forms import read
from samtaler_kg.forms.bibtex import plain
from samtaler_kg.graph import Graph
from samtaler_kg.problems import Refused

#: Titles that stand in a card and were not read: the cards say so in brackets.
UNTITLED = {
    "boockmann-braendle-50plus",
    "hofmann-krug-2010-kurzbericht",
    "iza-17470-2024-integration-agreements-welfare",
}
FILES = {"bibtex": "coded.bib", "ris": "coded.ris", "csl-json": "coded.json"}


@pytest.fixture(scope="module")
def studies(graph: Graph) -> Mapping[str, Data]:
    """The cards of studies by identifier."""
    return {data["id"]: data for kind, data in cards(graph, "coded") if kind == "study"}


def written(graph: Graph, form: str) -> str:
    return export(graph, "coded", form)[FILES[form]].decode("utf-8")


def title(study: Data) -> str:
    return "" if study["id"] in UNTITLED else study["title"]


def link(study: Data) -> str:
    return study["url"] if study.get("url_kind") == "publisher-or-repository" else ""


def test_bibtex_by_pybtex(graph: Graph, studies: Mapping[str, Data]) -> None:
    found = parse_string(written(graph, "bibtex"), "bibtex").entries
    assert list(found) == list(studies)
    for name, entry in found.items():
        study, fields = studies[name], entry.fields
        said = {key: plain(fields.get(key, "")) for key in ("title", "year", "doi", "language")}
        assert said == {"title": title(study), **{key: study.get(key, "") for key in ("year", "doi", "language")}}
        venues = {plain(fields[key]) for key in ("journal", "institution", "booktitle", "school") if key in fields}
        assert venues == {study["venue"]} if "venue" in study else not venues
        assert [plain(str(person)) for person in entry.persons.get("author", [])] == study.get("authors", [])
        assert fields.get("url", "") == link(study)
        assert fields["annote"]


def test_ris_by_rispy(graph: Graph, studies: Mapping[str, Data]) -> None:
    found = rispy.loads(written(graph, "ris"))
    assert [entry["id"] for entry in found] == list(studies)
    for entry in found:
        study = studies[entry["id"]]
        assert entry.get("title", "") == title(study)
        assert entry.get("authors", []) == study.get("authors", [])
        assert entry.get("secondary_title", entry.get("publisher", "")) == study.get("venue", "")
        assert (entry.get("year", ""), entry.get("doi", "")) == (study.get("year", ""), study.get("doi", ""))
        assert "".join(entry.get("urls", [])) == link(study)
        assert entry["notes"]


@pytest.mark.parametrize("form", FILES)
def test_each_form_by_our_own_reader(graph: Graph, studies: Mapping[str, Data], form: str, tmp_path: Path) -> None:
    (tmp_path / FILES[form]).write_text(written(graph, form), encoding="utf-8", newline="")
    found, problems = read(tmp_path / FILES[form], Grammar.of(graph.base, graph.codes))
    assert {problem.name for problem in problems} == {"left-out"}
    assert {problem.where.key for problem in problems} == {"publication_type"}  # a report is not told from other works
    keys = ("authors", "year", "venue", "doi", "language")
    assert len(found) == len(studies)
    for card, study in zip(found, studies.values(), strict=True):
        assert card.data.get("title", "") == title(study)
        assert {key: card.data.get(key) for key in keys} == {key: study.get(key) for key in keys}
        if study["publication_type"] != "report":
            assert card.data["publication_type"] == study["publication_type"]


def test_csl_items_have_what_was_read_and_no_more(graph: Graph, studies: Mapping[str, Data]) -> None:
    for item in json.loads(written(graph, "csl-json")):
        study = studies[item["id"]]
        assert [_name(name) for name in item.get("author", [])] == study.get("authors", [])
        assert str(item.get("issued", {}).get("date-parts", [[""]])[0][0]) == study.get("year", "")
        known = {"title": title(study), "DOI": study.get("doi"), "URL": link(study), "language": study.get("language")}
        assert {key: item.get(key) for key in known} == {key: value or None for key, value in known.items()}
        assert all(item.values())


def _name(name: Mapping[str, Any]) -> str:
    return name.get("literal") or f"{name['family']}, {name['given']}"


@pytest.mark.parametrize("form", FILES)
def test_no_mirror_is_offered_and_no_title_made_up(graph: Graph, studies: Mapping[str, Data], form: str) -> None:
    text = written(graph, form)
    mirrors = [study["url"] for study in studies.values() if study["url_kind"] == "mirror"]
    offered = {study["url"] for study in studies.values() if study["url_kind"] != "mirror"}
    assert len(mirrors) == 37
    assert [url for url in mirrors if url in text and not any(url in other for other in offered)] == []
    assert "not on the page read" not in text
    assert len(re.findall("Its title was not on the pages read", text)) == len(UNTITLED)


def test_a_retracted_study_is_cited_as_such(judged: Graph) -> None:
    for form in FILES:
        assert written(judged, form).count("Retracted from the base.") == 1


def test_the_head_of_bibtex_counts_what_is_left_out(graph: Graph) -> None:
    assert "% 153 studies of samtaler_kg as they were coded; of 3 the title was not read" in written(graph, "bibtex")


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("layer", ["reconstructed", "memo"])
def test_only_real_studies_can_be_cited(graph: Graph, form: str, layer: Any) -> None:
    with pytest.raises(Refused) as refused:
        export(graph, layer, form)
    assert [problem.name for problem in refused.value.problems] == ["form-not-for-layer"]


def test_marks_of_a_form_in_a_text_break_nothing() -> None:
    venue = {"bibtex": "journal", "ris": "T2", "csl": "container-title"}
    hostile = Reference(
        key="synthetic",
        title='Synthetic } , year = {1900}, @book{x, "50 %" \\end',
        authors=("Ministry of A and B {x", "Eksempel, Åse"),
        year="2020",
        venue="A B_C & D # 5 %",
        doi="",
        language="",
        url="https://example.org/{x}?a=1%202",
        note="",
        plan={"bibtex": "article", "ris": "JOUR", "csl": "article-journal", "venue": venue},
    )
    entries = parse_string(_entry(hostile, "type"), "bibtex").entries
    assert list(entries) == ["synthetic"]
    fields = entries["synthetic"].fields
    assert set(fields) == {"title", "journal", "year", "url"}
    assert (fields["year"], fields["url"]) == ("2020", "https://example.org/%7Bx%7D?a=1%202")
    assert plain(fields["journal"]) == hostile.venue
    assert [person.last_names[-1] for person in entries["synthetic"].persons["author"]][1] == "Eksempel"
    assert len(entries["synthetic"].persons["author"]) == 2
    (record,) = rispy.loads("\r\n".join(_record(hostile, "M3")))
    assert (record["title"], record["year"]) == (hostile.title, "2020")
