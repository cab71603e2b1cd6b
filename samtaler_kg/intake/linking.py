"""Decisions → links in a base of one's own: all of them or none, none twice, each with who and what it rests on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samtaler_kg import commits
from samtaler_kg import links as tables
from samtaler_kg.cards.read import MAX_PROBLEMS
from samtaler_kg.forms import raw
from samtaler_kg.graph import Graph
from samtaler_kg.intake import graphs
from samtaler_kg.matching import review, sssom
from samtaler_kg.matching.records import Study, clean, iri, studies
from samtaler_kg.matching.review import Row
from samtaler_kg.matching.settings import FOLDER, Settings
from samtaler_kg.matching.sssom import Link
from samtaler_kg.places import Base
from samtaler_kg.problems import Damaged, Problem, Refused, Where, nearest
from samtaler_kg.terms import graph_iri, id_iri
from samtaler_kg.version import VERSION


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done: links written by file, and how many were there before, rejected, or left undecided."""

    files: Mapping[str, int]
    present: int
    rejected: int
    undecided: int

    @property
    def written(self) -> int:
        """How many links were written."""
        return sum(self.files.values())

    def as_record(self) -> dict[str, Any]:
        """The receipt as a plain record."""
        counts = {"present": self.present, "rejected": self.rejected, "undecided": self.undecided}
        return {"written": self.written, "files": dict(self.files), **counts}


def accept(base: Base, path: Path, by: str, wait: float = commits.WAIT) -> Receipt:
    """Write the accepted rows of the review file *path* to ``data/links/studies-<source>.sssom.tsv``, named *by* whom.

    Raises Refused with every problem of the file, or where the base is not one's own; Damaged where links that are
    there cannot be read; Stopped where another writer holds the base.
    """
    commits.must_be_own(base)
    if not clean(by):
        raise Refused(Problem("link-by-nobody"))
    settings, graph = Settings.of(base), Graph(base)
    decided = _Decisions(review.read(path), settings, {study.id: study for study in studies(graph, settings)})
    made = decided.links(clean(by))
    with commits.writing(base, wait) as change:
        files, present, texts = {}, 0, dict[str, str]()
        for source, links in made.items():
            place = f"{FOLDER}/studies-{source}.sssom.tsv"
            there = _there(base, place)
            new = [link for link in links if _pair(link) not in {_pair(old) for old in there}]
            _must_agree(links, there, f"data/{place}")
            present += len(links) - len(new)
            if new:
                texts[place] = sssom.as_text([*there, *new], source, settings.matching["sssom"])
                files[f"data/{place}"] = len(new)
        for place, text in texts.items():
            change.put(place, text.encode("utf-8"))
        if texts:
            _into_graph(base, graph, decided.known, texts, change)
    return Receipt(files, present, decided.count("reject"), decided.count(""))


def _into_graph(
    base: Base, graph: Graph, known: Iterable[str], texts: Mapping[str, str], change: commits.Change
) -> None:
    """Let the layer of links say what its tables say with the new *texts*. Raises Damaged where they do not fit it."""
    plan, subjects = tables.Plan.of(base), [id_iri("study", name) for name in known]
    new = {f"data/{place}": tables.parsed(text, plan, f"data/{place}") for place, text in texts.items()}
    sets = [*(old for old in tables.read_all(base) if old.file not in new), *new.values()]
    if problems := tables.held(sets, graph.codes.concepts.keys(), subjects):
        raise Damaged(problems[:MAX_PROBLEMS])
    graphs.replaced(base, {"links.nt": (graph_iri("links"), tables.triples(sets, plan))}, change.graph())


def _there(base: Base, place: str) -> list[Link]:
    path = base.data / place
    shown = f"data/{place}"
    return sssom.links_in(raw.as_text(raw.raw_bytes(path, shown), shown), shown) if path.exists() else []


def _pair(link: Link) -> tuple[str, str]:
    return link["subject_id"], link["object_id"]


def _must_agree(links: Sequence[Link], there: Sequence[Link], shown: str) -> None:
    """Raises Refused where a link says something else than one that is there of the same record."""
    known = {link["object_id"]: link for link in there}
    problems = [
        Problem(
            "link-contradicts", Where(shown), {"object": link["object_id"], "there": _said(old), "new": _said(link)}
        )
        for link in links
        if (old := known.get(link["object_id"])) is not None and _said(old) != _said(link)
    ]
    if problems:
        raise Refused(problems[:MAX_PROBLEMS])


def _said(link: Link) -> str:
    return f"{link['subject_id']} {link['predicate_id']}"


class _Decisions:
    """The rows of a review file with what each decides. Raises Refused with every problem of them."""

    def __init__(self, rows: Sequence[Row], settings: Settings, known: Mapping[str, Study]) -> None:
        self.rules = settings.matching["sssom"]
        self.known = known
        self.words = {word: name for name, words in settings.matching["decisions"].items() for word in words}
        self.rows = [(row, self.words.get(row["decision"].casefold(), "")) for row in rows]
        problems = [problem for row, decision in self.rows for problem in self._wrong(row, decision)]
        if problems := [*problems, *self._twice()]:
            raise Refused(problems[:MAX_PROBLEMS])

    def count(self, decision: str) -> int:
        """How many rows have a decision; the empty one is none."""
        return sum(made == decision for _, made in self.rows)

    def _wrong(self, row: Row, decision: str) -> Iterator[Problem]:
        if row["decision"] and not decision:
            yield Problem("link-decision", _where(row, "decision"), {"value": row["decision"]})
        if decision != "accept":
            return
        if row["study"] not in self.known:
            facts = {"kind": "study", "value": row["study"], "hint": nearest(row["study"], self.known)}
            yield Problem("no-such", _where(row, "study"), facts)
        if row["version"] not in self.rules["predicates"]:
            yield Problem("link-version", _where(row, "version"), {"value": row["version"]})
        if not iri(row["object"]):
            yield Problem("link-no-object", _where(row, "object"), {"value": row["object"]})
        if not review.SOURCE.fullmatch(row["source"]):
            yield Problem("link-source", _where(row, "source"), {"value": row["source"]})
        if row["score"] and not re.fullmatch(r"0|1|[01][.,][0-9]{1,4}", row["score"]):
            yield Problem("link-score", _where(row, "score"), {"value": row["score"]})

    def _twice(self) -> Iterator[Problem]:
        """Records that were accepted in two rows."""
        first: dict[str, Row] = {}
        for row, decision in self.rows:
            if decision == "accept" and (known := first.setdefault(row["object"], row)) is not row:
                facts = {"value": row["object"], "first": known.where}
                yield Problem("link-twice", _where(row, "object"), facts)

    def links(self, by: str) -> dict[str, list[Link]]:
        """The links of the accepted rows, by source."""
        found: dict[str, list[Link]] = defaultdict(list)
        for row, decision in self.rows:
            if decision == "accept":
                found[row["source"]].append(self._link(row, by))
        return found

    def _link(self, row: Row, by: str) -> Link:
        """One link; a score is that of the suggestion, and holds for no other study or version."""
        return {
            "subject_id": f"study:{row['study']}",
            "subject_label": self.known[row["study"]].label,
            "predicate_id": self.rules["predicates"][row["version"]],
            "object_id": row["object"],
            "object_label": row["title"],
            "mapping_justification": self.rules["by_rule" if row.by_rule else "by_person"],
            "confidence": row["score"].replace(",", ".") if row.suggested else "",
            "author_label": by,
            "mapping_date": datetime.now(UTC).date().isoformat(),
            "mapping_tool": f"samtaler_kg {VERSION}",
            "comment": " | ".join(filter(None, (row["comment"], row["reasons"] if row.suggested else ""))),
        }


def _where(row: Row, column: str) -> Where:
    return Where(row.where.file, row.where.line, key=column)
