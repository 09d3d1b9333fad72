"""What is remembered beside the kept file (`<its name>.facts.json`) and the worked-on one (`.job.json`). Blocks."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ValidationError

from backend.fpl.copies import Facts
from backend.fpl.whole_files import write_whole


class Work(BaseModel):
    """Who works on a file. `fresh`: there was none to begin with, so what is there is half-done until it is kept."""

    job_id: str | None = None
    fresh: bool = False


class _Noted(BaseModel):
    """True as long as the file is the same."""

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


def work_on(path: Path) -> Work:
    try:
        return Work.model_validate_json(_beside(path, "job").read_bytes())
    except (FileNotFoundError, ValidationError):
        return Work()


def note_work(path: Path, work: Work) -> None:
    write_whole(_beside(path, "job"), work.model_dump_json())


def _beside(path: Path, what: str = "facts") -> Path:
    return path.with_name(f"{path.name}.{what}.json")
