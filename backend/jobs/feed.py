"""What is happening to a job right now, in memory: its state and the newest end of its log.

Watchers pull at their own pace and only wait here; nothing is queued for them, so a slow or dead one costs nothing.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from backend.models.jobs import Job

# Kept in memory after it is stored, so that live watchers do not go to the database for what was just printed.
KEEP_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """Consecutive bytes of a log, of one stream (`spool.STDOUT`, `STDERR`). `first_line` counts the line ends before
    `first_byte`."""

    first_byte: int
    first_line: int
    data: bytes
    time_ms: int
    stream: int

    @property
    def end_byte(self) -> int:
        return self.first_byte + len(self.data)


class LiveLog:
    """The end of a running job's log: everything not stored yet, and a little more."""

    def __init__(self, end_byte: int, end_line: int) -> None:
        self.start_byte = end_byte
        self.end_byte = end_byte
        self.end_line = end_line
        self.stored_byte = end_byte
        self.ends_with_newline = True
        self._pieces: deque[Piece] = deque()

    def append(self, data: bytes, time_ms: int, stream: int) -> None:
        self._pieces.append(Piece(self.end_byte, self.end_line, data, time_ms, stream))
        self.end_byte += len(data)
        self.end_line += data.count(b"\n")
        self.ends_with_newline = data.endswith(b"\n")

    def stored_until(self, byte: int) -> None:
        self.stored_byte = byte
        while self._pieces and self._pieces[0].end_byte <= min(byte, self.end_byte - KEEP_BYTES):
            self.start_byte = self._pieces.popleft().end_byte

    def pieces_from(self, byte: int) -> Iterator[Piece]:
        """Pieces that end after `byte`, in order; the first may begin before it."""
        at = max(0, bisect_right(self._pieces, byte, key=lambda piece: piece.first_byte) - 1)
        for index in range(at, len(self._pieces)):
            if self._pieces[index].end_byte > byte:
                yield self._pieces[index]

    @property
    def lines(self) -> int:
        return self.end_line + (0 if self.ends_with_newline else 1)


class JobFeed:
    def __init__(self, job_id: str, tell: Callable[[Job], None]) -> None:
        self.job_id = job_id
        self._tell = tell
        self.log: LiveLog | None = None
        self.job: Job | None = None
        self.watchers = 0
        self._shared: tuple[Piece, str] | None = None
        self._event = asyncio.Event()

    def publish(self, job: Job) -> None:
        self.job = job
        self.wake()
        self._tell(job)

    def wake(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    def shared(self, piece: Piece, make: Callable[[Piece], str]) -> str:
        """`make(piece)`, made once for all watchers who are at this piece now."""
        if self._shared is None or self._shared[0] is not piece:
            self._shared = (piece, make(piece))
        return self._shared[1]

    def next_change(self) -> asyncio.Event:
        """Take this before looking at the state, then wait for it: no change can slip in between."""
        return self._event


class Feeds:
    """Feeds of the jobs that run here or are watched here."""

    def __init__(self, tell: Callable[[Job], None]) -> None:
        """`tell` hears of every published change, watched or not."""
        self._feeds: dict[str, JobFeed] = {}
        self._tell = tell

    def get(self, job_id: str) -> JobFeed | None:
        return self._feeds.get(job_id)

    def publish(self, job: Job) -> None:
        if feed := self._feeds.get(job.id):
            feed.publish(job)
        else:
            self._tell(job)

    @contextmanager
    def watch(self, job_id: str) -> Iterator[JobFeed]:
        """The job's feed, which lives as long as somebody is inside this block."""
        feed = self._feeds.setdefault(job_id, JobFeed(job_id, self._tell))
        feed.watchers += 1
        try:
            yield feed
        finally:
            feed.watchers -= 1
            if feed.watchers == 0:
                self._feeds.pop(job_id, None)
