"""Reads and checks entries and says what it took: by itself, for a process of its own (``python -m tests.faults.reader``)."""

from __future__ import annotations

import importlib
import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from samtaler_kg.cards import Grammar, check
from samtaler_kg.forms import read_all
from samtaler_kg.places import shipped
from samtaler_kg.words import LANGUAGES


def read_and_check(paths: list[Path]) -> dict[str, Any]:
    """Read and check some entries: problems, seconds, and peak memory above that of the start, in MB."""
    grammar = Grammar.of(shipped())
    if paths[0].suffix == ".xlsx":
        importlib.import_module("openpyxl")  # its own size is no doing of the entry
    started, before = time.perf_counter(), _peak()
    cards, problems = read_all(paths, grammar)
    problems += [problem for card in cards for problem in check(card, grammar)]
    seconds, megabytes = time.perf_counter() - started, _peak() - before
    texts = [f"{problem.where} {problem.what(lang)} {problem.mend(lang)}" for problem in problems for lang in LANGUAGES]
    names = sorted({problem.name for problem in problems})
    longest = max(map(len, texts), default=0)
    return {"problems": names, "told": texts[:1], "longest": longest, "seconds": seconds, "megabytes": megabytes}


def _peak() -> float:
    """The most memory that this process has had, in MB. What Linux counts of it alone; elsewhere its parent's too."""
    status = Path("/proc/self/status")
    if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8"))):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(read_and_check([Path(name) for name in sys.argv[1:]])))
