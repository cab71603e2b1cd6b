"""Measurements of samtaler_kg against plain rdflib; see README.md. Nothing here is shipped in the wheel."""
