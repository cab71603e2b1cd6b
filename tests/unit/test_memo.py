"""The memo's figures: perturbed, they fail by name; beside them, what the coded studies say and why not more."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from samtaler_kg.graph import Graph
from samtaler_kg.memo import Memo, Share, figures
from samtaler_kg.places import Base
from tests.unit.conftest import Run

CODE = "https://w3id.org/samtaler/code"
ID = "https://w3id.org/samtaler/id"
SAM = "https://w3id.org/samtaler/ontology#"
Rewrite = Callable[[Base, str, str, str], None]


def not_reproduced(base: Base) -> set[str]:
    return {figure.claim for figure in figures(Graph(base)) if not figure.reproduced}


def test_nothing_fails_unperturbed(base: Base) -> None:
    assert not_reproduced(base) == set()


def test_a_perturbed_margin_fails_by_name(own_base: Base, rewrite: Rewrite, run: Run) -> None:
    count = f'<{ID}/claim/M07/numerator> <{SAM}count> "26"'
    rewrite(own_base, "memo.nt", count, count.replace("26", "25"))
    assert not_reproduced(own_base) == {"M07"}
    ran = run("--base", str(own_base.root), "memo")
    assert ran.code == 1
    assert "M07" in ran.err
    assert "28 of 29" in ran.out


def test_a_perturbed_record_fails_every_claim_that_counts_it(own_base: Base, rewrite: Rewrite) -> None:
    """The French record, made positive, leaves the negatives, its mechanism, and the positives of its region and period."""
    france = "<http://publications.europa.eu/resource/authority/country/FRA>"
    records = (own_base.graph / "reconstructed.nt").read_text(encoding="utf-8").splitlines()
    iri = next(line.split()[0] for line in records if line.endswith(f"{france} ."))
    verdict = f"{iri} <{SAM}verdict> <{CODE}/verdict/negative>"
    mechanism = next(line.split()[2] for line in records if line.startswith(f"{iri} <{SAM}mechanism>"))
    period = next(line.split()[2] for line in records if line.startswith(f"{iri} <{SAM}period>"))
    rewrite(own_base, "reconstructed.nt", verdict, verdict.replace("negative", "positive"))
    expected = {"M08", "M10", "M12", "D01"}
    expected |= {"programme": {"M18", "M20"}, "net": {"M21", "M23"}}[mechanism.strip("<>").rpartition("/")[2]]
    expected |= {"2001-2010": {"M13"}, "2011-2015": {"M14"}, "2016-2022": {"M15"}}[
        period.strip("<>").rpartition("/")[2]
    ]
    assert not_reproduced(own_base) == expected


def test_the_coded_column_is_the_evidence_readme_s(graph: Graph) -> None:
    """Denmark 19 / 5 / 1 of 25, elsewhere 115 / 42 / 16 of 173, together 134 of 198."""
    coded = {figure.claim: figure.coded for figure in figures(graph)}
    assert coded["M07"] == Share(19, 25)
    assert coded["D02"] == Share(5, 25)
    assert coded["M11"] == Share(1, 25)
    assert coded["M08"] == Share(115, 173)
    assert coded["D03"] == Share(42, 173)
    assert coded["D01"] == Share(134, 198)
    assert coded["M10"] == Share(17, 198)


def test_what_cannot_be_computed_is_not_zero(graph: Graph) -> None:
    by_claim = {figure.claim: figure for figure in figures(graph)}
    for claim in ("M02", "M03"):
        assert by_claim[claim].coded is None
        assert by_claim[claim].coded_status == "not-computable"
        assert set(by_claim[claim].reason or {}) == {"da", "en"}


def test_the_scope_counts_what_it_leaves_out(graph: Graph) -> None:
    scope = Memo(graph).scope()
    assert (scope.results, scope.of, scope.excluded) == (198, 383, 185)
    assert sum(scope.reasons.values()) >= scope.excluded
    assert set(scope.reasons) == {"other-group", "other-outcome", "other-years", "restatement"}


def test_json_has_what_machines_were_promised(run: Run) -> None:
    ran = run("memo", "--json")
    body = json.loads(ran.out)
    assert ran.code == 0
    assert len(body) == 29
    wanted = {"claim", "published", "reconstructed", "coded", "query", "params", "scope", "excluded", "status"}
    for entry in body:
        assert wanted <= set(entry)
        assert set(entry["published"]) == {"numerator", "denominator"}
        assert entry["status"]["reconstructed"] == "reproduced"
        assert entry["status"]["coded"] in {"same", "differs", "not-computable"}
        assert (entry["coded"] is None) == (entry["status"]["coded"] == "not-computable")
        assert (entry["status"]["reason"] is None) == (entry["coded"] is not None)


def test_every_finding_is_told_with_its_readings(graph: Graph) -> None:
    findings = {finding.claim: finding for finding in Memo(graph).findings()}
    assert sorted(findings) == [f"Q{n:02}" for n in range(1, 12)]
    disputed = [reading for reading in findings["Q08"].readings if reading.kind == "disputes"]
    assert len(disputed) == 4
    assert all(finding.told("da") != finding.told("en") for finding in findings.values())


@pytest.mark.parametrize(("claim", "study"), [("M11", "maibom-rosholm-2014-youth"), ("M12", "dares-2007-pap")])
def test_the_studies_behind_the_two_negatives_are_candidates_only(graph: Graph, claim: str, study: str) -> None:
    readings = Memo(graph).readings(claim)
    assert {reading.kind for reading in readings} == {"candidate"}
    assert f"study/{study}" in {reading.evidence for reading in readings}


def test_danish_and_english_say_the_same_numbers(run: Run) -> None:
    danish, english = run("--lang", "da", "memo"), run("memo", "--lang", "en")
    assert "19 / 25" in danish.out
    assert "19 / 25" in english.out
    assert "fordi den er lavet, så den passer" in danish.out
    assert "by construction" in english.out


def test_a_layer_is_for_the_written_memo_only(run: Run) -> None:
    """Without --write it would change nothing, and a layer that is none would pass unseen."""
    ran = run("memo", "--layer", "nope")
    assert ran.code == 2
    assert "--layer nope" in ran.err
    assert ran.out == ""


def test_the_place_of_a_claim_is_told_in_the_reader_s_language(run: Run) -> None:
    danish, english = run("--lang", "da", "memo").out, run("--lang", "en", "memo").out
    for words, told in ((("last;", "bullet"), english), (("sidste;", "punkt"), danish)):
        assert all(word in told for word in words)
    assert "last;" not in danish
    assert "bullet" not in danish
