"""The page on exports names every form, in its table and in what it says of how each is held."""

from __future__ import annotations

import os
import re
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


def test_every_form_is_told_to_be_held(repo: Path) -> None:
    """Each form stands once in the table of round trips, and in the sentences or tables before it."""
    before, _, held = (
        (repo / PAGE).read_text(encoding="utf-8").partition(END)[2].partition("\n## How each form is held")
    )
    rows = [row.split("|")[1] for row in held.splitlines() if row.startswith("| `")]
    assert sorted(re.findall(r"`([\w-]+)`", " ".join(rows))) == sorted(FORMS)
    assert [name for name in FORMS if f"`{name}`" not in before] == []
