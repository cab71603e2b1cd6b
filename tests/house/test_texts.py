"""What a reader is told: the same in both languages, nothing said that has no text, no text that nothing says."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.house.conftest import Function, Module

Texts = Mapping[str, str]

#: The dictionaries written out in a function: line, the name they are given, their keys.
Written = list[tuple[int, str, frozenset[str] | None]]

#: The name of a room's own function that makes a problem from its name and its facts as keywords.
SHORTHAND = "_problem"

#: The functions that take the key of a text and its facts.
SAYING = {"say", "words.say", "text"}


def flat(table: Mapping[str, Any], around: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a file by their dotted key."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{around}{key}.")
        else:
            yield around + key, value


@pytest.fixture(scope="module")
def texts(repo: Path) -> Mapping[str, Texts]:
    """The texts of both languages by dotted key."""
    folder = repo / "samtaler_kg" / "texts"
    return {lang: dict(flat(tomllib.loads((folder / f"{lang}.toml").read_text("utf-8")))) for lang in ("da", "en")}


def placeholders(text: str) -> set[str]:
    """The facts that a text is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys(texts: Mapping[str, Texts]) -> None:
    assert set(texts["da"]) ^ set(texts["en"]) == set()
    assert [path.name for path in Path(__file__).parents[2].glob("samtaler_kg/texts/*") if path.stem not in texts] == []


def test_both_languages_are_filled_with_the_same_facts(texts: Mapping[str, Texts]) -> None:
    other = {key for key, text in texts["en"].items() if placeholders(text) != placeholders(texts["da"][key])}
    assert other == set()
    assert {name for text in texts["en"].values() for name in placeholders(text) if not name.isidentifier()} == set()


def test_every_text_is_there(texts: Mapping[str, Texts]) -> None:
    assert [(lang, key) for lang in texts for key, text in texts[lang].items() if not text.strip()] == []


def test_every_problem_says_what_and_how_to_mend(texts: Mapping[str, Texts]) -> None:
    parts = {key.rpartition(".")[::2] for key in texts["en"] if key.startswith("problems.")}
    names = {name for name, _ in parts}
    assert {(name, part) for name in names for part in ("what", "mend")} == parts


class Call(NamedTuple):
    """A problem made in the code: its place, its name (None where it is not written out), the facts it is given."""

    at: str
    name: str | None
    facts: frozenset[str] | None


def problems_made(module: Module) -> Iterator[Call]:
    """Every problem made in a module, with its facts as far as they are written in the same function."""
    for scope in [module.tree, *(node for _, node in module.functions() if node.name != SHORTHAND)]:
        written = facts_written(scope)
        for node in own_nodes(scope):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Problem", SHORTHAND}:
                given = {**dict(zip(("name", "where", "facts"), node.args, strict=False)), **keywords(node)}
                name = given.get("name")
                literal = name.value if isinstance(name, ast.Constant) else None
                yield Call(f"{module.path}:{node.lineno}", literal, facts_given(node, given, written))


def facts_given(call: ast.Call, given: Mapping[str, ast.expr], written: Written) -> frozenset[str] | None:
    """The facts that a problem is made with; None where they are not written out."""
    if ast.unparse(call.func) == SHORTHAND:
        return frozenset(given)
    facts = given.get("facts", ast.Dict([], []))
    return keys(facts) if isinstance(facts, ast.Dict) else last_before(call, facts, written)


def own_nodes(scope: ast.Module | Function) -> Iterator[ast.AST]:
    """The nodes of a module or function that belong to no function inside it."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments of a call that are given by name."""
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def facts_written(scope: ast.Module | Function) -> Written:
    """What dictionaries a function writes out, in the order of lines."""
    return sorted(
        (node.lineno, node.targets[0].id, keys(node.value))
        for node in own_nodes(scope)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Dict)
    )


def last_before(call: ast.Call, name: ast.expr, written: Written) -> frozenset[str] | None:
    """The keys of the dictionary that was last given *name* above a call; None where none is written out."""
    above = [known for line, given, known in written if given == ast.unparse(name) and line < call.lineno]
    return above[-1] if above else None


def keys(node: ast.Dict) -> frozenset[str] | None:
    """The keys of a dictionary that is written out; None where some are not."""
    if all(isinstance(key, ast.Constant) for key in node.keys):
        return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    return None


def test_every_problem_made_has_its_text(modules: list[Module], texts: Mapping[str, Texts]) -> None:
    calls = [call for module in modules for call in problems_made(module)]
    assert calls
    assert [call for call in calls if call.name is None or f"problems.{call.name}.what" not in texts["en"]] == []


def test_every_problem_made_brings_the_facts_of_its_text(modules: list[Module], texts: Mapping[str, Texts]) -> None:
    lacking = {}
    for call in (call for module in modules for call in problems_made(module)):
        what, mend = (texts["en"].get(f"problems.{call.name}.{part}", "") for part in ("what", "mend"))
        if call.facts is not None and (missing := (placeholders(what) | placeholders(mend)) - call.facts):
            lacking[call.at, call.name] = missing
    assert lacking == {}


def said(modules: list[Module]) -> set[str]:
    """Every string in the code as a pattern for keys of texts: what is filled in stands for any part of a key."""
    literals = {text for module in modules for _, text in module.strings()}
    return {text for text in literals if re.fullmatch(r"[a-z…][\w….-]*", text)}


def spoken(key: str, patterns: set[str]) -> bool:
    """Whether the code names *key* in full or by a pattern with a dot."""
    made = [re.escape(text).replace("…", "[a-z0-9_-]+") for text in patterns if "." in text.partition("…")[0]]
    return key in patterns or any(re.fullmatch(pattern, key) for pattern in made)


def test_every_problem_text_is_used(modules: list[Module], texts: Mapping[str, Texts]) -> None:
    names = {key.split(".")[1] for key in texts["en"] if key.startswith("problems.")}
    literals = said(modules)
    assert sorted(name for name in names if name not in literals) == []


def test_every_other_text_is_used(modules: list[Module], texts: Mapping[str, Texts]) -> None:
    patterns = said(modules)
    assert [key for key in texts["en"] if not key.startswith("problems.") and not spoken(key, patterns)] == []


def test_every_key_in_the_code_has_its_text(modules: list[Module], texts: Mapping[str, Texts]) -> None:
    known = texts["en"]
    sections = tuple({key.partition(".")[0] + "." for key in known})
    files = (".", ".json", ".toml")  # names of files, and beginnings of keys
    keys_said = {text for text in said(modules) if text.startswith(sections) and not text.endswith(files)}
    assert keys_said
    unknown = {key for key in keys_said if "…" not in key and key not in known}
    loose = {key for key in keys_said if "…" in key and not any(spoken(text, {key}) for text in known)}
    assert unknown | loose == set()


def test_every_text_said_is_filled_with_its_facts(modules: list[Module], texts: Mapping[str, Texts]) -> None:
    wrong = []
    for module in modules:
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and node.args):
            key = call.args[0]
            if ast.unparse(call.func) not in SAYING or not isinstance(key, ast.Constant):
                continue
            if None in (given := {word.arg for word in call.keywords}):
                continue  # facts handed over as a mapping: known only when it runs
            if key.value not in texts["en"] or placeholders(texts["en"][key.value]) != given:
                wrong.append(f"{module.path}:{call.lineno} {key.value}")
    assert wrong == []
