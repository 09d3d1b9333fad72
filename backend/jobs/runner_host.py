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
from contextlib import suppress
from pathlib import Path
from typing import Any

from backend.jobs import processes
from backend.jobs.runner import Runner
from backend.jobs.spool import folder_of
from backend.utils.masking import Finder


def start_runner(request: dict[str, Any], connection: socket.socket) -> dict[str, Any]:
    folder = folder_of(Path(request["spool"]), request["job_id"], request["attempt"])
    try:
        # Whoever makes the folder owns the attempt: a console that gave this attempt up made it first.
        folder.mkdir(mode=0o700)
    except OSError as error:
        return {"error": f"the spool folder cannot be made: {error.strerror}"}
    pid = os.fork()
    if pid == 0:
        _become_runner(request, folder, connection)
    return {"pid": pid, "start_time": processes.start_time(pid)}


def _become_runner(request: dict[str, Any], folder: Path, connection: socket.socket) -> None:
    code = 1
    try:
        connection.close()
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        log = os.open(folder / "runner.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        Runner(request, folder).run()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    connection = socket.socket(fileno=os.dup(0))
    boot = processes.boot_id()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # RE2's library too is loaded before the forks.
    Finder([b"warm up"])
    # OpenSSL loads its digests at the first use: here once, instead of in every runner.
    hashlib.sha256(b"").hexdigest()
    # Collect what everything above allocated into the part that a fork never copies.
    gc.collect()
    gc.freeze()
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            request = json.loads(line)
            request["boot_id"] = boot
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            answer = start_runner(request, connection)
            signal.signal(signal.SIGCHLD, _reap)
            _reap()
            connection.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
