"""One preparation at a time in one project folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from launcher.progress import Step

# Preparing pages prepares Node, which prepares Python packages: each locks, only the outermost waits.
_held: set[Path] = set()


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Waits until no other run.py prepares `folder`.

    The folder itself is locked (flock): no lock file is left behind, and the kernel frees it whenever the holder ends.
    """
    if folder in _held:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with Step("Waiting for another run.py that prepares this folder") as step:
                _wait(handle, step)
        _held.add(folder)
        yield
    finally:
        _held.discard(folder)
        os.close(handle)


def _wait(handle: int, step: Step) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step.tick()
            time.sleep(0.2)
        else:
            return
