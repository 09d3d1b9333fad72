"""Why an attempt ended, as cause and sentence. Standard library only: the runner imports it."""

from __future__ import annotations

import errno
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

# How programs say that an allocation failed: Python, C++, C and the shell, Java.
_NO_MEMORY = (b"MemoryError", b"std::bad_alloc", b"Cannot allocate memory", b"java.lang.OutOfMemoryError")
# What programs say when they ask on a closed stdin: Python's input() and click, bash's read loop, ssh, sudo.
_ASKED = (b"EOFError", b"Aborted!", b"stdin: is not a tty", b"a terminal is required", b"Not a tty")


def why_stopped(cause: str, spec: dict[str, Any]) -> tuple[str, str | None]:
    if cause == "time_limit":
        return cause, f"It ran longer than its time limit of {spec['time_limit']:g} s and was stopped."
    if cause == "silence":
        seconds = spec["silence_limit"]
        return "time_limit", f"It printed nothing for {seconds:g} s, so it was taken to hang and was stopped."
    return cause, None


def why_ended(code: int, last: bytes, spec: dict[str, Any], *, oom_killed: bool) -> tuple[str, str | None]:
    """By itself, with this exit code (a signal's number below zero), having printed `last`."""
    if code == -signal.SIGKILL and oom_killed:
        return "out_of_memory", "The machine ran out of memory, and the system killed it."
    if code and any(text in last for text in _NO_MEMORY):
        return "out_of_memory", "It could not get the memory it needed."
    if code < 0:
        return "signal", f"It was ended by signal {-code} ({_signal_name(-code)})."
    if code and not spec["stdin"] and any(text in last for text in _ASKED):
        return "asked_for_input", "It asked a question, and jobs have nobody to answer: its input is closed."
    return "exit_code", f"It ended with exit code {code}." if code else None


def why_not_started(error: OSError, spec: dict[str, Any]) -> str:
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


def oom_kills() -> int:
    """How often the kernel has killed for memory since it started, in any cgroup (/proc/vmstat)."""
    with suppress(OSError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
