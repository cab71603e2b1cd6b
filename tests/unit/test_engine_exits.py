"""Where the libraries below leave the machine, or cannot leave their thread. Built as ``test_engine_traps``."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest
import rdflib

from samtaler_kg import tables
from samtaler_kg.ask import ask
from samtaler_kg.freeform import Limits, freeform
from samtaler_kg.graph import Graph
from samtaler_kg.problems import Refused
from samtaler_kg.stores import EngineName, engine

ENGINES: tuple[EngineName, ...] = ("oxigraph", "rdflib")


def still_there(trap: bool) -> None:
    """The raw half of a test: the library still does what must not happen here."""
    assert trap, "the trap is gone from the library: this test and what guards against it can go"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and the requests that came."""
    came: list[str] = []

    class Count(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            came.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "text/turtle")
            self.end_headers()
            self.wfile.write(b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .")

        do_GET = do_POST = _answer

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Count) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/data", came
        running.shutdown()


FROM, FROM_NAMED = "SELECT * FROM <{}> {{ ?s ?p ?o }}", "SELECT * FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
SERVICE = "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}"
RAW: dict[str, tuple[Callable[[str], object], str]] = {
    "rdflib FROM": (lambda text: list(rdflib.Dataset().query(text)), FROM),
    "rdflib FROM NAMED": (lambda text: list(rdflib.Dataset().query(text)), FROM_NAMED),
    "rdflib SERVICE": (lambda text: list(rdflib.Graph().query(text)), SERVICE),
    "pyoxigraph SERVICE": (lambda text: list(ox.Store().query(text)), SERVICE),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("raw", RAW)
def test_queries_that_go_out(
    server: tuple[str, list[str]], raw: str, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FROM <url> makes rdflib fetch the url, SERVICE makes both libraries send the query there."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url, came = server
    run, text = RAW[raw]
    with contextlib.suppress(RuntimeError, ValueError):  # the server's Turtle is no table of results
        run(text.format(url))
    still_there(came != [])

    came.clear()
    for name in ENGINES:
        if text is SERVICE:
            with pytest.raises(SyntaxError):
                engine(name).query(text.format(url))
        else:
            assert list(engine(name).query(text.format(url)).rows) == []
    with pytest.raises(Refused):
        freeform(graph, text.format(url), limits=Limits(seconds=None))
    assert came == []


def test_results_that_belong_to_a_thread(graph: Graph) -> None:
    """Solutions of pyoxigraph that another thread reads end the whole process."""
    script = """
import threading, pyoxigraph
found = pyoxigraph.Store().query("SELECT ?x { VALUES ?x { 1 2 3 } }")
thread = threading.Thread(target=lambda: next(found))
thread.start(); thread.join()
"""
    raw = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    still_there("unsendable" in raw.stderr)

    table = ask(graph, "count-results")
    read: list[object] = []
    thread = threading.Thread(target=lambda: read.extend(tables.as_pandas(table)["results"]))
    thread.start()
    thread.join()
    assert read == [row["results"] for row in table.records()]
