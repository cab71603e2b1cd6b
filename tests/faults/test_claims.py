"""A damaged table of claims: each cell that cannot be read is told, and a figure that does not fit names its claim."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from samtaler_kg.build import build
from samtaler_kg.claims import COLUMNS, Row, cards, read_rows
from samtaler_kg.places import Base, shipped
from samtaler_kg.problems import Damaged, Problem
from samtaler_kg.sources import read_all, reconstructed

Edit = Callable[..., Path]

CLAIMS = "data/memo/claims.csv"
TABLE = "data/reconstruction/table.csv"
ROWS = read_rows(shipped().root / CLAIMS, COLUMNS)


def claim(**cells: str) -> Row:
    """A row of claims.csv: 3 of 5 results are Danish, unless told otherwise."""
    row = Row(dict.fromkeys(COLUMNS, "") | {"claim_id": "X1", "kind": "count", "query": "count-results"})
    row |= {"dimensions": "unit=result; region=denmark", "denominator_dimensions": "unit=result"}
    row |= {"numerator": "3", "denominator": "5", **cells}
    row.line = 7
    return row


def told(row: Row) -> list[tuple[str, str, str]]:
    """The problems of one row: name, place, and the value that is wrong."""
    with pytest.raises(Damaged) as caught:
        cards([row], "c.csv")
    problems = caught.value.problems
    assert all(problem.what(lang) and problem.mend(lang) for problem in problems for lang in ("da", "en"))
    return [(p.name, str(p.where), str(p.facts.get("value", p.facts.get("key")))) for p in problems]


def test_a_row_becomes_a_card() -> None:
    (card,) = cards([claim(dimensions="unit=result; years=2001-2010; quality=good|satisfactory", note="n")], "c.csv")
    assert card.data == {
        "id": "X1",
        "claim_kind": "count",
        "query": "count-results",
        "note": "n",
        "numerator": {
            "printed_count": "3",
            "counted_unit": "result",
            "year_from": "2001",
            "year_to": "2010",
            "quality": ["good", "satisfactory"],
        },
        "denominator": {"printed_count": "5", "counted_unit": "result"},
    }
    assert str(card.where(("numerator", "quality", 1))) == "c.csv:7:1 numerator.quality[1]"


def test_a_finding_has_a_topic_and_no_count() -> None:
    finding = claim(dimensions="topic=purpose", numerator="", denominator_dimensions="", denominator="")
    (card,) = cards([finding], "c.csv")
    assert card.data["topic"] == "purpose"
    assert not {"numerator", "denominator"} & set(card.data)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"dimensions": "unit=result; regoin=denmark"}, ("bad-dimension", "dimensions", "regoin=denmark")),
        ({"dimensions": "unit=result; region"}, ("bad-dimension", "dimensions", "region")),
        ({"dimensions": "unit=result; region="}, ("bad-dimension", "dimensions", "region=")),
        ({"dimensions": "unit=result; region =x"}, ("bad-dimension", "dimensions", "region =x")),
        ({"dimensions": "unit=result; topic=purpose"}, ("bad-dimension", "numerator", "topic=purpose")),
        ({"dimensions": "unit=result; years=2001"}, ("bad-dimension", "numerator", "years=2001")),
        ({"dimensions": "unit=result; years=2001-10"}, ("bad-dimension", "numerator", "years=2001-10")),
        ({"dimensions": "unit=result; unit=study"}, ("key-twice", "dimensions", "unit")),
        ({"denominator_dimensions": "unit=result; x=y"}, ("bad-dimension", "denominator_dimensions", "x=y")),
        ({"numerator": ""}, ("bad-number", "numerator", "")),
        ({"numerator": "3.0"}, ("bad-number", "numerator", "3.0")),
        ({"numerator": " 3"}, ("bad-number", "numerator", " 3")),
        ({"numerator": "-3"}, ("bad-number", "numerator", "-3")),
        ({"denominator": ""}, ("bad-number", "denominator", "")),
        ({"denominator": "five"}, ("bad-number", "denominator", "five")),
    ],
)
def test_a_cell_that_cannot_be_read(cells: dict[str, str], problem: tuple[str, str, str]) -> None:
    name, key, value = problem
    assert told(claim(**cells)) == [(name, f"c.csv:7 {key}", value)]


def test_every_cell_is_told_at_once() -> None:
    row = claim(dimensions="x=1; y=2", numerator="a", denominator="b")
    assert [name for name, _, _ in told(row)] == ["bad-dimension", "bad-dimension", "bad-number", "bad-number"]


def sources_told(base: Base) -> list[Problem]:
    with pytest.raises(Damaged) as caught:
        read_all(base)
    return caught.value.problems


def test_an_unknown_code_is_told_with_its_line(small: Base, edit: Edit) -> None:
    edit(CLAIMS, "unit=study; source=jobeffekter", "unit=study; source=jobefekter")
    (problem,) = sources_told(small)
    assert (problem.name, problem.facts["value"], problem.facts["hint"]) == (
        "unknown-code",
        "jobefekter",
        "jobeffekter",
    )
    assert str(problem.where) == f"{CLAIMS}:4:1 numerator.source[0]"


def test_a_unit_that_no_list_has(small: Base, edit: Edit) -> None:
    edit(CLAIMS, "unit=study; source=jobeffekter", "unit=studies; source=jobeffekter")
    assert [(p.name, p.where.key) for p in sources_told(small)] == [("unknown-code", "numerator.counted_unit")]


@pytest.mark.parametrize(
    ("old", "new"),
    [("claim_id,", "claim,"), (",query", ",query,more"), ("numerator,denominator", "denominator,numerator")],
)
def test_an_unexpected_header(small: Base, edit: Edit, old: str, new: str) -> None:
    path = small.root / CLAIMS
    header, rest = path.read_bytes().split(b"\n", 1)
    edit(CLAIMS, content=header.replace(old.encode(), new.encode(), 1) + b"\n" + rest)
    (problem,) = sources_told(small)
    assert (problem.name, str(problem.where)) == ("bad-table", f"{CLAIMS}:1")


def test_a_claim_twice(small: Base, edit: Edit) -> None:
    text = (small.root / CLAIMS).read_text("utf-8")
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("Q01"))
    edit(CLAIMS, content=(text + line).encode())
    (problem,) = sources_told(small)
    assert (problem.name, problem.facts["value"]) == ("id-twice", "Q01")


FIGURES = [
    pytest.param(row["claim_id"], part, id=f"{row['claim_id']}-{part}")
    for row in ROWS
    for part in ("numerator", "denominator")
    if row[part]
]


@pytest.mark.parametrize(("name", "part"), FIGURES)
def test_no_printed_figure_can_change_unnoticed(base: Base, name: str, part: str) -> None:
    rows = [Row(row) for row in ROWS]
    row = next(row for row in rows if row["claim_id"] == name)
    row[part] = str(int(row[part]) + 1)
    with pytest.raises(Damaged) as caught:
        reconstructed(base, rows)
    (problem,) = caught.value.problems
    named = "M01" if (name, part) in {("M02", "numerator"), ("M03", "numerator")} else name  # M01 is their sum
    assert named in problem.what("en")


def test_a_changed_figure_stops_the_build_and_names_the_claims(small: Base, edit: Edit) -> None:
    before = (small.graph / "manifest.json").read_bytes()
    rows = [row | {"numerator": "27"} if row["claim_id"] == "M07" else dict(row) for row in ROWS]
    with (small.root / CLAIMS).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(Damaged) as caught:
        build(small)
    (problem,) = caught.value.problems
    assert (problem.name, problem.where.file, problem.facts["claims"]) == ("table-unmet", TABLE, "M07/numerator")
    assert "M07" in problem.what("da")
    assert (small.graph / "manifest.json").read_bytes() == before


def test_a_changed_cell_of_the_table_names_every_claim_that_it_breaks(small: Base) -> None:
    path = small.root / TABLE
    lines = path.read_text("utf-8").splitlines()
    cell, _, count = lines[1].rpartition(",")
    lines[1] = f"{cell},{int(count) + 1}"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (problem,) = sources_told(small)
    assert (problem.name, problem.where.file) == ("table-unmet", TABLE)
    assert {"M07/numerator", "M04/numerator", "M16/numerator"} <= set(str(problem.facts["claims"]).split(", "))


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines, lines[-1]],
        lambda lines: lines[1:],
        lambda lines: [],
        lambda lines: [*lines[:5], "", *lines[5:]],
        lambda lines: [*lines[:5], lines[5] + "x", *lines[6:]],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [*lines[:5], lines[5] + "\udcff", *lines[6:]],
    ],
    ids=["short", "long", "headless", "empty", "gap", "no number", "other order", "no UTF-8"],
)
def test_a_damaged_table(small: Base, damage: Callable[[list[str]], list[str]]) -> None:
    path = small.root / TABLE
    lines = damage(path.read_text("utf-8").splitlines())
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
    (problem,) = sources_told(small)
    assert (problem.name, problem.where.file) == ("unreadable-file", TABLE)


@pytest.mark.parametrize("name", [CLAIMS, TABLE])
def test_a_missing_table(small: Base, name: str) -> None:
    (small.root / name).unlink()
    (problem,) = sources_told(small)
    assert (problem.name, problem.where.file) == ("unreadable-file", name)
