"""Every word of the pages is said by their frame or by the code beside it, and none that is not there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PACKAGE = Path("samtaler_kg")


def test_every_word_is_said_and_every_word_said_is_there(repo: Path) -> None:
    texts = tomllib.loads((repo / PACKAGE / "texts" / "en.toml").read_text("utf-8"))["release"]
    words = {key for key, text in texts.items() if isinstance(text, str)}
    frame = (repo / PACKAGE / "release" / "changes.md.j2").read_text("utf-8")
    in_frame = set(re.findall(r'say\("([\w-]+)"', frame))
    code = "".join(
        path.read_text("utf-8")
        for path in (*(repo / PACKAGE / "release").glob("*.py"), repo / PACKAGE / "cli/release.py")
    )
    in_code = set(re.findall(r"[\"']release\.([\w-]+)[\"']", code))
    in_code.discard("json")  # the file release.json
    made = {f"{part}-{name}" for part in ("declared", "none") for name in ("severity", "counting", "other")}
    made |= {"hash-before", "hash-now"} | {f"scope-{name}" for name in ("memo", "all")}
    named = {"before", "now", "came", "went", "changed", "corrected", "uncorrected"}
    assert all(f'"{name}"' in code for name in named)
    assert in_frame | in_code | made | named == words
    assert in_frame & in_code <= {"unchanged", "more"}
