"""Runs pip, npm and the like with living progress; keeps the output for the case that they fail."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from launcher.problem import Problem, from_os_error, from_output
from launcher.progress import Step

# Enough for every error text of pip and npm; a build that prints without end must not fill the memory.
_KEPT_LINES = 2_000


def run(argv: Sequence[str], *, doing: str, folder: Path, log: Path, env: Mapping[str, str] | None = None) -> None:
    """Runs `argv` in `folder`. Raises Problem with the one sentence its output allows; `log` then has all of it."""
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    with Step(doing) as step:
        code = _follow(argv, folder, env, lines, step, doing)
        if code != 0:
            # A full disk is one of the reasons to be here, so the log file itself may fail.
            with contextlib.suppress(OSError):
                log.write_text("\n".join(lines) + "\n", encoding="utf-8")
            raise from_output(doing, list(lines), folder, log)


def _follow(
    argv: Sequence[str], folder: Path, env: Mapping[str, str] | None, lines: deque[str], step: Step, doing: str
) -> int:
    try:
        child = subprocess.Popen(
            argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        raise from_os_error(error, doing, folder) from None
    assert child.stdout is not None
    rest = b""
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(timeout=0.5):
                    data = os.read(child.stdout.fileno(), 65_536)
                    if not data:
                        break
                    *whole, rest = (rest + data).split(b"\n")
                    for raw in whole:
                        line = raw.decode("utf-8", "replace").rstrip()
                        lines.append(line)
                        step.show(line)
                step.tick()
        if rest:
            lines.append(rest.decode("utf-8", "replace"))
        return child.wait()
    except BaseException:
        # Ctrl-C or SIGTERM: nothing may go on writing into the environment after we let go of its lock.
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise


def output(argv: Sequence[str], timeout: float = 20) -> str | None:
    """What a short command printed, or None when it could not run or failed."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


__all__ = ["Problem", "output", "run"]
