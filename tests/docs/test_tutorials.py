"""Every code block of the tutorials runs, and prints what the page says that it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import TUTORIALS, follow


@pytest.mark.parametrize("page", TUTORIALS)
def test_every_block_runs_and_prints_what_the_page_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    follow(page, tmp_path)
