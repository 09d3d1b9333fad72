"""A handle on a process that may not be our child: does it live, what is it, and a signal that reaches nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import time
from pathlib import Path
from typing import Protocol


class Child(Protocol):
    """What is needed of `subprocess.Popen`: only a parent can (and must) collect the exit code."""

    pid: int

    def poll(self) -> int | None: ...


class ProcessHandle:
    """A bare pid may belong to another process a moment later; where the kernel has pidfds this holds the very process.

    Raises ProcessLookupError when there is no such process.
    """

    def __init__(self, pid: int, child: Child | None = None) -> None:
        self.pid = pid
        self._child = child
        self._pidfd: int | None = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        if self._pidfd is not None:
            return not select.select([self._pidfd], [], [], 0)[0]
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def exit_code(self) -> int:
        """As `subprocess` counts: minus the signal's number when a signal ended it. 0 when it was not our child."""
        return (self._child.poll() or 0) if self._child is not None else 0

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal; nothing happens when the process has ended."""
        if not self.alive():
            return
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd is not None and hasattr(signal, "pidfd_send_signal"):
                signal.pidfd_send_signal(self._pidfd, number)
            else:
                os.kill(self.pid, number)

    async def ended(self, within: float) -> bool:
        """Waits at most `within` seconds for the end."""
        deadline = time.monotonic() + within
        while self.alive():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    def arguments(self) -> list[str] | None:
        """Its command line when it is a process of our own user, [] when not; None where the system does not tell."""
        folder = Path(f"/proc/{self.pid}")
        if not Path("/proc/self").exists():
            return None
        try:
            if folder.stat().st_uid != os.getuid():
                return []
            return (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            return []

    def __del__(self) -> None:
        if (handle := getattr(self, "_pidfd", None)) is not None:
            with contextlib.suppress(OSError):
                os.close(handle)


def all_pids() -> list[int]:
    """Every process of this machine; none where the system does not tell."""
    folder = Path("/proc")
    return [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()] if folder.is_dir() else []
