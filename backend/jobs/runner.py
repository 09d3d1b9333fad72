"""The runner: one small process an attempt that owns the child, and outlives the console.

It is forked from the warm `runner_host` and uses the standard library only. It masks the child's output, appends it to
the spool, enforces the time limit, and ends the child's whole tree the same way for every reason there is to end it.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import select
import shutil
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.jobs import processes
from backend.jobs.child_ends import pipes, terminal
from backend.jobs.spool import OUTCOME, RUNNER, SpoolWriter, write_json, write_note
from backend.jobs.verdict import oom_kills, why_ended, why_not_started, why_stopped
from backend.utils.masking import Finder, StreamMasker

READ_BYTES = 256 * 1024
PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE = 36, 4
# After KILL a process can only be stuck in the kernel or belong to someone else: no point in waiting longer.
KILL_WAIT = 2.0
# How often a full disk is tried again for what a job came to.
NO_ROOM_SECONDS = 1.0
# What the child gets back as it was; Python and we ignore or block them.
_DEFAULTS = [signal.SIGPIPE, signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD]
_libc = ctypes.CDLL(None, use_errno=True)


class Runner:
    def __init__(self, spec: dict[str, Any], folder: Path) -> None:
        self._spec = spec
        self._folder = folder
        self._spool = SpoolWriter(folder, spec["spool_limit"])
        self._hash = hashlib.sha256()
        self._streams: dict[int, tuple[int, StreamMasker]] = {}
        self._finder = Finder(form.encode("latin-1") for form in spec["masks"])
        self._tail = b""
        self._child = 0
        self._status: int | None = None
        self._stop_cause: str | None = None
        self._deadline = float("inf")
        self._killed = False
        self._leftovers: list[str] = []
        self._theirs: tuple[int, ...] = ()
        self._held: tuple[int, ...] = ()
        self._to_type = b""
        self._problem: OSError | None = None
        self._oom_kills_before = oom_kills()

    @staticmethod
    def prepare() -> None:
        """What any runner needs, before it knows its job."""
        os.setsid()
        # Descendants that lose their parent become ours (prctl(2)), so none can slip away by forking twice; and nobody
        # with our user id may read the secrets in our memory.
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def make_ready(self) -> None:
        """Everything that can be done before it is certain that the attempt runs. Leaves no trace beside the spool."""
        self._wakeup = self._handle_signals()
        self._note = f"{os.getpid()} {processes.start_time(os.getpid())} {self._spec['boot_id']}"
        try:
            self._find_program()
            ends = terminal(self._spec["stdin"]) if self._spec["pty"] else pipes(self._spec["stdin"])
            self._actions, self._theirs, self._held = ends.actions, ends.theirs, ends.held
            self._to_type = ends.to_type
            self._streams = {ours: (stream, StreamMasker(self._finder)) for ours, stream in ends.ours.items()}
        except OSError as error:
            self._problem = error

    def run(self) -> bool:
        """The whole attempt. False when this process should take no other: something in it went not as usual.

        Raises FileExistsError, and starts nothing, when somebody gave the attempt up meanwhile.
        """
        self._started = time.time()
        write_note(self._folder / RUNNER, self._note)
        try:
            if self._problem:
                raise self._problem
            if not self._start_child():
                self._write_outcome("cancelled", None)
                return False
        except OSError as error:
            self._write_outcome("could_not_start", why_not_started(error, self._spec))
            return False
        self._loop(self._wakeup[0])
        # Before the outcome is there, so that a cancel which comes too late is not taken for the next attempt's.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._write_outcome(*self._verdict())
        return self._stop_cause is None and not self._leftovers and self._tidy()

    def _tidy(self) -> bool:
        signal.set_wakeup_fd(-1)
        # A terminal is never read to an end, so it is still among the streams.
        for descriptor in (*self._wakeup, *self._streams, *self._held):
            os.close(descriptor)
        self._spool.close()
        os.chdir("/")
        return True

    def _handle_signals(self) -> tuple[int, int]:
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        # A cancel that comes before there is a child waits until we can act on it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        signal.signal(signal.SIGTERM, lambda *_: self._stop("cancelled"))
        return reading, writing

    def _find_program(self) -> None:
        os.chdir(self._spec["cwd"])
        program = shutil.which(self._spec["argv"][0], path=self._spec["env"].get("PATH", os.defpath))
        if program is None:
            raise FileNotFoundError(errno.ENOENT, "no such program", self._spec["argv"][0])
        self._program = program

    def _start_child(self) -> bool:
        """False when it was cancelled before the child was there: then nothing is started."""
        # A cancel comes either before the child, and there is none, or when its pid is known and can be signalled.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        if self._stop_cause:
            return False
        self._child = os.posix_spawn(
            self._program, self._spec["argv"], self._spec["env"], file_actions=self._actions,
            setsid=True, setsigmask=[], setsigdef=_DEFAULTS,
        )  # fmt: skip
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        for descriptor in self._theirs:
            os.close(descriptor)
        if self._spec["time_limit"]:
            self._limit = time.monotonic() + self._spec["time_limit"]
        self._heard = time.monotonic()
        return True

    _limit = float("inf")
    _heard = float("inf")

    def _loop(self, wake: int) -> None:
        poll = select.poll()
        poll.register(wake, select.POLLIN)
        for descriptor in self._streams:
            poll.register(descriptor, select.POLLIN | (select.POLLOUT if self._to_type else 0))
        while True:
            for descriptor, event in poll.poll(self._milliseconds_left()):
                if descriptor == wake:
                    with suppress(BlockingIOError):
                        os.read(wake, 4096)
                    continue
                if event & select.POLLOUT and not self._type(descriptor):
                    poll.modify(descriptor, select.POLLIN)
                if event & ~select.POLLOUT and not self._read(descriptor):
                    poll.unregister(descriptor)
                    os.close(descriptor)
                    del self._streams[descriptor]
            if self._reap_and_time():
                break
        for descriptor in list(self._streams):
            while self._read(descriptor):
                pass
        for stream, masker in self._streams.values():
            self._append(masker.flush(), stream)

    def _type(self, descriptor: int) -> bool:
        """What the terminal takes now. False when nothing is left to type."""
        with suppress(BlockingIOError):
            self._to_type = self._to_type[os.write(descriptor, self._to_type) :]
        return bool(self._to_type)

    def _read(self, descriptor: int) -> bool:
        """Move what is there into the spool. False at the end of the stream, or (not to wait) when nothing is there."""
        try:
            data = os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:  # EIO: the last user of a terminal is gone
            data = b""
        stream, masker = self._streams[descriptor]
        self._append(masker.feed(data) if data else masker.flush(), stream)
        return bool(data)

    def _append(self, data: bytes, stream: int) -> None:
        if data:
            kept = self._spool.append(data, stream, time.time_ns() // 1000)
            self._hash.update(kept)
            self._heard = time.monotonic()
            self._tail = (self._tail + data[-2048:])[-2048:]

    def _milliseconds_left(self) -> float | None:
        until = min(self._deadline, self._limit, self._silent_until())
        return None if until == float("inf") else max(0.0, (until - time.monotonic()) * 1000) + 1

    def _reap_and_time(self) -> bool:
        """Collect ended processes and act on passed deadlines. True when nothing of the job is left or can be done."""
        now = time.monotonic()
        if now >= self._limit:
            self._limit = float("inf")
            self._stop("time_limit")
        if now >= self._silent_until():
            self._stop("silence")
        alone = self._reap()
        if self._status is not None and alone:
            return True
        if self._status is not None and self._deadline == float("inf"):
            # The child ended and left processes behind; they end with the job, by the same routine.
            self._leftovers = self._family()
            self._end_tree()
        if now < self._deadline:
            return False
        if self._killed:
            return True
        self._killed = True
        self._signal_tree(signal.SIGKILL)
        self._deadline = now + KILL_WAIT
        return False

    def _silent_until(self) -> float:
        """When its silence has lasted too long; never, once it is being stopped."""
        limit = self._spec["silence_limit"]
        return self._heard + limit if limit and not self._stop_cause else float("inf")

    @staticmethod
    def _family() -> list[str]:
        return [f"{pid} {processes.name_of(pid)}" for pid in processes.descendants(os.getpid())]

    def _reap(self) -> bool:
        """Collect ended children. True when there are no others."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            if pid == self._child:
                self._status = status

    def _stop(self, cause: str) -> None:
        """The one way to stop. The first call asks (TERM to all), a second one forces."""
        if self._stop_cause is None:
            self._stop_cause = cause
            self._end_tree()
        else:
            self._deadline = time.monotonic()

    def _end_tree(self) -> None:
        if not self._child:
            return
        self._signal_tree(signal.SIGTERM)
        self._deadline = time.monotonic() + self._spec["grace"]

    def _signal_tree(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child, number)
        outside = [pid for pid in processes.descendants(os.getpid()) if _group_of(pid) != self._child]
        processes.signal_all(outside, number)

    def _verdict(self) -> tuple[str, str | None]:
        if self._stop_cause:
            return why_stopped(self._stop_cause, self._spec)
        code = os.waitstatus_to_exitcode(self._status or 0)
        return why_ended(code, self._tail, self._spec, oom_killed=oom_kills() > self._oom_kills_before)

    def _write_outcome(self, cause: str, error: str | None) -> None:
        code = os.waitstatus_to_exitcode(self._status) if self._status is not None else None
        # As a subreaper without children it has no descendants either: no need to walk through /proc.
        survivors = [] if self._reap() else self._family()
        ended_at = _iso(time.time())
        while True:
            self._hash.update(self._spool.tell_what_was_dropped(time.time_ns() // 1000))
            outcome = {
                "cause": cause,
                "exit_code": code if code is not None and code >= 0 else None,
                "signal": -code if code is not None and code < 0 else None,
                "error": error,
                "started_at": _iso(self._started),
                "ended_at": ended_at,
                "bytes": self._spool.offset,
                "sha256": self._hash.hexdigest(),
                "survivors": survivors,
                "ended_leftovers": self._leftovers,
            }
            try:
                write_json(self._folder / OUTCOME, outcome)
            except OSError as failure:
                # Without its outcome a job that did all of its work would be a lost one, and perhaps be done again.
                if failure.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                time.sleep(NO_ROOM_SECONDS)
            else:
                return


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
