"""What a family of commands adds around its jobs, by the name that `parser:` has in the catalogue.

Nothing here is needed to run a job: a command without a companion just runs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol

from backend.models.jobs import Job, Outcome, Progress


class ProgressReader(Protocol):
    def feed(self, rows: list[str]) -> Progress | None:
        """`rows`: what is new at the log's end, as a terminal shows it; the last one may still grow. None: no news."""
        ...


@dataclass(frozen=True)
class Finished:
    """`outcome` may turn a success into a failure, never the other way round."""

    outcome: Outcome
    output: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rows:
    """Of one attempt, as a terminal shows them, one log line each. Of a very long log the middle is left out."""

    texts: list[str]
    jumps: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])
    """(row, line): from that row on the lines of the job's whole log count on from that one."""

    def line(self, row: int) -> int:
        first, line = self.jumps[bisect_right(self.jumps, row, key=itemgetter(0)) - 1]
        return line + row - first


ReadRows = Callable[[], Awaitable[Rows]]


class Companion(Protocol):
    async def before(self, job: Job) -> None:
        """Called when the attempt is certain to run, with its lane held. Raises AppError: it does not start."""
        ...

    def progress(self, job: Job) -> ProgressReader: ...

    async def after(self, job: Job, outcome: Outcome, rows: ReadRows) -> Finished:
        """Called at every end of an attempt that was started, with the lane still held. After a crash of the console it
        may be called again for the same attempt: doing it twice must be harmless."""
        ...
