"""Where a base (ontology, data, queries) lives: in a checkout, in the installed wheel, or where the reader says."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

#: Environment variable that names a base other than the shipped one.
VARIABLE = "SAMTALER_BASE"


@dataclass(frozen=True, slots=True)
class Base:
    """The folders of one base.

    >>> Base(Path("/srv/base")).graph.as_posix()
    '/srv/base/data/graph'
    """

    root: Path

    @property
    def ontology(self) -> Path:
        """Classes, properties, code lists and the mapping of cards."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """Cards, trials, claims: the sources of the graph."""
        return self.root / "data"

    @property
    def graph(self) -> Path:
        """The built graph, made from the sources."""
        return self.root / "data" / "graph"

    @property
    def queries(self) -> Path:
        """Stored questions, rules and checks."""
        return self.root / "queries"


def shipped() -> Base:
    """The base that came with the package: the checkout around an editable install, else the copy in the wheel.

    A checkout is looked for first, so that an edited file is seen and never a copied snapshot.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "ontology").is_dir():
        return Base(checkout)
    return Base(package / "_base")


def find(root: str | os.PathLike[str] | None = None) -> Base:
    """The base to work on: *root* if given, else the one named by ``SAMTALER_BASE``, else the shipped one."""
    chosen = root or os.environ.get(VARIABLE)
    return Base(Path(chosen).resolve()) if chosen else shipped()


def put(path: Path, content: bytes) -> None:
    """Write *content* to *path* whole or not at all: aside, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(aside, 0o666 & ~umask)  # noqa: PTH101 - mkstemp gives a name, not a Path
        os.replace(aside, path)  # noqa: PTH105
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
