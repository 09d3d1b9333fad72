"""`run.py --dev`: reload on change without losing a request or the database; nothing left behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from backend.tests.started import PROJECT, Started

# Stands for npm: says what it was asked, has a child of its own as npm has, and does not pass signals on.
NPM = """#!/bin/sh
echo "npm $* for $BACKEND_URL"
sleep 300 &
wait
"""


def _get(url: str) -> int:
    with urlopen(url, timeout=30) as answer:
        return int(answer.status)


def _processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            here = entry.name.isdigit() and (entry / "cwd").readlink().is_relative_to(folder)
            found += [(entry / "cmdline").read_text()] if here else []
        except OSError:
            continue
    return found


def test_a_change_restarts_the_console_and_keeps_database_and_port(tmp_path: Path) -> None:
    project = tmp_path / "project"
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "tests")
    for name in ("backend", "launcher"):
        shutil.copytree(PROJECT / name, project / name, ignore=ignored)
    (project / "frontend").mkdir()
    npm = tmp_path / "npm"
    npm.write_text(NPM)
    npm.chmod(0o755)
    argv = [sys.executable, "-m", "launcher.dev", "--npm", npm, "--port", "0", "--data-dir", tmp_path / "data"]
    env = {"PYTHONDONTWRITEBYTECODE": "1", "LOG_LEVEL": "INFO"}
    running = Started(argv, tmp_path / "log", cwd=project, env=env)
    output = running.until("Ops Console is at ")
    asked = re.search(r"npm run dev -- --host 127\.0\.0\.1 --port (\d+) --strictPort for (\S+)", output)
    assert asked
    assert f"Ops Console is at http://127.0.0.1:{asked[1]}" in output  # people talk to Vite
    assert _get(f"{asked[2]}/api/health/ready") == 200

    (project / "backend" / "errors.py").touch()
    running.until("errors.py changed, starting the console again")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and running.output.count("Ops Console is at ") < 2:
        assert _get(f"{asked[2]}/api/auth/setup") == 200  # a request in between waits; none is refused
    assert running.output.count("database found running, taken over") == 1

    (project / "backend" / "errors.py").write_text("this is no Python\n")
    running.until("SyntaxError")
    shutil.copy(PROJECT / "backend" / "errors.py", project / "backend")
    deadline = time.monotonic() + 10
    while running.output.count("Ops Console is at ") < 3:
        assert time.monotonic() < deadline, running.output
        time.sleep(0.05)
    assert _get(f"{asked[2]}/api/health/ready") == 200

    running.send(signal.SIGINT)
    assert running.code() == 0, running.output
    assert _processes_in(tmp_path) == []
    assert not os.path.lexists(tmp_path / "data" / "database" / "mongod.sock")
