"""Starts runners, finds living ones again, and tells when they print and when they end.

The only place of the console that has to do with child processes. It never waits for a child: it watches the runner's
process through a pidfd and its spool folder through inotify, which work just as well for a runner that an earlier
console started.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
from inotify_simple import INotify
from inotify_simple import flags as watch_flags
from pydantic import ValidationError

from backend.jobs import processes
from backend.jobs.spool import folder_of, read_json, read_note
from backend.models.jobs import Outcome

log = structlog.get_logger(__name__)

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
# A host that does not answer for this long is stopped or stuck: it is ended, and a new one takes its place.
HOST_SECONDS = 15.0
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


@dataclass(frozen=True)
class AttemptSpec:
    """All a runner needs. `masks` and the secrets in `env` travel over a socket, never by a command line or a file."""

    job_id: str
    attempt: int
    argv: list[str]
    env: dict[str, str] = field(repr=False)
    cwd: str
    stdin: str | None = field(default=None, repr=False)
    pty: bool = False
    time_limit: float | None = None
    masks: list[bytes] = field(default_factory=list, repr=False)


class Execution:
    """One attempt under way, started by this console or found again after a restart."""

    def __init__(self, folder: Path, marker: str) -> None:
        self.folder = folder
        self.marker = marker
        self.changed = asyncio.Event()
        self.ended = asyncio.Event()
        self._pidfd = -1

    def watch(self, pid: int, start_time: int | None) -> None:
        """Follow the runner `pid`. A pid that is gone or belongs to another process by now counts as ended."""
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._pidfd = -1
        if self._pidfd < 0 or start_time is None or processes.start_time(pid) != start_time:
            self._close()
            self.ended.set()
        else:
            asyncio.get_running_loop().add_reader(self._pidfd, self._on_end)

    def _on_end(self) -> None:
        self._close()
        self.ended.set()
        self.changed.set()

    def _close(self) -> None:
        if self._pidfd >= 0:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1

    def stop(self) -> None:
        """Ask the runner to end its child's tree (TERM, grace, KILL). Asking again forces. Idempotent once ended."""
        if self._pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)

    def detach(self) -> None:
        """Let the runner go on without this console."""
        self._close()

    def outcome(self) -> Outcome | None:
        """What the runner reported; None when it died without a word: the attempt is lost."""
        try:
            return Outcome.model_validate(read_json(self.folder / "outcome.json"))
        except ValidationError:
            return None


class Executor:
    def __init__(self, spool: Path, *, grace: float = 10.0, spool_limit: int = 1024**3) -> None:
        self._spool = spool
        self._grace = grace
        self._spool_limit = spool_limit
        self._host: subprocess.Popen[bytes] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._turn = asyncio.Lock()
        self._inotify: INotify | None = None
        self._watched: dict[int, Execution] = {}

    async def open(self) -> None:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._inotify = INotify(nonblocking=True)
        asyncio.get_running_loop().add_reader(self._inotify.fileno(), self._on_file_events)
        async with self._turn:
            await self._start_host()

    async def close(self) -> None:
        """Ends the host; running attempts go on."""
        if self._inotify:
            asyncio.get_running_loop().remove_reader(self._inotify.fileno())
            self._inotify.close()
        for execution in self._watched.values():
            execution.detach()
        async with self._turn:
            await self._stop_host()

    async def start(self, spec: AttemptSpec) -> Execution:
        """Start the attempt; returns once its runner exists. Raises OSError when there can be none."""
        request = {
            "spool": str(self._spool),
            "job_id": spec.job_id,
            "attempt": spec.attempt,
            "argv": spec.argv,
            "env": {**spec.env, processes.JOB_VARIABLE: f"{spec.job_id}.{spec.attempt}"},
            "cwd": spec.cwd,
            "stdin": spec.stdin,
            "pty": spec.pty,
            "time_limit": spec.time_limit,
            "grace": self._grace,
            "spool_limit": self._spool_limit,
            "masks": [form.decode("latin-1") for form in spec.masks],
        }
        answer = await self._ask(json.dumps(request).encode() + b"\n", spec)
        if "error" in answer:
            raise OSError(str(answer["error"]))
        try:
            execution = self._execution(spec.job_id, spec.attempt)
            execution.watch(answer["pid"], answer["start_time"])
        except OSError as error:
            # It runs, and cannot be followed (out of descriptors or inotify watches): it must not run on unseen.
            os.kill(answer["pid"], signal.SIGTERM)
            raise OSError(f"its runner cannot be watched: {error.strerror}") from error
        return execution

    def attach(self, job_id: str, attempt: int) -> Execution | None:
        """The attempt as an earlier console left it, living or ended. None: it was never started, and never will be.

        For None the spool folder is made here: a runner that should still come up finds it taken and does not start.
        """
        with suppress(FileExistsError):
            folder_of(self._spool, job_id, attempt).mkdir(mode=0o700)
            return None
        execution = self._execution(job_id, attempt)
        pid, start_time, boot = ((read_note(execution.folder / "runner") or "") + "  ").split(" ")[:3]
        if boot == processes.boot_id() and pid.isdecimal() and start_time.isdecimal():
            execution.watch(int(pid), int(start_time))
        else:
            execution.ended.set()
        return execution

    async def end_orphans(self, execution: Execution) -> list[str]:
        """After a runner died without its outcome: end what it left running. Returns what could not be ended."""

        def living() -> list[int]:
            return processes.processes_of_job(execution.marker)

        for number, patience in ((signal.SIGTERM, self._grace), (signal.SIGKILL, 2.0)):
            left = await asyncio.to_thread(living)
            processes.signal_all(left, number)
            for _ in range(int(patience / 0.1)):
                if not left:
                    return []
                await asyncio.sleep(0.1)
                left = await asyncio.to_thread(living)
        return [f"{pid} {processes.name_of(pid)}" for pid in left]

    def release(self, execution: Execution) -> None:
        """Stop watching."""
        execution.detach()
        for number in [number for number, held in self._watched.items() if held is execution]:
            del self._watched[number]
            if self._inotify:
                with suppress(OSError):
                    self._inotify.rm_watch(number)

    def discard(self, job_id: str, attempt: int) -> None:
        """Free the spool of a recorded attempt. Blocks on the disk: call it in a thread."""
        shutil.rmtree(folder_of(self._spool, job_id, attempt), ignore_errors=True)

    def leftover_attempts(self) -> list[tuple[str, int]]:
        """Every attempt that has a spool folder, as (job id, attempt number)."""
        names = [entry.name.rpartition(".") for entry in os.scandir(self._spool) if entry.is_dir()]
        return [(job_id, int(number)) for job_id, _, number in names if number.isdigit()]

    def _execution(self, job_id: str, attempt: int) -> Execution:
        execution = Execution(folder_of(self._spool, job_id, attempt), f"{job_id}.{attempt}")
        assert self._inotify is not None
        mask = watch_flags.MODIFY | watch_flags.CREATE | watch_flags.MOVED_TO
        self._watched[self._inotify.add_watch(execution.folder, mask)] = execution
        return execution

    def _on_file_events(self) -> None:
        assert self._inotify is not None
        for event in self._inotify.read(timeout=0):
            if event.mask & watch_flags.Q_OVERFLOW:
                for execution in self._watched.values():
                    execution.changed.set()
            elif event.wd in self._watched:
                self._watched[event.wd].changed.set()

    async def _ask(self, request: bytes, spec: AttemptSpec) -> dict[str, Any]:
        async with self._turn:
            for last_try in (False, True):
                try:
                    if self._writer is None or self._reader is None:
                        await self._start_host()
                    assert self._writer is not None
                    assert self._reader is not None
                    async with asyncio.timeout(HOST_SECONDS):
                        self._writer.write(request)
                        await self._writer.drain()
                        line = await self._reader.readline()
                    if line:
                        return dict(json.loads(line))
                except (TimeoutError, OSError) as error:
                    log.warning("runner host lost", error=repr(error))
                await self._stop_host()
                if last_try or folder_of(self._spool, spec.job_id, spec.attempt).exists():
                    break
        return {"error": "the runner host ended while it started the job"}

    async def _start_host(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._host = await asyncio.to_thread(_launch_host, theirs)
        self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=1024**2)

    async def _stop_host(self) -> None:
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None
        if self._host:
            try:
                await asyncio.to_thread(self._host.wait, 2)
            except subprocess.TimeoutExpired:
                self._host.kill()
                await asyncio.to_thread(self._host.wait)
            self._host = None
