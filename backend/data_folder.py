"""The one folder that holds everything the console writes: its layout, its mode, its lock (one console at a time)."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import stat
from pathlib import Path

from backend.errors import StartError

# What we make there. `keys` holds the two keys, `spool` the output of running jobs, `tools` what commands install.
SUBFOLDERS = ("database", "keys", "spool", "tools")
_LOCK = "console.lock"
# mongod allocates 300 MB of journal ahead; with less it would die in the middle of its first start.
_FOR_DATABASE = 350 * 1024 * 1024
_FOR_THE_REST = 10 * 1024 * 1024
# Bookkeeping of file systems and desktops, found in folders that are otherwise empty.
_NOT_CONTENT = {"lost+found", ".DS_Store", ".gitkeep", ".snapshot"}


class DataFolder:
    """An opened data folder. The lock lives as long as this process, however it ends: the kernel frees it."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self.database = path / "database"
        self._handle = handle

    @classmethod
    def open(cls, path: Path, *, with_database: bool = True) -> DataFolder:
        """Makes the folder (mode 0700) and its subfolders and takes the lock. Raises StartError with what to do.

        `with_database`: the private mongod will live here, so there must be room for its journal.
        """
        new_database = with_database and not (path / "database" / "db" / "WiredTiger").exists()
        least_free = _FOR_DATABASE if new_database else _FOR_THE_REST
        try:
            _make_private(path)
            handle = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                _lock(path, handle)
                for name in SUBFOLDERS:
                    (path / name).mkdir(mode=0o700, exist_ok=True)
                _check_space(path, least_free)
            except BaseException:
                os.close(handle)
                raise
        except OSError as error:
            raise _explained(path, error, least_free) from None
        folder = cls(path, handle)
        folder.announce("")
        return folder

    def announce(self, address: str) -> None:
        """Records who holds the folder, for the message that a second console shows."""
        text = json.dumps({"pid": os.getpid(), "address": address}).encode()
        with contextlib.suppress(OSError):  # Only the wording of a message depends on it.
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text, 0)

    def close(self) -> None:
        os.close(self._handle)


def _make_private(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise StartError(f"The data folder {path} is a file: name a folder with --data-dir or DATA_DIR.")
    if not path.exists():
        path.mkdir(mode=0o700, parents=True)
        return
    content = {entry.name for entry in path.iterdir()} - _NOT_CONTENT
    if content and not content & {_LOCK, *SUBFOLDERS}:
        # `--data-dir ~` must not turn somebody's home into a data folder and take everybody's access away.
        raise StartError(f"{path} has other files in it: name an empty or new folder with --data-dir or DATA_DIR.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o700)


def _lock(path: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartError(
            f"The data folder {path} is in use by another console ({_holder(handle)}): stop that one, or give this one "
            "a folder of its own with --data-dir."
        ) from None


def _holder(handle: int) -> str:
    try:
        found = json.loads(os.pread(handle, 4096, 0))
        return f"process {int(found['pid'])}" + (f", {found['address']}" if found["address"] else "")
    except (OSError, ValueError, KeyError, TypeError):
        return "process unknown"


def _check_space(path: Path, least_free: int) -> None:
    space = os.statvfs(path)
    if space.f_bavail * space.f_frsize < least_free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _explained(path: Path, error: OSError, least_free: int) -> StartError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StartError(
            f"The disk is full where the data folder {path} lies: free at least {least_free // 1024**2} MB, or name "
            "another folder with --data-dir."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StartError(
            f"The data folder {path} cannot be written ({error.strerror}): give yourself write access to it, or name "
            "another folder with --data-dir."
        )
    if error.errno in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
        return StartError(
            f"The data folder {path} lies on a file system without locks: name one on a local disk with --data-dir."
        )
    return StartError(f"The data folder {path} cannot be used ({error.strerror}): name another folder with --data-dir.")
