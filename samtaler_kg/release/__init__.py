"""Releases of a base: versioned, hashed, with what has changed in the data and in the conclusions; and their proof."""

from samtaler_kg.release.compare import Comparison, compare
from samtaler_kg.release.sides import Side, opened
from samtaler_kg.release.verify import verify
from samtaler_kg.release.wording import page
from samtaler_kg.release.write import Release, release

__all__ = ["Comparison", "Release", "Side", "compare", "opened", "page", "release", "verify"]
