"""Shows which slow step is under way and for how long: one living line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import Self

# Without a terminal (a log file, a service manager) a sign of life this often is enough.
_PLAIN_EVERY = 10.0


class Step:
    """`with Step("Installing Python packages") as step:` ... `step.show("Collecting fastapi")`."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._detail = ""
        self._living = sys.stderr.isatty()
        self._began = time.monotonic()
        self._last_shown = self._began

    def __enter__(self) -> Self:
        self._write(f"{self._title} ..." if self._living else f"{self._title} ...\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        outcome = "done" if kind is None else "stopped" if kind is KeyboardInterrupt else "failed"
        start = "\r\x1b[K" if self._living else ""
        self._write(f"{start}{self._title}: {outcome} ({self._elapsed()})\n")

    def show(self, detail: str) -> None:
        """What the step is doing now."""
        self._detail = detail.strip()
        self.tick()

    def tick(self) -> None:
        """Call now and then: refreshes the elapsed time."""
        now = time.monotonic()
        if now - self._last_shown < (0.2 if self._living else _PLAIN_EVERY):
            return
        self._last_shown = now
        line = f"{self._title} ... {self._elapsed()}  {self._detail}"
        if self._living:
            self._write("\r\x1b[K" + line[: shutil.get_terminal_size().columns - 1])
        else:
            self._write(line + "\n")

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._began:.0f} s"

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
