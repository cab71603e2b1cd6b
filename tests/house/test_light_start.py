"""What is loaded at the start: nothing by the package's top, nothing heavier than click by the command line's help."""

from __future__ import annotations

import subprocess
import sys

LIGHT = {"samtaler_kg", "click", "colorama"}  # colorama is click's own on Windows

RUNNER = """
import sys
before = set(sys.modules)
try:
    {code}
except SystemExit as end:
    assert not end.code, end.code
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print("LOADED", *sorted(loaded - set(sys.stdlib_module_names)))
"""


def loaded_by(code: str) -> set[str]:
    """The packages outside the standard library that one line of Python loads in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", RUNNER.format(code=code)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split()[1:])


def test_the_measurement_sees_what_is_loaded() -> None:
    assert "pyoxigraph" in loaded_by("import pyoxigraph")


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import samtaler_kg") == {"samtaler_kg"}


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("import samtaler_kg.cli") <= LIGHT


def test_the_help_of_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("from samtaler_kg.cli import main; sys.argv = ['samtaler', '--help']; main()") <= LIGHT
