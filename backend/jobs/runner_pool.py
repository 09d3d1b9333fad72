"""The console's side of the runner host: runners that are there already and wait for an attempt."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import structlog

from backend.jobs import processes
from backend.jobs.handover import FREE, GO

log = structlog.get_logger(__name__)

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
# A host that does not answer for this long is stopped or stuck: it is ended, and a new one takes its place.
HOST_SECONDS = 15.0
# One is there for the next job. A lane in full work goes back and forth between two.
FORKED_AHEAD = 1
MOST_FREE = 2
REFILL_SECONDS = 0.005
# The one package the runner takes from outside the standard library, when it is there: RE2, for masking.
_RE2 = find_spec("re2")
_PATHS = [str(PROJECT_FOLDER), *([str(Path(_RE2.origin).parents[1])] if _RE2 and _RE2.origin else [])]
_HOST_START = f"import sys; sys.path += {_PATHS!r}; from backend.jobs.runner_host import main; main()"


def _launch_host(connection: socket.socket) -> subprocess.Popen[bytes]:
    # Its environment is empty: a child reading /proc/<parent>/environ finds nothing of the console's.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _HOST_START],
        stdin=connection.fileno(),
        env={"PATH": os.defpath},
        start_new_session=True,
        cwd="/",
    )


class RunnerProcess:
    """A living runner of ours. It ends by itself when we close the connection, unless an attempt is under way."""

    def __init__(self, pid: int, pidfd: int, connection: socket.socket) -> None:
        self.pid = pid
        self.pidfd = pidfd
        self._connection = connection

    async def give(self, spec: bytes) -> None:
        """Hand it its attempt, to be made ready and not started. Raises OSError when it has died meanwhile."""
        async with asyncio.timeout(HOST_SECONDS):
            await asyncio.get_running_loop().sock_sendall(self._connection, spec)

    def go(self, on_message: Callable[[bool], None]) -> None:
        """Let the attempt begin. `on_message(True)` tells that it is over and the runner free, False that it ended."""
        with suppress(OSError):  # it died: reading tells
            self._connection.send(GO)
        asyncio.get_running_loop().add_reader(self._connection.fileno(), self._read, on_message)

    def _read(self, on_message: Callable[[bool], None]) -> None:
        try:
            data = self._connection.recv(1)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        asyncio.get_running_loop().remove_reader(self._connection.fileno())
        on_message(data == FREE)

    def close(self) -> None:
        if self.pidfd >= 0:
            asyncio.get_running_loop().remove_reader(self._connection.fileno())
            self._connection.close()
            os.close(self.pidfd)
            self.pidfd = -1


class RunnerPool:
    """Keeps a few free runners. Most attempts get one that ran another before: forking costs more than the rest."""

    def __init__(self) -> None:
        self._host: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._free: deque[RunnerProcess] = deque()
        self._busy: set[RunnerProcess] = set()
        self._ordered = 0
        self._arrived = asyncio.Event()
        self._starting = asyncio.Lock()

    async def open(self) -> None:
        await self._start_host()

    async def close(self) -> None:
        """Ends the host and the runners that still wait; those at work go on."""
        await self._stop_host()
        for runner in [*self._free, *self._busy]:
            runner.close()
        self._free.clear()
        self._busy.clear()

    @property
    def host_pid(self) -> int | None:
        return self._host.pid if self._host else None

    async def take(self) -> RunnerProcess:
        """A runner that waits; at once unless many are wanted. Raises OSError when none is to be had."""
        for _ in range(2):
            if not self._channel:
                await self._start_host()
            with suppress(TimeoutError):
                async with asyncio.timeout(HOST_SECONDS):
                    while self._channel and not self._free:
                        self._arrived.clear()
                        self._refill()
                        await self._arrived.wait()
            if self._free:
                # Not at once: the fork would take the processor from the job that is about to begin.
                asyncio.get_running_loop().call_later(REFILL_SECONDS, self._refill)
                return self._free.popleft()
            log.warning("runner host lost", answers=self._channel is not None)
            await self._stop_host()
        raise OSError("the runner host starts no runners")

    def go(self, runner: RunnerProcess) -> None:
        """Let its attempt begin; when it is over the runner is free again."""
        self._busy.add(runner)
        runner.go(lambda free: self._done(runner, free))

    def _done(self, runner: RunnerProcess, free: bool) -> None:
        self._busy.discard(runner)
        if free and len(self._free) < MOST_FREE:
            self._free.append(runner)
            self._arrived.set()
        else:
            runner.close()

    def _refill(self) -> None:
        while self._channel and self._ordered + len(self._free) < FORKED_AHEAD:
            with suppress(OSError):  # it has gone: reading from it tells
                self._channel.send(b"+")
            self._ordered += 1

    def _on_message(self) -> None:
        assert self._channel is not None
        try:
            text, descriptors, _, _ = socket.recv_fds(self._channel, 4096, 1)
        except BlockingIOError:
            return
        except OSError:
            text, descriptors = b"", []
        if not text:
            self._drop_channel()
        elif not descriptors:  # we are out of them: that runner ends when nobody holds its connection
            self._ordered -= 1
        else:
            self._ordered -= 1
            answer = json.loads(text)
            connection = socket.socket(fileno=descriptors[0])
            connection.setblocking(False)
            os.set_inheritable(connection.fileno(), False)
            self._keep(int(answer["pid"]), answer["start_time"], connection)
        self._arrived.set()

    def _keep(self, pid: int, start_time: int | None, connection: socket.socket) -> None:
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:
            connection.close()  # it died, or we are out of descriptors
            return
        runner = RunnerProcess(pid, pidfd, connection)
        if start_time is None or processes.start_time(pid) != start_time:
            runner.close()
        else:
            self._free.append(runner)

    async def _start_host(self) -> None:
        async with self._starting:
            if self._channel:
                return
            ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
            with theirs:
                self._host = await asyncio.to_thread(_launch_host, theirs)
            ours.setblocking(False)
            self._channel, self._ordered = ours, 0
            asyncio.get_running_loop().add_reader(ours.fileno(), self._on_message)
            self._refill()

    async def _stop_host(self) -> None:
        self._drop_channel()
        host, self._host = self._host, None
        if host:
            try:
                await asyncio.to_thread(host.wait, 2)
            except subprocess.TimeoutExpired:
                host.send_signal(signal.SIGKILL)
                await asyncio.to_thread(host.wait)

    def _drop_channel(self) -> None:
        if self._channel:
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            self._channel.close()
        self._channel = None
