"""Pairs that were looked at and found to be two studies: ``data/acknowledged.csv``, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samtaler_kg.check.shapes import SHAPE
from samtaler_kg.claims import read_rows
from samtaler_kg.places import Base
from samtaler_kg.sources import shown
from samtaler_kg.terms import id_iri

COLUMNS = ("shape", "study", "other", "reason", "reason_da")


@dataclass(frozen=True)
class Acknowledged:
    """The acknowledged pairs by shape and the IRIs of the two studies, in either order, with the reason by language."""

    pairs: Mapping[tuple[str, frozenset[str]], Mapping[str, str]]

    def reason(self, shape: str, one: str, other: str) -> Mapping[str, str] | None:
        """Why *shape* need not be told of these two; None where nobody said."""
        return self.pairs.get((shape, frozenset((one, other))))


def read(base: Base) -> Acknowledged:
    """Read the list of *base*; without the file nothing was acknowledged. Raises Damaged where it is unreadable."""
    path = base.data / "acknowledged.csv"
    if not path.is_file():
        return Acknowledged({})
    rows = read_rows(path, COLUMNS, shown(base, path))
    return Acknowledged(
        {
            (SHAPE + row["shape"], frozenset(id_iri("study", row[key]) for key in ("study", "other"))): {
                "en": row["reason"],
                "da": row["reason_da"],
            }
            for row in rows
        }
    )
