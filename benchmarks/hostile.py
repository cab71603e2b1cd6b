"""Hostile entries: the problem each is told by, and the time and peak memory that reading it takes.

Each is read in a process of its own. Memory is what the reading adds to the peak of a process that has the package loaded.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import setting, table
from tests.faults.hostile import CASES, measured


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="the cases whose names hold one of these")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(given)
    lines = [line(name) for name in CASES if not options.only or any(word in name for word in options.only)]
    missed = [found["case"] for found in lines if not found["told"]]
    if options.json:
        print(json.dumps({"setting": setting(), "cases": lines, "missed": missed}, indent=1))
    else:
        head = ["entry", "problem", "file MB", "seconds", "MB"]
        print(table(head, [[f[key] for key in ("case", "problem", "size", "seconds", "megabytes")] for f in lines]))
        print(f"{len(lines)} entries, not told: {', '.join(missed) or 'none'}")
    return bool(missed)


def line(name: str) -> dict[str, Any]:
    """One case, made and read."""
    case = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        found = measured(case, Path(folder))
    told = case.problem in found["problems"] if case.problem else not found["problems"]
    figures = {"size": found["size"] / 1e6, "seconds": found["seconds"], "megabytes": found["megabytes"]}
    return {"case": name, "problem": case.problem or "read without one", "told": told, **figures}


if __name__ == "__main__":
    raise SystemExit(main())
