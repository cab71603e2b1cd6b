"""The W3C's SHACL cases on the engine that validates here. Set SAMTALER_CONFORMANCE to the folder that holds them.

A case is passed where the report has the expected results and no other: focus, path, value, severity, shape, component.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from rdflib import RDF, SH, BNode, Graph, Namespace, URIRef
from rdflib.term import Node

from samtaler_kg.check.engine import Parsed, Prepared, report

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

#: Cases that pyshacl 0.40 fails, and why; one that passes is an error here, so that the list stays true.
KNOWN = {
    "core/property/uniqueLang-002": "sh:uniqueLang with the value 1 is taken for true",
    "sparql/node/prefixes-001": "owl:imports of prefix declarations is not followed",
    "sparql/pre-binding/shapesGraph-001": "$shapesGraph is not supported",
}

#: How many cases core and sparql hold; a case that is not collected is not passed.
CASES = 121

FOLDER = os.environ.get("SAMTALER_CONFORMANCE", "")
PREPARED = Prepared()

PARTS = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape, SH.value)


def root() -> Path:
    return Path(FOLDER) / "data-shapes-test-suite" / "tests"


@cache
def graph(path: Path) -> Graph:
    return Graph().parse(path, publicID=path.as_uri(), format="turtle")


def cases(folder: Path) -> Iterator[tuple[Path, Node]]:
    """Every case below a folder, with its file: the manifests leave one of them out."""
    for path in sorted(folder.rglob("*.ttl")):
        if "sht:Validate" in path.read_text(encoding="utf-8"):
            for case in sorted(graph(path).subjects(RDF.type, SHT.Validate)):
                yield path, case


def local(iri: Node) -> Path:
    return Path(unquote(urlparse(str(iri)).path))


def collected() -> list[object]:
    if not FOLDER:
        return []
    return [parameter(path, case) for part in ("core", "sparql") for path, case in cases(root().resolve() / part)]


def parameter(path: Path, case: Node) -> object:
    name = f"{path.parent.relative_to(root().resolve()).as_posix()}/{str(case).rpartition('/')[2]}"
    marks = [pytest.mark.xfail(reason=KNOWN[name], strict=True)] if name in KNOWN else []
    return pytest.param(path, case, id=name, marks=marks)


COLLECTED = collected()


def copy(source: Graph) -> Parsed:
    made = Parsed()
    made.prepared = PREPARED
    for triple in source:
        made.add(triple)
    return made


def named(found: Graph, action: Node, role: URIRef) -> Graph:
    (place,) = found.objects(action, role)
    return graph(local(place))


def results(found: Graph, node: Node) -> Counter[tuple[str, ...]]:
    """The results of a report as texts, paths written out."""
    told: Counter[tuple[str, ...]] = Counter()
    for result in found.objects(node, SH.result):
        parts = [text(found.value(result, part)) for part in PARTS]
        path = found.value(result, SH.resultPath)
        told[*parts, written(found, path) if path is not None else ""] += 1
    return told


def text(term: Node | None) -> str:
    return term.n3() if term is not None else ""  # type: ignore[attr-defined]


def written(found: Graph, path: Node) -> str:
    """A property path as text, its blank nodes followed."""
    if not isinstance(path, BNode):
        return text(path)
    if (path, RDF.first, None) in found:
        return "(" + " ".join(written(found, item) for item in found.items(path)) + ")"
    parts = sorted(f"{text(p)} {written(found, o)}" for p, o in found.predicate_objects(path))
    return "[" + "; ".join(parts) + "]"


@pytest.mark.skipif(not FOLDER, reason="SAMTALER_CONFORMANCE does not name the folder of the W3C's cases")
@pytest.mark.parametrize(("path", "case"), COLLECTED or [pytest.param(Path(), BNode(), id="none")])
def test_case(path: Path, case: Node) -> None:
    found = graph(path)
    (action,), (expected,) = found.objects(case, MF.action), found.objects(case, MF.result)
    data, shapes = named(found, action, SHT.dataGraph), named(found, action, SHT.shapesGraph)
    if expected == SHT.Failure:
        with pytest.raises(Exception):  # noqa: B017 - pyshacl's own errors have no common class
            report(copy(data), copy(shapes))
        return
    told = report(copy(data), copy(shapes))
    (node,) = told.subjects(RDF.type, SH.ValidationReport)
    assert text(told.value(node, SH.conforms)) == text(found.value(expected, SH.conforms))
    assert results(told, node) == results(found, expected)


@pytest.mark.skipif(not FOLDER, reason="SAMTALER_CONFORMANCE does not name the folder of the W3C's cases")
def test_every_case_is_collected() -> None:
    names = {parameter.id for parameter in COLLECTED}  # type: ignore[attr-defined]
    assert len(names) == len(COLLECTED) == CASES
    assert set(KNOWN) <= names
