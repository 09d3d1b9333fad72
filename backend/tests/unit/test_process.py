"""A handle on a process: it lives or not, it is signalled and nobody else; with and without pidfds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from backend.utils.process import ProcessHandle, all_pids


@pytest.fixture(params=["pidfd", "bare pid"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "bare pid":  # macOS
        monkeypatch.delattr(os, "pidfd_open")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "marked"]) as child:
        yield child
        child.kill()


@pytest.mark.usefixtures("kind")
async def test_a_child_is_seen_to_its_end(child: subprocess.Popen[bytes]) -> None:
    handle = ProcessHandle(child.pid, child)
    assert handle.alive()
    assert not await handle.ended(0.05)
    handle.signal(signal.SIGTERM)
    assert await handle.ended(10)
    assert handle.exit_code() == -signal.SIGTERM
    handle.signal(signal.SIGTERM)  # to nobody


@pytest.mark.usefixtures("kind")
async def test_a_stranger_is_seen_to_its_end(child: subprocess.Popen[bytes]) -> None:
    handle = ProcessHandle(child.pid)
    assert handle.alive()
    handle.signal(signal.SIGKILL)
    child.wait()
    assert await handle.ended(10)
    assert handle.exit_code() == 0  # nobody told us
    handle.signal(signal.SIGKILL)


def test_who_is_gone_cannot_be_held(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    with pytest.raises(ProcessLookupError):
        ProcessHandle(child.pid)


def test_a_command_line_is_told_of_our_own_user_only(child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    # The kernel lets the parent of a vfork go on a moment before the new command line can be read.
    while "marked" not in (ProcessHandle(child.pid).arguments() or []):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert child.pid in all_pids()
    handle = ProcessHandle(child.pid)
    child.kill()
    child.wait()
    assert handle.arguments() == []
