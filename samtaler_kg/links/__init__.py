"""Ties to elsewhere: tables of mappings (SSSOM TSV) and the results of other bases, read strictly and held together."""

from samtaler_kg.links.foreign import Foreign
from samtaler_kg.links.held import held
from samtaler_kg.links.model import Link, LinkSet, Plan
from samtaler_kg.links.rdf import triples
from samtaler_kg.links.table import PLACE, parsed, read, read_all

__all__ = ["PLACE", "Foreign", "Link", "LinkSet", "Plan", "held", "parsed", "read", "read_all", "triples"]
