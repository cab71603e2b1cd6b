"""Links as SSSOM: a table with a head that says who may use it and what its prefixes mean (https://w3id.org/sssom/)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from samtaler_kg.cards.read import CONTROL
from samtaler_kg.problems import Damaged, Problem, Where

#: The columns of a set of links, in their order.
COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "confidence",
    "author_label", "mapping_date", "mapping_tool", "comment",
)  # fmt: skip

Link = Mapping[str, str]


def as_text(links: Iterable[Link], source: str, rules: Mapping[str, Any]) -> str:
    """The set of links to the base called *source*, sorted; *rules* are those of matching.toml."""
    head = [
        "curie_map:",
        *(f"  {prefix}: {iri}" for prefix, iri in sorted(rules["curie_map"].items())),
        f"license: {rules['license']}",
        f"mapping_set_id: {rules['set']}{source}",
    ]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(sorted(({name: _line(link.get(name, "")) for name in COLUMNS} for link in links), key=_place))
    return "".join(f"# {line}\n" for line in head) + stream.getvalue()


def _line(cell: str) -> str:
    """A cell on one line, whole."""
    return " ".join(CONTROL.sub(" ", cell).split())


def _place(link: Link) -> tuple[str, str, str]:
    return link["subject_id"], link["object_id"], link["predicate_id"]


def links_in(text: str, shown: str) -> list[Link]:
    """The links in the text of a set. Raises Damaged where its columns are not those of this project."""
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    reader = csv.DictReader(io.StringIO("".join(lines[start:])), delimiter="\t", strict=True)
    try:
        found: list[Link] = list(reader)
    except csv.Error as error:
        raise Damaged(Problem("bad-csv", Where(shown, start + reader.line_num), {"reason": error})) from None
    wrong = any(None in link or None in link.values() for link in found)
    if wrong or (reader.fieldnames is not None and set(reader.fieldnames) != set(COLUMNS)):
        raise Damaged(Problem("bad-table", Where(shown, start + 1), {"columns": ", ".join(COLUMNS)}))
    return found
