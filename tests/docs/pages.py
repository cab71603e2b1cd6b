"""README and the pages of the documentation with their blocks, in two groups that are followed side by side."""

from __future__ import annotations

from pathlib import Path

from tests.docs.blocks import Reader, blocks, runs

REPO = Path(__file__).resolve().parents[2]

#: README and every page of the documentation, with its blocks.
PAGES = {
    path.relative_to(REPO).as_posix(): blocks(path.read_text(encoding="utf-8"))
    for path in [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md*"))]
}

#: The pages with a block that is run.
RUN = [name for name, found in PAGES.items() if any(map(runs, found))]

#: Those that take a reader from the start to the end of something: they run longest.
TUTORIALS = [
    name for name in RUN if name.startswith("docs/tutorials/") or name in {"docs/da/notat.md", "docs/da/studie.md"}
]


def follow(page: str, folder: Path) -> None:
    """Do in *folder* what the page says; fails with everything that was not as it tells."""
    wrong = list(Reader(folder).follow(PAGES[page]))
    assert not wrong, "\n\n".join(wrong)
