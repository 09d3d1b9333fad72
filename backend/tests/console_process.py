"""A console as a process of its own, as people start it, to be killed and started again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from backend.tests.conftest import COMMANDS, EMAIL, PASSWORD

PROJECT = Path(__file__).parents[2]


class ConsoleProcess:
    """`python -m backend` on a data folder. Everything it needs comes from `settings`, nothing from our environment."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._settings = {
            "DATA_DIR": str(data_dir), "PORT": "0", "COMMANDS_DIR": str(COMMANDS), "RATE_LIMIT_ENABLED": "false",
            "LOG_FORMAT": "json", "MAX_JOB_RETRIES": "0", "JOB_RETRY_DELAY_SECONDS": "0.1", **settings,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self._output = data_dir.with_suffix(".output")
        self.http = httpx.Client(timeout=30)
        self._token: str | None = None

    def start(self, seconds: float = 30) -> None:
        kept = {
            name: os.environ[name]
            for name in ("PATH", "MONGO_URL", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
            if name in os.environ
        }
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend"], cwd=PROJECT, env={**kept, **self._settings}, stdout=output,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + seconds
        while not (found := re.search(r"Ops Console is at (\S+)", self.output)):
            assert self._process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.02)
        self.http.base_url = httpx.URL(found[1])
        self._sign_in()

    def _sign_in(self) -> None:
        if setup := re.search(r"/setup#token=(\S+)", self.output):
            body = {"setup_token": setup[1], "email": EMAIL, "password": PASSWORD}
            self._token = self.http.post("/api/auth/setup", json=body).json()["token"]
        assert self._token
        self.http.headers["Authorization"] = f"Bearer {self._token}"

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def database_pid(self) -> int:
        """The private mongod of this data folder."""
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with suppress(OSError):
                    words = Path(f"/proc/{entry.name}/cmdline").read_bytes().split(b"\0")
                    if words[0].endswith(b"mongod") and any(str(self.data_dir).encode() in word for word in words):
                        return int(entry.name)
        raise AssertionError("this console has no database of its own")

    @property
    def database_name(self) -> str:
        return self._settings.get("DB_NAME", "airsenal_console")

    @property
    def database_url(self) -> str:
        """For a second client on the same database."""
        words = Path(f"/proc/{self.database_pid()}/cmdline").read_bytes().decode().split("\0")
        return f"mongodb://{quote(words[words.index('--bind_ip') + 1], safe='')}"

    def console_pids(self) -> list[int]:
        """The console and its runner host."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        children = {int(pid) for task in tasks for pid in (task / "children").read_text().split()}
        return [self.pid, *sorted(children - {self.database_pid()})]

    def kill(self) -> None:
        """As the kernel would: no goodbye."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As Ctrl-C or a service manager would; returns the exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def submit(self, command: str, **parameters: object) -> dict[str, Any]:
        answer = self.http.post("/api/jobs", json={"command": command, "parameters": parameters})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.http.get(f"/api/jobs/{job_id}").json())

    def when(self, job_id: str, condition: Any, seconds: float = 30) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            job = self.job(job_id)
            if condition(job):
                return job
            assert time.monotonic() < deadline, f"still {job}"
            time.sleep(0.05)

    def ended(self, job_id: str, seconds: float = 30) -> dict[str, Any]:
        return self.when(job_id, lambda job: job["status"] in ("completed", "failed", "cancelled"), seconds)
