"""Memory and load of this machine: once with the biggest programs, or every second with `--watch`.

Linux has all the figures (in /proc); elsewhere the missing ones are called unknown.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

PROC = Path("/proc")
CGROUP = Path("/sys/fs/cgroup")
WIDTH = 30


def human(size: float) -> str:
    """1536 -> '1.5 KiB'."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def memory() -> dict[str, int] | None:
    """`/proc/meminfo` in bytes, or None where there is none (macOS, BSD)."""
    try:
        lines = (PROC / "meminfo").read_text().splitlines()
    except OSError:
        return None
    return {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}


def container_memory() -> tuple[int, int] | None:
    """Used and allowed bytes when a container limits the memory (control groups, version 2)."""
    try:
        limit = (CGROUP / "memory.max").read_text().strip()
        return None if limit == "max" else (int((CGROUP / "memory.current").read_text()), int(limit))
    except (OSError, ValueError):
        return None


def load() -> float | None:
    """Programs that want a processor, averaged over the last minute."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def programs() -> list[tuple[int, int, str]]:
    """Resident bytes, process id and name of every process we may look at, biggest first."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            text = (folder / "status").read_text(errors="replace")
        except OSError:
            continue  # ended meanwhile, or not ours to see
        fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
        resident = fields.get("VmRSS", "0 kB").split()[0]
        found.append((int(resident) * 1024, int(folder.name), fields.get("Name", "?")))
    return sorted(found, reverse=True)


def bar(done: int, total: int) -> str:
    filled = WIDTH * done // total
    minutes, seconds = divmod(total - done, 60)
    drawn = "█" * filled + " " * (WIDTH - filled)
    return f"Watching: {100 * done // total:3d}%|{drawn}| {done}/{total} [{minutes:02d}:{seconds:02d} left]"


def reading() -> str:
    facts, running = memory(), load()
    shown = "unknown" if running is None else f"{running:.2f}"
    used = "unknown here"
    if facts:
        taken = facts["MemTotal"] - facts.get("MemAvailable", facts["MemFree"])
        used = f"{human(taken)} of {human(facts['MemTotal'])}"
    return f"{datetime.now(UTC):%H:%M:%S} UTC  load {shown:>5}  memory {used}"


def show(top: int) -> int:
    facts = memory()
    if facts is None:
        print(f"Memory figures come from /proc, which {sys.platform} does not have.", file=sys.stderr)
        return 1
    total, free = facts["MemTotal"], facts.get("MemAvailable", facts["MemFree"])
    print(f"Machine    {human(total - free):>10} of {human(total)} used, {human(free)} available")
    print(f"Swap       {human(facts['SwapTotal'] - facts['SwapFree']):>10} of {human(facts['SwapTotal'])} used")
    container = container_memory()
    if container:
        print(f"Container  {human(container[0]):>10} of {human(container[1])} used")
    if top:
        print("\n  resident     process  name")
    for resident, pid, name in programs()[:top]:
        print(f"{human(resident):>10}  {pid:>10}  {name}")
    return 0


def watch(seconds: int) -> int:
    start = time.monotonic()
    for done in range(seconds):
        print(f"\r{reading():{WIDTH + 40}}", flush=True)  # over the bar, which has no line end of its own
        print(f"\r{bar(done, seconds)}", end="", file=sys.stderr, flush=True)
        time.sleep(max(0.0, start + done + 1 - time.monotonic()))
    print(f"\r{bar(seconds, seconds)}", file=sys.stderr, flush=True)
    print(f"Watched for {seconds} seconds.", flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--top", type=int, default=10, help="programs to list")
    parser.add_argument("--watch", type=int, metavar="SECONDS", help="go on for so long")
    arguments = parser.parse_args()
    return watch(arguments.watch) if arguments.watch else show(arguments.top)


if __name__ == "__main__":
    sys.exit(main())
