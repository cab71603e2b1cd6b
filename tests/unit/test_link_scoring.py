"""What agrees between a record and a study, and what it is worth: DOIs, titles, names, years; unknown is no evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.matching.folding import fold
from samtaler_kg.matching.matching import Candidate, Index, judged
from samtaler_kg.matching.names import person, same_person
from samtaler_kg.matching.records import LONGEST, Record, Study, clean, doi, doi_iri, iri, study
from samtaler_kg.matching.scoring import prepared, weigh
from samtaler_kg.matching.settings import Settings
from samtaler_kg.matching.titles import compared, title
from samtaler_kg.places import Base, shipped
from samtaler_kg.problems import Damaged, Where

SETTINGS = Settings.of(shipped())
PLACE = Where("synthetic.json")

CELLS = {
    "study": "synthetic-study",
    "title": "Synthetic meetings and the duration of made-up unemployment in Danmark",
    "authors": "Sørensen, Åse; Müller, Jan C.; Eksempel, Bo",
    "year": 2015,
    "country": "DNK",
    "language": "ENG",  # as the EU's table has it
    "doi": "10.5555/synthetic.own",
    "related_doi": "10.5555/synthetic.other",
}
OURS = study(CELLS, SETTINGS)
THEIRS = Record(
    PLACE, "https://example.org/1", (CELLS["title"],), ("Sørensen, Åse", "Müller, Jan C.", "Eksempel, Bo"), 2015
)


def became(record: Record, *others: Study, ours: Study = OURS) -> Candidate:
    return judged(record, Index([ours, *others], SETTINGS), SETTINGS)


def names(candidate: Candidate) -> set[str]:
    return {reason.name for reason in candidate.reasons}


@pytest.mark.parametrize(
    "text",
    [
        "10.1111/SJOE.12180", "https://doi.org/10.1111/sjoe.12180", "http://dx.doi.org/10.1111/sjoe.12180.", "doi:10.1111/sjoe.12180",
        "DOI: 10.1111/sjoe.12180", "https://www.doi.org/10.1111%2Fsjoe.12180",
        " 10.1111/sjoe.12180 ; ", "info:doi/10.1111/sjoe.12180", "10.1111/sjoe.12180)",
    ],
)  # fmt: skip
def test_one_doi_in_many_dresses(text: str) -> None:
    assert doi(text) == "10.1111/sjoe.12180"


@pytest.mark.parametrize(
    "text", ["", "none", "https://example.org/10.1111/sjoe.12180", "sjoe.12180", "10.11/x", "see 10.1111/x"]
)
def test_what_is_no_doi_gives_none(text: str) -> None:
    assert doi(text) == ""


def test_brackets_of_a_doi_stay() -> None:
    assert doi("10.1016/S0927-5371(99)00043-2") == "10.1016/s0927-5371(99)00043-2"
    assert doi_iri('10.1234/a b<c>"') == "https://doi.org/10.1234/a%20b%3Cc%3E%22"


@given(st.text(max_size=60))
def test_no_text_becomes_an_iri_that_breaks_a_line(text: str) -> None:
    for made in (iri(text), iri(f"https://example.org/{text}"), doi_iri(doi(f"10.1234/{text}"))):
        assert not set(made) & set('\t\r\n <>"{}|\\^`')


@given(st.text(max_size=80))
def test_what_is_folded_stays_folded_and_what_is_clean_stays_clean(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert len(clean(text)) <= LONGEST
    assert "\n" not in clean(text)


@pytest.mark.parametrize(
    "theirs",
    ["Ørbæk, Palle", "Palle Orbaek", "Oerbaek P.", "ORBAK, P", "P. Ørbæk", "Palle, Ørbæk"],
)
def test_one_person_in_many_spellings(theirs: str) -> None:
    assert same_person(person("Ørbæk, P"), person(theirs), 0.88)


@pytest.mark.parametrize("theirs", ["Nielsen, Søren", "Kristian Nilssen Jensen", "Kristian", ""])
def test_other_persons(theirs: str) -> None:
    assert not same_person(person("Nielsen, Kristian"), person(theirs), 0.88)


LONG = "Do lower caseloads improve the performance of public employment services? New evidence from German employment offices"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (LONG, LONG.upper(), "equal-long"),
        (LONG, LONG + " (IZA Discussion Paper No. 4711)", "equal-long"),
        (LONG, "Do lower caseloads improve the performance of public employment services?", "begins-long"),
        (LONG, LONG[:70], "begins-long"),
        (LONG, LONG.replace("German", "Polish"), "altered"),
        (LONG, LONG.replace("improve", "imrpove"), "equal-long"),
        ("Effects on the employed in towns and cities", "Effects on the unemployed in towns and cities", "altered"),
        ("Effects of meetings on women in Danish towns", "Effects of meetings on older in Danish towns", "altered"),
        ("Labour market programmes for the young", "Labor Market Programs for the Young", "equal"),
        ("Job-seekers' search effort and counselling", "Jobseekers search effort and counseling", "equal"),
        ("Evaluation of the meetings 1", "Evaluation of the meetings 2", "altered"),
        ("An evaluation of early meetings", "An evaluation of early meetings 2: the next round", "altered"),
        ("En kort titel", "En kort titel", "equal-short"),
        ("Private and public placement services", "Glaciers of Greenland since the ice age", "unlike"),
    ],
)
def test_titles(one: str, other: str, level: str) -> None:
    ours, theirs = title(one, SETTINGS), title(other, SETTINGS)
    assert ours is not None
    assert theirs is not None
    assert compared(ours, theirs, SETTINGS)[0] == level
    assert compared(theirs, ours, SETTINGS)[0] == level


def test_a_title_that_was_not_read_is_unknown() -> None:
    for text in ("(title not on the page read) A paper", "Report 9/2010 (title not read)", "…"):
        assert title(text, SETTINGS) is None


def test_the_same_doi_is_the_same_version_and_the_related_one_another() -> None:
    own = became(replace(THEIRS, doi="10.5555/synthetic.own"))
    other = became(replace(THEIRS, doi="10.5555/synthetic.other", year=2012))
    assert (own.group, own.version, "doi-same" in names(own)) == ("accepted", "same", True)
    assert (other.group, other.version, "doi-related" in names(other)) == ("accepted", "other", True)


def test_the_same_doi_is_enough_alone_and_a_strange_title_with_it_is_not() -> None:
    bare = Record(PLACE, doi="10.5555/synthetic.own")
    assert became(bare).group == "accepted"
    strange = became(replace(bare, titles=("Glaciers of Greenland since the ice age",), authors=("Doe, Jane",)))
    assert (strange.group, "doi-same-title-unlike" in names(strange)) == ("review", True)


def test_another_doi_is_never_the_same_version() -> None:
    found = became(replace(THEIRS, doi="10.5555/synthetic.third"))
    assert (found.group, found.version) == ("accepted", "other")


def test_without_a_doi_the_same_year_makes_the_same_version() -> None:
    assert became(THEIRS).version == "same"
    assert became(replace(THEIRS, year=2013)).version == "other"
    assert became(replace(THEIRS, year=None)).version == "other"


def test_unknown_is_no_evidence_either_way() -> None:
    for lacking in (replace(THEIRS, authors=()), replace(THEIRS, year=None), replace(THEIRS, titles=())):
        found = weigh(prepared(lacking, SETTINGS), OURS, SETTINGS)
        assert [reason.points for reason in found.reasons if reason.name.endswith("unknown")] == [0.0]
    nothing = study({**CELLS, "title": "(title not on the page read)", "authors": None, "year": None}, SETTINGS)
    found = weigh(prepared(THEIRS, SETTINGS), nothing, SETTINGS)
    assert found.score == 0.0


def test_no_one_knows_a_study_by_its_title_alone() -> None:
    assert became(replace(THEIRS, authors=(), year=None)).group == "review"


def test_a_translated_title_comes_before_a_person_and_no_further() -> None:
    translated = replace(THEIRS, titles=("Syntetiske samtaler og længden af opdigtet ledighed",), country="DNK")
    found = became(translated)
    assert (found.group, "title-unlike" in names(found)) == ("review", True)
    said = became(replace(translated, language="en"))
    assert (said.group, "title-unlike-untranslated" in names(said)) == ("no-match", True)
    danish = study({**CELLS, "language": "DAN"}, SETTINGS)
    assert became(replace(translated, language="da"), ours=danish).group == "review"  # listed under a translated title


def test_authors_of_whom_some_were_not_read_are_no_full_list() -> None:
    ours = study({**CELLS, "authors": "Sørensen (co-authors not on the pages read)"}, SETTINGS)
    assert "authors-some" in names(became(replace(THEIRS, authors=("Sørensen, Åse",)), ours=ours))


def test_other_authors_keep_an_equal_title_from_being_accepted() -> None:
    found = became(replace(THEIRS, authors=("Doe, Jane", "Roe, Richard")))
    assert (found.group, "authors-none" in names(found)) == ("review", True)


def test_two_studies_that_fit_alike_come_before_a_person() -> None:
    twin = study({**CELLS, "study": "synthetic-twin", "doi": None, "related_doi": None}, SETTINGS)
    found = became(THEIRS, twin)
    assert (found.group, "rivals" in names(found)) == ("review", True)


def test_points_that_are_not_there_are_told(own_base: Base) -> None:
    (own_base.data / "links" / "matching.toml").write_text("[decide\n", encoding="utf-8")
    with pytest.raises(Damaged) as error:
        Settings.of(own_base)
    assert [problem.name for problem in error.value.problems] == ["unreadable-file"]
