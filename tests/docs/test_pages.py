"""Every code block of README and of the pages that are no tutorials runs, and prints what the page says that it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from samtaler_kg.cli import COMMANDS, samtaler
from tests.docs.blocks import faults, runs
from tests.docs.pages import PAGES, REPO, RUN, TUTORIALS, follow

#: The blocks that are not run, by page and how they begin. Each says why in the page.
NOT_RUN = {
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install . &&"),
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install -e '"),
    ("README.md", "sphinx-build -W"),
    ("README.md", "ontology/      what can be said"),
    ("docs/install.md", "python3 -m venv .venv"),
    ("docs/da/installation.md", "python3 -m venv .venv"),
    ("docs/exports.md", "library(arrow)"),
    ("docs/exports.md", "estimates <- read.csv"),
    ("docs/exports.md", "import delimited"),
    ("docs/releases.md", "samtaler-0.2.0/\n"),
}


@pytest.mark.parametrize("page", [page for page in RUN if page not in TUTORIALS])
def test_every_block_runs_and_prints_what_the_page_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    follow(page, tmp_path)


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
