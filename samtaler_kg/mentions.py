"""Who mentions a thing or a key: the statements of a layer turned round, so that they too are found by halving.

One line a statement: value, property and subject as N-Triples writes them, between tabs, sorted. Only statements that
lead to few are turned: to a stored thing or a key, never to a code, which thousands share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samtaler_kg.terms import BASE, PREFIXES, RDF

#: The layer that is looked up from its values, and the file of the built graph that serves for it.
LAYER, FILE = "coded", "mentions/coded.tsv"

#: Properties whose values are near enough to one thing's own to look it up by.
KEYS = frozenset(
    PREFIXES["sam"] + name for name in ("doiKey", "relatedDoiKey", "titleKey", "firstAuthorKey", "intervalKey")
)

_THING = f"<{BASE}id/".encode()
_KEYS = frozenset(f"<{key}>".encode() for key in KEYS)
_TYPE = f"<{RDF.type}>".encode()


def turned(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The mentions that lines of N-Triples make, in their order.

    >>> key = b'<https://w3id.org/samtaler/ontology#doiKey>'
    >>> list(turned([b'<a> ' + key + b' "10.1/a b" .\\n', b'<a> <b> "c" .\\n']))
    [b'"10.1/a b"\\t<https://w3id.org/samtaler/ontology#doiKey>\\t<a>\\n']
    """
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if predicate in _KEYS or (rest.startswith(_THING) and predicate != _TYPE):
            yield b"\t".join((rest.rpartition(b" ")[0], predicate, subject)) + b"\n"


def as_statement(mention: bytes) -> bytes:
    """The line of N-Triples that was turned.

    >>> as_statement(b'"c"\\t<b>\\t<a>\\n')
    b'<a> <b> "c" .\\n'
    """
    value, predicate, subject = mention.rstrip(b"\n").split(b"\t")
    return b" ".join((subject, predicate, value, b".\n"))
