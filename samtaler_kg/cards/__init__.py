"""Cards: YAML files that people edit, read as JSON-LD through the one context, and written back.

``read`` turns a file into plain data with line numbers, ``check`` holds keys and codes against context and
lists, ``rdf`` turns data into triples and back, ``write`` puts data into a file.
"""

from samtaler_kg.cards.check import check
from samtaler_kg.cards.grammar import Grammar, Kind
from samtaler_kg.cards.rdf import from_triples, to_triples
from samtaler_kg.cards.read import Card, Data, read, read_text
from samtaler_kg.cards.write import as_text, write

__all__ = [
    "Card",
    "Data",
    "Grammar",
    "Kind",
    "as_text",
    "check",
    "from_triples",
    "read",
    "read_text",
    "to_triples",
    "write",
]
