"""Sources → graph: the same bytes every time, what goes in comes out, and what cannot come out stops the build."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.build import differences
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged
from samtaler_kg.sources import Sources, read_all
from samtaler_kg.terms import PREFIXES, RDF, code_iri, id_iri

HASH = """
import hashlib
from samtaler_kg.build import assemble
from samtaler_kg.places import shipped
for name, content in assemble(shipped()).items():
    print(hashlib.sha256(content).hexdigest(), name)
"""

SAM = PREFIXES["sam"]


@pytest.fixture(scope="module")
def sources(base: Base) -> Sources:
    """The cards of the shipped base."""
    return read_all(base)


@pytest.fixture(scope="module")
def triples(base: Base) -> list[ox.Triple]:
    """Every triple of the built graph."""
    return [quad.triple for path in sorted(base.graph.rglob("*.nt")) for quad in ox.parse(path=str(path))]


def test_two_builds_with_different_hash_seeds_give_the_same_bytes(repo: Path) -> None:
    command = [sys.executable, "-c", HASH]
    settings = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    runs = [subprocess.Popen(command, cwd=repo, env=env, stdout=subprocess.PIPE, text=True) for env in settings]
    first, second = (run.communicate()[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert first.count("\n") > 3
    assert first == second


def test_the_built_graph_is_what_the_sources_give(base: Base) -> None:
    assert differences(base) == []


def test_the_manifest_tells_every_file(graph: Graph) -> None:
    folder = graph.base.graph
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.nt")}
    told = {name: (entry["sha256"], entry["triples"]) for name, entry in graph.manifest.items()}
    assert told == {name: (hashlib.sha256(raw).hexdigest(), raw.count(b"\n")) for name, raw in there.items()}


def files(base: Base) -> Iterator[tuple[str, int]]:
    """How many things the files of a base hold by class, counted without the reader of cards."""
    cards = list((base.data / "studies").rglob("*.yaml"))
    yield "Study", len(cards)
    yield "Result", sum(results(path) for path in cards)
    yield "Trial", len(list((base.data / "trials").rglob("*.yaml")))
    yield "SecondCoding", sum(map(rows, (base.data / "codings").glob("*.csv")))
    yield "Claim", rows(base.data / "memo" / "claims.csv")
    yield "Reading", rows(base.data / "memo" / "readings.csv")
    with (base.data / "reconstruction" / "table.csv").open(encoding="utf-8", newline="") as stream:
        yield "ReconstructedResult", sum(int(list(row.values())[-1]) for row in csv.DictReader(stream))


def results(path: Path) -> int:
    """How many results a card holds: lines at the top level of its list that begin an item."""
    _, _, below = path.read_text(encoding="utf-8").partition("\nresults:\n")
    items = [line for line in below.splitlines() if line.lstrip().startswith("- ")]
    indents = [len(line) - len(line.lstrip()) for line in items]
    return indents.count(min(indents)) if indents else 0


def rows(path: Path) -> int:
    """How many rows a CSV file has below its header."""
    with path.open(encoding="utf-8", newline="") as stream:
        return len(list(csv.DictReader(stream)))


def test_as_many_things_come_out_as_went_in(base: Base, triples: list[ox.Triple]) -> None:
    made = Counter(t.object.value for t in triples if t.predicate.value == RDF.type)
    assert {name: n for name, n in files(base) if n != made[SAM + name]} == {}
    assert min(n for _, n in files(base)) > 0


@pytest.mark.parametrize(
    ("file", "key", "kind"),
    [
        ("studies.csv", "study_id", "study"),
        ("results.csv", "result_id", "result"),
        ("trials.csv", "trial_id", "trial"),
        ("second_coding.csv", "result_id", "coding"),
        ("claims.csv", "claim_id", "claim"),
    ],
)
def test_every_row_of_the_first_tables_is_still_there(
    repo: Path, triples: list[ox.Triple], file: str, key: str, kind: str
) -> None:
    with (repo / "tests" / "fixtures" / "import" / file).open(encoding="utf-8", newline="") as stream:
        wanted = {id_iri(kind, row[key]) for row in csv.DictReader(stream)}
    assert wanted
    assert wanted - {triple.subject.value for triple in triples} == set()


def test_every_value_of_a_card_is_in_the_graph(sources: Sources, triples: list[ox.Triple]) -> None:
    # Every scalar of a card ends as a literal or as the last part of an IRI; numbers may be written otherwise.
    said = {t.object.value for t in triples} | {t.object.value.rpartition("/")[2] for t in triples}
    said |= {t.subject.value.rpartition("/")[2] for t in triples}
    codes = {word for meaning in sources.grammar.meanings.values() for word in meaning.words}
    lost = {
        (card.file, value)
        for kind in ("study", "trial", "coding", "claim", "reading")
        for card in sources.cards[kind]
        for value in scalars(card.data)
        if value not in said and value.rpartition("/")[2] not in said and value not in codes
    }
    assert lost == set()


def scalars(data: object) -> Iterator[str]:
    """Every text in the data of a card."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for part in data:
            yield from scalars(part)
    elif data is not None:
        yield str(data)


def test_every_result_is_in_the_memos_scope_or_is_left_out_for_a_reason(triples: list[ox.Triple]) -> None:
    def subjects(predicate: str, value: str | None = None) -> set[str]:
        return {
            t.subject.value
            for t in triples
            if t.predicate.value == predicate and (value is None or t.object.value == value)
        }

    everything = subjects(RDF.type, SAM + "Result")
    inside = subjects(SAM + "inScope", code_iri("scope", "memo")) & everything
    left_out = subjects(SAM + "leftOutBecause")
    assert inside
    assert left_out
    assert (inside | left_out, inside & left_out) == (everything, set())
    counted = subjects(SAM + "inScope", code_iri("scope", "all")) & everything
    assert (counted | subjects(SAM + "restates"), counted & subjects(SAM + "restates")) == (everything, set())


@pytest.fixture
def copy(base: Base, tmp_path: Path) -> Base:
    """A copy of the base without its built graph, to damage."""
    for name in ("ontology", "data", "queries"):
        shutil.copytree(base.root / name, tmp_path / name, ignore=shutil.ignore_patterns("graph"))
    return Base(tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        pytest.param("\nverification: ", "\nverification: quite-", "unknown-code", id="code of a study"),
        pytest.param("\n    verdict: ", "\n    verdict: mostly-", "unknown-code", id="code of a result"),
        pytest.param("\ncountry: ", "\ncuontry: ", "unknown-key", id="key"),
    ],
)
def test_a_code_or_key_that_does_not_exist_stops_the_build(copy: Base, right: str, wrong: str, name: str) -> None:
    card = min((copy.data / "studies").rglob("*.yaml"))
    text = card.read_text(encoding="utf-8")
    assert right in text
    card.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(Damaged) as damaged:
        read_all(copy)
    found = [problem for problem in damaged.value.problems if problem.name == name]
    assert [Path(problem.where.file).name for problem in found] == [card.name]
    assert found[0].where.line == text[: text.index(right)].count("\n") + 2


def placeholders(findings: list[tuple[str, dict[str, str]]]) -> list[tuple[str, ...]]:
    """Estimates that three or more results print alike, interval included, in different studies."""
    studies: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for study, estimate in findings:
        printed = tuple(estimate.get(key, "") for key in ("value", "ci_low", "ci_high"))
        if all(printed):
            studies[tuple(str(Decimal(part.replace(",", ".")).normalize()) for part in printed)].append(study)
    return [key for key, where in studies.items() if len(where) >= 3 and len(set(where)) > 1]


def test_no_estimate_is_a_placeholder(sources: Sources) -> None:
    found = [
        (card.data["id"], result["estimate"])
        for card in sources.cards["study"]
        for result in card.data.get("results", [])
        if isinstance(result.get("estimate"), dict)
    ]
    assert found
    assert placeholders(found) == []


def test_a_placeholder_is_recognised() -> None:
    same = {"value": "0.50", "ci_low": "0.40", "ci_high": "0.60"}
    assert placeholders([("a", same), ("a", same), ("b", {**same, "value": "0.5"})]) == [("0.5", "0.4", "0.6")]
    assert placeholders([("a", same), ("a", same), ("a", same), ("b", {"value": "0.50"})]) == []
