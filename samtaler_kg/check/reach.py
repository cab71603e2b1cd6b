"""What the shapes can reach from a node, and the look-ups that bring it: a slice of the base, in constant time.

Every shape is read as triple patterns that begin at ``this``: its path, the constraints that name a property or a
class, the patterns of its query. From the nodes to be checked the patterns are followed through the base, forward
always, backward only where few can stand: from a thing or a key, never from a code, which thousands share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

import pyoxigraph as ox

from samtaler_kg.check.lookups import Loaded, Lookups
from samtaler_kg.check.shapes import Shape
from samtaler_kg.mentions import KEYS
from samtaler_kg.stores import Term
from samtaler_kg.terms import BASE, PREFIXES, RDF, RDFS, SH

#: How many things one look-up backward takes: more tell nothing new, and a base may hold thousands.
MOST = 50

THIS = "this"

#: The constraints that compare with another property of the same node.
_OTHER = (SH.lessThanOrEquals, SH.equals)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern; subject and object are names of variables, or constants as N-Triples has them."""

    subject: str
    predicate: str
    object: str


@dataclass(frozen=True, slots=True)
class Step:
    """A pattern to be followed from its subject, or else backward from its object."""

    pattern: Pattern
    ahead: bool


@dataclass
class View:
    """The base with an entry: look-ups in both, without what the base says of the things that the entry replaces."""

    entry: Loaded
    base: Lookups
    hidden: frozenset[str] = frozenset()

    def forward(self, subject: Term, predicate: str) -> Iterator[ox.Triple]:
        """What is said of *subject* by *predicate*."""
        if isinstance(subject, ox.NamedNode):
            yield from self.entry.about(subject.value, predicate)
            yield from self._seen(self.base.about(subject.value, predicate))

    def backward(self, predicate: str, value: Term) -> Iterator[ox.Triple]:
        """What says *value* by *predicate*, MOST of the base at the most."""
        yield from self.entry.saying(value, predicate)
        yield from islice(self._seen(self.base.saying(value, predicate)), MOST)

    def _seen(self, said: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
        return (t for t in said if isinstance(t.subject, ox.NamedNode) and t.subject.value not in self.hidden)


@dataclass
class Slice:
    """The triples that the shapes can see from the nodes they look at."""

    view: View
    triples: set[ox.Triple] = field(default_factory=set)
    _asked: dict[tuple[str, str, str], list[Term]] = field(default_factory=dict)

    def take(self, steps: Sequence[Step], nodes: Iterable[Term]) -> None:
        """Follow *steps* from *nodes*."""
        bound: dict[str, set[Term]] = {THIS: set(nodes)}
        for step in steps:
            pattern = step.pattern
            start, end = (pattern.subject, pattern.object) if step.ahead else (pattern.object, pattern.subject)
            for term in bound.get(start, ()):
                if step.ahead or may_go_back(pattern.predicate, term):
                    reached = self._ask(term, pattern.predicate, step.ahead)
                    bound.setdefault("" if start == end else end, set()).update(reached)

    def _ask(self, term: Term, predicate: str, ahead: bool) -> list[Term]:
        key = (str(term), predicate, "forward" if ahead else "backward")
        if key not in self._asked:
            found = list(self.view.forward(term, predicate) if ahead else self.view.backward(predicate, term))
            self.triples.update(found)
            self._asked[key] = [t.object if ahead else t.subject for t in found]  # type: ignore[misc]
        return self._asked[key]


def may_go_back(predicate: str, value: Term) -> bool:
    """Whether few can say *value* by *predicate*: it is a stored thing and no class, or a key."""
    if isinstance(value, ox.NamedNode):
        return value.value.startswith(BASE + "id/") and predicate != RDF.type
    return predicate in KEYS


def plan(patterns: Iterable[Pattern]) -> tuple[Step, ...]:
    """In which order and direction to follow *patterns* from ``this``, each once, forward wherever that can be.

    Raises ValueError where one of them cannot be reached: its shape would find less in a slice than in the whole.
    """
    left, known, steps = list(dict.fromkeys(patterns)), {THIS}, []
    while left:
        ahead = next((pattern for pattern in left if pattern.subject in known), None)
        chosen = ahead or next((pattern for pattern in left if pattern.object in known), None)
        if chosen is None:
            raise ValueError(f"no way leads from ?this to {left}")
        ways = [chosen]
        if (
            ahead is None
        ):  # alternatives lead back from one thing: what only one of them reaches must not end the others
            ways = [pattern for pattern in left if (pattern.subject, pattern.object) == (chosen.subject, chosen.object)]
        steps += [Step(pattern, ahead is not None) for pattern in ways]
        known |= {chosen.subject, chosen.object}
        left = [pattern for pattern in left if pattern not in ways]
    return tuple(steps)


def steps(shape: Shape) -> tuple[Step, ...]:
    """How to reach all that *shape* looks at."""
    return plan(_patterns(shape))


def _patterns(shape: Shape) -> Iterator[Pattern]:
    for way, name in shape.targets:
        if way == SH.targetClass:
            yield Pattern(THIS, RDF.type, f"<{name}>")
    if shape.path and not shape.select:
        yield Pattern(THIS, shape.path, "value")
    if SH.__getattr__("class") in shape.about:
        yield Pattern("value", RDF.type, "kind")
        yield Pattern("kind", RDFS.subClassOf, "wider")
    for other in _OTHER:
        if other in shape.about:
            yield Pattern(THIS, shape.one(other), "other")
    if shape.select:
        yield from of_query(shape.select)


@lru_cache(maxsize=1024)
def of_query(text: str) -> tuple[Pattern, ...]:
    """The triple patterns of a query whose prefixes are those of the shapes."""
    from rdflib.plugins.sparql import prepareQuery

    return tuple(_of_algebra(prepareQuery(text, dict(PREFIXES)).algebra))


def _of_algebra(part: object) -> Iterator[Pattern]:
    if getattr(part, "name", "") == "BGP":
        for subject, path, value in part.triples:  # type: ignore[attr-defined]
            for predicate in _predicates(path):
                yield Pattern(_name(subject), predicate, _name(value))
    elif isinstance(part, Mapping):
        part = list(part.values())
    if isinstance(part, list | tuple | set):
        for inner in part:
            yield from _of_algebra(inner)


def _predicates(path: object) -> Iterator[str]:
    """The properties of a path: one, or each of several alternatives. Other paths raise ValueError."""
    from rdflib import URIRef
    from rdflib.paths import AlternativePath

    if isinstance(path, AlternativePath):
        for inner in path.args:
            yield from _predicates(inner)
    elif isinstance(path, URIRef):
        yield str(path)
    else:
        raise ValueError(f"a shape's query may follow no path such as {path}")


def _name(term: object) -> str:
    from rdflib import Variable

    return str(term) if isinstance(term, Variable) else term.n3()  # type: ignore[attr-defined]
