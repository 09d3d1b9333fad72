"""A short, read-only look into AIrsenal's SQLite file, and the meaning of what can go wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend.errors import AppError, NotFound, Unavailable

# AIrsenal itself waits 5 s for a lock and fails then, so every look here must be much shorter than that.
BUSY_SECONDS = 5.0


class DatabaseUnreadable(AppError):
    status = 409


class DatabaseDamaged(DatabaseUnreadable):
    pass


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """One consistent view of the file. Raises an AppError, whatever is wrong with it, and never writes beside it."""
    try:
        if not path.is_file():
            raise NotFound("AIrsenal has no database yet. Run its set-up first.")
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield connection
    except OSError as error:
        raise DatabaseUnreadable(f"AIrsenal's database cannot be looked for ({error}).") from error
    except sqlite3.Error as error:
        raise _meaning(error) from error


def _meaning(error: sqlite3.Error) -> AppError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unavailable(
            "AIrsenal's database is busy: a job, or another program, writes into it. Nothing was changed; try again "
            "shortly, and close what has it open when no job runs."
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        # A journal that was left behind can only be rolled back by a writer.
        return DatabaseUnreadable(
            "AIrsenal's database cannot be opened for reading: a job was cut off while it wrote, or the file's rights "
            f"are wrong ({error}). The next job of AIrsenal takes back what was half written."
        )
    if str(error).startswith("no such "):
        return DatabaseUnreadable(
            f"AIrsenal's database is empty or of another version ({error}). Run the set-up, or restore an earlier copy."
        )
    return DatabaseDamaged(f"AIrsenal's database is damaged ({error}). Restore an earlier copy.")
