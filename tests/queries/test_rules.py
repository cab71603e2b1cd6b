"""Every rule against the conclusions worked out by hand from the cards in ``given``, and on two engines."""

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from samtaler_kg.catalogue import Catalogue
from samtaler_kg.graph import Graph
from samtaler_kg.places import shipped
from samtaler_kg.terms import BASE, XSD, short

RULES = {rule.name: rule for rule in Catalogue(shipped()).all("rules")}

#: All conclusions of a rule on the given base, one a line, in the short form of IRIs.
CONCLUSIONS = {
    "printed-numbers": """
        given-a-2005-r1/estimate sam:value 5
        given-a-2005-r1/estimate sam:standardError 2
        given-a-2005-r1/estimate sam:nullValue 0
        given-a-2005-r3/estimate sam:value 1.2
        given-a-2005-r3/estimate sam:ciLow 1.05
        given-a-2005-r3/estimate sam:ciHigh 1.37
        given-a-2005-r3/estimate sam:nullValue 1
        given-b-2013-r1/estimate sam:low -5
        given-b-2013-r1/estimate sam:high -12
        given-b-2013-r1/estimate sam:pBound 0.05
        given-b-2013-r1/estimate sam:nullValue 0
        given-c-2018-r1/estimate sam:value -1
        given-c-2018-r1/estimate sam:nullValue 0
        given-c-2018-r2/estimate sam:low 7
        given-c-2018-r2/estimate sam:high 9
        given-c-2018-r2/estimate sam:nullValue 0
    """,
    "record-scope": "".join(
        f"""
        {record} sam:inScope all
        {record} sam:inScope memo
        {record} sam:outcomeGroup memo-three
        {record} sam:jobReady yes
        """
        for record in ("R01", "R02", "R03", "R04", "R05")
    ),
    "result-outcome-group": """
        given-a-2005-r1 sam:outcomeGroup memo-three
        given-a-2005-r2 sam:outcomeGroup memo-three
        given-a-2005-r3 sam:outcomeGroup memo-three
        given-b-2013-r1 sam:outcomeGroup memo-three
        given-b-2013-r2 sam:outcomeGroup entry-into-education
        given-c-2018-r1 sam:outcomeGroup memo-three
        given-c-2018-r2 sam:outcomeGroup memo-three
        given-d-2009-r1 sam:outcomeGroup return-to-work
        given-d-2009-r2 sam:outcomeGroup memo-three
        given-e-r1 sam:outcomeGroup memo-three
        given-e-r2 sam:outcomeGroup memo-three
        given-g-2024-r1 sam:outcomeGroup time-in-employment
        given-h-2010-r1 sam:outcomeGroup memo-three
    """,
    "scope-all": """
        given-a-2005-r1 sam:inScope all
        given-a-2005-r2 sam:inScope all
        given-b-2013-r1 sam:inScope all
        given-b-2013-r2 sam:inScope all
        given-c-2018-r1 sam:inScope all
        given-c-2018-r2 sam:inScope all
        given-d-2009-r1 sam:inScope all
        given-d-2009-r2 sam:inScope all
        given-e-r1 sam:inScope all
        given-e-r2 sam:inScope all
        given-g-2024-r1 sam:inScope all
    """,
    "scope-left-out": """
        given-a-2005-r3 sam:leftOutBecause restatement
        given-b-2013-r2 sam:leftOutBecause other-outcome
        given-d-2009-r1 sam:leftOutBecause other-group
        given-d-2009-r1 sam:leftOutBecause other-outcome
        given-d-2009-r2 sam:leftOutBecause other-group
        given-e-r1 sam:leftOutBecause other-group
        given-e-r1 sam:leftOutBecause other-years
        given-e-r2 sam:leftOutBecause other-group
        given-e-r2 sam:leftOutBecause other-years
        given-g-2024-r1 sam:leftOutBecause other-outcome
        given-g-2024-r1 sam:leftOutBecause other-years
        given-h-2010-r1 sam:leftOutBecause retracted
    """,
    "scope-memo": """
        given-a-2005-r1 sam:inScope memo
        given-a-2005-r2 sam:inScope memo
        given-b-2013-r1 sam:inScope memo
        given-c-2018-r1 sam:inScope memo
        given-c-2018-r2 sam:inScope memo
    """,
    "study-cluster": """
        given-a-2005 sam:cluster given-t1
        given-b-2013 sam:cluster given-t1
        given-c-2018 sam:cluster given-t1
        given-d-2009 sam:cluster given-t1
        given-e sam:cluster given-t3
        given-f-2020 sam:cluster given-t3
        given-g-2024 sam:cluster given-g-2024
        given-h-2010 sam:cluster given-h-2010
        given-t1 rdf:type sam:DependenceCluster
        given-t3 rdf:type sam:DependenceCluster
        given-g-2024 rdf:type sam:DependenceCluster
        given-h-2010 rdf:type sam:DependenceCluster
        given-t1 prov:wasDerivedFrom given-t1
        given-t1 prov:wasDerivedFrom given-t2
        given-t3 prov:wasDerivedFrom given-t3
        given-g-2024 prov:wasDerivedFrom given-g-2024
        given-h-2010 prov:wasDerivedFrom given-h-2010
    """,
    "study-data-years": """
        given-a-2005 sam:dataFrom 2001
        given-a-2005 sam:dataTo 2003
        given-b-2013 sam:dataFrom 2010
        given-b-2013 sam:dataTo 2010
    """,
    "study-evaluates": """
        given-a-2005 sam:evaluates given-t1
        given-b-2013 sam:evaluates given-t1
        given-c-2018 sam:evaluates given-t1
        given-c-2018 sam:evaluates given-t2
        given-d-2009 sam:evaluates given-t2
        given-e sam:evaluates given-t3
        given-f-2020 sam:evaluates given-t3
    """,
    "study-period": """
        given-a-2005 sam:period 2001-2010
        given-b-2013 sam:period 2011-2015
        given-c-2018 sam:period 2016-2022
        given-d-2009 sam:period 2001-2010
        given-e sam:period unknown
        given-f-2020 sam:period 2016-2022
        given-g-2024 sam:period 2023-
        given-h-2010 sam:period 2001-2010
    """,
    "study-region": """
        given-a-2005 sam:region denmark
        given-b-2013 sam:region denmark
        given-c-2018 sam:region northern-europe-excl-denmark
        given-d-2009 sam:region northern-europe-excl-denmark
        given-e sam:region northern-europe-excl-denmark
        given-f-2020 sam:region denmark
        given-g-2024 sam:region northern-europe-excl-denmark
        given-h-2010 sam:region northern-europe-excl-denmark
    """,
    "interval-keys": """
        given-a-2005-r3/estimate sam:intervalKey 1.2 1.05 1.37
    """,
    "study-keys": """
        given-a-2005 sam:doiKey 10.1234/given.a
        given-a-2005 sam:titleKey first givenstudyasynthetic
        given-a-2005 sam:titleKey last givenstudyasynthetic
        given-a-2005 sam:titleKey ends givenstudyasynthetic
        given-a-2005 sam:firstAuthorKey author one 2005 DNK
        given-b-2013 sam:titleKey first givenstudybsynthetic
        given-b-2013 sam:titleKey last givenstudybsynthetic
        given-b-2013 sam:titleKey ends givenstudybsynthetic
        given-b-2013 sam:firstAuthorKey author two 2013 DNK
        given-c-2018 sam:titleKey first givenstudycsyntheticwhichpoolstwotri
        given-c-2018 sam:titleKey last enstudycsyntheticwhichpoolstwotrials
        given-c-2018 sam:titleKey ends givenstudycsyn poolstwotrials
        given-c-2018 sam:titleKey main givenstudycsyntheticwhichpoolstwotrials
        given-c-2018 sam:firstAuthorKey author two 2018 SWE
        given-d-2009 sam:titleKey first givenstudydsyntheticwithoutauthorsan
        given-d-2009 sam:titleKey last udydsyntheticwithoutauthorsanddesign
        given-d-2009 sam:titleKey ends givenstudydsyn thorsanddesign
        given-d-2009 sam:titleKey main givenstudydsyntheticwithoutauthorsanddesign
        given-e sam:titleKey first givenstudyesyntheticwithoutayear
        given-e sam:titleKey last givenstudyesyntheticwithoutayear
        given-e sam:titleKey ends givenstudyesyntheticwithoutayear
        given-e sam:titleKey main givenstudyesyntheticwithoutayear
        given-f-2020 sam:titleKey first givenstudyfsyntheticwhosefindingswer
        given-f-2020 sam:titleKey last dyfsyntheticwhosefindingswerenotread
        given-f-2020 sam:titleKey ends givenstudyfsyn ngswerenotread
        given-f-2020 sam:titleKey main givenstudyfsyntheticwhosefindingswerenotread
        given-f-2020 sam:firstAuthorKey author four 2020 DNK
        given-g-2024 sam:titleKey first givenstudygsyntheticafterthememo
        given-g-2024 sam:titleKey last givenstudygsyntheticafterthememo
        given-g-2024 sam:titleKey ends givenstudygsyntheticafterthememo
        given-g-2024 sam:titleKey main givenstudygsyntheticafterthememo
        given-g-2024 sam:firstAuthorKey author three 2024 DEU
        given-h-2010 sam:titleKey first givenstudyhsyntheticretracted
        given-h-2010 sam:titleKey last givenstudyhsyntheticretracted
        given-h-2010 sam:titleKey ends givenstudyhsyntheticretracted
        given-h-2010 sam:titleKey main givenstudyhsyntheticretracted
    """,
    "study-retracted": """
        given-h-2010 sam:retracted true
    """,
}

#: What each result takes from its study: the nine properties, less what was not read (D has no design, E no year).
INHERITED = {
    "given-a-2005": ("DNK denmark 2001-2010 2005 rct insured-unemployed yes full given-t1", 3),
    "given-b-2013": ("DNK denmark 2011-2015 2013 rct young-unemployed yes partial given-t1", 2),
    "given-c-2018": ("SWE northern-europe-excl-denmark 2016-2022 2018 matching unemployed-all yes full given-t1", 2),
    "given-d-2009": ("NOR northern-europe-excl-denmark 2001-2010 2009 - sick-listed no partial given-t1", 2),
    "given-e": ("FRA northern-europe-excl-denmark unknown - other long-term-unemployed unclear full given-t3", 2),
    "given-g-2024": ("DEU northern-europe-excl-denmark 2023- 2024 structural unemployed-all yes full given-g-2024", 1),
    "given-h-2010": (
        "POL northern-europe-excl-denmark 2001-2010 2010 other unemployed-all yes partial given-h-2010",
        1,
    ),
}
_NINE = ["country", "region", "period", "year", "design", "targetGroup", "jobReady", "verification", "cluster"]
CONCLUSIONS["result-inherits"] = (
    "\n".join(
        f"{study}-r{n} sam:{name} {value}"
        for study, (values, results) in INHERITED.items()
        for n in range(1, results + 1)
        for name, value in zip(_NINE, values.split(), strict=True)
        if value != "-"
    )
    + "\ngiven-h-2010-r1 sam:retracted true"
)


def _line(triple: ox.Triple) -> str:
    return " ".join(map(_word, (triple.subject, triple.predicate, triple.object)))


def _word(term: object) -> str:
    """An IRI in its short form, a decimal by its value (engines write 1.20 and 1.2), else the text."""
    if isinstance(term, ox.NamedNode):
        return short(term.value)
    decimal = isinstance(term, ox.Literal) and term.datatype.value == XSD.decimal
    return f"{Decimal(term.value).normalize():f}" if decimal else term.value


def _written(graph: Graph, layer: str, rule: str) -> list[ox.Triple]:
    """The conclusions in the built file, without what it says of itself."""
    path: Path = graph.base.graph / "derived" / layer / f"{rule}.nt"
    own = (BASE + "graph/", BASE + "id/rule/")
    triples = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)]
    return [triple for triple in triples if not triple.subject.value.startswith(own)]


def test_every_rule_has_its_conclusions() -> None:
    assert set(CONCLUSIONS) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_conclusions_worked_out_by_hand(name: str, given: dict[str, Graph]) -> None:
    wanted = sorted(line.strip() for line in CONCLUSIONS[name].splitlines() if line.strip())
    found = [line for layer in RULES[name].layers for line in map(_line, _written(given["oxigraph"], layer, name))]
    assert sorted(found) == wanted


@pytest.mark.parametrize("name", RULES)
def test_both_engines_conclude_the_same(name: str, given: dict[str, Graph]) -> None:
    for layer in RULES[name].layers:
        one, other = (graph.layer(layer).query(RULES[name].text).triples or [] for graph in given.values())
        assert one
        assert set(map(_line, one)) == set(map(_line, other))
        assert set(map(_line, _written(given["oxigraph"], layer, name))) <= set(map(_line, one))
