"""A warm process that forks runners ahead of need: a cold interpreter for every job would cost 10 to 25 ms each.

Started by the console as `python -I -S`, with a SOCK_SEQPACKET socket as its stdin. For each byte it receives it forks
a runner and answers `{"pid", "start_time"}` together with the console's end of a socket to that runner, who waits there
for its attempt. When the console goes, its ends close: host and waiting runners end, and runners at work go on.
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
from backend.jobs.handover import FREE, GO, receive_spec
from backend.jobs.runner import Runner
from backend.jobs.spool import folder_of
from backend.utils.masking import Finder

# Then a fresh one: whatever a process gathers over time has an end.
MOST_ATTEMPTS = 200


def main() -> None:
    console = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # RE2's library is loaded before the forks, and so are OpenSSL's digests: once, instead of in every runner.
    Finder([b"warm up"])
    hashlib.sha256(b"").hexdigest()
    boot = processes.boot_id()
    # Collect what everything above allocated into the part that a fork never copies.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, _reap)
    while console.recv(1):
        with suppress(BrokenPipeError):
            _hand_over_a_runner(console, boot)


def _hand_over_a_runner(console: socket.socket, boot: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            console.close()
            ours.close()
            for descriptor in (0, 1):
                _open_as(os.devnull, os.O_RDWR, descriptor)
            _become_runner(theirs, boot)
        answer = {"pid": pid, "start_time": processes.start_time(pid)}
        socket.send_fds(console, [json.dumps(answer).encode()], [ours.fileno()])


def _become_runner(console: socket.socket, boot: str) -> None:
    """In the forked process: wait for an attempt and run it, again and again. Never returns."""
    code = 1
    try:
        Runner.prepare()
        for _ in range(MOST_ATTEMPTS):
            spec = receive_spec(console)
            if spec is None or not _serve(console, {**spec, "boot_id": boot}):
                break
            console.send(FREE)
        code = 0
    except BrokenPipeError:
        code = 0  # the console has gone, and so do we
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _serve(console: socket.socket, spec: dict[str, Any]) -> bool:
    """False when this runner should take no other attempt."""
    folder = folder_of(spec["spool"], spec["job_id"], spec["attempt"])
    # What goes wrong in the runner itself belongs beside its spool, not on the console's terminal.
    _open_as(folder / "runner.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 2)
    runner = Runner(spec, folder)
    runner.make_ready()
    # The console sends the attempt while the database still stores that it runs. No word means it was not stored.
    return console.recv(1) == GO and runner.run()


def _open_as(path: str | Path, flags: int, descriptor: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, descriptor)
    os.close(opened)


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main()
