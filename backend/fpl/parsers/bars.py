"""Frames of progress bars."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Once there are more done than expected, tqdm leaves the bar out: `Total progress: 27it [03:40, …`.
STRATEGIES = re.compile(
    r"Total progress:\s+(?:\d{1,3}%\|[^|\n]*\|\s*(\d{1,9})/(\d{1,9})|(\d{1,9})it) \[(\d{1,4}(?::\d\d){1,2})", re.ASCII
)
SAMPLES = re.compile(r"(warmup|sample):\s+\d{1,3}%\|[^|\n]*\|\s*(\d{1,9})/(\d{1,9}) \[", re.ASCII)


def search_size(raw: Iterable[str]) -> tuple[int, float] | None:
    """How many strategies were tried in how many seconds, by the last frame, if it shows the end of the search."""
    frames = [frame for row in raw if "Total progress" in row for frame in STRATEGIES.finditer(row)]
    if not frames:
        return None
    done, total, beyond, clock = frames[-1].groups()
    if done is not None and int(done) < int(total):
        return None
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return int(beyond or done), float(seconds)
