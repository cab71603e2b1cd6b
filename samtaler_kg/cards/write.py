"""Plain data → YAML: keys in the order of ``card.toml``, nothing quoted that need not be.

What is written reads back as it was: the tests hold it against text of every kind.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from samtaler_kg.cards.grammar import Grammar
from samtaler_kg.cards.read import CONTROL, SEPARATOR, Data, yaml_reader
from samtaler_kg.places import put

#: What a folded line would lose: characters that must be escaped, and spaces that stand together.
_WHOLE = re.compile(f"{CONTROL.pattern}|{SEPARATOR.pattern}|[\t\n\r]|  ")


class Quoting(SafeRepresenter):
    """Text in double quotation marks, and so on one line, where folding would alter it; else as it needs."""

    def text(self, value: str) -> ScalarNode:
        """The node of one text."""
        style = '"' if _WHOLE.search(value) else None
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


Quoting.add_representer(str, Quoting.text)


class Whole(Emitter):
    """An emitter that never folds text in double quotation marks: ruamel then breaks escapes apart."""

    def write_double_quoted(self, text: Any, split: Any = True) -> None:
        """Write *text* on one line."""
        super().write_double_quoted(text, split=False)


def yaml_writer() -> YAML:
    """A YAML 1.2 writer for cards, whose output ``read`` gives back unchanged."""
    yaml = yaml_reader()
    yaml.Representer = Quoting
    yaml.Emitter = Whole
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.sort_base_mapping_type_on_output = False
    return yaml


def as_text(data: Data, kind: str, grammar: Grammar) -> str:
    """The YAML text of a card of *kind*. Raises KeyError on a key that the kind does not have."""
    stream = io.StringIO()
    yaml_writer().dump(_ordered(data, kind, grammar), stream)
    return re.sub(" +$", "", stream.getvalue(), flags=re.MULTILINE)


def write(path: Path, data: Data, kind: str, grammar: Grammar) -> None:
    """Write a card to *path*, whole or not at all."""
    put(path, as_text(data, kind, grammar).encode("utf-8"))


def _ordered(data: Data, kind: str, grammar: Grammar) -> Data:
    keys = grammar.kinds[kind].keys
    children = grammar.kinds[kind].children
    if unknown := set(data) - set(keys):
        raise KeyError(f"{kind} has no key {sorted(unknown)}")
    ordered: Data = {}
    for key in keys:
        value = data.get(key)
        if value in (None, "", [], {}):
            continue
        if key in children:
            value = _children(value, children[key], grammar)
        ordered[key] = value
    return ordered


def _children(value: object, kind: str, grammar: Grammar) -> object:
    if isinstance(value, list):
        return [_children(item, kind, grammar) for item in value]
    return _ordered(value, kind, grammar) if isinstance(value, dict) else value
