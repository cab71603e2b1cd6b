"""What has changed in the conclusions, and which results did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samtaler_kg.release.policy import Policy
from samtaler_kg.release.standing import PLACE, SAYS

Said = Mapping[str, Any]

_Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One count that is not what it was. None before or after: there was, or is, no such group.

    *came*, *went* and *changed* are the results that now count there, no longer do, or say something else.
    """

    rule: str
    scope: str
    by: str | None
    group: str | None
    outcome_group: str | None
    before: Said | None
    after: Said | None
    came: Sequence[str] = ()
    went: Sequence[str] = ()
    changed: Sequence[str] = ()

    @property
    def turned(self) -> bool:
        """Whether the conclusion is another than before."""
        return (self.before or {}).get("label") != (self.after or {}).get("label")

    def as_record(self) -> dict[str, Any]:
        """The count as a plain record."""
        told = {name: getattr(self, name) for name in (*PLACE, "turned", "before", "after")}
        return {**told, "came": list(self.came), "went": list(self.went), "changed": list(self.changed)}


def turns(old: Said, new: Said) -> Iterator[Turn]:
    """Every count that differs between two records, in the order of the new one."""
    before, after = _counts(old), _counts(new)
    for place in dict.fromkeys((*after, *before)):
        one, other = before.get(place), after.get(place)
        if one != other:
            came, went, changed = _results(place, old, new)
            named = dict(zip(PLACE, place, strict=True))
            yield Turn(**named, before=one, after=other, came=came, went=went, changed=changed)


def _counts(record: Said) -> dict[_Place, Said]:
    return {tuple(each[name] for name in PLACE): {name: each.get(name) for name in SAYS} for each in record["counted"]}


def _results(place: _Place, old: Said, new: Said) -> tuple[list[str], list[str], list[str]]:
    """The results in which two sides differ at one place."""
    one, other = _votes(place, old), _votes(place, new)
    both = sorted({*one} & {*other})
    return sorted({*other} - {*one}), sorted({*one} - {*other}), [name for name in both if one[name] != other[name]]


def _votes(place: _Place, record: Said) -> dict[str, str | None]:
    """What each result of a group says under a rule."""
    rule, scope, by, group, outcomes = place
    reads = _reads(record["policy"], rule)
    return {
        name: vote.get(reads)
        for name, vote in record["votes"].get(scope, {}).items()
        if vote.get("outcome_group") == outcomes and (by is None or vote.get(by) == group)
    }


def _reads(policy: Policy, rule: str) -> str:
    return policy.get("counting", {}).get(rule, {}).get("reads", "verdict")


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared thing that is not what it was: a shape, check, rule, question, counting rule or weight."""

    section: str
    name: str
    key: str
    before: str | None
    after: str | None

    def as_record(self) -> dict[str, Any]:
        """The declaration as a plain record."""
        return {name: getattr(self, name) for name in ("section", "name", "key", "before", "after")}


def declarations(old: Policy, new: Policy) -> Iterator[Declared]:
    """Every declared key that differs. A thing that came or went is told once, by its severity, with an empty key."""
    for section in dict.fromkeys((*new, *old)):
        before, after = old.get(section, {}), new.get(section, {})
        for name in sorted({*before, *after}):
            if name not in before or name not in after:
                told = [side[name].get("severity", "") if name in side else None for side in (before, after)]
                yield Declared(section, name, "", told[0], told[1])
                continue
            for key in sorted({*before[name], *after[name]}):
                one, other = before[name].get(key), after[name].get(key)
                if one != other:
                    yield Declared(section, name, key, one, other)
