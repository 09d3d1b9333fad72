"""Telling processes apart and finding those of a job. Linux (`/proc`), standard library only: the runner imports it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# In every child's environment: finds a job's processes even after they left its session and lost their parent.
JOB_VARIABLE = "CONSOLE_JOB"


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def start_time(pid: int) -> int | None:
    """Clock ticks after boot when `pid` began: with it a pid names one process for ever. None: no such process."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name (which may hold spaces and brackets); None for zombies too."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        # Nothing else: out of descriptors, say, must not look like a dead process.
        return None
    return None if fields[0] in "ZX" else fields


def all_pids() -> list[int]:
    return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]


def descendants(root: int) -> list[int]:
    """Living processes below `root`, parents before children."""
    children: dict[int, list[int]] = {}
    for pid in all_pids():
        if fields := _stat(pid):
            children.setdefault(int(fields[1]), []).append(pid)
    found: list[int] = []
    queue = [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def processes_of_job(marker: str) -> list[int]:
    """Processes that carry `CONSOLE_JOB=<marker>` in the environment they were started with."""
    wanted = f"{JOB_VARIABLE}={marker}".encode()
    found = []
    for pid in all_pids():
        with suppress(OSError):
            if pid != os.getpid() and wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def signal_all(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
