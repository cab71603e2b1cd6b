"""Files against the shipped studies: the three groups, one study for one record, ties, and the synthetic benchmark."""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import samtaler_kg as sk
from samtaler_kg.graph import Graph
from samtaler_kg.matching.matching import Candidate, Index, match, settle
from samtaler_kg.matching.records import Record, Study, studies
from samtaler_kg.matching.scoring import prepared
from samtaler_kg.matching.settings import Settings
from samtaler_kg.problems import Where


@pytest.fixture(scope="module")
def settings(graph: Graph) -> Settings:
    return Settings.of(graph.base)


@pytest.fixture(scope="module")
def base_studies(graph: Graph, settings: Settings) -> list[Study]:
    return studies(graph, settings)


@pytest.fixture
def folder(repo: Path) -> Path:
    return repo / "tests" / "fixtures" / "link"


#: What becomes of each record of synthetic-openalex.json.
OPENALEX = [
    ("accepted", "maibom-rosholm-2017-early-meetings", "same"),
    ("accepted", "hoegelund-holm-2004-case-management-interviews", "other"),
    ("review", "rosholm-svarer-2009-hurtigt-i-gang-2", "same"),
    ("accepted", "cheung-egebark-2019-jsa", "other"),
    ("review", "hainmueller-hofmann-2016-caseloads", "same"),
    ("no-match", None, None),
    ("no-match", None, None),
    ("accepted", "gautier-muller-2018-equilibrium", "other"),
]


def test_each_record_comes_to_its_group(folder: Path) -> None:
    found = sk.open().link_candidates(folder / "synthetic-openalex.json", "openalex")
    assert [(each.group, each.study, each.version) for each in found] == OPENALEX
    assert all(each.told("da") and each.told("en") and each.told("da") != each.told("en") for each in found)
    assert found[0].told("da")[0] == "DOI'en 10.1111/sjoe.12180 er den kodede udgaves (+0,90)"


@pytest.mark.parametrize(
    ("name", "form", "wanted"),
    [
        (
            "synthetic-crossref.json",
            "crossref",
            ["maibom-rosholm-2017-early-meetings", "mcguinness-oconnell-2019-carrots"],
        ),
        ("synthetic-csl.json", "csl", ["hansen-eskelinen-2010-koege", None]),
        ("synthetic.ris", None, ["boeheim-eppel-2023-lower-caseloads", None]),
        ("synthetic.bib", None, ["hagglund-2006-preprogramme"]),
        (
            "synthetic.csv",
            None,
            ["dwp-2018-weekly-wsr", "pedersen-2011-timely-meetings", "kastoryano-vanderklaauw-2022-jsa", None],
        ),
        ("synthetic.ttl", None, ["engstrom-hesselius-2009-vacancy-referrals"]),
        ("synthetic.jsonld", None, ["lechner-smith-2007-value-added"]),
        ("synthetic.rdf", None, ["vandenberg-kesternich-2019-reciprocity"]),
    ],
)
def test_every_form_finds_its_studies(folder: Path, name: str, form: str | None, wanted: list[str | None]) -> None:
    found = sk.open().link_candidates(folder / name, form)
    assert [each.study if each.group == "accepted" else None for each in found] == wanted


def known(base: list[Study], name: str) -> Study:
    return next(study for study in base if study.id == name)


def record_of(study: Study, number: int = 1) -> Record:
    return Record(
        Where("synthetic", number), "", (study.label,), tuple(study.printed.split("; ")), study.year, study.doi
    )


def test_every_study_of_the_base_is_there_with_its_language(base_studies: list[Study]) -> None:
    assert len(base_studies) == 153
    assert {study.language for study in base_studies} <= {"", "da", "de", "en", "fi", "fr", "nl", "no", "sv"}
    assert sum(study.language == "en" for study in base_studies) > 80
    assert sum(not study.authors for study in base_studies) == 14
    assert sum(study.title is None for study in base_studies) == 3


def became(records: list[Record], base: list[Study], settings: Settings) -> list[Candidate]:
    found = match(records, base, settings)
    accepted = [each.study for each in found if each.group == "accepted"]
    assert len(found) == len(records)
    assert None not in accepted
    return found


def test_two_records_that_fit_one_study_alike_come_before_a_person(
    base_studies: list[Study], settings: Settings
) -> None:
    study = known(base_studies, "kastoryano-vanderklaauw-2022-jsa")
    found = became([record_of(study), record_of(study, 2)], base_studies, settings)
    assert [(each.group, each.reasons[-1].name) for each in found] == [("review", "claimed-as-well")] * 2


def test_very_many_claims_to_one_study_are_settled_at_once(base_studies: list[Study], settings: Settings) -> None:
    study = known(base_studies, "kastoryano-vanderklaauw-2022-jsa")
    claim = match([record_of(study)], base_studies, settings)[0]
    many = [replace(claim, record=record_of(study, number)) for number in range(20_000)]
    assert {each.group for each in settle(many)} == {"review"}  # each against each other would take minutes


def test_the_better_of_two_records_of_one_version_stays(base_studies: list[Study], settings: Settings) -> None:
    study = known(base_studies, "hall-liljeberg-2011-youth-guarantee")
    worse = replace(record_of(study, 2), authors=(study.printed.split("; ")[0],))
    found = became([worse, record_of(study)], base_studies, settings)
    assert [each.group for each in found] == ["review", "accepted"]
    assert found[0].reasons[-1].name == "claimed-better"


def test_a_working_paper_may_stand_beside_its_article(base_studies: list[Study], settings: Settings) -> None:
    study = known(base_studies, "vanderklaauw-vethaak-2022-broader-search")
    paper = replace(
        record_of(study, 2),
        year=2020,
        titles=(f"{study.label} (IZA Discussion Paper No. 1)",),
        authors=("B. van der Klaauw",),
    )
    found = became([record_of(study), paper], base_studies, settings)
    assert [(each.group, each.version) for each in found] == [("accepted", "same"), ("accepted", "other")]


def test_a_record_is_compared_with_few_studies_however_many_there_are(
    base_studies: list[Study], settings: Settings
) -> None:
    index = Index([replace(study, id=f"{study.id}-{copy}") for copy in range(20) for study in base_studies], settings)
    most = settings.limit("block", "studies") + 20  # those of its DOI, once in each copy
    compared = [len(index.near(prepared(record_of(study), settings))) for study in base_studies]
    assert max(compared) <= most


@pytest.fixture
def benchmark_module(repo: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not (repo / "benchmarks").is_dir():
        pytest.skip("an unpacked source archive has no benchmarks")
    monkeypatch.syspath_prepend(repo)
    return importlib.import_module("benchmarks.matching")


def test_precision_and_recall_on_synthetic_damage(
    benchmark_module: ModuleType, base_studies: list[Study], settings: Settings
) -> None:
    """A smaller draw of the benchmark, with a seed that nothing was tuned on."""
    parts = benchmark_module.measured(base_studies, settings, seed=77, sample=60)
    figures = benchmark_module.figures(parts)
    assert figures["accepted"] > 800
    assert figures["precision"] >= 0.99
    assert figures["recall, DOI kept"] >= 0.95
    assert figures["recall, DOI removed"] >= 0.95
    assert sum(line.wrong for line in parts["no match"]) == 0
    by_kind = {line.kind: line for line in parts["apart"]}
    assert by_kind["title translated"].right == by_kind["title alone"].right == 0


def test_the_benchmark_would_see_a_looser_threshold(
    benchmark_module: ModuleType, base_studies: list[Study], settings: Settings
) -> None:
    loose = {**settings.matching, "decide": {**settings.matching["decide"], "accept": 0.5}}
    parts = benchmark_module.measured(base_studies, replace(settings, matching=loose), seed=77, sample=40)
    assert benchmark_module.figures(parts)["precision"] < 0.99


def test_the_benchmark_draws_alike_from_one_seed(benchmark_module: ModuleType, base_studies: list[Study]) -> None:
    import random

    made = [
        [
            case.record
            for case in benchmark_module.positives(
                base_studies[:20], benchmark_module.MENDED, False, random.Random(seed)
            )
        ]
        for seed in (5, 5, 6)
    ]
    assert made[0] == made[1] != made[2]
    assert Counter(record.where.file for record in made[0]) == {"synthetic": len(made[0])}
