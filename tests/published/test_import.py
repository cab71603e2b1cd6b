"""Rows in = rows out: every cell of the handed-over tables stands in the built graph, and nothing stands there without.

The tables in ``tests/fixtures/import`` never change; what was mended since stands in ``data/corrections.csv``.
The files of the built graph are compared, not the cards.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from samtaler_kg.places import Base

if TYPE_CHECKING:
    from tests.published.conftest import Account, Told

Graph = dict[str, set[ox.Triple]]
Accounts = dict[tuple[str, str], list["Told"]]


@pytest.fixture(scope="module")
def graph(account: Account, base: Base) -> Graph:
    """What the built graph says, by file."""
    return account.stated(base.graph)


@pytest.fixture(scope="module")
def told(account: Account) -> Accounts:
    """What the cells of each column stand for."""
    found: Accounts = defaultdict(list)
    for told in account.told(account.tables):
        found[told.cell.table, told.cell.column].append(told)
    return found


@pytest.mark.parametrize("table", ["studies", "results", "trials", "second_coding", "claims"])
def test_the_handed_over_table_is_whole_and_every_column_is_accounted_for(account: Account, table: str) -> None:
    path = account.repo / "tests" / "fixtures" / "import" / f"{table}.csv"
    plan = account.plan["tables"][table]
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == plan["sha256"]
    assert (len(rows), {len(row) for row in rows}) == (plan["rows"], {plan["columns"]})
    assert set(header) | set(plan.get("later", [])) == set(account.plan["columns"][table])
    assert len({account.row(table, row) for row in account.frozen[table]}) == plan["rows"]


def test_every_table_is_tested(account: Account) -> None:
    files = {path.stem for path in (account.repo / "tests" / "fixtures" / "import").glob("*.csv")}
    assert files == set(account.plan["tables"]) | {"codebook"}


def test_every_cell_of_the_column_is_in_the_graph(
    account: Account, graph: Graph, told: Accounts, table: str, column: str
) -> None:
    filled = [account.row(table, row) for row in account.tables[table] if row.get(column)]
    lost = [told for told in told[table, column] if told.triple not in graph[told.file]]
    assert lost == []
    assert sorted({told.cell.row for told in told[table, column]}) == sorted(filled)


def test_the_graph_says_no_more_of_the_property_than_the_column(
    account: Account, graph: Graph, told: Accounts, table: str, valued: str
) -> None:
    kind, key = account.plan["columns"][table][valued]
    file = account.plan["derived"].get(valued, account.plan["tables"][table]["graph"])
    name = account.plan["nodes"][kind]["class"]
    cells = {told.triple for told in told[table, valued] if told.triple.predicate == account.property(key)}
    of_kind = nodes(graph, account.class_iri(name))
    stands = {t for t in graph[file] if account.of(key, t) and t.subject in of_kind}
    if kind in ("numerator", "denominator"):
        stands = {t for t in stands if t.subject.value.endswith(f"/{kind}")}
    assert stands == cells


def nodes(graph: Graph, kind: str) -> set[ox.NamedNode]:
    """The nodes of a class."""
    return {t.subject for t in graph["coded.nt"] | graph["memo.nt"] if t.object == ox.NamedNode(kind)}


def test_nothing_is_in_the_graph_without_a_cell(account: Account, base: Base) -> None:
    assert account.differences(base.graph) == []


def test_what_stands_beside_the_tables_is_no_more_than_declared(account: Account, graph: Graph) -> None:
    counted = Counter(
        account.plan["beside"]["class"] if "/reading/" in t.subject.value else t.predicate.value.rpartition("/")[2]
        for t in account.beside(graph["memo.nt"])
    )
    claims = account.tables["claims"]
    assert set(counted) == {"Reading", "ontology#answeredBy", "ontology#note"}
    assert counted["ontology#answeredBy"] == len(claims)
    assert counted["ontology#note"] == len([claim for claim in claims if claim["note"]])
    kinds = Counter(t.subject.value.split("/")[5] for t in account.beside(graph["coded.nt"]))
    trials = {row["trial_id"] for row in account.tables["trials"]}
    assert {kind: kinds[kind] for kind in ("study", "trial", "coding")} == {
        "study": len(account.tables["studies"]),
        "trial": len(trials),
        "coding": len(account.tables["second_coding"]),
    }
    assert set(kinds) == {"study", "trial", "coding", "activity"}


def test_authors_stand_in_their_order(account: Account, graph: Graph) -> None:
    names = values(graph, account.property("name"))
    places = values(graph, account.property("position"))
    authors: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for t in graph["coded.nt"]:
        if t.predicate == account.property("authors"):
            authors[t.subject.value].append((int(places[t.object.value]), names[t.object.value]))
    found = {study.rpartition("/")[2]: "; ".join(name for _, name in sorted(a)) for study, a in authors.items()}
    assert found == {row["study_id"]: row["authors"] for row in account.tables["studies"] if row["authors"]}


def values(graph: Graph, key: ox.NamedNode) -> dict[str, str]:
    """The one value of a property by subject."""
    return {t.subject.value: t.object.value for t in graph["coded.nt"] if t.predicate == key}


@pytest.mark.parametrize(("column", "split"), [("other_urls", " "), ("purposes", ";")])
def test_a_cell_with_several_values_keeps_each_as_often_as_it_stands(
    account: Account, graph: Graph, column: str, split: str
) -> None:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for t in graph["coded.nt"]:
        if t.predicate == account.property(column):
            found[t.subject.value.rpartition("/")[2]][t.object.value.removeprefix(account.vocabulary(column))] += 1
    assert found == {
        row["study_id"]: Counter(row[column].split(split)) for row in account.tables["studies"] if row[column]
    }


def test_every_correction_fits_what_was_handed_over(account: Account) -> None:
    assert account.corrected(account.corrections)[1] == []


CORRECTION = {
    "table": "results",
    "row": "dwp-2018-weekly-wsr-r2",
    "column": "estimate",
    "was": "7.3",
    "now": "7.4",
    "why": "mis-read",
    "date": "2026-11-23",
}


def test_a_correction_changes_what_the_graph_must_say(account: Account) -> None:
    tables, faults = account.corrected([CORRECTION])
    assert faults == []
    changed = {told.triple for told in account.told(tables)} ^ {told.triple for told in account.told(account.frozen)}
    assert {t.object.value for t in changed} == {"7.3", "7.4"}


def test_a_correction_may_fill_a_column_that_was_not_handed_over(account: Account) -> None:
    tables, faults = account.corrected([CORRECTION | {"column": "higher_is_better", "was": "", "now": "true"}])
    assert faults == []
    extra = {told.triple for told in account.told(tables)} - {told.triple for told in account.told(account.frozen)}
    assert [(t.object.value, t.object.datatype.value.rpartition("#")[2]) for t in extra] == [("true", "boolean")]


@pytest.mark.parametrize(
    "change", [{"was": "7.2"}, {"row": "x-r1"}, {"column": "estimat"}, {"why": ""}, {"date": ""}, {"now": "7.3"}]
)
def test_a_correction_that_does_not_fit_is_named(account: Account, change: dict[str, str]) -> None:
    told = CORRECTION | change
    tables, faults = account.corrected([told])
    assert len(faults) == 1
    assert faults[0].startswith(f"results {told['row']} {told['column']}: ")
    assert tables == account.frozen


def change_value(line: str) -> list[str]:
    return [line.replace("Weekly Work Search Review Trial", "Weekly Work Search Review trial")]


@pytest.mark.parametrize(
    ("mutate", "named"),
    [
        pytest.param(change_value, {"studies dwp-2018-weekly-wsr title", "no cell"}, id="changed"),
        pytest.param(lambda line: [], {"studies dwp-2018-weekly-wsr title"}, id="lost"),
        pytest.param(lambda line: [line, line.replace("Weekly", "Daily")], {"no cell"}, id="added"),
        pytest.param(lambda line: [line.replace('" .', '"@en .')], {"studies dwp-2018-weekly-wsr title", "no cell"}),
    ],
)
def test_one_changed_cell_of_the_graph_is_named(
    account: Account, base: Base, tmp_path: Path, mutate: Callable[[str], list[str]], named: set[str]
) -> None:
    copy = shutil.copytree(base.graph, tmp_path / "graph")
    lines = (copy / "coded.nt").read_text("utf-8").splitlines(keepends=True)
    mutated = [new for line in lines for new in (mutate(line) if is_the_title(line) else [line])]
    (copy / "coded.nt").write_text("".join(mutated), "utf-8")
    faults = account.differences(copy)
    assert {fault.partition(":")[0] for fault in faults} == named
    assert len(faults) == len(named)


def is_the_title(line: str) -> bool:
    return "/study/dwp-2018-weekly-wsr> <http://purl.org/dc/terms/title>" in line
