"""How the documentation is built: ``sphinx-build -W --keep-going -n docs FOLDER``. Nothing is asked of any other place."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from samtaler_kg.version import VERSION

project = "samtaler_kg"
author = "samtaler_kg contributors"
project_copyright = "samtaler_kg contributors. Code: MIT. Ontology, data and queries: CC BY 4.0"
version = release = VERSION
language = "en"
# An option such as --lang keeps its two hyphens in a sentence too.
smartquotes = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "page_texts"]
source_suffix = {".md": "markdown", ".md.j2": "markdown"}
exclude_patterns = ["_build"]
danish_pages = ["da/*", "fund", "regler"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
# Types of other libraries have their documentation elsewhere, which is not asked for when this is built; the last line is what
# autodoc makes of type variables, aliases and parts of a type.
_OTHERS = "pd|nx|rdflib|pandas|networkx|ox|pyoxigraph|matplotlib|ruamel|os|pathlib|collections|typing|decimal|datetime"
nitpick_ignore_regex = [
    ("py:.*", rf"({_OTHERS})\..*"),
    ("py:.*", r"\w+\[\w+|Data|Decimal|VersionType|StreamType|samtaler_kg\.(intake\.impact\.Figure|graph\.Found)"),
]

html_theme = "furo"
html_title = f"samtaler_kg {VERSION}"
html_static_path = ["_static"]
html_css_files = ["samtaler.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
