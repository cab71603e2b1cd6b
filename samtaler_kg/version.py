"""The version of this package; pyproject.toml and CITATION.cff say the same."""

VERSION = "0.1.0"
