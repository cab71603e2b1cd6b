"""``SHA256SUMS``: the file that proves every other file of a release, in the form of ``sha256sum``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from samtaler_kg.forms.raw import raw_bytes
from samtaler_kg.problems import Problem, Refused, Where

NAME = "SHA256SUMS"

#: Bytes of the file: that of the shipped base has 28,000.
MAX_SUMS = 50_000_000

_LINE = re.compile(r"(?P<sha>[0-9a-f]{64})  (?P<name>[^\x00-\x1f\x7f]+)")

#: Bytes that are read at once.
_CHUNK = 1 << 20


def text(files: Mapping[str, str]) -> bytes:
    """The file, from the SHA-256 of every other file by its name."""
    return "".join(f"{files[name]}  {name}\n" for name in sorted(files)).encode()


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def check(folder: Path) -> Iterator[Problem]:
    """Every file of a release that is not what the sums say: changed, missing, too many, or no file at all.

    Nothing hidden is released, so what is hidden is one too many even where the sums list it.
    """
    try:
        said = _said(folder)
    except Refused as error:
        yield from error.problems
        return
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    for name, path in there.items():
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield Problem("leads-elsewhere", Where(name))
        elif path.name.startswith(".") or (path.is_file() and name not in said and name != NAME):
            yield Problem("release-file-added", Where(name), {"sums": NAME})
    for name, sha in said.items():
        found = there.get(name)
        if found is None or not found.is_file():
            yield Problem("release-file-missing", Where(name), {"sums": NAME})
        elif not found.is_symlink() and sha256(found) != sha:
            yield Problem("release-file-changed", Where(name), {"sums": NAME})


def _said(folder: Path) -> dict[str, str]:
    raw = raw_bytes(folder / NAME, NAME, MAX_SUMS)
    found: dict[str, str] = {}
    for number, line in enumerate(raw.decode("utf-8", "replace").split("\n")[:-1], start=1):
        told = _LINE.fullmatch(line)
        parts = PurePosixPath(told["name"]).parts if told else ()
        if told is None or ".." in parts or PurePosixPath(told["name"]).is_absolute() or told["name"] in found:
            raise Refused(Problem("release-sums", Where(NAME, number)))
        found[told["name"]] = told["sha"]
    if not found or text(found) != raw:
        raise Refused(Problem("release-sums", Where(NAME)))
    return found
