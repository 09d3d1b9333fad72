"""A warm process that forks runners: a cold interpreter for every job would cost 10 to 25 ms each.

Started by the console as `python -I -S`, with a socket as its stdin. One JSON request a line, one JSON answer a line,
in order. When the console goes, the socket closes and the host ends; the runners it forked go on by themselves.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import signal
import socket
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from backend.jobs import processes
from backend.jobs.runner import Runner
from backend.jobs.spool import folder_of
from backend.utils.masking import Finder


class Host:
    """Keeps one spare runner forked ahead, so that a job finds a process that is already there."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._boot = processes.boot_id()
        self._spare = self._fork()

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        folder = folder_of(Path(request["spool"]), request["job_id"], request["attempt"])
        try:
            # Whoever makes the folder owns the attempt: a console that gave this attempt up made it first.
            folder.mkdir(mode=0o700)
        except OSError as error:
            return {"error": f"the spool folder cannot be made: {error.strerror}"}
        for _ in range(2):
            pid, pipe = self._spare
            try:
                with os.fdopen(pipe, "wb") as file:
                    file.write(json.dumps({**request, "boot_id": self._boot}).encode())
            except BrokenPipeError:  # somebody killed the spare while it waited
                self._spare = self._fork()
                continue
            return {"pid": pid, "start_time": processes.start_time(pid)}
        return {"error": "no runner stays alive"}

    def refill(self) -> None:
        self._spare = self._fork()

    def _fork(self) -> tuple[int, int]:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(writing)
            self._connection.close()
            _become_runner(reading)
        os.close(reading)
        return pid, writing


def _become_runner(requests: int) -> None:
    """In the forked process: wait for the one request there will be, and serve it. Never returns."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        Runner.prepare()
        with os.fdopen(requests, "rb") as file:
            text = file.read()
        if text:  # else the host ended, and nothing will come
            _serve(json.loads(text))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _serve(request: dict[str, Any]) -> None:
    folder = folder_of(Path(request["spool"]), request["job_id"], request["attempt"])
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    # What goes wrong in the runner itself belongs beside its spool, not on the console's terminal.
    log = os.open(folder / "runner.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    Runner(request, folder).run()


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    connection = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # RE2's library is loaded before the forks, and so are OpenSSL's digests: once, instead of in every runner.
    Finder([b"warm up"])
    hashlib.sha256(b"").hexdigest()
    # Collect what everything above allocated into the part that a fork never copies.
    gc.collect()
    gc.freeze()
    host = Host(connection)
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            answer = host.start(json.loads(line))
            connection.sendall(json.dumps(answer).encode() + b"\n")
            host.refill()
            signal.signal(signal.SIGCHLD, _reap)
            _reap()


if __name__ == "__main__":
    main()
