"""Whole SQLite files: copied while others may read them, compared, and put in each other's place. All of it blocks."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from backend.errors import BadRequest

# As long as SQLite's own default, after which AIrsenal gives up as well.
LOCK_SECONDS = 5.0
SIDECARS = ("-journal", "-wal", "-shm")
# Change counter, schema cookie, version-valid-for and library version: a copy differs from its source in these alone.
_COUNTERS = ((24, 28), (40, 44), (92, 100))
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CHUNK = 1024 * 1024
_PASSING = ".airsenal-console-"


def real(path: Path) -> Path:
    """Where a link leads: replacing the link itself would part the two."""
    return Path(os.path.realpath(path))


def make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def in_words(what: str, still: str) -> Iterator[None]:
    """Turns failures of disk and SQLite into BadRequest: what could not be done, why, and what is still as it was."""
    try:
        yield
    except OSError as error:
        raise BadRequest(f"{what} failed: {_disk_reason(error)} {still}") from error
    except sqlite3.Error as error:
        raise BadRequest(f"{what} failed: {_sqlite_reason(error)} {still}") from error


def _disk_reason(error: OSError) -> str:
    if error.errno in _FULL:
        return "the disk is full. Free some space and try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or 'the folder'} may not be read or written by the console. Check its owner and mode."
    return f"{error.strerror or type(error).__name__} ({error.filename or 'no file named'})."


def _sqlite_reason(error: sqlite3.Error) -> str:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"another program has held the file locked for {LOCK_SECONDS:.0f} s. Close it and try again."
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "the disk is full, or cannot be read or written. Free some space and try again."
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"the file is damaged ({error})."
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return "the file may not be opened by the console. Check its owner and mode, and those of its folder."
    return f"{error}."


def is_damaged(error: BaseException | None) -> bool:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _passing(folder: Path) -> Path:
    return folder / f"{_PASSING}{uuid.uuid4().hex}.new"


def copy_database(source: Path, folder: Path) -> Path:
    """A copy of one moment, under a passing name in `folder`, on disk when this returns. Others may go on reading."""
    target = _passing(folder)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    try:
        with closing(_connect(source, "rw" if os.access(source, os.W_OK) else "ro")) as reading:
            # A read lock for the whole copy: without it `backup` would wait for a locked file without an end.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            with closing(_connect(target, "rw")) as writing:
                writing.execute("PRAGMA journal_mode = OFF")
                reading.backup(writing)
        with closing(_connect(target, "rw")) as writing:
            # One file and nothing beside it, also when the source is in WAL mode.
            writing.execute("PRAGMA journal_mode = DELETE")
        sync(target)
    except BaseException:
        drop(target)
        raise
    return target


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=LOCK_SECONDS)


def settle(path: Path) -> None:
    """Brings what lies beside the file into it. A file that is no whole database stays as it is."""
    if not any(path.with_name(path.name + ending).exists() for ending in SIDECARS):
        return
    try:
        with closing(_connect(path, "rw")) as database:
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise


def put_in_place(new: Path, path: Path) -> None:
    """`path` is the old file or the new one at every moment, and the new one on disk when this returns.

    What lies beside the old file goes first, since SQLite would play an old journal into the new file; `settle` before
    if the old file still counts.
    """
    drop_sidecars(path)
    new.replace(path)
    sync(path.parent)


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    drop_sidecars(path)
    if path.parent.exists():
        sync(path.parent)


def drop_sidecars(path: Path) -> None:
    for ending in SIDECARS:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def drop(path: Path) -> None:
    """A file that is in nobody's way if it stays."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        drop_sidecars(path)


def drop_leftovers(folder: Path) -> None:
    """Copies that a kill left half-made."""
    for path in folder.glob(f"{_PASSING}*.new*"):
        drop(path)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """A small file, old or new at every moment."""
    new = _passing(path.parent)
    try:
        handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        new.replace(path)
    except BaseException:
        drop(new)
        raise
    sync(path.parent)


def same_content(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    return _digest(one) == _digest(other)


def _digest(path: Path) -> bytes:
    digest = hashlib.blake2b()
    with path.open("rb") as file:
        head = bytearray(file.read(100))
        for first, end in _COUNTERS:
            head[first:end] = bytes(len(head[first:end]))
        digest.update(head)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()
