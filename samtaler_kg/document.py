"""The living memo as a document: each figure as published and as counted today, with its query, rows and sources.

The sentences stand in ``data/memo/document/<language>.toml``, the pages in ``page.html.j2`` and ``page.md.j2``; the HTML
is one file that asks nothing of any other place.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from samtaler_kg.ask import ask
from samtaler_kg.changes import Change, State, changes, read_state, state
from samtaler_kg.graph import Graph, Layer
from samtaler_kg.memo import Figure, Memo, Params, Share
from samtaler_kg.places import put
from samtaler_kg.problems import Damaged, Problem, Refused, Where
from samtaler_kg.tables import Table, cell, cells, narrow, plain
from samtaler_kg.templates import filled
from samtaler_kg.words import Language, say

#: The words of the pages; they stand under ``document`` in the text files.
_WORDS = [
    *("changes", "no_earlier", "unchanged", "how", "memo_says"),
    *("queries", "queries_text", "query", "rows", "sources", "sources_text"),
]

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files, and what changed since the state that was there before (None: there was none)."""

    files: Sequence[Path]
    changes: Sequence[Change] | None


def write(graph: Graph, folder: Path, languages: Sequence[Language], layer: Layer = "coded") -> Written:
    """Write ``memo.<language>.html``, ``memo.<language>.md`` and the state ``memo.json`` into *folder*.

    A ``memo.json`` that is there tells what has changed since. Raises Refused where *folder* cannot be written or *layer*
    has no figures to put beside the published ones.
    """
    if layer == "memo":
        raise Refused(Problem("not-on-layer", facts={"query": "memo", "layer": layer, "hint": "coded, reconstructed"}))
    now = state(graph)
    before = read_state(folder) if (folder / "memo.json").is_file() else None
    found = changes(before, now) if before is not None else None
    contents = {"memo.json": json.dumps(now, ensure_ascii=False, indent=1) + "\n"}
    for lang in languages:
        page = Writer(graph, lang, layer).page(found)
        for form in ("html", "md"):
            contents[f"memo.{lang}.{form}"] = _rendered(graph, form, page, lang)
    try:
        for name, content in sorted(contents.items()):
            put(folder / name, content.encode("utf-8"))
    except OSError as error:
        raise Refused(Problem("unwritable", Where(str(folder)), {"reason": error.strerror or error})) from None
    return Written([folder / name for name in sorted(contents)], found)


def _rendered(graph: Graph, form: str, page: Page, lang: Language) -> str:
    words = {name: say(f"document.{name}", lang) for name in _WORDS}
    path = graph.base.data / "memo" / "document" / f"page.{form}.j2"
    return filled(path, html=form == "html", trim=form == "md", page=page, words=words, lang=lang)


def _sentence(row: Mapping[str, str], share: Share) -> str:
    """What a row says of a share; of a single one in the words for one."""
    says = row.get("one", row["says"]) if share.numerator == 1 else row["says"]
    return says.format(n=share.numerator, d=share.denominator)


class Writer:
    """Fills the page of one language from one layer."""

    def __init__(self, graph: Graph, lang: Language, layer: Layer) -> None:
        """Take the memo's claims from *graph*."""
        self.graph = graph
        self.lang = lang
        self.layer = layer
        self.memo = Memo(graph)
        self.figures = {figure.claim: figure for figure in self.memo.figures()}
        self.findings = {finding.claim: finding for finding in self.memo.findings()}

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """The sentences of the language. Raises Damaged where they cannot be read."""
        path = self.graph.base.data / "memo" / "document" / f"{self.lang}.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Damaged(Problem("unreadable-file", Where(str(path)), {"reason": error})) from None

    @cached_property
    def members(self) -> State:
        """The results behind each coded figure."""
        return state(self.graph)

    def page(self, found: Sequence[Change] | None) -> Page:
        """Everything that the page shows."""
        sections = [self._section(section) for section in self.said["section"]]
        shown = [row["claim"] for section in sections for row in section["rows"] if row["anchor"]]
        tables = [section["table"] for section in sections if section["table"]]
        entries = [self._entry(claim) for claim in shown] + [self._table_entry(table) for table in tables]
        names = sorted({entry["query"] for entry in entries})
        sources = self._sources() if self.layer == "coded" else {"titles": [], "rows": []}
        places = {row["id"] for row in sources["rows"]} | {row["claim"] for part in sections for row in part["rows"]}
        return {
            "title": self.said["title"],
            "lead": self.said["lead"],
            "published": self.said["published"],
            "today": self.said["today" if self.layer == "coded" else "today_reconstructed"],
            "notes": list(self._notes()),
            "changes": None if found is None else [self._change(change) for change in found],
            "sections": sections,
            "entries": entries,
            "texts": [{"name": name, "text": self.graph.catalogue.find(name).text} for name in names],
            "sources": sources,
            "places": places,
        }

    def _notes(self) -> Iterator[str]:
        if self.layer == "reconstructed":
            yield say("notes.reconstructed", self.lang)
        else:
            scope = self.memo.scope()
            yield say("document.scope", self.lang, results=scope.results, of=scope.of, excluded=scope.excluded)
            yield say("document.independent", self.lang, **self._size())
            yield say("document.tested", self.lang, **self._size(), sure=self._size(confidence="high")["positive"])
        yield say("memo.vote", self.lang)

    def _size(self, **params: str) -> dict[str, Any]:
        return ask(self.graph, "count-results", "coded", "memo", params).records()[0]

    def _section(self, section: Mapping[str, Any]) -> Page:
        return {
            "heading": section["heading"],
            "text": section["text"],
            "rows": [self._row(row) for row in section.get("rows", ())],
            "table": self._table(section["table"]) if "table" in section else None,
            "findings": [self._finding(claim) for claim in section.get("findings", ())],
        }

    def _row(self, row: Mapping[str, str]) -> Page:
        claim = row["claim"]
        figure = self.figures[claim]
        share = figure.coded if self.layer == "coded" else figure.reconstructed
        computed = share is not None
        reason = figure.reason[self.lang] if figure.reason else ""
        return {
            "claim": claim,
            "published": _sentence(row, figure.published),
            "today": _sentence(row, share) if share else self._not_computable(reason),
            "interval": self._interval(figure, share) if share and self.layer == "coded" else "",
            "anchor": f"query-{claim}" if computed else "",
        }

    def _not_computable(self, reason: str) -> str:
        return say("document.not_computable", self.lang, reason=reason)

    def _interval(self, figure: Figure, share: Share) -> str:
        """The share in per cent with its 95 % Wilson interval, where the figure says which way results go."""
        if not share.denominator or "verdict" not in figure.params:
            return ""
        from samtaler_kg.count.statistics import percent, wilson

        low, high = (percent(end) for end in wilson(share.numerator, share.denominator))
        told = percent(share.numerator / share.denominator)
        return say("document.interval", self.lang, share=told, low=low, high=high)

    def _table(self, wanted: Mapping[str, str]) -> Page:
        table = ask(self.graph, wanted["query"], "coded", wanted["scope"])
        return {
            "query": wanted["query"],
            "scope": wanted["scope"],
            "anchor": f"query-{wanted['query']}",
            "caption": self.graph.catalogue.find(wanted["query"]).asks[self.lang],
            **self._grid(narrow(table)),
        }

    def _grid(self, table: Table) -> Page:
        right = [column.type in {"integer", "decimal"} for column in table.columns]
        rows = cells(table, self.graph.codes, self.lang)
        titles = [column.title[self.lang] for column in table.columns]
        return {
            "titles": list(zip(titles, right, strict=True)),
            "rows": [list(zip(row, right, strict=True)) for row in rows],
        }

    def _finding(self, claim: str) -> Page:
        finding = self.findings[claim]
        kinds = self.graph.codes.by_list["reading"]
        readings = [
            {
                "kind": kinds[reading.kind].label(self.lang),
                "evidence": reading.evidence.partition("/")[2],
                "anchor": self._row_anchor(reading.evidence),
                "reason": reading.told(self.lang),
            }
            for reading in finding.readings
        ]
        return {"claim": claim, "note": finding.told(self.lang), "readings": readings}

    def _row_anchor(self, evidence: str) -> str:
        kind, _, name = evidence.partition("/")
        return name if kind == "result" and self.layer == "coded" else ""

    def _entry(self, claim: str) -> Page:
        """How one figure of today was computed: its query, and for numerator and denominator parameters and rows."""
        figure = self.figures[claim]
        share = figure.coded if self.layer == "coded" else figure.reconstructed
        counts = (share.numerator, share.denominator) if share else ()
        given = {"numerator": figure.params, "denominator": figure.denominator_params}
        known = self.members["claims"].get(claim, {}) if self.layer == "coded" else {}
        parts = [
            self._part(part, params, count, self._behind(figure, known.get(part, ())))
            for (part, params), count in zip(given.items(), counts, strict=True)
            if params is not None
        ]
        return {"anchor": f"query-{claim}", "title": claim, "query": figure.query, "parts": parts}

    def _behind(self, figure: Figure, results: Sequence[str]) -> list[dict[str, str]]:
        """What was counted: results, or studies; each with the row that it leads to, a study with its first."""
        if figure.unit == "result":
            return [{"name": result, "anchor": result} for result in results]
        first = {self.studies[result]: result for result in reversed(results)}
        return [{"name": study, "anchor": first[study]} for study in sorted(first)]

    @cached_property
    def studies(self) -> Mapping[str, str]:
        """The study of each coded result."""
        return {str(row["result"]): str(row["study"]) for row in ask(self.graph, "result-sources").records()}

    def _part(self, part: str, params: Params, count: int | None, results: Sequence[Mapping[str, str]]) -> Page:
        told = " ".join(f"{name}={value}" for name, value in params.items())
        scope = f" scope={'memo' if self.layer == 'coded' else 'all'} layer={self.layer}"
        name = say(f"document.{part}", self.lang)
        return {"name": name, "count": count, "params": (told + scope).strip(), "results": results}

    def _table_entry(self, table: Page) -> Page:
        part = {"name": say("document.table", self.lang), "count": len(table["rows"]), "results": []}
        params = f"scope={table['scope']} layer=coded"
        return {
            "anchor": table["anchor"],
            "title": table["caption"],
            "query": table["query"],
            "parts": [{**part, "params": params}],
        }

    def _change(self, change: Change) -> Page:
        why = (("came", change.came), ("went", change.went), ("changed", change.changed))
        return {
            "claim": change.claim,
            "before": self._told(change.before),
            "now": self._told(change.now),
            "why": [(say(f"document.{kind}", self.lang), ids) for kind, ids in why if ids],
        }

    def _told(self, share: Mapping[str, int | None] | None) -> str:
        if share is None or share["numerator"] is None:
            return "–"
        return str(Share(share["numerator"], share["denominator"]))

    def _sources(self) -> Page:
        table = ask(self.graph, "result-sources", "coded", "all")
        names = [column.name for column in table.columns]
        shown = [n for n, name in enumerate(names) if name not in {"source_kind", "study"}]
        kind = names.index("source_kind")
        rows = []
        for row in table.rows:
            mirror = plain(row[kind]) == "mirror"
            cells_ = [self._source(names[n], row[n], mirror) for n in shown]
            rows.append({"id": plain(row[names.index("result")]), "cells": cells_})
        titles = [(table.columns[n].title[self.lang], False) for n in shown]
        return {"titles": titles, "rows": rows}

    def _source(self, name: str, term: Any, mirror: bool) -> dict[str, str]:
        """A cell of the source table; an address is a link unless it is a copy on a mirror."""
        text = cell(term, self.graph.codes, self.lang)
        if name != "source_url":
            return {"text": text, "href": ""}
        if mirror:
            return {"text": f"{text} {say('show.mirror', self.lang)}", "href": ""}
        return {"text": text, "href": text if text.startswith(("https://", "http://")) else ""}
