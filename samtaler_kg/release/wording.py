"""A comparison in words: the page ``CHANGES.md``, in Danish and English.

Its frame stands in ``changes.md.j2``, its words below ``release`` in the text files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from samtaler_kg.changes import Change
from samtaler_kg.release.cards import Cards
from samtaler_kg.release.compare import Comparison
from samtaler_kg.release.names import Names, md
from samtaler_kg.release.sides import Side
from samtaler_kg.release.standing import SAYS
from samtaler_kg.release.turns import Declared, Turn
from samtaler_kg.terms import graph_iri
from samtaler_kg.words import Language, say

#: The page of each language.
PAGES: Mapping[Language, str] = {"en": "CHANGES.md", "da": "CHANGES.da.md"}

#: The cards that are counted for a reader; ``release.json`` counts every kind.
COUNTED = ("study", "retracted_study", "result", "retracted_result", "trial", "coding", "judgement", "claim")

#: The most results or statements named in one line, and the most cards below one heading.
NAMED, CARDS = 12, 100

#: The sections of what is declared, by the part of the page that they stand in.
_PARTS = {"severity": (), "counting": ("counting", "weights"), "other": ("shapes", "checks", "rules", "questions")}


def page(new: Side, found: Comparison | None, lang: Language) -> str:
    """The page of one language; without a comparison, that of a first release."""
    import jinja2

    text = (Path(__file__).parent / "changes.md.j2").read_text(encoding="utf-8")
    frame = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown: what is told of the data goes through md
    )
    made = frame.from_string(text).render(page=Page(new, found, lang).made(), say=partial(_short, lang))
    return re.sub(r"\n{3,}", "\n\n", made)


def _say(lang: Language, key: str, **facts: object) -> str:
    return say(key, lang, **facts)


def _short(lang: Language, key: str, **facts: object) -> str:
    """A text of the frame, which names keys by their last part."""
    return say(f"release.{key}", lang, **facts)


class Page:
    """What the frame is filled with."""

    def __init__(self, new: Side, found: Comparison | None, lang: Language) -> None:
        """Take the words from where the new side has them."""
        self.new, self.found, self.lang = new, found, lang
        self.say = partial(_say, lang)
        self.names = Names(new.base, lang)

    def made(self) -> dict[str, Any]:
        """Everything that the page shows."""
        found = self.found
        told: dict[str, Any] = {
            "title": self._title(),
            "compared": found is not None,
            "since": self.say("release.since", name=self._name(found.old)) if found else self.say("release.first"),
            "hashes": self._hashes(),
            "short": self._short(found) if found else "",
            "columns": [self.say(f"release.{key}") for key in (("before", "now") if found else ("now",))],
            "counts": list(self._counts()),
            "standing_columns": [self.names.column("rule"), *map(self.names.column, SAYS)],
            "standing": list(self._standing()),
        }
        return told | self._changes(found) if found else told

    def _changes(self, found: Comparison) -> dict[str, Any]:
        turned = [self._turn(turn) for turn in found.turns if turn.turned]
        return {
            "turned": turned,
            "counted_moved": len(found.turns) - len(turned),
            "counted": len(self.new.record["counted"]),
            "figures": list(self._figures(found.figures)),
            "data": list(Cards(self.names, self.say, CARDS).groups(found.moved)),
            "declared": list(self._declared(found)),
            "graphs": [self._graph(graph) for graph in found.graphs],
        }

    def _short(self, found: Comparison) -> str:
        return self.say("release.summary", **found.size) if found.changed else self.say("release.unchanged")

    def _title(self) -> str:
        if self.new.version is None:
            return self.say("release.title-unreleased")
        return self.say("release.title", name=self._name(self.new.name))

    def _name(self, side: Mapping[str, Any]) -> str:
        if side["version"]:
            return f"{side['version']} ({side['date']})"
        return self.say("release.unreleased")

    def _hashes(self) -> list[tuple[str, str]]:
        sides = [("before", self.found.old)] if self.found else []
        return [(self.say(f"release.hash-{key}"), side["sha256"]) for key, side in (*sides, ("now", self.new.name))]

    def _counts(self) -> Iterator[list[str]]:
        for kind in COUNTED:
            now = self.new.record["counts"].get(kind, 0)
            before = [self._number(self.found.counts.get(kind, (None, now))[0])] if self.found else []
            yield [self.names.kind(kind), *before, str(now)]

    def _standing(self) -> Iterator[list[str]]:
        """What each rule says of everything in the memo's scope, before and now."""
        moved = (
            {(turn.rule, turn.outcome_group): turn for turn in self.found.turns if _whole(turn)} if self.found else {}
        )
        for count in self.new.record["counted"]:
            if count["scope"] == "memo" and count["by"] is None:
                turn = moved.get((count["rule"], count["outcome_group"]))
                before = (turn.before or {}) if turn else count
                cells = [self._cell(name, before.get(name), count.get(name)) for name in SAYS]
                yield [self.names.rule(count["rule"]), *cells]

    def _cell(self, name: str, before: Any, now: Any) -> str:
        one, other = (self.names.label(side) if name == "label" else self._number(side) for side in (before, now))
        return other if one == other else f"{one} → {other}"

    def _number(self, number: Any) -> str:
        return "–" if number is None else str(number)

    def _turn(self, turn: Turn) -> dict[str, Any]:
        before, after = (self.names.label((side or {}).get("label")) for side in (turn.before, turn.after))
        place = [self.names.rule(turn.rule), self.say(f"release.scope-{turn.scope}")]
        place += [self.names.group(turn.by, turn.group)] if turn.by else [self.say("release.everything")]
        place += [self.names.outcomes(turn.outcome_group)]
        return {"place": ", ".join(place), "before": before, "after": after, "why": list(self._why(turn))}

    def _why(self, moved: Any) -> Iterator[str]:
        """Which results did it."""
        sorts = [(key, ids) for key in ("came", "went", "changed") if (ids := getattr(moved, key))]
        for key, ids in sorts:
            yield f"{self.say(f'release.{key}', n=len(ids))}: {self._ids(ids)}"
        if not sorts:
            yield self.say("release.no-result")

    def _ids(self, ids: Sequence[str]) -> str:
        more = [self.say("release.more", n=len(ids) - NAMED)] if len(ids) > NAMED else []
        return ", ".join([*(f"`{md(name)}`" for name in ids[:NAMED]), *more])

    def _figures(self, figures: Iterable[Change]) -> Iterator[dict[str, Any]]:
        """The figures that changed, those together that changed by the same results."""
        together: dict[tuple[tuple[str, ...], ...], list[Change]] = {}
        for figure in figures:
            why = (tuple(figure.came), tuple(figure.went), tuple(figure.changed))
            together.setdefault(why, []).append(figure)
        for some in together.values():
            yield {"figures": [self._figure(figure) for figure in some], "why": "; ".join(self._why(some[0]))}

    def _figure(self, figure: Change) -> str:
        told = self.new.record["figures"].get(figure.claim)
        counts = f" ({self.names.figure(told)})" if told else ""
        return f"**{md(figure.claim)}**{counts}: {self._share(figure.before)} → {self._share(figure.now)}"

    def _share(self, share: Mapping[str, int | None] | None) -> str:
        parts = [share.get("numerator"), share.get("denominator")] if share else [None]
        return " / ".join(self._number(part) for n, part in enumerate(parts) if part is not None or n == 0)

    def _declared(self, found: Comparison) -> Iterator[dict[str, Any]]:
        for part, sections in _PARTS.items():
            changes = [each for each in found.declared if (each.key == "severity") == (part == "severity")]
            if sections:
                changes = [each for each in changes if each.section in sections]
            lines = [self._declaration(each) for each in changes]
            yield {
                "title": self.say(f"release.declared-{part}"),
                "lines": lines,
                "none": self.say(f"release.none-{part}"),
            }
        rows = (("corrected", found.corrected), ("uncorrected", found.uncorrected))
        lines = [f"{self.say(f'release.{key}')}: {self._row(row)}" for key, some in rows for row in some]
        yield {"title": self.say("release.corrections"), "lines": lines, "none": self.say("release.none-corrections")}

    def _declaration(self, each: Declared) -> str:
        thing = f"{self.say(f'release.sections.{each.section}')} `{md(each.name)}`"
        if each.before is None and not each.key:
            return f"{thing}: {self.say('release.new')}{self._severity(each.after)}"
        if each.after is None and not each.key:
            return f"{thing}: {self.say('release.gone')}{self._severity(each.before)}"
        if each.key == "text":
            return f"{thing}: {self.say('release.text')}"
        before, after = (self._value(each.key, side) for side in (each.before, each.after))
        return (
            f"{thing}, {self.say('release.severity') if each.key == 'severity' else md(each.key)}: {before} → {after}"
        )

    def _severity(self, name: str | None) -> str:
        return f" ({self.names.severity(name)})" if name else ""

    def _value(self, key: str, value: str | None) -> str:
        if value is None:
            return "–"
        return self.names.severity(value) if key == "severity" else md(value)

    def _row(self, row: Mapping[str, str]) -> str:
        place = " ".join(md(row[key]) for key in ("table", "row", "column") if row.get(key))
        was, now = (md(row.get(key, "")) or "–" for key in ("was", "now"))
        about = ", ".join(md(row[key]) for key in ("why", "date") if row.get(key))
        return f"{place}: {was} → {now}" + (f" ({about})" if about else "")

    def _graph(self, graph: Mapping[str, Any]) -> str:
        facts = {key: self._number(graph[key]) for key in ("before", "after", "came", "went")}
        return self.say("release.graph", graph=f"`{md(graph['graph'].removeprefix(graph_iri('')))}`", **facts)


def _whole(turn: Turn) -> bool:
    return turn.scope == "memo" and turn.by is None


def pages(new: Side, found: Comparison | None, langs: Iterable[Language] = ("en", "da")) -> dict[str, bytes]:
    """The pages of a release by the names of their files."""
    return {PAGES[lang]: page(new, found, lang).encode() for lang in langs}
