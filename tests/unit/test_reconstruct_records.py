"""The records and slots made from the committed table, and the table's file."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from samtaler_kg.margins import FRAME, MarginError, margins_from_claims, unmet
from samtaler_kg.reconstruct import TableError, read_table, records, slots, write_table

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "import" / "claims.csv"
COMMITTED = ROOT / "data" / "reconstruction" / "table.csv"
with FIXTURE.open(encoding="utf-8", newline="") as file:
    CLAIMS = list(csv.DictReader(file))
MARGINS = margins_from_claims(CLAIMS)
TABLE = read_table(COMMITTED)
RECORDS = records(TABLE, CLAIMS)


# Records and slots


def test_there_are_72_records_that_meet_every_margin():
    assert [record["id"] for record in RECORDS] == [f"R{n:02}" for n in range(1, 73)]
    assert unmet(RECORDS, MARGINS) == []
    assert Counter(tuple(record[dim] for dim in FRAME.dims) for record in RECORDS) == Counter(
        {cell: count for cell, count in TABLE.items() if count}
    )


def test_records_say_nothing_that_the_memo_does_not():
    keys = {"id", "region", "period", "mechanism", "verdict", "country", "derived_from"}
    assert all(set(record) == keys for record in RECORDS)
    countries = Counter((record["region"], record["country"]) for record in RECORDS)
    abroad = "northern-europe-excl-denmark"
    assert countries == {("denmark", "DNK"): 35, (abroad, None): 36, (abroad, "FRA"): 1}
    (french,) = [record for record in RECORDS if record["country"] == "FRA"]
    assert french["verdict"] == "negative"


def test_no_country_is_given_where_a_claim_does_not_cover_all():
    """With a second negative result abroad, which of the two is French is unknown."""
    second = {**TABLE, ("northern-europe-excl-denmark", "2016-2022", "net", "negative"): 1}
    assert "FRA" not in {record["country"] for record in records(second, CLAIMS)}


def test_records_are_derived_from_the_claims_that_count_them():
    by_claim = Counter(claim for record in RECORDS for claim in record["derived_from"])
    numerators = {m.claim: m.count for m in MARGINS if m.part == "numerator"}
    assert by_claim == numerators
    assert RECORDS[0]["derived_from"] == ["D01", "D04a", "M04", "M05", "M07", "M13", "M16"]


def changed(place: dict[str, str], **new: str | None) -> list[dict[str, object]]:
    """The records with the first that fits `place` changed."""
    spoilt = [dict(record) for record in RECORDS]
    next(record for record in spoilt if place.items() <= record.items()).update(new)
    return spoilt


@pytest.mark.parametrize(
    ("place", "new", "names"),
    [
        (
            {"region": "denmark", "period": "2001-2010", "mechanism": "programme", "verdict": "positive"},
            {"verdict": "none"},
            "M07/numerator M09/numerator M13/numerator M18/numerator M19/numerator D01/numerator "
            "D02/numerator",
        ),
        (
            {"period": "2011-2015", "verdict": "positive"},
            {"period": "2016-2022"},
            "M14/numerator M14/denominator M15/numerator M15/denominator D04b/numerator D04c/numerator",
        ),
        (
            {"mechanism": "motivation", "verdict": "none"},
            {"mechanism": "net"},
            "M16/denominator M17/numerator M17/denominator M21/denominator M22/numerator M22/denominator "
            "M23/denominator",
        ),
        (
            {"region": "denmark", "verdict": "none"},
            {"region": "northern-europe-excl-denmark"},
            "M05/numerator M06/numerator M07/denominator M08/denominator M11/denominator M12/denominator "
            "D02/numerator D02/denominator D03/numerator D03/denominator",
        ),
        ({"country": "FRA"}, {"country": None}, "M12/numerator"),
    ],
)
def test_a_changed_record_fails_the_claims_that_count_it(place, new, names):
    assert unmet(changed(place, **new), MARGINS) == names.split()


@pytest.mark.parametrize("missing", range(0, 72, 7))
def test_a_missing_record_fails_every_claim_that_counts_it(missing):
    left = [record for n, record in enumerate(RECORDS) if n != missing]
    failed = unmet(left, MARGINS)
    numerators = sorted(name.split("/")[0] for name in failed if name.endswith("/numerator"))
    assert numerators == RECORDS[missing]["derived_from"]


def test_the_slots_are_the_studies_of_the_two_sources():
    drawn = slots(CLAIMS)
    assert [slot["id"] for slot in drawn] == [f"S{n:02}" for n in range(1, 41)]
    older = {"source": "svarer-rosholm-2010", "year_from": 2001, "year_to": 2010, "quality": []}
    newer = {"source": "jobeffekter", "year_from": 2009, "year_to": 2022, "quality": ["good", "satisfactory"]}
    assert drawn[:18] == [{"id": f"S{n:02}", **older, "derived_from": ["M01", "M02"]} for n in range(1, 19)]
    assert drawn[18:] == [{"id": f"S{n:02}", **newer, "derived_from": ["M01", "M03"]} for n in range(19, 41)]


@pytest.mark.parametrize(
    ("claim", "column", "value", "fault"),
    [
        ("M02", "numerator", "17", "M01: counts 40 studies, its parts 39"),
        ("M03", "dimensions", "unit=study; source=jobeffekter", "M03: .*years=first-last"),
        ("M03", "dimensions", "unit=study; source=jobeffekter; years=2009", "M03: .*years=first-last"),
        ("M02", "dimensions", "unit=study; source=jobeffekter; years=2001-2010; country=DNK", "M02"),
    ],
)
def test_counts_of_studies_that_do_not_fit_are_refused(claim, column, value, fault):
    rows = [{**row, column: value} if row["claim_id"] == claim else row for row in CLAIMS]
    with pytest.raises(MarginError, match=fault):
        slots(rows)


# The file


def test_the_file_is_written_as_it_is_committed(tmp_path):
    path = tmp_path / "table.csv"
    write_table(path, TABLE)
    assert path.read_bytes() == COMMITTED.read_bytes()
    assert b"\r" not in path.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        write_table(path, TABLE)
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("region,period", "period,region", 1),
        ("motivation,positive,3", "motivation,positive,-3", 2),
        ("motivation,positive,3", "motivation,positive,", 2),
        ("motivation,none,1\n", "motivation,none\n", 3),
        ("motivation,negative,0\n", "motivation,negative,0\n\n", 5),
        ("motivation,none,1\n", "", 3),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(tmp_path, old, new, line):
    path = tmp_path / "table.csv"
    path.write_text(COMMITTED.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TableError, match=f"table.csv:{line}: "):
        read_table(path)


@pytest.mark.parametrize("text", ["", "5\n", "denmark,2001-2010,motivation,positive,3\n"])
def test_a_table_with_too_many_or_too_few_lines_is_refused(tmp_path, text):
    path = tmp_path / "table.csv"
    whole = COMMITTED.read_text(encoding="utf-8")
    path.write_text(whole + text if text else whole[: whole.rindex("northern")], encoding="utf-8")
    with pytest.raises(TableError):
        read_table(path)
