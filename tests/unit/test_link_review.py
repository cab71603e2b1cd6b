"""The review file and what follows from it: cells shielded, decisions kept, links written all or none, with their provenance."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.build import differences
from samtaler_kg.graph import Graph
from samtaler_kg.intake.linking import accept
from samtaler_kg.matching import review, sssom
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Refused, SamtalerError
from tests.unit.conftest import Run

LINKS = "links/studies-openalex.sssom.tsv"


@pytest.fixture
def works(repo: Path) -> Path:
    return repo / "tests" / "fixtures" / "link" / "synthetic-openalex.json"


@pytest.fixture
def reviewed(run: Run, works: Path, tmp_path: Path) -> Path:
    """The review file of the synthetic works, as ``samtaler link candidates`` writes it."""
    path = tmp_path / "review.csv"
    assert run("link", "candidates", str(works), "--as", "openalex", "-o", str(path)).code == 0
    return path


Edit = Callable[..., None]


@pytest.fixture
def edit(reviewed: Path) -> Edit:
    """Change cells of the row whose object ends in the given digits, as a person with a spreadsheet does."""

    def edited(ending: str, **cells: str) -> None:
        rows = table(reviewed)
        (row,) = (row for row in rows if row["object"].endswith(ending))
        row.update(cells)
        stream = io.StringIO()
        writer = csv.DictWriter(stream, list(row), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        reviewed.write_bytes(stream.getvalue().encode("utf-8-sig"))

    return edited


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def told(error: pytest.ExceptionInfo[SamtalerError]) -> list[tuple[str, str]]:
    for problem in error.value.problems:
        assert all(problem.what(lang) and problem.mend(lang) for lang in ("da", "en"))
    return [(problem.name, problem.where.key) for problem in error.value.problems]


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_each_comes_back_unchanged(cell: str) -> None:
    assert review.shielded(cell)[:1] not in set("=+-@\t\r")
    assert review.bare(review.shielded(cell)) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1", "'quoted'"])
def test_cells_that_spreadsheets_would_run(cell: str) -> None:
    assert review.shielded(cell)[:1] not in set("=+-@")
    assert review.bare(review.shielded(cell)) == cell


def test_a_formula_in_a_title_is_shielded_in_the_file(run: Run, works: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    run("link", "candidates", str(works), "--as", "openalex", "--all", "-o", str(path))
    titles = [row["title"] for row in table(path)]
    assert any(title.startswith("'=HYPERLINK(") for title in titles)
    assert [title for title in titles if title[:1] in set("=+-@")] == []
    assert any(row["title"].startswith("=HYPERLINK(") for row in review.read(path))


def test_the_file_is_for_a_person(reviewed: Path) -> None:
    assert reviewed.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = table(reviewed)
    assert list(rows[0]) == list(review.COLUMNS)
    assert [(row["group"], row["decision"]) for row in rows] == [("review", "")] * 2 + [("accepted", "accept")] * 4
    assert all(row["reasons"] and row["study_title"] and row["place"] for row in rows)


def test_decisions_and_comments_are_kept_when_the_file_is_made_anew(
    run: Run, works: Path, reviewed: Path, edit: Edit
) -> None:
    edit("3", decision="accept", comment="=asked the authors")
    edit("5", comment="to be looked at")
    edit("1", decision="reject")
    edit("4", study="gautier-muller-2018-equilibrium")
    ran = run("link", "candidates", str(works), "--as", "openalex", "-o", str(reviewed))
    assert ran.code == 0
    assert "3 earlier decisions kept" in ran.err
    rows = {row["object"][-1]: row for row in review.read(reviewed)}
    assert {key: (row["decision"], row["comment"]) for key, row in rows.items()} == {
        "3": ("accept", "=asked the authors"), "5": ("", "to be looked at"), "1": ("reject", ""),
        "2": ("accept", ""), "4": ("accept", ""), "8": ("accept", ""),
    }  # fmt: skip
    assert rows["4"]["study"] == "gautier-muller-2018-equilibrium"


def test_a_decision_on_a_record_that_is_gone_is_kept(
    run: Run, works: Path, reviewed: Path, edit: Edit, repo: Path
) -> None:
    edit("5", decision="reject")
    fewer = repo / "tests" / "fixtures" / "link" / "synthetic-openalex.jsonl"
    run("link", "candidates", str(fewer), "--as", "openalex", "-o", str(reviewed))
    rows = {row["object"][-1]: row["decision"] for row in review.read(reviewed)}
    assert rows == {"1": "accept", "2": "accept", "3": "", "5": "reject"}


def test_what_has_no_address_waits_for_a_person_to_write_one(
    run: Run, own_base: Base, repo: Path, tmp_path: Path
) -> None:
    source, path = repo / "tests" / "fixtures" / "link" / "synthetic.bib", tmp_path / "bib.csv"
    told = run("link", "candidates", str(source), "-o", str(path)).out
    assert "neither a DOI nor an IRI" in told
    (row,) = review.read(path)
    assert (row["group"], row["decision"], row["object"]) == ("accepted", "", "")
    written = {**row.cells, "decision": "accept", "object": "https://doi.org/10.5555/synthetic.bib"}
    path.write_bytes(review.as_csv([written]))
    run("link", "candidates", str(source), "-o", str(path))
    (again,) = review.read(path)
    assert (again["decision"], again["object"]) == ("accept", "https://doi.org/10.5555/synthetic.bib")
    assert accept(own_base, path, "Test Person").files == {"data/links/studies-bib.sssom.tsv": 1}


def test_no_other_table_is_overwritten(run: Run, works: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert run("link", "candidates", str(works), "--as", "openalex", "-o", str(path)).code == 2
    assert path.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_links_carry_their_provenance(own_base: Base, reviewed: Path, edit: Edit) -> None:
    edit("3", decision="ja", comment="same trial, same year")
    edit("5", decision="nej")
    receipt = accept(own_base, reviewed, "Test Person")
    assert (receipt.written, receipt.present, receipt.rejected, receipt.undecided) == (5, 0, 1, 0)
    text = (own_base.data / LINKS).read_text(encoding="utf-8")
    assert text.startswith("# curie_map:\n#   semapv: https://w3id.org/semapv/vocab/\n")
    assert "#   study: https://w3id.org/samtaler/id/study/\n" in text
    assert "# mapping_set_id: https://w3id.org/samtaler/id/mapping-set/studies-openalex\n" in text
    assert "# license: https://creativecommons.org/licenses/by/4.0/\n" in text
    links = {link["object_id"][-1]: link for link in sssom.links_in(text, "x")}
    assert {key: (link["predicate_id"], link["mapping_justification"]) for key, link in links.items()} == {
        "1": ("skos:exactMatch", "semapv:CompositeMatching"),
        "2": ("skos:closeMatch", "semapv:CompositeMatching"),
        "3": ("skos:exactMatch", "semapv:ManualMappingCuration"),
        "4": ("skos:closeMatch", "semapv:CompositeMatching"),
        "8": ("skos:closeMatch", "semapv:CompositeMatching"),
    }
    one = links["3"]
    assert (one["subject_id"], one["author_label"]) == ("study:rosholm-svarer-2009-hurtigt-i-gang-2", "Test Person")
    assert one["mapping_date"] == datetime.now(UTC).date().isoformat()
    assert one["comment"].startswith("same trial, same year | ")
    assert one["confidence"] == "0.44"


def test_the_graph_has_the_links_at_once(run: Run, own_base: Base, reviewed: Path, edit: Edit) -> None:
    edit("3", decision="ja")
    assert accept(own_base, reviewed, "Test Person").written == 5
    assert differences(own_base) == []
    rows = Graph(own_base).layer("links").query((own_base.queries / "answers" / "mappings.rq").read_text("utf-8")).rows
    assert sum("/id/study/" in str(row) for row in rows) == 5
    before = own_base.graph.stat().st_ino
    assert accept(own_base, reviewed, "Test Person").written == 0
    assert own_base.graph.stat().st_ino == before


def test_a_study_that_a_person_chose_has_no_score_of_another(own_base: Base, reviewed: Path, edit: Edit) -> None:
    edit("3", decision="accept", study="rosholm-svarer-2023-akasse-final", version="other")
    edit("4", version="same")
    accept(own_base, reviewed, "Test Person")
    links = {link["object_id"][-1]: link for link in sssom.links_in((own_base.data / LINKS).read_text("utf-8"), "x")}
    for key in ("3", "4"):
        assert (links[key]["confidence"], links[key]["mapping_justification"]) == ("", "semapv:ManualMappingCuration")


def test_nothing_is_written_twice(own_base: Base, reviewed: Path, edit: Edit) -> None:
    accept(own_base, reviewed, "Test Person")
    first = (own_base.data / LINKS).read_bytes()
    again = accept(own_base, reviewed, "Other Person")
    assert (again.written, again.present, (own_base.data / LINKS).read_bytes()) == (0, 4, first)
    edit("3", decision="accept")
    more = accept(own_base, reviewed, "Other Person")
    assert (more.written, more.present) == (1, 4)
    lines = (own_base.data / LINKS).read_text(encoding="utf-8").splitlines()
    assert {line for line in first.decode().splitlines() if line not in lines} == set()
    assert sum("Other Person" in line for line in lines) == 1


def test_links_that_are_there_stay_as_they_are(own_base: Base, reviewed: Path, edit: Edit) -> None:
    accept(own_base, reviewed, "Test Person")
    path = own_base.data / LINKS
    noted = path.read_text(encoding="utf-8").replace(
        "\tone title is", "\ta <note> of a person &amp; " + "long " * 400 + "one title is"
    )
    assert "<note>" in noted
    path.write_text(noted, encoding="utf-8")
    edit("3", decision="accept")
    accept(own_base, reviewed, "Test Person")
    assert set(noted.splitlines()) <= set(path.read_text(encoding="utf-8").splitlines())


def test_every_wrong_cell_is_told_and_nothing_written(own_base: Base, reviewed: Path, edit: Edit) -> None:
    edit("1", study="maibom-rosholm-2017-early-meeting")
    edit("2", version="perhaps")
    edit("3", decision="jaja")
    edit("8", source="Open Alex", score="high")
    edit("4", object="not an address 4")
    with pytest.raises(Refused) as error:
        accept(own_base, reviewed, "Test Person")
    assert sorted(told(error)) == [
        ("link-decision", "decision"), ("link-no-object", "object"), ("link-score", "score"), ("link-source", "source"),
        ("link-version", "version"), ("no-such", "study"),
    ]  # fmt: skip
    assert not (own_base.data / LINKS).exists()


def test_one_record_is_accepted_once(own_base: Base, reviewed: Path, edit: Edit) -> None:
    edit("3", decision="accept", object="https://openalex.org/W0000000001")
    with pytest.raises(Refused) as error:
        accept(own_base, reviewed, "Test Person")
    assert told(error) == [("link-twice", "object")]


def test_a_link_that_says_something_else_is_refused(own_base: Base, reviewed: Path, edit: Edit) -> None:
    accept(own_base, reviewed, "Test Person")
    before = (own_base.data / LINKS).read_bytes()
    edit("1", study="maibom-rosholm-2014-youth")
    edit("3", decision="accept")
    with pytest.raises(Refused) as error:
        accept(own_base, reviewed, "Test Person")
    assert told(error) == [("link-contradicts", "")]
    assert (own_base.data / LINKS).read_bytes() == before


@pytest.mark.parametrize("damage", ["no columns\n", "# head\nsubject_id\tpredicate_id\nx\ty\n"])
def test_damaged_links_are_not_written_over(own_base: Base, reviewed: Path, damage: str) -> None:
    (own_base.data / LINKS).write_text(damage, encoding="utf-8")
    with pytest.raises(Damaged):
        accept(own_base, reviewed, "Test Person")
    assert (own_base.data / LINKS).read_text(encoding="utf-8") == damage


def test_the_installed_base_is_not_written(own_base: Base, reviewed: Path, tmp_path: Path) -> None:
    installed = tmp_path / "samtaler_kg" / "_base"
    shutil.move(own_base.root, installed)
    with pytest.raises(Refused) as error:
        accept(Base(installed), reviewed, "Test Person")
    assert told(error) == [("base-installed", "")]
    assert not (installed / "data" / LINKS).exists()


def test_nobody_answers_for_a_decision_without_a_name(run: Run, own_base: Base, reviewed: Path) -> None:
    assert run("link", "accept", str(reviewed), "--base", str(own_base.root)).code == 2
    for nobody in ("", " ", "\t"):
        with pytest.raises(Refused) as error:
            accept(own_base, reviewed, nobody)
        assert told(error) == [("link-by-nobody", "")]


@given(st.dictionaries(st.sampled_from(sssom.COLUMNS), st.text(max_size=30)))
def test_what_a_cell_holds_breaks_no_set_of_links(cells: dict[str, str]) -> None:
    link = {column: cells.get(column, "") for column in sssom.COLUMNS}
    rules = {"curie_map": {}, "license": "x", "set": "https://example.org/"}
    (again,) = sssom.links_in(sssom.as_text([link], "x", rules), "x")
    assert sssom.as_text([again], "x", rules) == sssom.as_text([link], "x", rules)


def test_excel_in_danish_may_save_the_file(own_base: Base, reviewed: Path) -> None:
    rows = table(reviewed)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**row, "score": row["score"].replace(".", ",")} for row in rows)
    reviewed.write_bytes(stream.getvalue().encode("utf-8-sig"))
    assert accept(own_base, reviewed, "Test Person").written == 4


def test_the_commands_speak_both_languages(run: Run, own_base: Base, works: Path, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    danish = run("link", "candidates", str(works), "--as", "openalex", "-o", str(path), "--lang", "da")
    assert danish.code == 0
    assert danish.out.startswith("8 poster: 4 godkendt, 2 til gennemsyn, 2 uden match.")
    assert "alle forfattere stemmer (3 af 3 her og 3 dér) (+0,32)" in danish.out
    english = run("link", "candidates", str(works), "--as", "openalex")
    assert english.out.startswith("8 records: 4 accepted, 2 to review, 2 without a match.")
    accepted = run("link", "accept", str(path), "--by", "Test Person", "--base", str(own_base.root), "--lang", "da")
    assert accepted.out.startswith("Links skrevet til data/links/studies-openalex.sssom.tsv: 4\n")
    again = run("link", "accept", str(path), "--by", "Test Person", "--base", str(own_base.root), "--json")
    assert json.loads(again.out) == {"written": 0, "files": {}, "present": 4, "rejected": 0, "undecided": 2}


def test_the_name_of_the_other_base_is_looked_at_first(run: Run, works: Path, own_base: Base, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    for name in ("Open Alex", "../x", "x" * 50):
        assert run("link", "candidates", str(works), "--as", "openalex", "--source", name, "-o", str(path)).code == 2
    assert not path.exists()
    assert run("link", "candidates", str(works), "--as", "openalex", "--source", "alex-2026", "-o", str(path)).code == 0
    assert accept(own_base, path, "Test Person").files == {"data/links/studies-alex-2026.sssom.tsv": 4}


def test_json_has_every_record_with_its_reasons(run: Run, works: Path) -> None:
    told = json.loads(run("link", "candidates", str(works), "--as", "openalex", "--json").out)
    assert told["counts"] == {"accepted": 4, "no-match": 2, "review": 2}
    assert [each["object"][-1] for each in told["candidates"]] == list("12345678")
    assert all(each["reasons"] for each in told["candidates"])


@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_group_and_its_commands_explain_themselves(run: Run, lang: str) -> None:
    for words in ([], ["candidates"], ["accept"]):
        ran = run("link", *words, "--help")
        assert (ran.code, bool(re.search(r"Usage: \S+ link", ran.out))) == (0, True)
    assert run("link", "nothing").code == 2
