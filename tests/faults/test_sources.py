"""Damaged sources: every fault is told with file, line and key, all at once, and nothing is passed over in silence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem
from samtaler_kg.sources import read_all

Edit = Callable[..., Path]
Fault = tuple[str, str]

MAUER = "data/studies/DEU/mauer-2006-kundenzentrum.yaml"
BOLL = "data/studies/DNK/hoegelund-boll-2008-sygedagpenge.yaml"
HURTIGT = "data/studies/DNK/graversen-damgaard-2007-hurtigt-i-gang.yaml"
TRIAL = "data/trials/deu-pilot-2007.yaml"
CODINGS = "data/codings/second-2026-11.csv"
READINGS = "data/memo/readings.csv"
ACTIVITIES = "data/activities.ttl"


def faults(base: Base) -> list[Problem]:
    """What reading the base complains of; each complaint has words in both languages."""
    with pytest.raises(Damaged) as caught:
        read_all(base)
    for problem in caught.value.problems:
        assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
    return caught.value.problems


def told(problems: list[Problem]) -> list[Fault]:
    return [(problem.name, str(problem.where)) for problem in problems]


def test_the_small_base_is_sound(small: Base) -> None:
    heard: list[str] = []
    sources = read_all(small, heard.append)
    assert {kind: len(cards) for kind, cards in sources.cards.items() if kind in ("study", "trial")} == {
        "study": 7,
        "trial": 1,
    }
    assert len(sources.cards["slot"]) == 40
    assert len(sources.cards["record"]) == 72
    assert heard == sorted(heard)
    assert {*heard} >= {MAUER, TRIAL}


def test_one_study_in_two_files(small: Base) -> None:
    (small.data / "studies" / "DNK" / "mauer-2006-kundenzentrum.yaml").write_text(
        (small.root / MAUER).read_text("utf-8"), "utf-8"
    )
    problems = faults(small)
    other = "data/studies/DNK/mauer-2006-kundenzentrum.yaml"
    assert told(problems) == [("wrong-place", f"{other}:9:10 country"), ("id-twice", f"{other}:1:1")]
    assert problems[0].facts["place"] == "data/studies/DEU/mauer-2006-kundenzentrum.yaml"
    assert str(problems[1].facts["first"]) == f"{MAUER}:1:1"
    assert problems[1].facts["value"] == "mauer-2006-kundenzentrum"


def test_one_result_in_two_studies(small: Base, edit: Edit) -> None:
    edit(BOLL, "id: hoegelund-boll-2008-sygedagpenge-r1", "id: mauer-2006-kundenzentrum-r1")
    problems = faults(small)
    assert [problem.name for problem in problems] == ["id-twice", "no-such"]
    assert problems[0].where.key == "results[0]"
    assert problems[0].where.file == BOLL
    assert problems[0].facts["value"] == "mauer-2006-kundenzentrum-r1"


@pytest.mark.parametrize("table", [CODINGS, READINGS])
def test_one_row_twice(small: Base, table: str) -> None:
    path = small.root / table
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), "utf-8")
    (problem,) = faults(small)
    assert told([problem]) == [("id-twice", f"{table}:{len(lines) + 1}:1")]
    assert str(problem.facts["first"]) == f"{table}:2:1"


def test_a_file_named_otherwise(small: Base) -> None:
    path = small.root / MAUER
    path.rename(path.with_name("mauer-2006.yaml"))
    (problem,) = faults(small)
    assert told([problem]) == [("id-not-file", "data/studies/DEU/mauer-2006.yaml:1:5 id")]
    assert problem.facts["value"] == "mauer-2006-kundenzentrum"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("data/studies/DEU/other.yml", "data/studies/<country>/<id>.yaml"),
        ("data/studies/other.yaml", "data/studies/<country>/<id>.yaml"),
        ("data/studies/DEU/deep/other.yaml", "data/studies/<country>/<id>.yaml"),
        ("data/studies/DEU/other.yaml.bak", "data/studies/<country>/<id>.yaml"),
        ("data/trials/other.txt", "data/trials/<id>.yaml"),
        ("data/trials/DNK/other.yaml", "data/trials/<id>.yaml"),
    ],
)
def test_a_file_that_would_not_be_read_is_told(small: Base, edit: Edit, name: str, place: str) -> None:
    edit(name, content=b"id: other\n")
    (problem,) = faults(small)
    assert told([problem]) == [("wrong-place", name)]
    assert problem.facts["place"] == place


def test_what_the_system_hides_is_no_source(small: Base, edit: Edit) -> None:
    edit("data/studies/DEU/.other.yaml.swp", content=b"\0")
    assert read_all(small).problems == []


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "kind"),
    [
        (TRIAL, "hofmann-krug-2010-kurzbericht", "hofmann-krug-2010-kurzberich", "members[2].study_id", "study"),
        (HURTIGT, "as: graversen-damgaard-2007-hurtigt-i-gang-r1", "as: nobody", "results[1].same_effect_as", "result"),
        (MAUER, "activity: coding-2026-11", "activity: coding-2026-12", "activity", "activity"),
        (TRIAL, "activity: coding-2026-11", "activity: coding-2025-11", "activity", "activity"),
    ],
)
def test_what_refers_to_nothing(small: Base, edit: Edit, name: str, old: str, new: str, key: str, kind: str) -> None:
    edit(name, old, new)
    (problem,) = faults(small)
    assert (problem.name, problem.where.file, problem.where.key) == ("no-such", name, key)
    assert problem.where.line is not None
    assert (problem.facts["kind"], problem.facts["value"]) == (kind, new.rpartition(" ")[2])


def row_edit(small: Base, table: str, column: str, value: str) -> None:
    """Put *value* into the first row of a table."""
    path = small.root / table
    header, first, *rest = path.read_text("utf-8").splitlines(keepends=True)
    cells = first.split(",")
    cells[header.rstrip("\n").split(",").index(column)] = value
    path.write_text("".join([header, ",".join(cells), *rest]), "utf-8")


@pytest.mark.parametrize(
    ("table", "column", "value", "kind", "named"),
    [
        (CODINGS, "result_id", "mauer-2006-kundenzentrum-r9", "result", "mauer-2006-kundenzentrum-r9"),
        (READINGS, "evidence", "result/nobody-r1", "result", "nobody-r1"),
        (READINGS, "evidence", "study/nobody", "study", "nobody"),
        (READINGS, "evidence", "claim/M07", "result", "claim/M07"),
        (READINGS, "evidence", "nobody", "result", "nobody"),
        (READINGS, "claim_id", "M99", "claim", "M99"),
        ("data/memo/claims.csv", "query", "count-nothing\n", "query", "count-nothing"),
    ],
)
def test_a_row_that_refers_to_nothing(small: Base, table: str, column: str, value: str, kind: str, named: str) -> None:
    row_edit(small, table, column, value)
    (problem,) = faults(small)
    assert told([problem]) == [("no-such", f"{table}:2:1 {column}")]
    assert (problem.facts["kind"], problem.facts["value"]) == (kind, named)


def test_a_near_miss_gets_a_hint_and_a_far_one_no_list_of_everything(small: Base, edit: Edit) -> None:
    edit(TRIAL, "hofmann-krug-2010-kurzbericht", "hofman-krug-2010-kurzberict")
    (problem,) = faults(small)
    assert "hofmann-krug-2010-kurzbericht" in str(problem.facts["hint"])
    edit(TRIAL, "hofman-krug-2010-kurzberict", "zzz")
    (problem,) = faults(small)
    assert problem.facts["hint"] == "-"


def test_what_could_not_be_read_is_not_said_to_be_missing(small: Base, edit: Edit) -> None:
    edit("data/studies/DEU/hofmann-krug-2010-kurzbericht.yaml", content=b"id: [\n")
    problems = faults(small)
    assert [problem.name for problem in problems] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("table", "column"),
    [(CODINGS, "result_id"), (READINGS, "evidence"), (READINGS, "claim_id"), (READINGS, "reading_kind")],
)
def test_a_row_without_its_name(small: Base, table: str, column: str) -> None:
    row_edit(small, table, column, "")
    (problem,) = faults(small)
    assert told([problem]) == [("missing-key", f"{table}:2:1 {column}")]


def test_a_code_of_a_row_that_no_list_has(small: Base) -> None:
    row_edit(small, CODINGS, "second_verdict", "positve")
    (problem,) = faults(small)
    assert told([problem]) == [("unknown-code", f"{CODINGS}:2:1 second_verdict")]


@pytest.mark.parametrize(
    ("content", "name", "where"),
    [
        (b"claim_id,reading_kind\n", "bad-table", ":1"),
        (b"", "bad-table", ":1"),
        (b"HEADER\nM07,candidate\n", "bad-row", ":2"),
        (b"HEADER\n\nM07,candidate,study/x,a,b,c\n", "bad-row", ":3"),
        (b'HEADER\n"M07"x,candidate,study/x,a,b\n', "unreadable-file", ""),
        (b'HEADER\n"M07,candidate,study/x,a,b\n', "unreadable-file", ""),
        ("HEADER\nM07,candidate,study/x,a,å\n".encode("latin-1"), "unreadable-file", ""),
    ],
)
def test_a_damaged_table(small: Base, edit: Edit, content: bytes, name: str, where: str) -> None:
    header = (small.root / READINGS).read_bytes().splitlines()[0]
    edit(READINGS, content=content.replace(b"HEADER", header))
    (problem,) = faults(small)
    assert told([problem]) == [(name, f"{READINGS}{where}")]


def test_a_table_from_a_spreadsheet_with_byte_order_mark_and_long_cells_is_read(small: Base) -> None:
    path = small.root / READINGS
    rows = path.read_text("utf-8").replace("\n", "\r\n")
    cell = 'M07,candidate,study/mauer-2006-kundenzentrum,"two\nlines, with comma",\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + (rows + cell + "M07,supports,study/nobody,x,\r\n").encode())
    line = rows.count("\r\n") + 3
    (problem,) = faults(small)
    assert told([problem]) == [("no-such", f"{READINGS}:{line}:1 evidence")]


def test_a_missing_table_is_told_and_the_rest_read(small: Base, edit: Edit) -> None:
    (small.root / READINGS).unlink()
    edit(MAUER, "country: DEU", "country: DEX")
    assert told(faults(small))[0][0] == "unknown-code"
    assert ("unreadable-file", READINGS) in told(faults(small))


@pytest.mark.parametrize("content", [b"<a> <b> .\n", b"@prefix a: <http://a/> .\na:b a:c \xff .\n"])
def test_activities_that_are_no_turtle(small: Base, edit: Edit, content: bytes) -> None:
    edit(ACTIVITIES, content=content)
    (problem,) = faults(small)
    assert (problem.name, problem.where.file) == ("unreadable-rdf", ACTIVITIES)
    assert problem.where.line == content.count(b"\n")


def test_a_blank_node_has_no_stable_name(small: Base, edit: Edit) -> None:
    edit(ACTIVITIES, content=b"<http://a/> <http://b/> [] .\n")
    assert told(faults(small)) == [("unreadable-rdf", ACTIVITIES)]


def test_all_faults_are_told_at_once(small: Base, edit: Edit) -> None:
    edit(MAUER, content=b"id: [\n")
    edit(BOLL, "verification: full", "verification: fully")
    edit(TRIAL, "kind: experiment", "kind: trial")
    edit(READINGS, content=b"x\n")
    edit("data/memo/claims.csv", "unit=study; source=jobeffekter", "unit=study; sauce=jobeffekter")
    edit(ACTIVITIES, content=b"<")
    edit("data/trials/x.txt", content=b"")
    files = [problem.where.file for problem in faults(small)]
    assert sorted(files) == sorted(
        [MAUER, BOLL, TRIAL, READINGS, "data/memo/claims.csv", ACTIVITIES, "data/trials/x.txt"]
    )


def test_no_ontology_no_base(small: Base) -> None:
    shutil.rmtree(small.ontology / "codes")
    assert [problem.name for problem in faults(small)] == ["no-base"]
