"""Two sides held against each other: data, conclusions, what is declared, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samtaler_kg import places
from samtaler_kg.cards import Grammar
from samtaler_kg.changes import Change, changes
from samtaler_kg.release.sides import Side
from samtaler_kg.release.things import Difference, Moved, difference
from samtaler_kg.release.turns import Declared, Turn, declarations, turns

Named = Mapping[str, Any]
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What has changed from one side to another. Sides are named by version and date, where they have any, and hash."""

    old: Named
    new: Named
    counts: Mapping[str, tuple[int | None, int | None]]
    graphs: Sequence[Mapping[str, Any]]
    moved: Sequence[Moved]
    figures: Sequence[Change]
    turns: Sequence[Turn]
    declared: Sequence[Declared]
    corrected: Sequence[Row]
    uncorrected: Sequence[Row]

    @property
    def changed(self) -> bool:
        """Whether anything is another than before."""
        return any((self.graphs, self.figures, self.turns, self.declared, self.corrected, self.uncorrected))

    @property
    def size(self) -> Mapping[str, int]:
        """How many cards moved, figures changed and conclusions turned."""
        turned = sum(turn.turned for turn in self.turns)
        return {"moved": len(self.moved), "figures": len(self.figures), "turned": turned}

    def as_record(self) -> dict[str, Any]:
        """The comparison as a plain record."""
        return {
            "old": self.old,
            "new": self.new,
            "changed": self.changed,
            "counts": {kind: {"before": one, "after": other} for kind, (one, other) in self.counts.items()},
            "graphs": [dict(graph) for graph in self.graphs],
            "data": [moved.as_record() for moved in self.moved],
            "figures": [figure.as_record() for figure in self.figures],
            "counted": [turn.as_record() for turn in self.turns],
            "declared": [declared.as_record() for declared in self.declared],
            "corrections": {"added": list(map(dict, self.corrected)), "removed": list(map(dict, self.uncorrected))},
        }


def compare(old: Side, new: Side) -> Comparison:
    """What has changed from *old* to *new*; nothing is written."""
    grammar = Grammar.of(new.base or places.shipped())
    found = difference(old, new, grammar)
    one, other = old.record, new.record
    return Comparison(
        old.name,
        new.name,
        {kind: (one["counts"].get(kind), n) for kind, n in other["counts"].items()},
        list(_graphs(one, other, found)),
        found.moved,
        changes(one["conclusions"], other["conclusions"]),
        list(turns(one, other)),
        list(declarations(one["policy"], other["policy"])),
        [row for row in other["corrections"] if row not in one["corrections"]],
        [row for row in one["corrections"] if row not in other["corrections"]],
    )


def _graphs(old: Named, new: Named, found: Difference) -> Iterator[Mapping[str, Any]]:
    """Each graph that is not what it was: its statements before and after, how many came and went."""
    before, after = ({entry["graph"]: entry for entry in side["graphs"]} for side in (old, new))
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if (one or {}).get("sha256") != (other or {}).get("sha256"):
            told = {"before": one and one["triples"], "after": other and other["triples"]}
            yield {"graph": name, **told, "came": found.came[name], "went": found.went[name]}
