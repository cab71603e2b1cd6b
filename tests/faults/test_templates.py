"""A base may come from anybody: a template in it can neither reach the machine nor end in a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from samtaler_kg import places
from samtaler_kg.document import write
from samtaler_kg.findings import page
from samtaler_kg.graph import Graph
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged

HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ told.__init__.__globals__['__builtins__']['open']('/etc/passwd').read() }}",
    "{% for x in %}",
    "{{ nothing_of_the_kind }}",
]


@pytest.fixture
def own(tmp_path: Path) -> Base:
    shipped = places.shipped()
    for name in ("ontology", "queries", "data"):
        shutil.copytree(shipped.root / name, tmp_path / "base" / name)
    return Base(tmp_path / "base")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_of_findings(own: Base, text: str) -> None:
    path = own.data / "findings" / "en.md.j2"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Damaged) as damaged:
        page(Graph(own), "en")
    assert [problem.where.file for problem in damaged.value.problems] == [str(path)]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_written_memo(own: Base, text: str, tmp_path: Path) -> None:
    path = own.data / "memo" / "document" / "page.md.j2"
    path.write_text(text.replace("told.", "page."), encoding="utf-8")
    with pytest.raises(Damaged) as damaged:
        write(Graph(own), tmp_path / "memo", ("en",))
    assert [problem.where.file for problem in damaged.value.problems] == [str(path)]
    assert not (tmp_path / "memo").exists()
