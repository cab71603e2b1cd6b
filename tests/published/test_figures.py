"""Every figure that the memo prints, by claim id: its stored query on the reconstruction gives the printed numbers.

It does so by construction: the figures fit together and the queries count right; that the memo is true is not shown.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from samtaler_kg.graph import Graph
from samtaler_kg.memo import Figure, figures

with (Path(__file__).parents[1] / "fixtures" / "import" / "claims.csv").open(encoding="utf-8", newline="") as stream:
    CLAIMS = {row["claim_id"]: row for row in csv.DictReader(stream)}

#: The figures, each with what the memo prints: its count, and what that is counted out of.
PRINTED = {
    claim: (int(row["numerator"]), int(row["denominator"]) if row["denominator"] else None)
    for claim, row in CLAIMS.items()
    if row["numerator"]
}


@pytest.fixture(scope="module")
def computed(graph: Graph) -> dict[str, Figure]:
    """The figures as the product computes them, by claim."""
    return {figure.claim: figure for figure in figures(graph)}


def test_the_memo_prints_29_figures_and_each_is_computed_once(graph: Graph) -> None:
    assert len(PRINTED) == 29
    assert sorted(figure.claim for figure in figures(graph)) == sorted(PRINTED)


@pytest.mark.parametrize("claim", PRINTED)
def test_the_figure_is_reproduced(computed: dict[str, Figure], claim: str) -> None:
    figure = computed[claim]
    assert (figure.published.numerator, figure.published.denominator) == PRINTED[claim]
    assert (figure.reconstructed.numerator, figure.reconstructed.denominator) == PRINTED[claim]
    assert figure.reproduced


@pytest.mark.parametrize("claim", PRINTED)
def test_the_figure_stands_where_the_memo_prints_it(computed: dict[str, Figure], claim: str) -> None:
    figure = computed[claim]
    assert (figure.section, figure.paragraph) == (CLAIMS[claim]["section"], CLAIMS[claim]["paragraph"])


#: What the evidence README counts in the memo's scope: positive, none and negative results, and all, by region.
CODED = {"M07": (19, 25), "D02": (5, 25), "M11": (1, 25), "M08": (115, 173), "D03": (42, 173), "D01": (134, 198)}


@pytest.mark.parametrize("claim", CODED)
def test_the_coded_column_is_what_the_evidence_readme_counts(computed: dict[str, Figure], claim: str) -> None:
    coded = computed[claim].coded
    assert coded is not None
    assert (coded.numerator, coded.denominator) == CODED[claim]
