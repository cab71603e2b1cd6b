"""Under which licence others may use what a base holds, as ``data/licence.toml`` says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Where


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: its name in the SPDX list, its IRI, its own name."""

    spdx: str
    iri: str
    name: str


def licence_of(base: Base) -> Licence:
    """The licence of what *base* holds. Raises Damaged where its file does not say one."""
    path = base.data / "licence.toml"
    try:
        return Licence(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None
