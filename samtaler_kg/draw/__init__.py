"""Pictures of the evidence: what is asked of stored queries, drawn so that it can be read without colour.

``drawing`` draws one and gives its bytes (SVG, PNG, PDF), its text alternative and its numbers. Drawing needs
matplotlib, which comes with the extra ``plot``.
"""

from samtaler_kg.draw.drawing import Drawing, drawing, known_filters
from samtaler_kg.draw.findings import QUERY
from samtaler_kg.draw.pictures import PICTURES, Picture
from samtaler_kg.draw.save import FORMATS

__all__ = ["FORMATS", "PICTURES", "QUERY", "Drawing", "Picture", "drawing", "known_filters"]
