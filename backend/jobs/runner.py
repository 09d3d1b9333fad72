"""The runner: one small process an attempt that owns the child, and outlives the console.

It is forked from the warm `runner_host` and uses the standard library only. It masks the child's output, appends it to
the spool, enforces the time limit, and ends the child's whole tree the same way for every reason there is to end it.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import select
import shutil
import signal
import struct
import termios
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.jobs import processes
from backend.jobs.spool import OUTCOME, RUNNER, STDERR, STDOUT, SpoolWriter, write_json, write_note
from backend.utils.masking import Finder, StreamMasker

PIPE_BYTES = 1024 * 1024
READ_BYTES = 256 * 1024
F_SETPIPE_SZ = 1031
PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE = 36, 4
TIOCSWINSZ = 0x5414
# After KILL a process can only be stuck in the kernel or belong to someone else: no point in waiting longer.
KILL_WAIT = 2.0
# How often a full disk is tried again for what a job came to.
NO_ROOM_SECONDS = 1.0
# How programs say that an allocation failed: Python, C++, C and the shell, Java.
_NO_MEMORY = (b"MemoryError", b"std::bad_alloc", b"Cannot allocate memory", b"java.lang.OutOfMemoryError")
# What the child gets back as it was; Python and we ignore or block them.
_DEFAULTS = [signal.SIGPIPE, signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD]
_libc = ctypes.CDLL(None, use_errno=True)
# What programs say when they ask on a closed stdin: Python's input() and click, bash's read loop, ssh, sudo.
_ASKED = (b"EOFError", b"Aborted!", b"stdin: is not a tty", b"a terminal is required", b"Not a tty")


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
        self._problem: OSError | None = None
        self._oom_kills_before = _oom_kills()

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
            self._actions = self._terminal() if self._spec["pty"] else self._pipes()
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
            self._write_outcome("could_not_start", _why_not_started(error, self._spec))
            return False
        self._loop(self._wakeup[0])
        # Before the outcome is there, so that a cancel which comes too late is not taken for the next attempt's.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._write_outcome(*self._verdict())
        return self._stop_cause is None and not self._leftovers and self._tidy()

    def _tidy(self) -> bool:
        signal.set_wakeup_fd(-1)
        for descriptor in self._wakeup:
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

    def _stdin_with(self, text: str | None) -> int:
        """End of input at once, or after `text`. A file, not a pipe: nobody has to write it while the child runs."""
        if not text:
            return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        descriptor = os.memfd_create("stdin")
        os.write(descriptor, text.encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    def _pipes(self) -> list[tuple[Any, ...]]:
        stdin = self._stdin_with(self._spec["stdin"])
        actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_DUP2, stdin, 0)]
        theirs = []
        for target, stream in ((1, STDOUT), (2, STDERR)):
            reading, writing = os.pipe2(os.O_CLOEXEC)
            _set_pipe_size(reading)
            os.set_blocking(reading, False)
            self._streams[reading] = (stream, StreamMasker(self._finder))
            actions.append((os.POSIX_SPAWN_DUP2, writing, target))
            theirs.append(writing)
        self._theirs = (stdin, *theirs)
        return actions

    def _terminal(self) -> list[tuple[Any, ...]]:
        """A terminal of 120 by 40. The child is a session leader without one, so opening it makes it its own.

        Its input is what `stdin` says and then the end, without echo. Our end of the slave stays open: when the last
        one closes, the kernel hangs up on the child, who may only have redirected its output.
        """
        master, slave = os.openpty()
        modes = termios.tcgetattr(slave)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        text = self._spec["stdin"] or ""
        # Each read at the start of a line takes one end-of-file character, and programs ask more than once.
        os.write(master, text.encode() + (b"\x04" if text and not text.endswith("\n") else b"") + b"\x04" * 16)
        size = struct.pack("HHHH", 40, 120, 0, 0)
        _libc.ioctl(slave, TIOCSWINSZ, size)
        name = os.ttyname(slave)
        os.set_inheritable(master, False)
        os.set_blocking(master, False)
        self._streams[master] = (STDOUT, StreamMasker(self._finder))
        return [(os.POSIX_SPAWN_OPEN, number, name, os.O_RDWR, 0) for number in (0, 1, 2)]

    def _loop(self, wake: int) -> None:
        poll = select.poll()
        poll.register(wake, select.POLLIN)
        for descriptor in self._streams:
            poll.register(descriptor, select.POLLIN)
        while True:
            for descriptor, _event in poll.poll(self._milliseconds_left()):
                if descriptor == wake:
                    with suppress(BlockingIOError):
                        os.read(wake, 4096)
                elif not self._read(descriptor):
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
        if self._stop_cause == "time_limit":
            return "time_limit", f"It ran longer than its time limit of {self._spec['time_limit']:g} s and was stopped."
        if self._stop_cause == "silence":
            seconds = self._spec["silence_limit"]
            return "time_limit", f"It printed nothing for {seconds:g} s, so it was taken to hang and was stopped."
        if self._stop_cause:
            return self._stop_cause, None
        code = os.waitstatus_to_exitcode(self._status or 0)
        if code == -signal.SIGKILL and _oom_kills() > self._oom_kills_before:
            return "out_of_memory", "The machine ran out of memory, and the system killed it."
        if code and any(text in self._tail for text in _NO_MEMORY):
            return "out_of_memory", "It could not get the memory it needed."
        if code < 0:
            return "signal", f"It was ended by signal {-code} ({_signal_name(-code)})."
        if code and not self._spec["stdin"] and any(text in self._tail for text in _ASKED):
            return "asked_for_input", "It asked a question, and jobs have nobody to answer: its input is closed."
        return "exit_code", f"It ended with exit code {code}." if code else None

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


def _set_pipe_size(descriptor: int) -> None:
    # Refused when the user's pipe budget is used up (pipe(7)): 64 KiB work too, only slower.
    with suppress(OSError):
        fcntl.fcntl(descriptor, F_SETPIPE_SZ, PIPE_BYTES)


def _oom_kills() -> int:
    """How often the kernel has killed for memory since it started, in any cgroup (/proc/vmstat)."""
    with suppress(OSError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _why_not_started(error: OSError, spec: dict[str, Any]) -> str:
    program = spec["argv"][0]
    if error.filename == spec["cwd"]:
        return f"It could not start: its working folder {spec['cwd']} cannot be entered ({error.strerror})."
    if error.errno == errno.ENOENT:
        return f"It could not start: the program {program} was not found."
    if error.errno == errno.ENOEXEC:
        return f"It could not start: {program} is not a program (a script needs a first line like #!/bin/sh)."
    if error.errno == errno.E2BIG:
        return "It could not start: its arguments and environment are too long for the system."
    return f"It could not start: {program}: {error.strerror}."
