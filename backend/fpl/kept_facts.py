"""What is known of the kept file, in `<its name>.facts.json` beside it: true while the file is the same. Blocks."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ValidationError

from backend.fpl.copies import Facts
from backend.fpl.whole_files import write_whole


class _Noted(BaseModel):
    facts: Facts
    bytes: int
    changed_ns: int


def facts_of(path: Path) -> Facts:
    try:
        noted, stat = _Noted.model_validate_json(_beside(path).read_bytes()), path.stat()
    except (OSError, ValidationError):
        return Facts()
    return noted.facts if (noted.bytes, noted.changed_ns) == (stat.st_size, stat.st_mtime_ns) else Facts()


def remember(path: Path, facts: Facts) -> None:
    stat = path.stat()
    noted = _Noted(facts=facts, bytes=stat.st_size, changed_ns=stat.st_mtime_ns)
    write_whole(_beside(path), noted.model_dump_json(indent=1))


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".facts.json")
