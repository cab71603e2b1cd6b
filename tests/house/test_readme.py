"""README says what is so: its table of stored questions comes from the heads, and its commands exist."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from samtaler_kg.catalogue import Catalogue
from samtaler_kg.cli import COMMANDS
from samtaler_kg.places import Base

BEGIN = "<!-- questions: generated from the heads in queries/answers; see tests/house/test_readme.py -->\n"
END = "<!-- questions end -->"


def generated(base: Base) -> str:
    lines = ["| question | asks | layers |", "|---|---|---|"]
    for query in Catalogue(base).all():
        lines.append(f"| `{query.name}` | {query.asks['en']} | {', '.join(query.layers)} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_questions_is_generated(repo: Path, base: Base) -> None:
    """Set SAMTALER_WRITE_README=1 to write it anew."""
    readme = repo / "README.md"
    text = readme.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    old, _, tail = rest.partition(END)
    if os.environ.get("SAMTALER_WRITE_README"):
        readme.write_text(f"{head}{BEGIN}{generated(base)}{END}{tail}", encoding="utf-8")
    else:
        assert old == generated(base)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_stands_in_the_readme(repo: Path, command: str) -> None:
    assert re.search(rf"\bsamtaler (--lang da )?{command}\b", (repo / "README.md").read_text(encoding="utf-8"))
