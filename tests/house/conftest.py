"""What the house tests look at: the modules, the files of the repository, the stored queries, the terms that exist."""

from __future__ import annotations

import ast
import fnmatch
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from samtaler_kg.catalogue import Catalogue, Parameter, StoredQuery
from samtaler_kg.codes import CodeLists
from samtaler_kg.codes import read as read_codes
from samtaler_kg.places import Base
from samtaler_kg.terms import BASE, PREFIXES, RDF

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: The vocabularies of others whose terms are all known: rdflib carries their full lists.
CLOSED = (rdflib.DCTERMS, rdflib.OWL, rdflib.PROV, rdflib.RDF, rdflib.RDFS, rdflib.SH, rdflib.SKOS, rdflib.XSD)


@dataclass(frozen=True)
class Module:
    """One module of the package: dotted name, path from the root of the repository, text and syntax tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    def definitions(self) -> Iterator[tuple[str, Function | ast.ClassDef, bool]]:
        """Every class and function with its dotted name inside the module, and whether readers are meant to see it."""
        yield from _definitions(self.tree.body, "", True)

    def functions(self) -> Iterator[tuple[str, Function]]:
        """Every function and method, nested ones too, with its name and line."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield f"{self.path}:{node.lineno} {node.name}", node

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string constant with its line; a formatted string comes whole, each filled-in part as an ellipsis."""
        formatted = [node for node in ast.walk(self.tree) if isinstance(node, ast.JoinedStr)]
        parts = {id(part) for node in formatted for part in node.values}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                yield node.lineno, node.value


def _definitions(
    body: Iterable[ast.stmt], around: str, public: bool
) -> Iterator[tuple[str, Function | ast.ClassDef, bool]]:
    for node in body:
        if isinstance(node, Function | ast.ClassDef):
            seen = public and not node.name.startswith("_")
            yield around + node.name, node, seen
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node.body, f"{around}{node.name}.", seen)
        elif isinstance(node, ast.If | ast.Try):
            yield from _definitions([*node.body, *node.orelse], around, public)


@dataclass(frozen=True)
class Vocabulary:
    """The terms that exist: those that the ontology and the code lists define, and those of the closed vocabularies."""

    own: frozenset[str]

    def knows(self, iri: str) -> bool:
        """Whether *iri* is defined; IRIs outside the project's own and the closed vocabularies are not judged."""
        if iri.startswith((BASE + "ontology#", BASE + "code/", PREFIXES["country"], PREFIXES["language"])):
            return iri in self.own
        return all(rdflib.URIRef(iri) in space for space in CLOSED if iri.startswith(str(space)))

    def unknown(self, iris: Iterable[str]) -> list[str]:
        """Those of *iris* that nothing defines."""
        return sorted({iri for iri in iris if not self.knows(iri)})


@dataclass(frozen=True)
class Asked:
    """A stored query with every parameter switched on, each with an example as its value."""

    stored: StoredQuery
    text: str

    def __str__(self) -> str:
        return f"{self.stored.shelf}/{self.stored.name}.rq"


@pytest.fixture(scope="session")
def modules(repo: Path) -> list[Module]:
    """Every module of the package."""
    return [_module(path, repo) for path in sorted((repo / "samtaler_kg").rglob("*.py"))]


def _module(path: Path, repo: Path) -> Module:
    inside = path.relative_to(repo)
    name = ".".join(inside.with_suffix("").parts).removesuffix(".__init__")
    text = path.read_text(encoding="utf-8")
    return Module(name, inside.as_posix(), text, ast.parse(text))


@pytest.fixture(scope="session")
def files(repo: Path) -> list[Path]:
    """Every file of the repository, paths from its root: what git tracks or would add, else all that is not ignored."""
    if (repo / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=repo, capture_output=True, check=True).stdout.decode().split("\0")
        return [Path(name) for name in sorted(filter(None, listed)) if (repo / name).is_file()]
    lines = (repo / ".gitignore").read_text(encoding="utf-8").split()
    return sorted(_unignored(repo, [".git", *(line.strip("/") for line in lines)]))


def _unignored(repo: Path, patterns: list[str]) -> Iterator[Path]:
    for folder, names, found in os.walk(repo):
        names[:] = [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
        yield from (Path(folder, name).relative_to(repo) for name in found)


@pytest.fixture(scope="session")
def catalogue(base: Base) -> Catalogue:
    """The stored queries of the shipped base."""
    return Catalogue(base)


@pytest.fixture(scope="session")
def queries(catalogue: Catalogue) -> list[StoredQuery]:
    """Every stored query: answers, checks and rules."""
    return [query for shelf in ("answers", "checks", "rules") for query in catalogue.all(shelf)]


@pytest.fixture(scope="session")
def codes(base: Base) -> CodeLists:
    """The code lists of the shipped base."""
    return read_codes(base)


@pytest.fixture(scope="session")
def examples(catalogue: Catalogue, codes: CodeLists) -> Mapping[str, str]:
    """A value that each parameter takes."""
    return {name: _example(parameter, codes) for name, parameter in catalogue.params.items()}


def _example(parameter: Parameter, codes: CodeLists) -> str:
    return min(codes.by_list[parameter.list]) if parameter.list else "1"


@pytest.fixture(scope="session")
def asked(
    queries: list[StoredQuery], catalogue: Catalogue, codes: CodeLists, examples: Mapping[str, str]
) -> list[Asked]:
    """Every stored query, filled as ``ask`` fills it, with all its parameters given."""
    given = [(query, {name: examples[name] for name in query.params}) for query in queries]
    return [Asked(query, query.filled(catalogue.terms(query, values, codes))) for query, values in given]


@pytest.fixture(scope="session")
def vocabulary(base: Base, codes: CodeLists) -> Vocabulary:
    """Classes and properties of ``samtaler.ttl``; concepts, schemes and collections of the code lists."""
    own = set(_typed(base.ontology / "samtaler.ttl", PREFIXES["owl"]))
    for path in (base.ontology / "codes").glob("*.ttl"):
        own.update(_typed(path, PREFIXES["skos"]))
    return Vocabulary(frozenset(own))


def _typed(path: Path, kinds: str) -> Iterator[str]:
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        if quad.predicate.value == RDF.type and quad.object.value.startswith(kinds):
            yield quad.subject.value
