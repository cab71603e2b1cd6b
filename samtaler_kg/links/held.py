"""Mappings held against the base and against each other: subjects that exist, no mapping twice, none that clashes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from samtaler_kg.links.model import STUDY, Link, LinkSet
from samtaler_kg.problems import Problem, Where, nearest
from samtaler_kg.terms import BASE, PREFIXES, short

_EXACT = PREFIXES["skos"] + "exactMatch"


def held(sets: Iterable[LinkSet], codes: Collection[str], studies: Collection[str]) -> list[Problem]:
    """Every problem that no single row shows. *codes* and *studies* are the IRIs that a mapping may begin at."""
    sets = list(sets)
    links = [link for one in sets for link in one.links]
    ends = [problem for link in links for problem in _ends(link, codes, studies)]
    return [*_sets(sets), *ends, *_twice(links), *_clashes(links), *_joins(links)]


def _sets(sets: Iterable[LinkSet]) -> Iterator[Problem]:
    """Two tables of one name."""
    first: dict[str, LinkSet] = {}
    for one in sets:
        known = first.setdefault(one.iri, one)
        if known is not one:
            yield Problem("id-twice", Where(one.file, 1, key="mapping_set_id"), {"value": one.iri, "first": known.file})


def _ends(link: Link, codes: Collection[str], studies: Collection[str]) -> Iterator[Problem]:
    """A subject that is none of ours, an object that is."""
    known = studies if link.subject.startswith(STUDY) else codes
    if link.subject not in known:
        hint = nearest(short(link.subject), map(short, known))
        yield Problem("mapping-of-nothing", _at(link, "subject_id"), {"value": link.subject, "hint": hint})
    if link.object.startswith(BASE):
        yield Problem("mapping-to-ours", _at(link, "object_id"), {"value": link.object})


def _twice(links: Iterable[Link]) -> Iterator[Problem]:
    first: dict[str, Link] = {}
    for link in links:
        known = first.setdefault(link.iri, link)
        if known is not link:
            yield Problem("mapping-twice", link.where, {"first": known.where})


def _clashes(links: Iterable[Link]) -> Iterator[Problem]:
    """Pairs that are said to be the same, and something looser besides."""
    first: dict[tuple[str, str], Link] = {}
    for link in links:
        known = first.setdefault((link.subject, link.object), link)
        if known.predicate != link.predicate and _EXACT in (known.predicate, link.predicate):
            facts = {"said": short(link.predicate), "other": short(known.predicate), "first": known.where}
            yield Problem("mapping-clashes", _at(link, "predicate_id"), facts)


def _joins(links: Iterable[Link]) -> Iterator[Problem]:
    """Codes that would be one, since both are said to be the same as one term of elsewhere."""
    first: dict[str, Link] = {}
    for link in links:
        if link.predicate != _EXACT or link.subject.startswith(STUDY):
            continue
        known = first.setdefault(link.object, link)
        if known.subject != link.subject:
            facts = {"value": short(link.subject), "other": short(known.subject), "first": known.where}
            yield Problem("mapping-joins", _at(link, "object_id"), facts)


def _at(link: Link, column: str) -> Where:
    return Where(link.where.file, link.where.line, key=column)
