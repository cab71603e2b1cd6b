"""The page on exports names every form, and its blocks of Python run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from samtaler_kg.exports import FORMS
from samtaler_kg.words import say

PAGE = "docs/exports.md"
BEGIN = "<!-- forms: generated from samtaler_kg/exports/forms.py; see tests/house/test_exports_docs.py -->\n"
END = "<!-- forms end -->"


def generated() -> str:
    lines = ["| form | holds | layers |", "|---|---|---|"]
    for form in FORMS.values():
        lines.append(f"| `{form.name}` | {say(f'export.forms.{form.name}', 'en')} | {', '.join(form.layers)} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_forms_is_generated(repo: Path) -> None:
    """Set SAMTALER_WRITE_EXPORTS=1 to write it anew."""
    text = (repo / PAGE).read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    old, _, tail = rest.partition(END)
    if os.environ.get("SAMTALER_WRITE_EXPORTS"):
        (repo / PAGE).write_text(f"{head}{BEGIN}{generated()}{END}{tail}", encoding="utf-8")
    else:
        assert old == generated()


def test_the_python_runs_as_it_stands(repo: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", (repo / PAGE).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "samtaler" / "csvw" / "csv-metadata.json").is_file()
