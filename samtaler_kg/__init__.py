"""Knowledge graph and query library for the evidence on caseworker meetings with unemployed people.

>>> import samtaler_kg as sk
>>> kg = sk.open()
>>> kg.ask("count-results", layer="coded", scope="memo")["results"].tolist()
[198]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samtaler_kg.version import VERSION as __version__

__all__ = ["KnowledgeGraph", "__version__", "open"]

if TYPE_CHECKING:
    from samtaler_kg.library import KnowledgeGraph, open


def __getattr__(name: str) -> Any:
    """Load the library only when it is used, so that ``import samtaler_kg`` and the command line start fast."""
    if name in {"KnowledgeGraph", "open"}:
        from samtaler_kg import library

        return getattr(library, name)
    raise AttributeError(f"module 'samtaler_kg' has no attribute {name!r}")
