"""What ``docs/releases.md`` says of checking a release with public tools is what those tools say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from samtaler_kg.release import Release

BLOCK = re.compile(r"<!-- test: (\w+) -->\n```(\w+)\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def blocks(repo: Path) -> dict[str, tuple[str, str]]:
    text = (repo / "docs" / "releases.md").read_text("utf-8")
    return {name: (language, code) for name, language, code in BLOCK.findall(text)}


@pytest.mark.parametrize("name", ["sums", "dataset", "graph", "canonical"])
def test_a_block_says_what_the_release_says(blocks: dict[str, tuple[str, str]], second: Release, name: str) -> None:
    language, code = blocks[name]
    if language == "sh" and not (shutil.which("sha256sum") and shutil.which("sh")):
        pytest.skip("this system has no sha256sum")
    shell = ["sh", "-ec", code] if language == "sh" else [sys.executable, "-c", code]
    ran = subprocess.run(shell, cwd=second.folder, capture_output=True, text=True, check=True)
    record = json.loads((second.folder / "release.json").read_bytes())
    hashes = {entry["graph"].rpartition("/")[2]: entry["sha256"] for entry in record["graphs"]}
    wanted = {"sums": "", "graph": hashes["coded"]}
    assert ran.stdout.partition(" ")[0].strip() == wanted.get(name, record["dataset"]["sha256"])


def test_every_marked_block_is_run(blocks: dict[str, tuple[str, str]]) -> None:
    assert set(blocks) == {"sums", "dataset", "graph", "canonical"}


def test_every_file_that_the_page_names_is_there(repo: Path, second: Release) -> None:
    text = (repo / "docs" / "releases.md").read_text("utf-8")
    (tree,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    named = {line.split()[0].rstrip("/") for line in tree.splitlines()[1:] if line.strip()}
    assert named | {"CHANGES.da.md"} == {path.name for path in second.folder.iterdir()}
