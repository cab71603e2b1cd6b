"""A job in a sandbox ends at its limits, whatever it does, and leaves no process behind."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from samtaler_kg import sandbox

HERE = Path(__file__).parent
JOBS = ("sandbox_jobs",)
# 1,000 values of ?b four times over: 10^12 combinations, none of them an answer.
ENDLESS = "SELECT * { ?a ?p ?b . ?c ?p ?d . ?e ?p ?f . ?g ?p ?h FILTER(?b + ?d + ?f + ?h < 0) }"
HUNGRY = "SELECT DISTINCT ?b ?d ?f { ?a ?p ?b . ?c ?p ?d . ?e ?p ?f } ORDER BY ?f"
NO_JOBS = ["os:system", "samtaler_kg:open", "samtaler_kg.x:y.z", "samtaler_kg.x", "x.samtaler_kg.a:b"]
PARENT = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background is born deaf to it
sys.path[:0] = {path!r}
from samtaler_kg import sandbox
payload = {{"note": {note!r}, "seconds": 50}}
sandbox.run("sandbox_jobs:sleep", payload, seconds={seconds}, allowed=("sandbox_jobs",))
"""

posix = pytest.mark.skipif(os.name != "posix", reason="process groups and limits are those of POSIX systems")
linux = pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is only sure on Linux")


@pytest.fixture(autouse=True)
def _jobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(HERE)


def run(job: str, payload: object = None, seconds: float = 10, megabytes: int | None = None) -> Any:
    return sandbox.run(f"sandbox_jobs:{job}", payload, seconds=seconds, megabytes=megabytes, allowed=JOBS)


def alive(pid: int) -> bool:
    """Whether a process still runs; one that ended and that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    return status.rpartition(")")[2].split()[0] not in "ZX"


def wait_until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def no_child_left() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return True


@pytest.mark.parametrize("payload", [None, 1.5, "æ\ud800\n", [1, [None, True]], {"a": {"b": "漢"}}])
def test_payload_and_result_come_through(payload: object) -> None:
    assert run("echo", payload) == payload


def test_a_big_result_comes_through() -> None:
    assert run("big", 5_000_000) == "æ" * 5_000_000


def test_the_child_has_an_empty_input_and_finds_modules_where_the_parent_does() -> None:
    about = run("about")
    assert about["stdin"] == ""
    assert about["path"][:1] == [str(HERE)]
    assert "" not in about["path"]


def test_a_mistake_of_the_reader_comes_back_as_such() -> None:
    with pytest.raises(sandbox.ChildFailed) as failed:
        run("refuse", {"kind": "value", "message": "ingen sådan region"})
    assert (failed.value.kind, failed.value.message) == ("ValueError", "ingen sådan region")


def test_a_syntax_error_of_the_engine_comes_back_as_such() -> None:
    with pytest.raises(sandbox.ChildFailed) as failed:
        run("query", {"size": 1, "text": "SELECT"})
    assert failed.value.kind == "SyntaxError"
    assert failed.value.message.startswith("error at 1:7")


def test_a_fault_of_the_job_is_a_dead_child_with_its_traceback() -> None:
    with pytest.raises(sandbox.ChildDied, match="TypeError: no such thing"):
        run("refuse", {"kind": "type", "message": "no such thing"})
    with pytest.raises(sandbox.ChildDied, match="not JSON serializable"):
        run("unspeakable")


@posix
def test_a_crash_is_told_with_its_signal() -> None:
    with pytest.raises(sandbox.ChildDied, match="SIGABRT"):
        run("abort")


@pytest.mark.parametrize(
    "job", ["os:system", "samtaler_kg:open", "samtaler_kg.x:y.z", "samtaler_kg.x", "xsamtaler_kg.a:b"]
)
def test_only_jobs_of_the_package_are_run(job: str) -> None:
    with pytest.raises(ValueError, match="not a job"):
        sandbox.run(job, None, seconds=1)


@pytest.mark.parametrize("seconds", [0.4, 1.2])
def test_a_query_that_would_run_for_minutes_is_stopped_at_the_limit(seconds: float) -> None:
    started = time.monotonic()
    with pytest.raises(sandbox.TimeUp) as stopped:
        run("query", {"size": 1000, "text": ENDLESS}, seconds)
    assert stopped.value.seconds == seconds
    assert seconds <= time.monotonic() - started < seconds + 2
    assert no_child_left()


@posix
def test_what_the_job_started_is_stopped_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(sandbox.TimeUp):
        run("breed", {"note": str(note)}, 2)
    grandchild = int(note.read_text(encoding="ascii"))
    assert wait_until(lambda: not alive(grandchild))


@linux
@pytest.mark.parametrize(("job", "payload"), [("hoard", 900), ("query", {"size": 3000, "text": HUNGRY})])
def test_a_job_that_needs_too_much_memory_is_stopped(job: str, payload: object) -> None:
    with pytest.raises(sandbox.MemoryUp) as stopped:
        run(job, payload, megabytes=300)
    assert stopped.value.megabytes == 300
    assert no_child_left()


def start_parent(note: Path, seconds: float = 60) -> subprocess.Popen[bytes]:
    path = [str(HERE), str(Path(sandbox.__file__).parents[1])]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(path=path, note=str(note), seconds=seconds)],
        stderr=subprocess.PIPE,
    )
    assert wait_until(lambda: note.exists() and note.read_text(encoding="ascii") != "")
    return parent


@posix
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_parent_that_ends_takes_the_child_along(by: signal.Signals, tmp_path: Path) -> None:
    with start_parent(tmp_path / "pid") as parent:
        child = int((tmp_path / "pid").read_text(encoding="ascii"))
        assert alive(child)
        parent.send_signal(by)
        assert parent.wait(5) != 0
        assert wait_until(lambda: not alive(child))
        assert parent.stderr is not None
        assert (b"KeyboardInterrupt" in parent.stderr.read()) == (by == signal.SIGINT)


@posix
def test_a_child_that_nobody_kills_ends_by_its_own_timer(tmp_path: Path) -> None:
    with start_parent(tmp_path / "pid", seconds=1) as parent:
        child = int((tmp_path / "pid").read_text(encoding="ascii"))
        parent.send_signal(signal.SIGSTOP)
        assert alive(child)
        assert wait_until(lambda: not alive(child))
        parent.kill()


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on the loopback interface, and the requests that it got."""
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(self.path)
            self.send_error(503)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/sparql", requests
        listening.shutdown()


@posix
def test_a_sealed_process_calls_nobody(server: tuple[str, list[str]]) -> None:
    address, requests = server
    text = f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"
    with pytest.raises(sandbox.ChildFailed):
        run("query", {"size": 1, "text": text})
    assert requests == ["/sparql"]
    with pytest.raises(sandbox.ChildFailed):
        run("sealed_query", {"size": 1, "text": text})
    assert requests == ["/sparql"]
    assert run("sealed_query", {"size": 3, "text": "SELECT * { ?s ?p ?o } ORDER BY ?o"}) == 3
