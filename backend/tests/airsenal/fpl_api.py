"""A stand-in for the FPL API on loopback.

In a test:

    with StandInFplApi.of_season(find_data_folder(venv)) as api:
        install_hook(venv, api.clock, api.season)     # sends this AIrsenal to FPL_API_URL, at the season's own time
        environment["FPL_API_URL"] = api.url

By hand:

    python -m backend.tests.airsenal.fpl_api VENV     # prints the FPL_API_URL to start the console with

Any e-mail address logs in with the password `PASSWORD`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backend.tests.airsenal.answers import NEEDS_LOGIN, Answers, SeasonAnswers
from backend.tests.airsenal.failures import Failure, Kind, body, headers
from backend.tests.airsenal.hook import find_data_folder, install_hook
from backend.tests.airsenal.season import Season

PASSWORD = "stand-in-password"
_TOKEN = "stand-in-access-token"
_AUTHORISE_PAGE = '<script>{"accessToken":"start"}</script><input name="state" value="s1">'


@dataclass(frozen=True)
class Posted:
    """A change that somebody sent: transfers or a line-up."""

    path: str
    content: Any


@dataclass
class StandInFplApi:
    answers: Answers
    clock: datetime | None = None
    season: str = "2526"
    port: int = 0
    failures: list[Failure] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """`GET bootstrap-static` and so on, in order."""
    agents: set[str] = field(default_factory=set)
    """Who asked, by their own word."""
    unchanged: list[str] = field(default_factory=list)
    """Paths that were answered with 304."""
    posted: list[Posted] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """Other files by name, below `/data/`."""
    _server: ThreadingHTTPServer | None = None

    @classmethod
    def of_season(cls, data_folder: Path, season: str = "2526", next_gameweek: int = 25, port: int = 0) -> Self:
        """All players of a real season, wound back to the eve of `next_gameweek`."""
        rewound = Season(data_folder, season, next_gameweek)
        files = {f"player_attributes_history_{season}.csv": rewound.attributes_csv()}
        return cls(SeasonAnswers(rewound), clock=rewound.now, season=season, port=port, files=files)

    @property
    def url(self) -> str:
        """The value for FPL_API_URL; the same while the stand-in is down."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def is_up(self) -> bool:
        return self._server is not None

    def __enter__(self) -> Self:
        self.come_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.go_down()

    def come_up(self) -> None:
        api = self

        class Bound(_Handler):
            stand_in = api

        self._server = _Server(("127.0.0.1", self.port), Bound)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="stand-in-fpl-api", daemon=True).start()

    def go_down(self) -> None:
        """From now on connections are refused; `come_up` brings it back on the same port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def fail(
        self, kind: Kind, *, status: int = 503, path: str = "", times: int | None = None, seconds: float = 1.0,
        retry_after: str | None = "1",
    ) -> None:  # fmt: skip
        self.failures.append(Failure(kind, status, path, times, retry_after, seconds))

    def recover(self) -> None:
        self.failures.clear()

    def failure_for(self, path: str) -> Failure | None:
        return next((failure for failure in self.failures if failure.strikes(path)), None)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silent: clients that give up half-way are what failures are for."""


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandInFplApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each of AIrsenal's 1,700 requests waits 40 ms for an acknowledgement
    wbufsize = -1

    def do_GET(self) -> None:
        path = self._path()
        self.stand_in.requests.append(f"GET {path}")
        self.stand_in.agents.add(self.headers.get("User-Agent", ""))
        if self._fails(path):
            return
        if path == "login/as/authorize":
            self._send(200, _AUTHORISE_PAGE.encode(), "text/html")
        elif path.startswith("data/") and path.removeprefix("data/") in self.stand_in.files:
            self._send(200, self.stand_in.files[path.removeprefix("data/")], "text/csv")
        else:
            answer = self.stand_in.answers.get(path, logged_in=self._logged_in())
            status = 404 if answer is None else 403 if answer is NEEDS_LOGIN else 200
            self._tagged(path, status, {"detail": "Not found."} if answer is None else answer)

    def do_POST(self) -> None:
        path = self._path()
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.stand_in.requests.append(f"POST {path}")
        if self._fails(path):
            return
        if path.startswith("login/"):
            self._login(path, raw)
        elif not self._logged_in():
            self._json(403, NEEDS_LOGIN)
        else:
            self.stand_in.posted.append(Posted(path, json.loads(raw or b"null")))
            self._json(200, {})

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: `requests` keeps what was asked."""

    def _path(self) -> str:
        return self.path.split("?")[0].strip("/").removeprefix("api/")

    def _logged_in(self) -> bool:
        return bool(self.headers.get("X-API-Authorization") == f"Bearer {_TOKEN}")

    def _login(self, path: str, raw: bytes) -> None:
        """The five steps as AIrsenal takes them; only the password is looked at."""
        if path.startswith("login/davinci/"):
            given = json.loads(raw or b"{}").get("parameters", {}).get("password", PASSWORD)
            if given != PASSWORD:
                self._json(400, {"id": "r2", "code": "invalidCredentials"})
            else:
                self._json(200, {"interactionId": "i1", "id": "r1", "connectionId": "c1", "dvResponse": "dv"})
        elif path == "login/as/resume":
            self._send(302, b"{}", "application/json", {"Location": "/?code=abc&state=s1"})
        else:
            self._json(200, {"access_token": _TOKEN})

    def _fails(self, path: str) -> bool:
        if not self.stand_in.is_up:  # a connection kept alive from before
            self.close_connection = True
            return True
        failure = self.stand_in.failure_for(path)
        if failure is None:
            return False
        if failure.kind in ("drop", "reset", "hang"):
            self.close_connection = True
            if failure.kind == "reset":  # closed without a wait for the other side: it gets RST
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            time.sleep(failure.seconds if failure.kind == "hang" else 0)
            return True
        status, kind, content = body(failure)
        if failure.kind != "slow_drip":
            self._send(status, content, kind, headers(failure))
            return True
        self._head(status, kind, len(content), {})
        try:
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(failure.seconds)
        except OSError:
            self.close_connection = True  # the other side lost patience: what this failure is for
        return True

    def _tagged(self, path: str, status: int, answer: Any) -> None:
        """With an entity tag, so that whoever keeps answers need not take the same one again."""
        content = json.dumps(answer).encode()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            self.stand_in.unchanged.append(path)
            self._send(304, b"", "application/json", {"ETag": tag})
        else:
            self._send(status, content, "application/json", {"ETag": tag})

    def _json(self, status: int, answer: Any) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self._head(status, kind, len(content), headers or {})
        self.wfile.write(content)

    def _head(self, status: int, kind: str, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()


def main() -> int:
    parser = argparse.ArgumentParser(description="A stand-in for the FPL API on loopback, until Ctrl-C.")
    parser.add_argument("venv", type=Path, help="environment with AIrsenal, e.g. DATA_DIR/tools/airsenal")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--season", default="2526")
    parser.add_argument("--next-gameweek", type=int, default=25)
    arguments = parser.parse_args()
    data = find_data_folder(arguments.venv)
    api = StandInFplApi.of_season(data, arguments.season, arguments.next_gameweek, arguments.port)
    assert api.clock is not None
    install_hook(arguments.venv, api.clock, api.season)
    with api:
        print(f"FPL_API_URL={api.url}", flush=True)
        print(f"Any e-mail logs in with the password {PASSWORD}; the clock stands at {api.clock:%c}.", file=sys.stderr)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
