"""Sphinx extension: pages that end in ``.md.j2`` are filled from the base when they are read; nothing is kept of it.

It also says the language of each page, so that a browser or a screen reader knows the Danish ones.
"""

from __future__ import annotations

import fnmatch
import tomllib
from typing import Any

import jinja2
from page_commands import commands
from page_terms import classes, code_lists, properties
from sphinx.application import Sphinx

from samtaler_kg import places
from samtaler_kg.catalogue import Catalogue

#: What Markdown would read as its own.
_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_<>[]|#$"})


def plain(text: str) -> str:
    """The text with every sign of Markdown written so that it stands for itself, on one line."""
    return " ".join(str(text).split()).translate(_SIGNS)


def filled(template: str) -> str:
    """The page that *template* makes of the shipped base."""
    base = places.shipped()
    around = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    around.filters["plain"] = plain
    return around.from_string(template).render(
        classes=lambda: classes(base),
        properties=lambda: properties(base),
        code_lists=lambda: code_lists(base),
        catalogue=Catalogue(base),
        commands=commands,
        data=lambda name: tomllib.loads((base.data / name).read_text(encoding="utf-8")),
    )


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Fill a page in when it is read, where it is to be filled in."""
    if str(app.env.doc2path(docname)).endswith(".md.j2"):
        source[0] = filled(source[0])


def say_language(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """The language of the page, for its ``html`` element."""
    if any(fnmatch.fnmatch(pagename, pattern) for pattern in app.config.danish_pages):
        context["language"] = "da"


def setup(app: Sphinx) -> dict[str, object]:
    """Tell Sphinx when to call."""
    app.add_config_value("danish_pages", [], "html", list)
    app.connect("source-read", fill)
    app.connect("html-page-context", say_language)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
