"""Reads a SPARQL text that somebody gave, before an engine does: what would it change, call or fetch?

Nothing here runs a query, and nothing here needs more than the standard library.
"""

from __future__ import annotations

from samtaler_kg.guard.display import caret, syntax_position
from samtaler_kg.guard.findings import Fault, Findings, Form, Position, Service, Source, Stray, Use
from samtaler_kg.guard.inspection import inspect
from samtaler_kg.guard.lexing import Token, tokens

__all__ = [
    "Fault",
    "Findings",
    "Form",
    "Position",
    "Service",
    "Source",
    "Stray",
    "Token",
    "Use",
    "caret",
    "inspect",
    "syntax_position",
    "tokens",
]
