"""Building from damaged sources, on a full disk, or interrupted: the old graph stays whole and no trace is left."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from samtaler_kg.build import assemble, build, differences, reconstruct_table
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused

Edit = Callable[..., Path]

MAUER = "data/studies/DEU/mauer-2006-kundenzentrum.yaml"
HEAD = """#+ asks.en = "Is it so?"
#+ asks.da = "Er det sådan?"
#+ remedy.en = "Mend the year."
#+ remedy.da = "Ret årstallet."
#+ severity = "blocks"
#+ stage = 1
#+ columns = ["study", "year"]
#+ layers = ["coded"]
PREFIX sam: <https://w3id.org/samtaler/ontology#>
"""


def content(base: Base) -> dict[str, bytes]:
    """Every file below the data folder, hidden ones too."""
    return {
        path.relative_to(base.data).as_posix(): path.read_bytes() for path in base.data.rglob("*") if path.is_file()
    }


def refuses(base: Base) -> list[Problem]:
    """What the build complains of; it must leave every file as it was."""
    before = content(base)
    with pytest.raises((Damaged, Refused)) as caught:
        build(base)
    assert content(base) == before
    assert {path.name for path in base.data.iterdir() if path.name.startswith(".")} == set()
    problems = caught.value.problems
    assert all(problem.what(lang) and problem.mend(lang) for problem in problems for lang in ("da", "en"))
    return list(problems)


def test_the_built_graph_is_what_the_sources_give(small: Base) -> None:
    assert differences(small) == []
    before = content(small)
    build(small)
    assert content(small) == before


def test_a_fault_of_a_card_stops_the_build(small: Base, edit: Edit) -> None:
    edit(MAUER, "country: DEU", "country: DEX")
    assert [problem.name for problem in refuses(small)] == ["unknown-code", "wrong-place"]


def test_a_stored_check_that_finds_something_is_named_with_what_it_found(small: Base, edit: Edit) -> None:
    query = "SELECT ?study ?year WHERE { ?study a sam:Study ; sam:year ?year . FILTER(?year < 2007) } ORDER BY ?study"
    edit("queries/checks/young.rq", content=(HEAD + query).encode())
    (problem,) = refuses(small)
    assert (problem.name, problem.where.file) == ("check-failed", "graph/coded")
    assert problem.facts["check"] == "young"
    assert problem.facts["row"] == "mauer-2006-kundenzentrum, 2006"
    assert problem.mend("en") == "Mend the year."
    assert problem.mend("da") == "Ret årstallet."


def test_a_check_sees_what_the_rules_concluded_and_only_its_layers(small: Base, edit: Edit) -> None:
    query = "SELECT DISTINCT ?period WHERE { ?thing sam:period ?period ; a sam:ReconstructedResult }"
    edit("queries/checks/a.rq", content=(HEAD + query).encode())
    assert differences(small) == []
    edit("queries/checks/a.rq", '["coded"]', '["reconstructed"]')
    assert len(refuses(small)) == 3
    edit("queries/checks/a.rq", content=(HEAD + "SELECT ?s WHERE { ?s sam:region ?r ; a sam:Study }").encode())
    assert len(refuses(small)) == 7


@pytest.mark.parametrize(
    ("shelf", "text"),
    [
        ("checks", HEAD + "SELECT ?x WHERE {"),
        ("checks", HEAD + "ASK {}"),
        ("checks", HEAD + "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }"),
        ("checks", HEAD.replace('#+ remedy.da = "Ret årstallet."\n', "") + "SELECT ?x WHERE { ?x a sam:Study }"),
        ("checks", HEAD.replace("#+ asks", "#+ asks asks", 1) + "SELECT ?x WHERE { ?x a sam:Study }"),
        ("rules", HEAD + "CONSTRUCT { ?s a ?o }"),
        ("rules", HEAD + "SELECT ?x WHERE { ?x a sam:Study }"),
        ("rules", HEAD + "ASK {}"),
        ("rules", HEAD + "CONSTRUCT { ?s sam:note [ a ?o ] } WHERE { ?s a ?o }"),
        ("answers", "#+ asks = \nSELECT ?x WHERE { ?x a ?y }"),
    ],
)
def test_a_stored_query_that_cannot_be_run_is_named(small: Base, edit: Edit, shelf: str, text: str) -> None:
    edit(f"queries/{shelf}/broken.rq", content=text.encode())
    (problem,) = refuses(small)
    assert problem.name == "bad-query-file"
    assert problem.where.file.endswith(f"queries/{shelf}/broken.rq")


@pytest.mark.parametrize(
    ("shelf", "text"),
    [
        ("rules", "CONSTRUCT { ?s a ?o } WHERE { SERVICE <https://example.org/sparql> { ?s a ?o } }"),
        ("rules", "CONSTRUCT { ?s a ?o } FROM <https://example.org/data.ttl> WHERE { ?s a ?o }"),
        ("checks", "SELECT ?x WHERE { ?x a sam:Study FILTER EXISTS { SERVICE <https://example.org/> { ?x ?y ?z } } }"),
        ("checks", "DELETE WHERE { ?x ?y ?z }"),
        ("answers", "SELECT ?x WHERE { ?x a sam:Study\n#? study SERVICE <https://example.org/> { ?x ?y ?z }\n}"),
        ("answers", 'SELECT ?x WHERE { ?x a sam:Study\n#? study FILTER(?x = "\n SERVICE <https://a.org/> { } #" )\n}'),
    ],
)
def test_a_stored_query_that_does_more_than_read_is_never_run(small: Base, edit: Edit, shelf: str, text: str) -> None:
    """A base may come from anybody: what a query does with its parameters filled in counts as what it does."""
    edit(f"queries/{shelf}/acts.rq", content=(HEAD + text).encode())
    (problem,) = refuses(small)
    assert problem.name == "query-acts"
    assert problem.where.file.endswith(f"queries/{shelf}/acts.rq")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"<http://a/> <http://b/> [] .\n", "unreadable-rdf"),
        (b'@prefix a: <http://a/> .\na:b a:c "open .\n', "unreadable-rdf"),
        (b"\xff\xfe", "unreadable-rdf"),
    ],
)
@pytest.mark.parametrize("file", ["ontology/more.ttl", "ontology/codes/more.ttl", "data/activities.ttl"])
def test_rdf_that_cannot_be_read_is_named(small: Base, edit: Edit, text: bytes, name: str, file: str) -> None:
    edit(file, content=text)
    (problem,) = [problem for problem in refuses(small) if problem.name != "no-such"]
    assert problem.name == name
    assert problem.where.file.endswith(file)


class Stop(BaseException):
    """As a signal would stop the work."""


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), Stop(), KeyboardInterrupt()])
@pytest.mark.parametrize("after", [0, 5])
def test_a_fault_while_writing_leaves_everything_as_it_was(
    small: Base, edit: Edit, monkeypatch: pytest.MonkeyPatch, fault: BaseException, after: int
) -> None:
    edit(MAUER, "year: 2006", "year: 2007")
    before = content(small)
    written: list[int] = []

    def fails(handle: int) -> None:
        written.append(handle)
        if len(written) > after:
            raise fault

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(Refused if isinstance(fault, OSError) else type(fault)) as caught:
        build(small)
    if isinstance(caught.value, Refused):
        (problem,) = caught.value.problems
        assert str(fault.args[1]) in problem.what("da")
    assert content(small) == before


@pytest.mark.parametrize("fault", [OSError(errno.EACCES, os.strerror(errno.EACCES)), Stop()])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_fault_while_changing_names_leaves_a_whole_graph(
    small: Base, edit: Edit, monkeypatch: pytest.MonkeyPatch, fault: BaseException, step: int
) -> None:
    edit(MAUER, "year: 2006", "year: 2007")
    old, new = graph(small), assemble(small)
    renamed: list[Path] = []
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        renamed.append(self)
        if len(renamed) == step:
            raise fault
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with contextlib.suppress(Refused, Stop):
        build(small)
    monkeypatch.undo()
    assert graph(small) in (old, new)
    build(small)
    assert graph(small) == new
    assert not [path for path in small.data.iterdir() if path.name.startswith(".")]


def graph(base: Base) -> dict[str, bytes]:
    """The files of the built graph."""
    return {name.removeprefix("graph/"): raw for name, raw in content(base).items() if name.startswith("graph/")}


def test_the_first_graph_of_a_base(small: Base) -> None:
    before = content(small)
    shutil.rmtree(small.graph)
    build(small)
    assert content(small) == before


def test_differences_are_named(small: Base) -> None:
    (small.graph / "memo.nt").unlink()
    (small.graph / "derived" / "coded" / "study-region.nt").write_bytes(b"")
    (small.graph / "derived" / "more.nt").write_bytes(b"")
    (small.graph / "manifest.json").write_text("{}", "utf-8")
    assert differences(small) == ["derived/coded/study-region.nt", "derived/more.nt", "manifest.json", "memo.nt"]
    build(small)
    assert differences(small) == []


def test_without_a_graph_every_file_differs(small: Base) -> None:
    shutil.rmtree(small.graph)
    assert differences(small) == sorted(assemble(small))


def test_a_changed_card_changes_what_rests_on_it_and_nothing_else(small: Base, edit: Edit) -> None:
    edit(MAUER, "year: 2006", "year: 2016")
    names = differences(small)
    assert {"coded.nt", "manifest.json", "derived/coded/study-period.nt"} <= set(names)
    assert not {name for name in names if "reconstructed" in name or name.startswith(("memo", "ontology"))}


SCRIPT = """
import hashlib, pathlib, sys
from samtaler_kg.build import assemble
from samtaler_kg.places import Base
files = assemble(Base(pathlib.Path(sys.argv[1])))
print(hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest(), list(files))
"""


def test_two_processes_build_the_same_bytes(small: Base) -> None:
    told = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4242", "America/New_York")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        command = [sys.executable, "-c", SCRIPT, str(small.root)]
        told.add(subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout)
    assert len(told) == 1


def test_the_table_is_computed_anew_from_the_claims(small: Base) -> None:
    path = small.data / "reconstruction" / "table.csv"
    before = path.read_bytes()
    path.unlink()
    reconstruct_table(small)
    assert path.read_bytes() == before


def test_claims_that_clash_are_named_and_the_table_stays(small: Base, edit: Edit) -> None:
    before = (small.data / "reconstruction" / "table.csv").read_bytes()
    edit(
        "data/memo/claims.csv",
        "verdict=positive,unit=result; region=denmark,26,35",
        "verdict=positive,unit=result; region=denmark,27,35",
    )
    with pytest.raises(Damaged) as caught:
        reconstruct_table(small)
    (problem,) = caught.value.problems
    assert problem.name == "margins-clash"
    assert "M07" in str(problem.facts["claims"])
    assert (small.data / "reconstruction" / "table.csv").read_bytes() == before
