"""The folder of earlier states of the database: `<UTC time>-<what replaced it>.db`, its facts in a `.json` beside."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, ValidationError

from backend.fpl import whole_files as files
from backend.models.airsenal import KeptCopy

log = structlog.get_logger(__name__)

# Also what keeps an id from leading out of the folder.
_ID = re.compile(r"\d{8}T\d{6}(?:\d{3})?Z-[a-z0-9_]{1,60}(?:-\d{1,3})?")


class Facts(BaseModel):
    """What is remembered of a file that can't be read from it."""

    job_id: str | None = None
    updated_at: datetime | None = None
    integrity: Literal["ok", "damaged", "unknown"] = "unknown"
    integrity_detail: str | None = None
    checked_at: datetime | None = None


class Stored(BaseModel):
    shown: KeptCopy
    facts: Facts


class Copies:
    """Blocks: call it in a thread."""

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder, self._keep = folder, keep

    def all(self) -> list[Stored]:
        """Newest first. A file without its facts was never finished, and is left out."""
        found = [stored for path in self.folder.glob("*.json") if (stored := self._read(path)) is not None]
        return sorted(found, key=lambda stored: (stored.shown.made_at, stored.shown.id), reverse=True)

    def find(self, copy_id: str) -> Stored | None:
        return self._read(self.folder / f"{copy_id}.json") if _ID.fullmatch(copy_id) else None

    def path(self, copy_id: str) -> Path:
        return self.folder / f"{copy_id}.db"

    def new_id(self, made_at: datetime, made_before: str) -> str:
        name = re.sub(r"[^a-z0-9_]", "_", made_before.lower())[:60] or "unknown"
        stamp = f"{made_at:%Y%m%dT%H%M%SZ}-{name}"
        return next(name for name in _numbered(stamp) if not self.path(name).exists())

    def add(self, source: Path, stored: Stored) -> None:
        """`source` is about to be replaced, never changed: a second name for it is a copy. Its facts make it count."""
        files.make_folder(self.folder)
        target = self.path(stored.shown.id)
        try:
            os.link(source, target)
        except OSError:  # a file system without hard links
            files.copy_database(source, self.folder).replace(target)
        files.sync(self.folder)
        files.write_whole(target.with_suffix(".json"), stored.model_dump_json(indent=1))

    def drop_unfinished(self, kept: Path) -> None:
        """Of a save that was killed: the kept file was copied and then not replaced, or its copy has no facts yet.
        What has another name than ours was put there by somebody who wants to keep it."""
        files.drop_leftovers(self.folder)
        for path in (path for path in self.folder.glob("*.db") if _ID.fullmatch(path.stem)):
            if not path.with_suffix(".json").exists() or (kept.exists() and path.samefile(kept)):
                self._remove(path)

    def prune(self) -> None:
        for stored in self.all()[self._keep :]:
            self._remove(self.path(stored.shown.id))

    def _remove(self, path: Path) -> None:
        # The facts go first: what has none doesn't count.
        path.with_suffix(".json").unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def _read(self, path: Path) -> Stored | None:
        try:
            stored = Stored.model_validate_json(path.read_bytes())
            return stored if stored.shown.id == path.stem and path.with_suffix(".db").is_file() else None
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.error("a copy of AIrsenal's database cannot be shown", file=path.name, error=type(error).__name__)
            return None


def _numbered(stamp: str) -> Iterator[str]:
    yield stamp
    yield from (f"{stamp}-{number:03}" for number in range(2, 1000))
