"""A folder of files written whole or not at all: aside first, then under its name at one moment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from samtaler_kg import disk
from samtaler_kg.problems import Problem, Refused, Where


def put_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Let *folder* hold the *files* and nothing else.

    A folder that holds only files of these names, as an earlier export does, is replaced. Raises Refused where it holds
    others, is the working folder or no folder, or cannot be written; then all stays as it was.
    """
    if Path.cwd().is_relative_to(folder):
        raise Refused(Problem("folder-is-here", Where(str(folder))))
    if strange := _strangers(folder, set(files)):
        facts = {"file": strange[0], "number": len(strange)}
        raise Refused(Problem("folder-holds-other-files", Where(str(folder)), facts))
    aside = folder.parent / f".{folder.name}.{os.urandom(4).hex()}"
    try:
        _fill(aside, files)
        if folder.exists():
            disk.exchange(aside, folder)
        else:
            aside.rename(folder)
        disk.settle(folder.parent)
    except OSError as error:
        raise Refused(Problem("unwritable", Where(str(folder)), {"reason": error.strerror or error})) from None
    finally:
        disk.remove(aside)


def _strangers(folder: Path, names: set[str]) -> list[str]:
    """The files in *folder* that have none of the *names*, links among them."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Refused(Problem("unwritable", Where(str(folder)), {"reason": "not a folder"}))
    there = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(name for path in there if (name := path.relative_to(folder).as_posix()) not in names)


def _fill(aside: Path, files: Mapping[str, bytes]) -> None:
    aside.mkdir(parents=True)
    for name, content in files.items():
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        disk.write(aside / name, content)
    disk.settle_all(aside)
