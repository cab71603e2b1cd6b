"""Whole processes from a cold start: the command line against bare Python and against importing rdflib.

``python -m benchmarks.cold`` prints the CPU seconds (own and system) of each, as the median of several runs in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import setting, table

ROOT = Path(__file__).resolve().parents[1]

#: What is started, by the name it has in the table; the first two are the measuring rods.
COMMANDS: dict[str, list[str]] = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import rdflib'": ["-c", "import rdflib"],
    "samtaler --help": ["-m", "samtaler_kg", "--help"],
    "samtaler ask count-results": ["-m", "samtaler_kg", "ask", "count-results"],
    "samtaler memo --json": ["-m", "samtaler_kg", "memo", "--json"],
}


def spent(arguments: Sequence[str]) -> float:
    """CPU seconds of one process of this Python. Raises RuntimeError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=os.environ | {"SAMTALER_LANG": "en"}, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def medians(rounds: int) -> dict[str, float]:
    """Median CPU seconds by command. A first round that is not counted fills caches and writes byte code."""
    runs: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            took = spent(arguments)
            if turn:
                runs[name].append(took)
    return {name: statistics.median(times) for name, times in runs.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rounds", type=int, default=9, help="how many runs of each (default 9)")
    chosen = parser.parse_args(arguments)
    took = medians(chosen.rounds)
    bare, rdflib = list(took.values())[:2]
    rows = [(name, seconds * 1e3, seconds / bare, seconds / rdflib) for name, seconds in took.items()]
    head = ("command", "cpu_ms", "times_bare_python", "times_import_rdflib")
    if chosen.json:
        lines = [dict(zip(head, row, strict=True)) for row in rows]
        print(json.dumps({"setting": setting(), "commands": lines}, indent=1))
    else:
        print(table([name.replace("_", " ") for name in head], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
