"""How the Python is written: small, typed, documented where readers look, examples that are held, no SPARQL inside."""

from __future__ import annotations

import ast
import doctest
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import samtaler_kg

if TYPE_CHECKING:
    from tests.house.conftest import Function, Module

LONGEST_FILE, LONGEST_FUNCTION, USUAL_FUNCTION, USUAL_SHARE = 300, 40, 20, 0.9

SPARQL = re.compile(
    r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\b[^#]*?(\bWHERE\b|\{)"
    r"|\bVALUES\s+[?(]|\b(FILTER|BIND)\s*\(|\b(OPTIONAL|MINUS|UNION|SERVICE|GRAPH \S+)\s*\{|\bPREFIX\s+\w*:"
)

#: SPARQL that may stand in a Python file: what it begins with, by file, and why. One that is not found any more fails.
ALLOWED_SPARQL = {
    ("samtaler_kg/catalogue.py", "VALUES ?…"): "plumbing: the one way in which a parameter is filled in",
    ("samtaler_kg/spelling.py", "Each term"): "docstring with an example text",
    ("samtaler_kg/guard/display.py", "Show the line of a text"): "docstring with an example text",
    ("samtaler_kg/guard/inspection.py", "Read a SPARQL query"): "docstring with an example text",
    ("samtaler_kg/guard/lexing.py", "Yield the tokens"): "docstring with an example text",
}

#: Expressions in doctests that show nothing on purpose. None so far.
SILENT_EXAMPLES: dict[str, str] = {}


def test_files_are_short(modules: list[Module]) -> None:
    long = {module.path: lines for module in modules if (lines := len(module.text.splitlines())) > LONGEST_FILE}
    assert long == {}


def test_functions_are_short(modules: list[Module]) -> None:
    lengths = {name: length(node) for module in modules for name, node in module.functions()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}
    usual = sum(lines <= USUAL_FUNCTION for lines in lengths.values())
    assert usual >= USUAL_SHARE * len(lengths)


def length(node: Function) -> int:
    """The lines of a function from its ``def`` to its end, docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_public_name_has_a_docstring(modules: list[Module]) -> None:
    bare = [module.path for module in modules if not ast.get_docstring(module.tree)]
    for module in modules:
        for name, node, public in module.definitions():
            if public and not ast.get_docstring(node) and not overloaded(node):
                bare.append(f"{module.path}:{node.lineno} {name}")
    assert bare == []


def overloaded(node: Function | ast.ClassDef) -> bool:
    """Whether a definition only adds a signature to one that follows."""
    return any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_every_function_is_fully_annotated(modules: list[Module]) -> None:
    untyped = [
        f"{name}: {', '.join(missing)}"
        for module in modules
        for name, node in module.functions()
        if (missing := list(unannotated(node)))
    ]
    assert untyped == []


def unannotated(node: Function) -> Iterator[str]:
    """The parameters of a function that have no type, and ``return`` where its result has none."""
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    own = {"self", "cls"} if named and named[0].arg in {"self", "cls"} else set()
    yield from (arg.arg for arg in named if arg.annotation is None and arg.arg not in own)
    if node.returns is None:
        yield "return"


def test_what_the_package_offers_is_documented() -> None:
    offered = [getattr(samtaler_kg, name) for name in samtaler_kg.__all__ if not name.startswith("_")]
    assert offered
    assert [thing for thing in offered if not (thing.__doc__ or "").strip()] == []


def test_no_sparql_stands_in_python(modules: list[Module]) -> None:
    found = {(module.path, line, text) for module in modules for line, text in module.strings() if SPARQL.search(text)}
    allowed = {key: {hit for hit in found if hit[0] == key[0] and hit[2].startswith(key[1])} for key in ALLOWED_SPARQL}
    assert sorted(found - set().union(*allowed.values())) == []
    assert [key for key, hits in allowed.items() if not hits] == []


def test_sparql_is_recognised() -> None:
    inside = ["SELECT ?s WHERE", "ASK { ?s ?p ?o }", "\n  CONSTRUCT\n{", "PREFIX sam: <x>", "OPTIONAL { ?a ?b ?c }"]
    assert [text for text in [*inside, "VALUES ?x {", "FILTER(?x > 1)"] if not SPARQL.search(text)] == []
    assert not SPARQL.search("Ask the memo {name}; select one of where it stands, with values (a | b).")


def test_doctests_are_collected(repo: Path) -> None:
    options = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert "--doctest-modules" in options["addopts"].split()
    assert "samtaler_kg" in options["testpaths"]
    assert "tests" in options["testpaths"]


def test_every_example_says_what_it_gives(modules: list[Module]) -> None:
    silent = [shown for module in modules for shown in without_output(module)]
    assert [shown for shown in silent if shown not in SILENT_EXAMPLES] == []


def without_output(module: Module) -> Iterator[str]:
    """The examples in a module's docstrings that are an expression and say no output."""
    documented = [module.tree, *(node for _, node, _ in module.definitions())]
    for node in documented:
        for example in doctest.DocTestParser().get_examples(ast.get_docstring(node) or ""):
            if not example.want and is_expression(example.source):
                yield f"{module.path} {example.source.strip()}"


def is_expression(source: str) -> bool:
    """Whether a line of code has a value to show."""
    try:
        ast.parse(source, mode="eval")
    except SyntaxError:
        return False
    return True
