"""The runner by itself, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.jobs import runner as runner_module
from backend.jobs.runner import Runner
from backend.jobs.spool import SpoolReader


def _spec(folder: Path, argv: list[str]) -> dict[str, Any]:
    return {
        "argv": argv, "env": {"PATH": os.defpath}, "cwd": str(folder), "stdin": None, "pty": False, "time_limit": None,
        "silence_limit": None, "grace": 1, "spool_limit": 1 << 30, "masks": [], "boot_id": "boot",
    }  # fmt: skip


def _slow_down_the_search(searching: Path) -> None:
    find = shutil.which

    def slowly(*arguments: Any, **options: Any) -> Any:
        searching.touch()
        time.sleep(0.5)
        return find(*arguments, **options)

    shutil.which = slowly


def _in_a_process_of_its_own(action: Callable[[], object]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            action()
        finally:
            os._exit(0)
    return pid


def test_a_cancel_before_the_child_is_there_starts_no_child(tmp_path: Path) -> None:
    """What cannot be undone must not happen after it was cancelled."""
    proof, searching = tmp_path / "started", tmp_path / "searching"

    def run() -> None:
        _slow_down_the_search(searching)
        Runner.prepare()
        runner = Runner(_spec(tmp_path, ["touch", str(proof)]), tmp_path)
        runner.make_ready()
        runner.run()

    pid = _in_a_process_of_its_own(run)
    while not searching.exists():
        time.sleep(0.01)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    assert json.loads((tmp_path / "outcome.json").read_text())["cause"] == "cancelled"
    assert not proof.exists()


def test_an_attempt_that_was_given_up_starts_no_child(tmp_path: Path) -> None:
    """Another console found it without a runner and took its place: the job may run there already."""
    proof = tmp_path / "started"

    def run() -> None:
        Runner.prepare()
        runner = Runner(_spec(tmp_path, ["touch", str(proof)]), tmp_path)
        runner.make_ready()
        (tmp_path / "runner").symlink_to("nobody")
        runner.run()

    os.waitpid(_in_a_process_of_its_own(run), 0)
    assert not proof.exists()
    assert not (tmp_path / "outcome.json").exists()


def test_a_cancel_that_comes_too_late_is_not_the_next_attempts(tmp_path: Path) -> None:
    """A runner serves one attempt after the other; signals have no sender's address on them."""
    folders = [tmp_path / "1", tmp_path / "2"]

    def run() -> None:
        Runner.prepare()
        for folder in folders:
            folder.mkdir()
            runner = Runner(_spec(folder, ["true"]), folder)
            runner.make_ready()
            assert runner.run()
            os.kill(os.getpid(), signal.SIGTERM)

    os.waitpid(_in_a_process_of_its_own(run), 0)
    outcomes = [json.loads((folder / "outcome.json").read_text()) for folder in folders]
    assert [outcome["exit_code"] for outcome in outcomes] == [0, 0]


def test_a_cancel_while_the_outcome_is_written_changes_nothing(tmp_path: Path) -> None:
    """The child has ended by itself: from there on nobody can stop it any more."""

    def run() -> None:
        code_of = os.waitstatus_to_exitcode

        def and_a_cancel(status: int) -> int:
            os.kill(os.getpid(), signal.SIGTERM)
            return code_of(status)

        os.waitstatus_to_exitcode = and_a_cancel
        Runner.prepare()
        runner = Runner(_spec(tmp_path, ["true"]), tmp_path)
        runner.make_ready()
        if runner.run():
            (tmp_path / "can serve the next").touch()

    os.waitpid(_in_a_process_of_its_own(run), 0)
    outcome = json.loads((tmp_path / "outcome.json").read_text())
    assert (outcome["cause"], outcome["exit_code"]) == ("exit_code", 0)
    assert (tmp_path / "can serve the next").exists()


def test_a_full_disk_loses_output_and_says_so_but_not_what_the_job_came_to(tmp_path: Path) -> None:
    """Else it would be lost, and perhaps be done a second time."""
    proof, full = tmp_path / "ran", [tmp_path / f"out.{0:020d}", tmp_path / "outcome.draft"]
    for path in full:
        path.symlink_to("/dev/full")

    def run() -> None:
        runner_module.NO_ROOM_SECONDS = 0.05
        Runner.prepare()
        runner = Runner(_spec(tmp_path, ["sh", "-c", f"echo hello; touch {proof}; exit 3"]), tmp_path)
        runner.make_ready()
        runner.run()

    pid = _in_a_process_of_its_own(run)
    deadline = time.monotonic() + 20
    while not proof.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.2)
    assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    assert not (tmp_path / "outcome.json").exists()
    for path in full:
        path.unlink()
    os.waitpid(pid, 0)
    outcome = json.loads((tmp_path / "outcome.json").read_text())
    assert outcome["exit_code"] == 3
    text = b"".join(frame.data for frame in SpoolReader(tmp_path).read(1000))
    assert b"6 bytes of output were not kept" in text
    assert (outcome["bytes"], outcome["sha256"]) == (len(text), hashlib.sha256(text).hexdigest())


@pytest.mark.parametrize("pty", [False, True])
def test_a_runner_that_serves_again_and_again_keeps_nothing_open(tmp_path: Path, pty: bool) -> None:
    counts = []

    def run() -> None:
        Runner.prepare()
        for number in range(3):
            folder = tmp_path / str(number)
            folder.mkdir()
            runner = Runner({**_spec(folder, ["echo", "hello"]), "pty": pty}, folder)
            runner.make_ready()
            assert runner.run()
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
        (tmp_path / "open").write_text(json.dumps(counts))

    os.waitpid(_in_a_process_of_its_own(run), 0)
    assert len(set(json.loads((tmp_path / "open").read_text()))) == 1


def test_a_terminal_is_typed_more_than_it_takes_at_once(tmp_path: Path) -> None:
    """Typed before the child was there, it blocked for ever above some 10 KB, and no cancel could end that."""
    text = "a line of input\n" * 10_000

    def run() -> None:
        Runner.prepare()
        spec = {**_spec(tmp_path, ["wc", "-c"]), "pty": True, "stdin": text, "time_limit": 30}
        runner = Runner(spec, tmp_path)
        runner.make_ready()
        runner.run()

    pid = _in_a_process_of_its_own(run)
    deadline = time.monotonic() + 30
    while not (tmp_path / "outcome.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert json.loads((tmp_path / "outcome.json").read_text())["exit_code"] == 0
    frames = SpoolReader(tmp_path).read(1 << 20)
    assert b"".join(frame.data for frame in frames).split() == [str(len(text)).encode()]
