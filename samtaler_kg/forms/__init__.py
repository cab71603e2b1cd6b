"""Every way in gives the same cards: YAML, JSON, JSON-LD, RDF, CSV, workbooks, and references for the bibliography.

``read`` and ``read_all`` turn files into cards with the place of every value; ``as_files`` and ``write`` put cards into
files that read back as they were. Nothing is fetched, run or expanded, and no file is read beyond its bounds.
"""

from samtaler_kg.forms.reading import SUFFIXES, read, read_all
from samtaler_kg.forms.writing import FORMS, Form, as_files, write

__all__ = ["FORMS", "SUFFIXES", "Form", "as_files", "read", "read_all", "write"]
