"""Words of a query that nothing defines: they match nothing, and no engine says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from samtaler_kg.guard import tokens
from samtaler_kg.terms import BASE, PREFIXES

#: The namespaces whose terms are all known.
OWN = (PREFIXES["sam"], BASE + "code/")


def unknown_terms(text: str, prefixes: Mapping[str, str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each term of the project's own in *text* that is not among the IRIs *known*, once, with the known ones most like it.

    >>> list(unknown_terms("ASK { ?s a sam:Studyy, sam:Study }", {"sam": PREFIXES["sam"]}, {PREFIXES["sam"] + "Study"}))
    [('sam:Studyy', 'sam:Study')]
    """
    written = dict(_meant(token.kind, token.text, prefixes) for token in tokens(text))
    for iri, word in written.items():
        if iri.startswith(OWN) and iri not in OWN and iri not in known:
            space = next(space for space in OWN if iri.startswith(space))
            names = [each.removeprefix(space) for each in known if each.startswith(space)]
            alike = get_close_matches(iri.removeprefix(space), names, n=2, cutoff=0.75)
            yield word, ", ".join(_as_written(space + each, prefixes) for each in alike)


def _meant(kind: str, text: str, prefixes: Mapping[str, str]) -> tuple[str, str]:
    """The IRI that a token of a query means, and the token; an empty IRI where it means none."""
    if kind == "iri":
        return text[1:-1], text
    prefix, _, local = text.partition(":")
    return (prefixes[prefix] + local, text) if kind == "pname" and local and prefix in prefixes else ("", text)


def _as_written(iri: str, prefixes: Mapping[str, str]) -> str:
    for prefix, space in prefixes.items():
        if iri.startswith(space) and "/" not in iri[len(space) :]:
            return f"{prefix}:{iri[len(space) :]}"
    return f"<{iri}>"
