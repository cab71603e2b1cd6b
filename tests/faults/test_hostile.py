"""Hostile entries get problems, within bounded time and memory, in words that can be read and printed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from samtaler_kg.cards import Grammar
from samtaler_kg.forms import read
from samtaler_kg.places import Base
from tests.faults.hostile import CASES, OWN, RDFXML, Case, book, jsonld, measured, sheet
from tests.faults.reader import read_and_check

#: Seconds and megabytes that reading one entry may take: several times what the dearest takes on two slow cores.
SECONDS, MEGABYTES = 30, 250

#: The entries that would take the most if a bound were missing: read in a process of their own.
HEAVY = [
    *(
        "100 MB .yaml",
        "100 MB .xlsx",
        "JSON of 4 million values",
        "JSON text that never ends",
        "XML nested 100,000 deep",
    ),
    *("XML billion laughs", "SKOS tree of 50,000", "RDF result of 9,000 studies", "RDF of 400,000 statements"),
    *("BibTeX abbreviations that double", "CSV of 2 million rows", "10,000 results Turtle", "10,000 results CSV"),
    *("XLSX bomb that says 1 kB", "XLSX of 600,000 cells", "XLSX one long text in 100,000 cells"),
    *("XLSX cells in the last column", "a pipe that nobody writes to"),
]


def held(case: Case, told: dict[str, object]) -> None:
    """Hold what was told against what must be."""
    problems = told["problems"]
    assert isinstance(problems, list)
    assert case.problem in problems if case.problem else problems == []
    assert float(str(told["seconds"])) < SECONDS
    assert float(str(told["longest"])) < 5_000


@pytest.mark.parametrize("name", [name for name in CASES if name not in HEAVY])
def test_a_hostile_entry_is_told(name: str, tmp_path: Path) -> None:
    held(CASES[name], read_and_check(list(CASES[name].make(tmp_path))))


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_entry_takes_bounded_memory(name: str, tmp_path: Path) -> None:
    told = measured(CASES[name], tmp_path, SECONDS)
    held(CASES[name], told)
    assert told["megabytes"] < MEGABYTES


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What reaches a server on this machine, and every attempt to connect anywhere."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: seen.append(str(address)))
    seen.append(f"http://127.0.0.1:{server.server_port}/")
    try:
        yield seen
    finally:
        monkeypatch.undo()
        server.shutdown()
        thread.join()
        server.server_close()


def remote(url: str) -> dict[str, str | bytes]:
    """Entries that name another host, by file name."""
    entity = f'<!DOCTYPE r [<!ENTITY f SYSTEM "{url}">]>{RDFXML}<a:b>&f;</a:b></rdf:RDF>'
    external = f'<!DOCTYPE r SYSTEM "{url}">{RDFXML}</rdf:RDF>'
    formula = f'<row r="2"><c r="A2"><f>WEBSERVICE("{url}")</f><v>1</v></c></row>'
    return {
        "top.jsonld": jsonld(url),
        "list.jsonld": jsonld([OWN, url]),
        "import.jsonld": jsonld({"@import": url}),
        "inner.jsonld": jsonld(OWN, results=[{"@context": url, "id": f"{url}r"}]),
        "scoped.jsonld": jsonld({"title": {"@id": "http://purl.org/dc/terms/title", "@context": url}}),
        "plain.json": jsonld(url),
        "entity.rdf": entity,
        "dtd.xml": external,
        "base.ttl": f"@base <{url}> . @prefix owl: <http://www.w3.org/2002/07/owl#> . <> owl:imports <{url}o> .",
        "formula.xlsx": book(sheet(formula)),
        "sheet.xlsx": book({**sheet(""), "xl/externalLinks/externalLink1.xml": f'<!DOCTYPE e SYSTEM "{url}"><e/>'}),
    }


def test_nothing_is_ever_fetched(calls: list[str], base: Base, tmp_path: Path) -> None:
    grammar, url = Grammar.of(base), calls.pop()
    for name, content in remote(url).items():
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        cards, problems = read(path, grammar)
        assert cards == [], name
        assert problems != [], name
    assert calls == []


def test_the_server_would_have_been_seen(calls: list[str]) -> None:
    address = ("127.0.0.1", 1)
    socket.socket().connect(address)
    assert calls[-1] == str(address)
