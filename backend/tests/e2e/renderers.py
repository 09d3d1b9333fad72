"""What the browser costs: memory of a page's process, and tasks that kept its main thread from answering.

On a busy machine a thread also waits for a processor. That is no fault of the page, and the kernel counts it for each
thread (`schedstat`), so it is taken off.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from playwright.sync_api import Page

SAMPLE_SECONDS = 0.02


def largest_renderer() -> tuple[int, float]:
    """Of our browser: its pid and its memory in MB, shared pages counted by their share."""
    sizes = {}
    for process in Path("/proc").iterdir():
        # Any of them may be gone by the next line.
        with suppress(OSError):
            if process.name.isdigit() and _is_our_renderer(process):
                rollup = (process / "smaps_rollup").read_text()
                sizes[int(process.name)] = int(rollup.split("Pss:")[1].split()[0])
    pid = max(sizes, key=lambda pid: sizes[pid])
    return pid, sizes[pid] / 1000


def _is_our_renderer(process: Path) -> bool:
    return b"--type=renderer" in (process / "cmdline").read_bytes() and os.getpid() in _ancestors(process)


def _ancestors(process: Path) -> Iterator[int]:
    while (pid := int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])) > 1:
        yield pid
        process = Path(f"/proc/{pid}")


def waited(pid: int) -> dict[int, float]:
    """Seconds that each thread of a process was ready and had no processor."""
    waits = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            waits[int(task.name)] = int((task / "schedstat").read_text().split()[1]) / 1e9
    return waits


def longest_wait(before: dict[int, float], after: dict[int, float]) -> float:
    """Of the thread that waited most in between."""
    return max(after[thread] - before.get(thread, 0) for thread in after)


class LongTasks:
    """The tasks over 50 ms of a page's main thread, from here on."""

    def __init__(self, page: Page, pid: int) -> None:
        self._page = page
        self._pid = pid
        self._samples: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        page.evaluate("""() => {
          window.longTasks = [];
          new PerformanceObserver((list) => window.longTasks.push(
            ...list.getEntries().map(({ startTime, duration }) => [performance.timeOrigin + startTime, duration]),
          )).observe({ type: "longtask" });
        }""")

    def __enter__(self) -> LongTasks:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            with suppress(OSError):
                waits = int(Path(f"/proc/{self._pid}/schedstat").read_text().split()[1]) / 1e9
                self._samples.append((time.time(), waits))

    def milliseconds(self) -> list[float]:
        """How long each of them worked."""
        tasks = self._page.evaluate("() => window.longTasks")
        return [duration - 1000 * self._waited(start / 1000, (start + duration) / 1000) for start, duration in tasks]

    def _waited(self, start: float, end: float) -> float:
        samples = list(self._samples)
        times = [when for when, _ in samples]
        first = samples[max(0, bisect_right(times, start) - 1)][1]
        return samples[min(len(samples) - 1, bisect_left(times, end))][1] - first
