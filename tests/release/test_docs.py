"""The list of files on the page about releases is that of a release. Its blocks are run with those of the other pages."""

from __future__ import annotations

import re
from pathlib import Path

from samtaler_kg.release import Release


def test_every_file_that_the_page_names_is_there(repo: Path, second: Release) -> None:
    text = (repo / "docs" / "releases.md").read_text("utf-8")
    tree = re.findall(r"```text\n(samtaler-.*?)```", text, re.DOTALL)[0]
    named = {line.split()[0].rstrip("/") for line in tree.splitlines()[1:] if line.strip()}
    assert named | {"CHANGES.da.md"} == {path.name for path in second.folder.iterdir()}
