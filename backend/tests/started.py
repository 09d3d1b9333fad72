"""Programs of ours started as a person or a service manager starts them: their output, signals and exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]
# What a program needs to run at all, and what coverage needs to measure it. Nothing of the settings around the tests.
_PASSED_ON = ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


def passed_on() -> dict[str, str]:
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


class Started:
    """A child in a session of its own; `output` has both its streams."""

    def __init__(
        self, argv: Sequence[object], log: Path, *, cwd: Path = PROJECT, env: Mapping[str, str] | None = None
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(part) for part in argv], cwd=cwd, env={**passed_on(), **(env or {})}, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        return self.process.pid

    def until(self, text: str, seconds: float = 30) -> str:
        """Waits until `text` was printed; the whole output."""
        deadline = time.monotonic() + seconds
        while text not in self.output:
            assert self.process.poll() is None, f"ended with {self.process.returncode} before {text!r}:\n{self.output}"
            assert time.monotonic() < deadline, f"no {text!r} after {seconds} s:\n{self.output}"
            time.sleep(0.01)
        return self.output

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def code(self, seconds: float = 60) -> int:
        """Waits for the end; the exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"still running after {seconds} s:\n{self.output}") from None

    def stop(self) -> int:
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
        return self.code()


def console(data_dir: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Started:
    """The real console with its own private database."""
    log = data_dir.with_name(f"{data_dir.name}-{time.monotonic_ns()}.log")
    argv = [sys.executable, "-m", "backend", "--data-dir", data_dir, *arguments]
    return Started(argv, log, env={"PORT": "0", "LOG_LEVEL": "WARNING", **(env or {})})


def one_sentence(output: str) -> str:
    """The one line that a failed start may print. No traceback, no second line."""
    assert "Traceback" not in output, output
    lines = [line for line in output.splitlines() if line.strip()]
    assert len(lines) == 1, output
    return lines[0]


def can_unshare(*options: str) -> bool:
    """Whether this kernel lets us have namespaces of our own, to make read-only and full disks without being root."""
    try:
        return subprocess.run(["unshare", *options, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
