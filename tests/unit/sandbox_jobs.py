"""Jobs that test_sandbox.py runs in child processes."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def echo(payload: object) -> object:
    print("what a job prints is no part of its result")
    return payload


def about(_: object) -> dict[str, object]:
    return {"stdin": sys.stdin.read(), "path": sys.path}


def big(payload: int) -> str:
    return "æ" * payload


def refuse(payload: dict[str, str]) -> None:
    raise {"value": ValueError, "type": TypeError}[payload["kind"]](payload["message"])


def unspeakable(_: object) -> object:
    return {1, 2}


def abort(_: object) -> None:
    os.abort()


def sleep(payload: dict[str, Any]) -> None:
    Path(payload["note"]).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(payload["seconds"])


def breed(payload: dict[str, Any]) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(payload["note"]).write_text(str(child.pid), encoding="ascii")
    child.wait()


def hoard(payload: int) -> int:
    return len(bytearray(payload << 20))


def query(payload: dict[str, Any], seal: bool = False) -> int:
    import pyoxigraph as ox

    from samtaler_kg import sandbox

    store, p = ox.Store(), ox.NamedNode("urn:p")
    store.extend(ox.Quad(ox.NamedNode(f"urn:s{n}"), p, ox.Literal(n)) for n in range(payload["size"]))
    if seal:
        assert sandbox.seal()
    rows = store.query(payload["text"])
    assert isinstance(rows, ox.QuerySolutions)
    return len(list(rows))


def sealed_query(payload: dict[str, Any]) -> int:
    return query(payload, seal=True)
