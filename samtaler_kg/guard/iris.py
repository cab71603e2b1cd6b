"""Resolves IRI references against a base (RFC 3986, section 5.2)."""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.S)


def is_absolute(iri: str) -> bool:
    """Whether an IRI begins with a scheme."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", iri) is not None


def resolve(base: str | None, reference: str) -> str:
    """Give the IRI that a reference means under a base; without a base the reference itself.

    >>> resolve("https://example.org/a/b?q#f", "../c"), resolve("https://example.org/a", "#x")
    ('https://example.org/c', 'https://example.org/a#x')
    """
    if base is None or is_absolute(reference):
        return reference
    scheme, authority, path, query, _ = _split(base)
    _, new_authority, new_path, new_query, fragment = _split(reference)
    if new_authority is not None:
        authority, path, query = new_authority, _without_dots(new_path), new_query
    elif new_path:
        path, query = _without_dots(_merged(path, new_path, authority is not None)), new_query
    elif new_query is not None:
        query = new_query
    return _joined(scheme, authority, path, query, fragment)


def _split(iri: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    match = _PARTS.fullmatch(iri)
    assert match is not None, "the pattern takes every string"
    scheme, authority, path, query, fragment = match.groups()
    return scheme, authority, path or "", query, fragment


def _merged(base_path: str, path: str, rooted: bool) -> str:
    if path.startswith("/"):
        return path
    if rooted and not base_path:
        return "/" + path
    return base_path[: base_path.rfind("/") + 1] + path


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        if segment == ".." and (len(kept) > 1 or (kept and kept[0])):
            kept.pop()
        if segment not in (".", ".."):
            kept.append(segment)
        elif last:
            kept.append("")
    return "/".join(kept)


def _joined(
    scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None
) -> str:
    return (
        (f"{scheme}:" if scheme is not None else "")
        + (f"//{authority}" if authority is not None else "")
        + path
        + (f"?{query}" if query is not None else "")
        + (f"#{fragment}" if fragment is not None else "")
    )
