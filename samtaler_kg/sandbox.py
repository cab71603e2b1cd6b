"""Runs one function in a process of its own that ends at a limit of time or memory, whatever it is doing.

No SPARQL engine can be stopped from inside its own process. The job gets its payload and gives its result
as JSON. On POSIX systems the process and all that it started are killed as one group, its own timer ends it
even if nobody is left to kill it, and memory is limited; on Windows only the process itself is killed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

ALLOWED = ("samtaler_kg.",)

# What a job may raise because of what a reader gave; everything else is a fault of the job.
_MISTAKES = (ValueError, SyntaxError, LookupError, ArithmeticError, OSError, RuntimeError)
_MEMORY_EXIT = 71
_GRACE = 2.0
_OUT_OF_MEMORY = re.compile(
    r"memory allocation of \d+ bytes failed|std::bad_alloc|MemoryError|out of memory", re.I
)
_LONGEST_REASON = 2000
_KILL: int = getattr(signal, "SIGKILL", signal.SIGTERM)


class SandboxError(Exception):
    """Base of what can become of a job besides its result."""


class TimeUp(SandboxError):
    """The job was killed at its time limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after {seconds:g} s")
        self.seconds = seconds


class MemoryUp(SandboxError):
    """The job needed more memory than its limit, or than there was."""

    def __init__(self, megabytes: int | None) -> None:
        super().__init__("out of memory" if megabytes is None else f"needed more than {megabytes} MB")
        self.megabytes = megabytes


class ChildDied(SandboxError):
    """The process ended without a result: a crash, or a fault of the job itself."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChildFailed(SandboxError):
    """The job refused its payload with an exception, given here by class name and message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


def run(
    job: str,
    payload: object,
    *,
    seconds: float,
    megabytes: int | None = None,
    allowed: tuple[str, ...] = ALLOWED,
) -> Any:
    """Run the function that *job* names as `module:function` on a payload and give its result.

    The seconds count from the start of the process, the megabytes are its whole address space. Only modules
    whose name begins with one of *allowed* are run. Raises `TimeUp`, `MemoryUp`, `ChildDied`, `ChildFailed`.
    """
    if not re.fullmatch(r"[\w.]+:\w+", job) or not job.startswith(allowed):
        raise ValueError(f"not a job of {', '.join(allowed)}: {job!r}")
    order = {
        "job": job,
        "payload": payload,
        "seconds": seconds,
        "megabytes": megabytes,
        "parent": os.getpid(),
    }
    code, out, errors = _in_child(json.dumps(order).encode(), seconds)
    if code == 0 and out:
        return _result(json.loads(out))
    if code == _MEMORY_EXIT or (code and _OUT_OF_MEMORY.search(errors)):
        raise MemoryUp(megabytes)
    if -code == getattr(signal, "SIGALRM", None):
        raise TimeUp(seconds)
    raise ChildDied(_reason(code, errors))


def seal() -> bool:
    """Let this process open no file and no socket from here on; tell whether the system can do that.

    What is open stays open. A job calls it once it has read its data: then no query can reach the network,
    in whatever way it is written. Stores on disk open their files late and cannot be sealed.
    """
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    except (ImportError, ValueError, OSError):
        return False
    return True


def _in_child(order: bytes, seconds: float) -> tuple[int, bytes, str]:
    import subprocess

    # The child finds modules where this process finds them; -P keeps its working folder out.
    path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)  # noqa: PTH109
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "samtaler_kg.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    ) as child:
        try:
            out, errors = child.communicate(order, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeUp(seconds) from None
        finally:
            _end(child)
        return child.returncode, out, errors.decode(errors="replace")


def _end(child: subprocess.Popen[bytes]) -> None:
    # Until the child is waited for, its number is its own and so is that of its group.
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(child.pid, _KILL)
            else:
                child.kill()
        child.wait()


def _result(answer: Mapping[str, Any]) -> Any:
    if "kind" in answer:
        raise ChildFailed(answer["kind"], answer["message"])
    return answer["result"]


def _reason(code: int, errors: str) -> str:
    try:
        ended = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    except ValueError:
        ended = f"ended by signal {-code}"
    told = errors.strip()[-_LONGEST_REASON:]
    return f"{ended}: {told}" if told else ended


def main() -> None:
    """Be the child: read an order from standard input, do the job, write the answer to standard output."""
    order = json.loads(sys.stdin.buffer.read())
    answers = _own_output()
    _die_with(order["parent"])
    _limit(order["seconds"], order["megabytes"])
    try:
        answer = _answer(order["job"], order["payload"])
        with os.fdopen(answers, "wb") as out:
            out.write(json.dumps(answer).encode())
    except MemoryError:
        os._exit(_MEMORY_EXIT)


def _answer(job: str, payload: object) -> dict[str, object]:
    module, _, name = job.partition(":")
    function: Callable[[object], object] = getattr(importlib.import_module(module), name)
    try:
        return {"result": function(payload)}
    except _MISTAKES as mistake:
        return {"kind": type(mistake).__name__, "message": str(mistake)}


def _own_output() -> int:
    # What the job prints goes to the errors, so that it cannot be taken for the answer.
    answers = os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return answers


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, _KILL)
    elif os.name == "posix":
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.name == "posix" and os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _limit(seconds: float, megabytes: int | None) -> None:
    try:
        import resource
    except ImportError:
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if megabytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


if __name__ == "__main__":
    main()
