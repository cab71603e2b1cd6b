"""The figures that stand in sentences of the documentation are what the graph gives, in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

import samtaler_kg
from samtaler_kg.library import KnowledgeGraph

DOCS = Path(__file__).resolve().parents[2] / "docs"

#: Sentences by page, with the names of their figures in braces.
SENTENCES = {
    "index.md": ["reviews {slots} studies and {records} results; {studies} real studies with {results} results"],
    "faq.md": [
        "Of {scoped} coded results on job-ready people, {positive} are coded as positive ({share} %)",
        "For {sure} of these {positive} it states the significance or prints errors",
        "from {scoped_studies} studies of at most {units} independent",
        "in {clear} of these {units} ({clear_share} %) every result is positive",
        "of {signs} known signs, {significant} belong to results that are coded as positive or negative",
        "{counselling} of {counselling_all} and {testing} of {testing_all} results are coded as positive",
        "{counselling_share} % and {testing_share} %. Two coders agreed on the purpose with a kappa of {kappa_purpose}",
        "agreed least (kappa {kappa_mechanism})",
        "Anything from {low} to {high}.",
        "on return to work {work} results are positive and {work_none} cannot be told from zero",
    ],
    "da/index.md": [
        "gennemgår {slots} studier og {records} resultater; {studies} virkelige studier med {results} resultater"
    ],
    "da/spoergsmaal-og-svar.md": [
        "Af {scoped} kodede resultater om jobparate er {positive} kodet som positive ({share} %)",
        "For {sure} af de {positive} oplyser den signifikans eller trykker standardfejl",
        "fra {scoped_studies} studier af højst {units} uafhængige",
        "i {clear} af de {units} ({clear_share} %) er hvert resultat positivt",
        "af {signs} kendte fortegn hører {significant} til resultater, der er kodet som positive eller negative",
        "{counselling} af {counselling_all} og {testing} af {testing_all} resultater er kodet som positive",
        "{counselling_share} % og {testing_share} %. To kodere var enige om formålet med en kappa på {kappa_purpose}",
        "mindst enige om (kappa {kappa_mechanism})",
        "Alt fra {low} til {high}.",
        "om tilbagevenden til arbejde er {work} resultater positive, og {work_none} kan ikke skelnes fra nul",
    ],
    "da/notat.md": [
        "»Af {scoped} kodede resultater om jobparate er {positive} kodet som positive ({share} %); de kommer fra "
        "{scoped_studies} studier af højst {units} uafhængige",
        "har {clear} af {units} kun positive resultater ({clear_share} %)",
        "I {differing} af dem er resultaterne forskellige",
    ],
    "data.md": [
        "**{studies} studies with {results} results** from {countries} countries",
        "**{trials} trials, reforms and shared data sets**",
        "**{claims} claims**",
        "**{mappings} mappings** of codes",
        "{full} were read in full (the whole abstract or summary) and {partial} in part",
        "{no_authors} studies lack authors, {no_year} a year, and {no_result} have no result",
        "each result once: {scoped} of {results}",
    ],
    "linking.md": [
        "A score of {accept} or more is accepted, one of {review} or more is put before a person",
        "Two studies closer to each other than {margin} are put before a person",
        "| DOI | {doi_low} | {doi_high} |",
        "| title | {title_low} | {title_high} |",
        "| authors | {authors_low} | {authors_high} |",
        "| year | {year_low} | {year_high} |",
        "| country | {country_low} | {country_high} |",
    ],
    "methods/independence.md": [
        "{members} of the {studies} studies rest on {trials} trials, reforms or shared data sets",
        "{alone} studies alone, and {shared} units that several studies share",
    ],
    "methods/jobeffekter.md.j2": ["{weighed} of {scoped} results can be weighed", "{unweighed} cannot"],
}


@pytest.fixture(scope="module")
def figures() -> Mapping[str, str]:
    """Every figure by its name."""
    kg = samtaler_kg.open()
    return {name: str(value) for name, value in {**counted(kg), **described(kg), **agreed(kg), **matched(kg)}.items()}


def counted(kg: KnowledgeGraph) -> dict[str, object]:
    """What the counting rules and the stored questions say in the memo's scope."""
    votes, trials = (kg.count(rule).iloc[0] for rule in ("memo", "per-trial"))
    (sure,) = (row for _, row in kg.count("memo", by="confidence").iterrows() if row["group"] == "high")
    purposes = kg.ask("results-by-purpose", scope="memo").set_index("purpose")
    signs = re.search(r"known for (\d+) of \d+ results, and (\d+)", kg.count("direction").iloc[0]["caveat"])
    assert signs is not None
    found: dict[str, object] = {"signs": signs[1], "significant": signs[2]}
    for name, code in (("counselling", "job-oriented-counselling"), ("testing", "availability-testing")):
        positive, results = purposes.loc[code, "positive"], purposes.loc[code, "results"]
        found |= {name: positive, f"{name}_all": results, f"{name}_share": round(100 * positive / results)}
    weighed = kg.count("jobeffekter", assume={"quality": "good"}).iloc[0]
    without = int(weighed["unknown"])
    return found | {
        "scoped": votes["results"],
        "positive": int(votes["positive"]),
        "sure": int(sure["positive"]),
        "share": round(100 * votes["share"]),
        "scoped_studies": votes["studies"],
        "units": trials["trials"],
        "clear": int(trials["positive"]),
        "clear_share": round(100 * trials["share"]),
        "differing": int(trials["mixed"]),
        "weighed": weighed["results"] - without,
        "unweighed": without,
    }


def described(kg: KnowledgeGraph) -> dict[str, object]:
    """How much there is, and of what."""
    studies, members = kg.ask("studies"), kg.ask("trial-members")
    read = kg.ask("studies-by-verification").set_index("verification")["studies"]
    missing = kg.ask("missing-fields").set_index("field")["missing"]
    clusters = kg.ask("dependence-clusters")
    printed = {figure.claim: figure.published.numerator for figure in kg.figures()}
    sick = kg.ask("sick-listed-against-job-ready").set_index("outcome_group").loc["return-to-work"]
    return {
        "slots": printed["M01"],
        "records": printed["M04"],
        "studies": len(studies),
        "results": kg.ask("scope-size").iloc[0]["coded"],
        "countries": studies["country"].nunique(),
        "trials": members["trial"].nunique(),
        "members": members["study"].nunique(),
        "claims": len(kg.ask("claims", layer="memo")),
        "mappings": len(kg.ask("mappings", layer="links")),
        "full": read["full"],
        "partial": read["partial"],
        "no_authors": missing["authors"],
        "no_year": missing["year"],
        "no_result": len(studies) - kg.ask("count-studies").iloc[0]["studies"],
        "shared": len(clusters),
        "alone": len(studies) - clusters["studies"].sum(),
        "work": sick["positive"],
        "work_none": sick["none"],
    }


def agreed(kg: KnowledgeGraph) -> dict[str, object]:
    """How far two codings agree, and what the memo leaves open."""
    kappas = {f"kappa_{row.field}": f"{row.kappa:.2f}" for row in kg.agreement()}
    cell = kg.bounds(region="denmark", period="2011-2015", verdict="positive")
    return {**kappas, "low": cell.low, "high": cell.high}


def matched(kg: KnowledgeGraph) -> dict[str, object]:
    """The thresholds by which records of other bases are matched, and the lowest and highest points of each part."""
    told = tomllib.loads((kg.graph.base.data / "links" / "matching.toml").read_text(encoding="utf-8"))
    ends = {
        f"{part}_{end}": choose(points.values())
        for part, points in told["points"].items()
        for end, choose in (("low", min), ("high", max))
    }
    return {name: f"{value:.2f}".replace("-", "−") for name, value in (told["decide"] | ends).items()}


@pytest.mark.parametrize("page", SENTENCES)
def test_the_figures_in_sentences_are_what_the_graph_gives(page: str, figures: Mapping[str, str]) -> None:
    text = " ".join((DOCS / page).read_text(encoding="utf-8").split())
    told = [sentence.format_map(danish(figures) if page.startswith("da/") else figures) for sentence in SENTENCES[page]]
    assert [sentence for sentence in told if sentence not in text] == []


def danish(figures: Mapping[str, str]) -> Mapping[str, str]:
    """The figures with a comma for the decimals."""
    return {name: figure.replace(".", ",") for name, figure in figures.items()}


def test_no_figure_is_missing(figures: Mapping[str, str]) -> None:
    assert [
        name for name, figure in figures.items() if pd.isna(figure) or not re.fullmatch(r"−?\d+(\.\d+)?", figure)
    ] == []
