"""The command line: answers on standard output, notes and problems on standard error, exit codes, both languages."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.cli import COMMANDS
from samtaler_kg.places import Base
from tests.unit.conftest import Run


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_there_in_both_languages(command: str) -> None:
    texts = []
    for lang in ("da", "en"):
        words = [sys.executable, "-m", "samtaler_kg", "--lang", lang, *([command] if command else []), "--help"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        texts.append(done.stdout)
    assert texts[0] != texts[1]
    assert "--lang" in texts[0]


@pytest.mark.parametrize("form", ["csv", "json", "ttl", "table"])
def test_every_form_of_an_answer_can_be_read_back(run: Run, form: str) -> None:
    ran = run("ask", "results-by-region", "--scope", "memo", "--format", form)
    assert ran.code == 0
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(ran.out)))
        assert [row["results"] for row in rows] == ["25", "173"]
    elif form == "json":
        assert [row["results"] for row in json.loads(ran.out)["rows"]] == [25, 173]
    elif form == "ttl":
        assert '"173"' in str(list(ox.parse(ran.out.encode(), format=ox.RdfFormat.TURTLE))) or "173" in ran.out
    else:
        assert "Denmark" in ran.out


def test_notes_stay_off_the_answer(run: Run) -> None:
    ran = run("ask", "results-by-region", "--layer", "reconstructed", "--format", "csv")
    assert "by construction" in ran.err
    assert "by construction" not in ran.out


def test_an_answer_can_go_to_a_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    assert run("ask", "trials", "--format", "csv", "-o", str(target)).out == ""
    assert target.read_text(encoding="utf-8").startswith("trial,")


def test_an_unwritable_file_is_a_problem(run: Run, tmp_path: Path) -> None:
    ran = run("ask", "trials", "-o", str(tmp_path))
    assert ran.code == 2
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["ask", "nosuch"], 2, "nosuch"),
        (["ask", "count-results", "-p", "region"], 2, "region"),
        (["ask", "count-results", "-p", "regoin=denmark"], 2, "regoin"),
        (["ask", "count-results", "--layer", "nosuch"], 2, "nosuch"),
        (["show", "maibom"], 2, "maibom-rosholm-2014-youth"),
        (["sparql", "no-such-file.rq"], 2, "no-such-file.rq"),
        (["export", "--layer", "nosuch"], 2, "nosuch"),
        (["--base", "no-such-folder", "memo"], 3, "no-such-folder"),
        (["nosuch"], 2, "nosuch"),
    ],
)
def test_a_mistake_gets_a_problem_and_no_traceback(run: Run, arguments: list[str], code: int, word: str) -> None:
    for lang in ("da", "en"):
        ran = run("--lang", lang, *arguments)
        assert ran.code == code
        assert word in ran.err
        assert "Traceback" not in ran.err
        assert ran.out == ""


def test_problems_come_as_json_to_machines(run: Run) -> None:
    ran = run("ask", "nosuch", "--json")
    problem = json.loads(ran.err)["problems"][0]
    assert problem["severity"] == "blocks"
    assert {"where", "what", "mend"} <= set(problem)


def test_a_syntax_error_shows_line_and_caret(run: Run, tmp_path: Path) -> None:
    query = tmp_path / "mine.rq"
    query.write_text("SELECT ?s\nWHERE { ?s ?p ?o FILTR(?o) }\n", encoding="utf-8")
    ran = run("sparql", str(query))
    lines = ran.err.splitlines()
    assert f"{query}:2:18" in lines[0]
    assert lines[2].index("^") == lines[1].index("FILTR")


def test_a_free_query_reads_standard_input() -> None:
    words = [sys.executable, "-m", "samtaler_kg", "sparql", "-", "--format", "csv"]
    text = "SELECT (COUNT(?s) AS ?n) { ?s a sam:Study }"
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=True)
    assert done.stdout == "n\n153\n"


def test_a_reader_who_leaves_early_gets_no_traceback() -> None:
    words = f"{sys.executable} -m samtaler_kg ask results --format csv | head -n 1"
    done = subprocess.run(words, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("result,")
    assert "Traceback" not in done.stderr


def test_a_damaged_graph_is_named(run: Run, own_base: Base) -> None:
    path = own_base.graph / "coded.nt"
    path.write_bytes(path.read_bytes()[:-100])
    ran = run("--base", str(own_base.root), "ask", "count-results")
    assert ran.code == 3
    assert "coded.nt" in ran.err


def test_build_check_says_what_differs(run: Run, own_base: Base) -> None:
    assert run("--base", str(own_base.root), "build", "--check").code == 0
    card = next((own_base.data / "studies" / "NOR").glob("*.yaml"))
    card.write_text(card.read_text(encoding="utf-8").replace("verdict: positive", "verdict: none", 1), encoding="utf-8")
    ran = run("--base", str(own_base.root), "build", "--check", "--json")
    assert ran.code == 1
    assert "coded.nt" in json.loads(ran.out)["differs"]


@pytest.mark.parametrize("name", ["M07", "claim/M07", "https://w3id.org/samtaler/id/claim/M07"])
def test_a_thing_can_be_named_in_three_ways(run: Run, name: str) -> None:
    assert json.loads(run("show", name, "--json").out)["card"]["id"] == "M07"


def test_a_mirror_is_no_link(run: Run) -> None:
    told = run("show", "maibom-rosholm-2017-early-meetings").out
    line = next(line for line in told.splitlines() if "vlex" in line)
    assert "not as a link" in line


def test_a_reconstructed_record_is_marked(run: Run) -> None:
    assert "not real studies" in run("show", "R01").out
    assert "not real studies" in run("export", "--layer", "reconstructed").out.splitlines()[1]
    assert run("export", "--layer", "reconstructed", "--format", "csv").out.splitlines()[1].startswith("reconstructed,")


def test_stopped_while_it_loads_it_says_nothing(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    from samtaler_kg import __main__, cli

    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", stopped)
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 130
    assert capfd.readouterr() == ("", "")
