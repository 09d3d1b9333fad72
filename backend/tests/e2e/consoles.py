"""Consoles started as people start them: `python3 run.py`, in this checkout or in a copy of its sources."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from backend.tests.started import PROJECT, Started

EMAIL, PASSWORD = "manager@example.org", "correct horse battery staple"


class RunningConsole:
    """A console with its printed address and, the first time, its set-up link."""

    def __init__(self, folder: Path, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        # The Python that made our environment, as a newcomer would have it: nothing installed.
        python = getattr(sys, "_base_executable", sys.executable)
        argv = [python, "run.py", "--port", "0", "--data-dir", data_dir]
        self.started = Started(argv, data_dir.with_suffix(".log"), cwd=folder, env=settings)
        try:
            output = self.started.until("Ops Console is at", 600)
        except BaseException:
            self.started.stop()
            raise
        found = re.search(r"Ops Console is at (\S+)", output)
        assert found
        self.url = found[1]
        link = re.search(r"http\S+/setup#token=\S+", output)
        self.setup_link = link[0] if link else None
        self._http: httpx.Client | None = None

    @property
    def http(self) -> httpx.Client:
        """Signed in as the admin, who must exist."""
        if self._http is None:
            self._http = httpx.Client(base_url=self.url, timeout=30)
            answer = self._http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return self._http

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.headers["content-type"].startswith("application/json") else answer.content

    def log_sha256(self, job_id: str) -> str:
        """Of the whole stored log."""
        done, digest = 0, hashlib.sha256()
        while piece := self.get(f"/api/jobs/{job_id}/log/raw", **{"from": done}):
            done += len(piece)
            digest.update(piece)
        return digest.hexdigest()

    def stop(self) -> None:
        """Ends the jobs that still run too: by design they would outlive the console."""
        try:
            if self.setup_link is None or not self.get("/api/auth/setup")["setup_needed"]:
                self._end_jobs()
        finally:
            if self._http is not None:
                self._http.close()
            assert self.started.stop() == 0, self.started.output[-3000:]

    def _end_jobs(self) -> None:
        deadline = time.monotonic() + 30
        while open_jobs := [*self.get("/api/jobs", status="pending"), *self.get("/api/jobs", status="running")]:
            assert time.monotonic() < deadline, f"cannot be cancelled: {[job['command'] for job in open_jobs]}"
            for job in open_jobs:
                if job["cancel_requested_at"] is None:
                    self.http.post(f"/api/jobs/{job['id']}/cancel")
            time.sleep(0.2)


def copy_of_the_project(target: Path) -> Path:
    """What a fresh clone holds, uncommitted changes included: no environment, no packages, no data, no built files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, check=True,
        stdout=subprocess.PIPE,
    ).stdout  # fmt: skip
    for name in filter(None, os.fsdecode(listed).split("\0")):
        source = PROJECT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target
