"""The runner by itself, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from backend.jobs.runner import Runner


def _spec(folder: Path, argv: list[str]) -> dict[str, Any]:
    return {
        "argv": argv, "env": {"PATH": os.defpath}, "cwd": str(folder), "stdin": None, "pty": False, "time_limit": None,
        "grace": 1, "spool_limit": 1 << 30, "masks": [], "boot_id": "boot",
    }  # fmt: skip


def _slow_down_the_search() -> None:
    find = shutil.which

    def slowly(*arguments: Any, **options: Any) -> Any:
        time.sleep(0.5)
        return find(*arguments, **options)

    shutil.which = slowly


def test_a_cancel_before_the_child_is_there_starts_no_child(tmp_path: Path) -> None:
    """What cannot be undone must not happen after it was cancelled."""
    proof = tmp_path / "started"
    pid = os.fork()
    if pid == 0:
        _slow_down_the_search()
        Runner(_spec(tmp_path, ["touch", str(proof)]), tmp_path).run()
        os._exit(0)
    while not (tmp_path / "runner").is_symlink():
        time.sleep(0.01)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    assert json.loads((tmp_path / "outcome.json").read_text())["cause"] == "cancelled"
    assert not proof.exists()
