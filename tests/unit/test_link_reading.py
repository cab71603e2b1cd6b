"""Files of other bases: every form gives the same records, and what is hostile is refused in bounds, with its place."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from samtaler_kg.matching import candidates, jsonworks
from samtaler_kg.matching.reading import FORMS, form_of, read
from samtaler_kg.matching.records import Record
from samtaler_kg.matching.settings import Settings
from samtaler_kg.places import shipped
from samtaler_kg.problems import Refused

SETTINGS = Settings.of(shipped())


@pytest.fixture
def folder(repo: Path) -> Path:
    return repo / "tests" / "fixtures" / "link"


def records(path: Path, form: str | None = None) -> list[Record]:
    return read(path, form_of(path, form), SETTINGS)


def refused(path: Path, form: str | None = None) -> list[str]:
    with pytest.raises(Refused) as error:
        records(path, form)
    for problem in error.value.problems:
        assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
    return [problem.name for problem in error.value.problems]


def test_openalex(folder: Path) -> None:
    found = records(folder / "synthetic-openalex.json", "openalex")
    first = found[0]
    assert (first.id, first.doi, first.year) == ("https://openalex.org/W0000000001", "10.1111/sjoe.12180", 2016)
    assert (first.authors[0], first.affiliations, first.language) == ("Jonas Maibom", {"DNK"}, "en")
    assert first.object == first.id
    assert (len(found), found[6].titles) == (8, ())
    assert [record.titles for record in records(folder / "synthetic-openalex.jsonl", "openalex")] == [
        record.titles for record in found[:3]
    ]


def test_crossref(folder: Path, tmp_path: Path) -> None:
    first, second = records(folder / "synthetic-crossref.json", "crossref")
    assert (first.doi, first.year, first.authors[0]) == ("10.1111/sjoe.12180", 2017, "Maibom, Jonas")
    assert first.object == "https://doi.org/10.1111/sjoe.12180"
    assert second.titles[0].startswith("Carrots, No Stick, No Driver: The Employment Impact")
    one = {"status": "ok", "message": {"DOI": "10.5555/ONE", "title": ["A title"], "author": []}}
    (tmp_path / "one.json").write_text(json.dumps(one), encoding="utf-8")
    assert [record.doi for record in records(tmp_path / "one.json", "crossref")] == ["10.5555/one"]


@pytest.mark.parametrize("name", ["synthetic-csl.json", "synthetic.ris", "synthetic.bib"])
def test_references(folder: Path, name: str) -> None:
    found = records(folder / name, "csl" if name.endswith("json") else None)
    assert all(record.titles and record.authors and record.year for record in found)
    assert all(record.where.line and not record.id for record in found)


def test_a_doi_is_found_in_the_address_of_a_reference(tmp_path: Path) -> None:
    path = tmp_path / "address.ris"
    path.write_text("TY  - JOUR\nTI  - A title\nUR  - https://doi.org/10.5555/ADDRESS\nER  - \n", encoding="utf-8")
    assert [record.doi for record in records(path)] == ["10.5555/address"]


def test_csv_with_danish_columns_and_semicolons(folder: Path) -> None:
    found = records(folder / "synthetic.csv")
    assert [record.country for record in found] == ["GBR", "DNK", "NLD", "USA"]
    assert [record.doi for record in found] == ["", "", "10.1002/jae.2866", ""]
    assert found[0].authors == ("Department for Work and Pensions",)
    assert found[0].id == ""  # the address of a page is no name of a work


@pytest.mark.parametrize(
    ("name", "year", "authors"),
    [
        ("synthetic.ttl", 2012, {"Per Engstrom", "Hesselius, Patrik", "Holmlund, Bertil"}),
        ("synthetic.jsonld", 2007, {"Michael Lechner", "Smith, Jeffrey"}),
        ("synthetic.rdf", 2019, {"Gerard J. van den Berg", "Iris Kesternich", "Gerrit Mueller", "Bettina Siflinger"}),
    ],
)
def test_rdf(folder: Path, name: str, year: int, authors: set[str]) -> None:
    (found,) = records(folder / name)  # journals and persons are no works
    assert (found.year, set(found.authors)) == (year, authors)
    assert found.id.startswith("https://example.org/record/")


def test_rdf_lists_keep_their_order_and_may_bite_their_tails(tmp_path: Path) -> None:
    path = tmp_path / "lists.ttl"
    path.write_text(
        '@prefix b: <http://purl.org/ontology/bibo/> . @prefix d: <http://purl.org/dc/terms/> .\n'
        '@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n'
        '<https://example.org/1> d:title "One" ; b:authorList ("B, B" "A, A") .\n'
        '<https://example.org/2> d:title "Two" ; b:authorList _:l . _:l rdf:first "C, C" ; rdf:rest _:l .\n',
        encoding="utf-8",
    )  # fmt: skip
    assert [record.authors for record in records(path)] == [("B, B", "A, A"), ("C, C",)]


HOSTILE = {
    "not-utf8.json": ('{"title": "Sørensen"}'.encode("latin-1"), "openalex", "not-utf8"),
    "not-utf8.jsonl": (b'{"title": "x"}\n{"title": "S\xf8"}\n', "openalex", "not-utf8"),
    "not-utf8.csv": ("title\nSørensen\n".encode("latin-1"), "csv", "not-utf8"),
    "deep.json": (b"[" * 100_000, "crossref", "too-much"),
    "deep-mappings.json": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "openalex", "too-much"),
    "deep-csl.json": (b"[" * 1_000, "csl", "too-much"),
    "digits.json": (b'[{"publication_year": ' + b"9" * 5_000 + b"}]", "openalex", "too-much"),
    "cut-off.json": (b'{"results": [{"title": "x"', "openalex", "json-syntax"),
    "no-works.json": (b'[1, "x"]', "crossref", "link-no-work"),
    "nothing.json": (b'{"results": []}', "openalex", "link-nothing"),
    "empty.ris": (b"", "ris", "link-nothing"),
    "no-titles.csv": (b"foo,bar\n1,2\n", "csv", "bad-table"),
    "many-rows.csv": (b"title\n" + b"x\n" * 300_001, "csv", "too-much"),
    "doctype.rdf": (b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>', "rdf", "xml-doctype"),
    "foreign-context.jsonld": (b'{"@context": "https://example.org/c", "@id": "x:y"}', "rdf", "link-foreign-context"),
    "broken.ttl": (b'<https://example.org/1> <https://example.org/p> "x', "rdf", "unreadable-rdf"),
    "unended.ris": (b"TY  - JOUR\nTI  - x\n", "ris", "ris-syntax"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(tmp_path: Path, name: str) -> None:
    content, form, problem = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name, form) == [problem]


def test_more_than_can_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps([{"title": "x"}] * 50), encoding="utf-8")
    monkeypatch.setattr("samtaler_kg.matching.reading.MAX_RECORDS", 49)
    assert refused(path, "openalex") == ["too-much"]
    monkeypatch.setattr(jsonworks, "MAX_MARKS", 60)
    assert refused(path, "openalex") == ["too-much"]
    monkeypatch.setattr(jsonworks, "MAX_DOCUMENT", 100)
    assert refused(path, "openalex") == ["too-large"]
    lines = tmp_path / "large.jsonl"
    lines.write_text('{"title": "x"}\n{"title": "' + "x" * 100 + '"}\n', encoding="utf-8")
    monkeypatch.setattr(jsonworks, "MAX_LINE", 60)
    with pytest.raises(Refused) as error:
        records(lines, "openalex")
    assert [(problem.name, problem.where.line) for problem in error.value.problems] == [("too-large", 2)]


def test_odd_values_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    odd = {
        "title": "\ud800 A title\u202e\x00",
        "id": "javascript:alert(1)",
        "publication_year": {"a": 1},
        "doi": 5,
        "language": [],
    }
    odd["authorships"] = [None, {"author": None}, {"author": {"display_name": 5}}, {"raw_author_name": "Doe, Jane"}]
    path.write_text(json.dumps([odd]), encoding="utf-8")
    (found,) = records(path, "openalex")
    assert (found.titles, found.authors, found.year, found.id, found.doi) == (
        ("A title",),
        ("Doe, Jane",),
        None,
        "",
        "",
    )


def test_a_form_is_known_by_its_name_or_by_the_ending(tmp_path: Path) -> None:
    assert [form_of(Path(name), None) for name in ("a.ris", "a.bib", "a.CSV", "a.ttl", "a.jsonld")] == [
        "ris", "bib", "csv", "rdf", "rdf",
    ]  # fmt: skip
    assert refused(tmp_path / "works.json") == ["link-form"]
    assert refused(tmp_path / "works.json", "openalexx") == ["link-form"]
    for form in FORMS:
        assert refused(tmp_path / "missing.ttl", form) == ["unreadable-file"]
        assert refused(tmp_path, form) == ["unreadable-file"]


def test_without_the_package_it_is_said_what_to_install(
    folder: Path, graph: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from samtaler_kg.graph import Graph
    from samtaler_kg.matching import folding

    assert isinstance(graph, Graph)
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    folding._fuzz.cache_clear()
    with pytest.raises(Refused) as error:
        candidates(graph, folder / "synthetic.ris")
    folding._fuzz.cache_clear()
    assert [problem.name for problem in error.value.problems] == ["needs-extra"]
