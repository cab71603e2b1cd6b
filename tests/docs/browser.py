"""A real browser whose every request is recorded."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import socketserver
import subprocess
import threading
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=8000",
)

#: The browser asks its maker for the time and for updates on its own account.
MAKER = re.compile(r"[A-Z]+ (https?://)?[\w.-]+\.(google|googleapis|gstatic)\.com[:/]")


class Recorder(socketserver.ThreadingTCPServer):
    """A proxy that keeps the first line of every request and answers none."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Asked)


class Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Recorder)
        self.server.asked.append(self.rfile.readline().decode("latin-1").strip())


class Browser:
    """A browser whose every request is recorded: those to the site by path, those to elsewhere by their first line."""

    def __init__(self, folder: Path, profile: Path) -> None:
        self.paths: list[str] = []
        self.profile = profile
        kept = self.paths

        class Serving(http.server.SimpleHTTPRequestHandler):
            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                kept.append(f"{code} {self.path}")

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        serving = functools.partial(Serving, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serving)
        self.proxy = Recorder()

    def __enter__(self) -> Browser:
        for server in (self.server, self.proxy):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self.server, self.proxy):
            server.shutdown()
            server.server_close()

    def shown(self, path: str) -> str:
        """The page at *path* once its scripts have run."""
        proxy = f"--proxy-server=127.0.0.1:{self.proxy.server_address[1]}"
        address = f"http://127.0.0.1:{self.server.server_address[1]}/{path}"
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={self.profile}", proxy, "--dump-dom", address]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout

    @property
    def elsewhere(self) -> list[str]:
        """What was asked of any other place."""
        return [line for line in self.proxy.asked if not MAKER.match(line)]
