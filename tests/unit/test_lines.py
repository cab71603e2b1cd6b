"""Sorted lines: what is found by halving is what a look at every line finds, and an edit is what sorting anew gives."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samtaler_kg.lines import Edit, Lines, Unlike, lines, rewritten

LINE = st.binary(max_size=6).map(lambda text: bytes(byte % 5 + 60 for byte in text) + b"\n")
SORTED = st.frozensets(LINE, max_size=14).map(sorted)


def edited(source: Lines, edit: Edit) -> bytes:
    return b"".join(
        part if isinstance(part, bytes) else bytes(source.content[slice(*part)]) for part in source.pieces(edit)
    )


@given(SORTED, LINE)
def test_lines_that_begin_alike_are_found(rows: list[bytes], wanted: bytes) -> None:
    start = wanted[:-1]
    assert list(Lines(b"".join(rows)).beginning(start)) == [row for row in rows if row.startswith(start)]


@given(SORTED, st.frozensets(LINE, max_size=5), st.randoms())
def test_an_edit_gives_what_sorting_gives(rows: list[bytes], new: frozenset[bytes], draw: object) -> None:
    gone = frozenset(row for row in rows if draw.random() < 0.4)  # type: ignore[attr-defined]
    come = new - set(rows)
    wanted = b"".join(sorted((set(rows) - gone) | come))
    assert edited(Lines(b"".join(rows)), Edit(gone, come)) == wanted


@given(SORTED, LINE)
def test_an_edit_of_another_file_is_told(rows: list[bytes], line: bytes) -> None:
    edit = Edit(come=frozenset([line])) if line in rows else Edit(gone=frozenset([line]))
    with pytest.raises(Unlike):
        edited(Lines(b"".join(rows)), edit)


@pytest.mark.parametrize("rows", [[], [b"<a> 1 .\n"], [b"<a> 1 .\n", b"<a> 2 .\n", b"<ab> 1 .\n", b"<b> 1 .\n"]])
def test_a_file_is_rewritten_with_its_sum(tmp_path: Path, rows: list[bytes]) -> None:
    path, new = tmp_path / "old.nt", tmp_path / "new.nt"
    path.write_bytes(b"".join(rows))
    with lines(path) as source:
        found = rewritten(source, Edit(frozenset(rows[:1]), frozenset([b"<aa> 1 .\n"])), new)
        assert source.about("a") == [row for row in rows if row.startswith(b"<a> ")]
    assert new.read_bytes() == b"".join(sorted([*rows[1:], b"<aa> 1 .\n"]))
    assert found == hashlib.sha256(new.read_bytes()).hexdigest()


def test_neighbours_of_a_name_that_is_not_there() -> None:
    rows = [f"<{name}> 1 .\n".encode() for name in "abcdfghi"]
    assert list(Lines(b"".join(rows)).near(b"<e>", 2)) == rows[2:6]
    assert list(Lines(b"".join(rows)).near(b"<z>", 2)) == rows[6:]
    assert list(Lines(b"").near(b"<z>")) == []
