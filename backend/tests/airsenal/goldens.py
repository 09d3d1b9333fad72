"""What the parsers make of the recorded runs. After a wanted change: `python -m backend.tests.airsenal.goldens`, and
read the difference before you commit it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.fpl.parsers import Parsed, parse, progress_reader
from backend.jobs.log_lines import shown

CAPTURES = Path(__file__).parent / "captures"
ENDED = datetime(2026, 2, 5, 12, tzinfo=UTC)
MOST_SHOWN = 30


def index() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads((CAPTURES / "index.json").read_text(encoding="utf-8"))
    return loaded


def raw(name: str) -> bytes:
    return (CAPTURES / f"{name}.log").read_bytes()


def rows(name: str) -> list[str]:
    """As the console's log reader gives them; the stream a byte came from is not kept in a capture."""
    return [shown(line) for line in raw(name).split(b"\n")]


def parsed(name: str, changed: list[str] | None = None) -> Parsed:
    capture = index()[name]
    return parse(capture["parser"], rows(name) if changed is None else changed, capture["parameters"], ENDED)


def as_json(result: Parsed) -> dict[str, Any]:
    return {
        "missing": result.missing,
        "stages": result.stages,
        "warnings": [warning.model_dump(mode="json") for warning in result.warnings],
        "reports": [report.model_dump(mode="json", by_alias=True) for report in result.reports],
        **({"sent": result.sent.model_dump(mode="json", by_alias=True)} if result.sent else {}),
    }


def progress(name: str) -> list[str]:
    """All that is shown while the log grows frame by frame, the middle of a long list left out."""
    capture = index()[name]
    reader = progress_reader(capture["parser"], capture["parameters"])
    frames = [frame for frame in re.split("[\r\n]", raw(name).decode("utf-8", "replace")) if frame]
    news = [now for frame in frames if (now := reader.feed([frame]))]
    shown_news = [f"{now.label}: {now.done}/{now.total} {now.unit}" for now in news]
    half = MOST_SHOWN // 2
    if len(shown_news) > MOST_SHOWN:
        return [*shown_news[:half], f"({len(shown_news) - MOST_SHOWN} more)", *shown_news[-half:]]
    return shown_news


def golden(name: str) -> dict[str, Any]:
    return {**as_json(parsed(name)), "progress": progress(name)}


def path(name: str) -> Path:
    return CAPTURES / f"{name}.golden.json"


def main() -> None:
    for name in index():
        path(name).write_text(json.dumps(golden(name), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
