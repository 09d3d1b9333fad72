"""Starts runners, finds living ones again, and tells when they print and when they end.

It never waits for a child: it watches the runner's process through a pidfd and its spool folder through inotify, which
work just as well for a runner that an earlier console started.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from inotify_simple import INotify
from inotify_simple import flags as watch_flags
from pydantic import ValidationError

from backend.jobs import processes
from backend.jobs.handover import packed
from backend.jobs.runner_pool import RunnerPool, RunnerProcess
from backend.jobs.spool import OUTCOME, OUTPUT, RUNNER, folder_of, read_json, read_note, write_note
from backend.models.jobs import Outcome

# In the place of a runner's note: the attempt was given up before it began.
NOBODY = "nobody"


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
    silence_limit: float | None = None
    masks: list[bytes] = field(default_factory=list, repr=False)


class Execution:
    """One attempt: prepared and not begun, under way, or found again after a restart."""

    def __init__(self, folder: Path, marker: str) -> None:
        self.folder = folder
        self.marker = marker
        self.changed = asyncio.Event()
        self.ended = asyncio.Event()
        self.runner: RunnerProcess | None = None
        self._pidfd = -1

    def follow_runner(self, runner: RunnerProcess) -> None:
        self.runner = runner
        # One of our own: the runner may serve another attempt while the end of this one is still being stored.
        self._pidfd = os.dup(runner.pidfd)
        asyncio.get_running_loop().add_reader(self._pidfd, self._on_end)

    def find_runner(self, pid: int, start_time: int) -> None:
        """Follow the runner `pid`. A pid that is gone or belongs to another process by now counts as ended."""
        with suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(pid)
        if self._pidfd < 0 or processes.start_time(pid) != start_time:
            self._close()
            self.ended.set()
        else:
            asyncio.get_running_loop().add_reader(self._pidfd, self._on_end)

    def on_file(self, name: str) -> None:
        """Something happened in the spool folder. The outcome is the last thing a runner writes."""
        if name == OUTCOME:
            self.ended.set()
        if name == OUTCOME or name.startswith(OUTPUT):
            self.changed.set()

    def look(self) -> None:
        """File events were lost: something may have happened."""
        self.on_file(OUTCOME if (self.folder / OUTCOME).exists() else OUTPUT)

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
        if self._pidfd >= 0 and not self.ended.is_set():
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)

    def detach(self) -> None:
        """Let the runner go on without this console."""
        self._close()

    def outcome(self) -> Outcome | None:
        """What the runner reported; None when it died without a word: the attempt is lost."""
        try:
            return Outcome.model_validate(read_json(self.folder / OUTCOME))
        except ValidationError:
            return None


class Executor:
    def __init__(self, spool: Path, *, grace: float = 10.0, spool_limit: int = 1024**3) -> None:
        self._spool = spool
        self._grace = grace
        self._spool_limit = spool_limit
        self.runners = RunnerPool()
        self._inotify: INotify | None = None
        self._watched: dict[int, Execution] = {}

    async def open(self) -> None:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._inotify = INotify(nonblocking=True)
        asyncio.get_running_loop().add_reader(self._inotify.fileno(), self._on_file_events)
        await self.runners.open()

    async def close(self) -> None:
        """Ends the host; running attempts go on."""
        if self._inotify:
            asyncio.get_running_loop().remove_reader(self._inotify.fileno())
            self._inotify.close()
        for execution in self._watched.values():
            execution.detach()
        await self.runners.close()

    async def prepare(self, spec: AttemptSpec) -> Execution:
        """Make everything ready that can be before it is stored that the attempt runs; `go` begins it, `drop` gives it
        up. Raises OSError when it cannot be."""
        request = packed(
            {
                "spool": str(self._spool),
                "job_id": spec.job_id,
                "attempt": spec.attempt,
                "argv": spec.argv,
                "env": {**spec.env, processes.JOB_VARIABLE: f"{spec.job_id}.{spec.attempt}"},
                "cwd": spec.cwd,
                "stdin": spec.stdin,
                "pty": spec.pty,
                "time_limit": spec.time_limit,
                "silence_limit": spec.silence_limit,
                "grace": self._grace,
                "spool_limit": self._spool_limit,
                "masks": [form.decode("latin-1") for form in spec.masks],
            }
        )
        # One entry in a folder that is in the kernel's memory: a thread would cost more than the call.
        folder_of(self._spool, spec.job_id, spec.attempt).mkdir(mode=0o700)
        execution, runner = None, None
        try:
            # Watched before there is a runner: if that cannot be done, nothing runs unseen.
            execution = self._execution(spec.job_id, spec.attempt)
            runner = await self._runner_with(request)
            execution.follow_runner(runner)
        except OSError:
            if runner:
                runner.close()
            if execution:
                self.release(execution)
            await asyncio.to_thread(self.discard, spec.job_id, spec.attempt)
            raise
        return execution

    async def _runner_with(self, request: bytes) -> RunnerProcess:
        while True:
            runner = await self.runners.take()
            try:
                await runner.give(request)
            except (ConnectionError, TimeoutError):  # somebody killed or stopped it while it waited
                runner.close()
            else:
                return runner

    def go(self, execution: Execution) -> None:
        """Let a prepared attempt begin. Until then nothing of it runs."""
        assert execution.runner is not None
        self.runners.go(execution.runner)

    async def drop(self, execution: Execution) -> None:
        """Give a prepared attempt up: its runner ends without having started anything."""
        self.release(execution)
        if execution.runner:
            execution.runner.close()
        await asyncio.to_thread(shutil.rmtree, execution.folder, ignore_errors=True)

    def attach(self, job_id: str, attempt: int) -> Execution | None:
        """The attempt as an earlier console left it, living or ended. None: it was never started, and never will be.

        Whoever writes the note `runner` owns the attempt. For None it is written here: a runner that should still come
        up finds it and starts nothing.
        """
        folder_of(self._spool, job_id, attempt).mkdir(mode=0o700, exist_ok=True)
        execution = self._execution(job_id, attempt)
        if self.never_began(execution):
            self.release(execution)
            return None
        pid, start_time, boot = ((read_note(execution.folder / RUNNER) or "") + "  ").split(" ")[:3]
        if boot == processes.boot_id() and pid.isdecimal() and start_time.isdecimal():
            execution.find_runner(int(pid), int(start_time))
        else:
            execution.ended.set()
        execution.look()  # a runner of ours lives on when its attempt is over, and waits for another
        return execution

    @staticmethod
    def never_began(execution: Execution) -> bool:
        """Whether nothing of the attempt ran. Then nothing will: from here on no runner can own it."""
        try:
            write_note(execution.folder / RUNNER, NOBODY)
        except FileExistsError:
            return read_note(execution.folder / RUNNER) == NOBODY
        return True

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
                    execution.look()
            elif event.wd in self._watched:
                self._watched[event.wd].on_file(event.name)
