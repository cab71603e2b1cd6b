"""Every code block of README and of the documentation runs, and prints what the page says that it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from samtaler_kg.cli import COMMANDS, samtaler
from tests.docs.blocks import Reader, as_told, blocks, faults, runs

REPO = Path(__file__).resolve().parents[2]

#: README and every page of the documentation that has a block.
PAGES = {
    path.relative_to(REPO).as_posix(): blocks(path.read_text(encoding="utf-8"))
    for path in [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md*"))]
}

#: The blocks that are not run, by page and how they begin. Each says why in the page.
NOT_RUN = {
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install . &&"),
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install -e '"),
    ("README.md", "sphinx-build -W"),
    ("README.md", "ontology/      what can be said"),
    ("docs/install.md", "python3 -m venv .venv"),
    ("docs/da/installation.md", "python3 -m venv .venv"),
}


@pytest.mark.parametrize("page", [name for name, found in PAGES.items() if any(map(runs, found))])
def test_every_block_runs_and_prints_what_the_page_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    wrong = list(Reader(tmp_path).follow(PAGES[page]))
    assert not wrong, "\n\n".join(wrong)


def test_no_block_goes_unheld() -> None:
    assert {name: wrong for name, found in PAGES.items() if (wrong := faults(found))} == {}


def test_only_these_blocks_are_not_run() -> None:
    found = [(name, block) for name, held in PAGES.items() for block in held if "no-run" in block.marks]
    known = [
        (name, begin)
        for name, block in found
        for page, begin in NOT_RUN
        if block.text.startswith(begin) and page == name
    ]
    assert len(found) == len(known) == len(NOT_RUN) == len(set(known))
    assert [block.line for _, block in found if not block.marks["no-run"].strip()] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_run_on_some_page(command: str) -> None:
    typed = [block.text for found in PAGES.values() for block in found if runs(block)]
    assert any(re.search(rf"^samtaler (--lang da )?{command}\b", text, re.MULTILINE) for text in typed)


def test_every_command_named_in_a_sentence_exists() -> None:
    named = [(page, text) for page in PAGES for text in inline((REPO / page).read_text(encoding="utf-8"))]
    assert len(named) > 30
    assert [told for told in named if unknown(told[1].split()[1:])] == []


def inline(page: str) -> Iterator[str]:
    """The commands that stand in the sentences and tables of a page."""
    outside = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`(samtaler [^`\n]+)`", outside)


def unknown(words: list[str]) -> list[str]:
    """The commands and options among *words* that the command line does not have."""
    context, command = click.Context(samtaler), samtaler
    wrong = []
    for word in words:
        if word.startswith("-"):
            options = {name for parameter in command.params for name in parameter.opts}
            wrong += [word] if word.partition("=")[0] not in options | {"--help", "-h"} else []
        elif isinstance(command, click.Group) and word not in {"da", "en", "DIR", "KOMMANDO", "COMMAND"}:
            found = command.get_command(context, word)
            if found is None:
                return [*wrong, word]
            command = found
    return wrong


WRONG = {
    "output": ("```sh\necho one\n```\n```text\ntwo\n```\n", "but this was printed"),
    "exit code": ("```sh\nsamtaler show no-such-study\n```\n", "exit code 2"),
    "early failure": ("```sh\nfalse\ntrue\n```\n", "exit code 1"),
    "no failure": ("<!-- exit: 1 -->\n```sh\ntrue\n```\n", "exit code 0"),
    "value": ("```python\n1 + 1\n```\n```text\n3\n```\n", "but this was printed"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_page_that_is_wrong_is_found_out(fault: str, tmp_path: Path) -> None:
    page, told = WRONG[fault]
    (wrong,) = Reader(tmp_path).follow(blocks(page))
    assert told in wrong


def test_a_page_that_is_right_is_followed(tmp_path: Path) -> None:
    page = (
        "```{code-block} text\n:caption: saved.txt\n\nkept\n```\n"
        "```sh\nexport WORD=said\ncat saved.txt\n```\n```text\nke...\n```\n"
        '```sh\necho "$WORD"\n```\n```text\nsaid\n```\n'
        "```python\nnumber = 2\nnumber\n```\n```text\n2\n```\n```python\nprint(number + 1)\n```\n```text\n3\n```\n"
    )
    assert faults(blocks(page)) == []
    assert list(Reader(tmp_path).follow(blocks(page))) == []


def test_a_block_that_nothing_would_hold_is_found_out() -> None:
    page = "```text\nprinted by nothing\n```\n\n```rust\nfn\n```\n\n```\nnothing said\n```\n"
    assert len(faults(blocks(page))) == 3
    assert not as_told("a\n...\nc\n", "a\nb\n")
