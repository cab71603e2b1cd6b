"""``samtaler new``: a form that explains itself, in both languages, and that never overwrites what exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import rdflib

from samtaler_kg.cards import Grammar, check, read_text
from samtaler_kg.check import shapes
from samtaler_kg.forms import read, read_all
from samtaler_kg.forms.blank import OWN, as_form, proposed_id
from samtaler_kg.forms.wording import concepts, definition, label
from samtaler_kg.places import Base
from samtaler_kg.terms import PREFIXES, SH
from samtaler_kg.words import LANGUAGES, Language
from tests.unit.conftest import Run


@pytest.fixture(scope="module")
def grammar(base: Base) -> Grammar:
    return Grammar.of(base)


@pytest.fixture
def references(repo: Path) -> Path:
    return repo / "tests" / "fixtures" / "forms"


def flat(text: str) -> str:
    """A form without the line breaks of its comments."""
    return " ".join(text.replace("\n", " ").replace("#", " ").split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_has_every_key_with_label_definition_and_codes(grammar: Grammar, lang: Language) -> None:
    text = as_form({"id": "made-up"}, grammar, lang)
    told = flat(text)
    for kind in ("study", "result", "estimate"):
        for key in grammar.kinds[kind].keys:
            if key in OWN:
                assert f"\n{key}:" not in text
                continue
            assert re.search(rf"^ *{key}:", text, re.MULTILINE), key
            meant = definition((key,), grammar, lang)
            assert meant, key
            assert flat(meant) in told, key
            name = label((key,), grammar, lang)
            assert f"{name[:1].upper()}{name[1:]}" in told
            for concept in concepts(key, grammar):
                assert f"({concept.label(lang)})" in told
    assert max(map(len, text.splitlines())) <= 120


def test_a_form_says_how_a_name_is_written(grammar: Grammar) -> None:
    assert "'Family name, Given name'" in definition(("authors",), grammar, "en")
    assert "'Efternavn, Fornavn'" in definition(("authors",), grammar, "da")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_required_keys_are_marked(grammar: Grammar, lang: Language) -> None:
    blocks = re.split(r"\n\s*\n", as_form({}, grammar, lang))
    mark = {"en": "(required)", "da": "(skal udfyldes)"}[lang]
    marked = {match[1] for block in blocks if mark in block and (match := re.search(r"^ *(\w+):", block, re.MULTILINE))}
    assert marked == grammar.kinds["study"].needed | grammar.kinds["result"].needed


def test_the_untouched_form_reads_as_a_card_that_lacks_all(grammar: Grammar) -> None:
    card, problems = read_text(as_form({}, grammar, "en"), "study")
    assert card is not None
    assert (card.data, problems) == ({}, [])
    missing = [(problem.name, problem.facts["key"]) for problem in check(card, grammar)]
    assert sorted(missing) == sorted(("missing-key", key) for key in grammar.kinds["study"].required)


def test_a_form_filled_in_halfway_reads_as_far_as_it_goes(grammar: Grammar) -> None:
    text = as_form({"id": "made-up"}, grammar, "da")
    for key, value in {"title": "Et studie", "country": "DNK", "verification": "full"}.items():
        text = re.sub(rf"^{key}:$", f"{key}: {value}", text, flags=re.MULTILINE)
    text = re.sub("^authors:$", "authors:\n  - Hansen, Anne", text, flags=re.MULTILINE)
    card, _ = read_text(text, "study")
    assert card is not None
    assert check(card, grammar) == []
    assert card.data["authors"] == ["Hansen, Anne"]
    assert "results" not in card.data
    text = re.sub("^    verdict:$", "    verdict: positive", text, flags=re.MULTILINE)
    card, _ = read_text(text, "study")
    assert card is not None
    assert card.data["results"] == [{"verdict": "positive"}]
    line = text.splitlines().index("    verdict: positive") + 1
    assert card.where(("results", 0, "verdict")).line == line


def test_it_prints_a_card_in_the_reader_s_language(run: Run) -> None:
    english, danish = run("new", "made-up"), run("new", "made-up", "--lang", "da")
    assert (english.code, danish.code, english.err) == (0, 0, "")
    assert "(required)" in english.out
    assert "(skal udfyldes)" in danish.out
    assert "\nid: made-up\n" in danish.out


def test_it_never_overwrites_without_being_told_to(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "made-up.yaml"
    target.write_text("mine", "utf-8")
    ran = run("new", "made-up", "-o", str(target), "--lang", "da")
    assert (ran.code, target.read_text("utf-8")) == (2, "mine")
    assert "filen findes allerede" in ran.err
    assert run("new", "made-up", "-o", str(target), "--force").code == 0
    assert "id: made-up" in target.read_text("utf-8")


@pytest.mark.parametrize(
    "form, name", [("ris", "synthetic.ris"), ("bib", "synthetic.bib"), ("csl", "synthetic-csl.json")]
)
def test_references_fill_in_the_bibliography(
    run: Run, references: Path, grammar: Grammar, tmp_path: Path, form: str, name: str
) -> None:
    ran = run("new", "--from", form, str(references / name), "-o", str(tmp_path))
    assert ran.code == 0
    bibliography, _ = read(references / name, grammar)
    cards, problems = read(tmp_path, grammar)
    assert problems == []
    said = {card.data["title"]: {**card.data, "id": None} for card in cards}
    assert said == {card.data["title"]: {**card.data, "id": None} for card in bibliography}
    assert len(ran.err.splitlines()) == len(cards)
    first = next(card for card in cards if "authors" in card.data and card.data.get("year") == "2015")
    assert first.data["id"].startswith("eksempel-2015-synthetic-")


def test_what_a_reference_says_without_certainty_stands_beside_its_key(
    run: Run, references: Path, tmp_path: Path
) -> None:
    run("new", "--from", "ris", str(references / "synthetic.ris"), "-o", str(tmp_path), "--lang", "da")
    (path,) = tmp_path.glob("proeve-2011-*.yaml")
    text = path.read_text("utf-8")
    before = text[: text.index("\npublication_type:")].rpartition("\n\n")[2]
    assert "Referencen siger: RPRT" in before
    assert "Referencen siger: Klingon" in text
    assert text.count("Referencen siger") == 2


def test_several_references_need_a_folder_and_no_id(run: Run, references: Path, tmp_path: Path) -> None:
    source = ("--from", "ris", str(references / "synthetic.ris"))
    for arguments, words in ((("x",), "3 references"), ((), "name a folder with -o")):
        ran = run("new", *arguments, *source)
        assert (ran.code, ran.out) == (2, "")
        assert words in ran.err
    single = tmp_path / "one.ris"
    single.write_text("TY  - JOUR\nTI  - One\nER  - \n", "utf-8")
    ran = run("new", "my-own", "--from", "ris", str(single))
    assert "\nid: my-own\n" in ran.out
    assert "\ntitle: One\n" in ran.out


def test_a_damaged_file_of_references_is_refused_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.ris"
    path.write_text("TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\n", "utf-8")
    ran = run("new", "--from", "ris", str(path), "-o", str(tmp_path / "out"))
    assert ran.code == 2
    assert "x.ris:4" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", ["../../x", "a b", "verdict", "-", "a" * 200])
def test_an_id_that_cannot_be_one_is_refused(run: Run, wrong: str) -> None:
    ran = run("new", "--", wrong)
    assert (ran.code, ran.out) == (2, "")


def test_the_workbook(run: Run, references: Path, grammar: Grammar, tmp_path: Path) -> None:
    target = tmp_path / "studies.xlsx"
    assert run("new", "--xlsx", "-o", str(target), "--lang", "da").code == 0
    cards, problems = read(target, grammar)
    assert (cards, [problem.name for problem in problems]) == ([], ["nothing-filled"])
    assert run("new", "--xlsx", "-o", str(target)).code == 2
    more = tmp_path / "more.xlsx"
    run("new", "--xlsx", "--from", "bib", str(references / "synthetic.bib"), "-o", str(more))
    cards, problems = read(more, grammar)
    assert problems == []
    assert len({card.data["id"] for card in cards}) == len(cards) == 5


@pytest.mark.parametrize("kind", ["study", "result"])
def test_the_marked_keys_are_those_that_the_rules_demand(base: Base, grammar: Grammar, kind: str) -> None:
    cls = f"{PREFIXES['sam']}{grammar.kinds[kind].cls}"
    demanded = {
        shape.path
        for shape in shapes.read(base).by_iri.values()
        if (SH.targetClass, cls) in set(shape.targets) and str(rdflib.SH.minCount) in shape.about
    }
    marked = {grammar.meanings[key].prop for key in grammar.kinds[kind].needed - {"id"}}
    assert demanded - marked == ({PREFIXES["sam"] + "ofStudy"} if kind == "result" else set())
    assert marked - demanded == set()


def test_what_machines_are_told(run: Run, references: Path, tmp_path: Path) -> None:
    told = json.loads(run("new", "made-up", "--json").out)
    assert told["cards"][0]["card"] == {"id": "made-up"}
    assert told["cards"][0]["to_fill"] == ["title", "country", "target_group", "job_ready", "verification"]
    source = ("--from", "ris", str(references / "synthetic.ris"))
    told = json.loads(run("new", *source, "-o", str(tmp_path), "--json").out)
    assert told["cards"][1]["left_out"] == {"publication_type": "RPRT", "language": "Klingon"}
    assert all(Path(name).is_file() for name in told["written"])
    assert len(told["written"]) == 3


def test_ids_are_proposed_from_what_is_read() -> None:
    assert proposed_id({"authors": ["Ærø-Ångström, Øjvind"], "year": "2001", "title": "Æbler"}) == (
        "aeroe-aangstroem-2001-aebler"
    )
    assert proposed_id({"title": "?!"}) == ""
    assert len(proposed_id({"authors": ["x" * 300], "title": "y" * 300})) <= 80


def test_folders_of_cards_and_of_tables(base: Base, grammar: Grammar, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text("id: a\n", "utf-8")
    (tmp_path / "b.json").write_text('{"id": "b"}', "utf-8")
    (tmp_path / ".hidden.yaml").write_text("id: c\n", "utf-8")
    (tmp_path / "readme.txt").write_text("no card", "utf-8")
    cards, problems = read(tmp_path, grammar)
    assert ([card.data["id"] for card in cards], problems) == (["b", "a"], [])
    cards, _ = read_all([tmp_path, tmp_path / "b.json", tmp_path / "sub"], grammar)
    assert len(cards) == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert [problem.name for problem in read(empty, grammar)[1]] == ["unknown-form"]


def test_one_bad_file_hides_no_other(grammar: Grammar, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", "utf-8")
    (tmp_path / "b.ttl").write_text("<", "utf-8")
    (tmp_path / "c.yaml").write_text("id: c\n", "utf-8")
    cards, problems = read(tmp_path, grammar)
    assert [card.data["id"] for card in cards] == ["c"]
    assert [problem.name for problem in problems] == ["json-syntax", "unreadable-rdf"]
