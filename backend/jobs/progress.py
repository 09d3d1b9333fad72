"""Follows a running attempt's output for a progress to show. It looks at what is in memory, and only now and then."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from backend.database import DatabaseError
from backend.jobs.companion import ProgressReader
from backend.jobs.feed import JobFeed, Piece
from backend.jobs.log_lines import THREAD_BYTES, LineSplitter
from backend.models.jobs import JobStatus, Progress
from backend.repositories.jobs import JobRepository
from backend.utils.clock import Clock

log = structlog.get_logger(__name__)

# A bar redraws itself ten times a second; nobody reads it faster than this.
LOOK_SECONDS = 1.0
# The time left is told once this much has passed and something was counted: before that it is a guess.
LEAST_SECONDS = 3.0


class ProgressFollower:
    """One attempt's. `follow` runs until it is cancelled; it fails nothing but itself."""

    def __init__(self, job_id: str, feed: JobFeed, reader: ProgressReader, jobs: JobRepository, now: Clock) -> None:
        self._job_id = job_id
        self._feed = feed
        self._reader = reader
        self._jobs = jobs
        self._now = now
        self._splitter = LineSplitter(0)
        self._position = 0
        self._shown: Progress | None = None
        self._since: tuple[str, int, datetime] | None = None
        self._counted_from = 0

    async def follow(self) -> None:
        try:
            while True:
                change = self._feed.next_change()
                if (progress := await self._look()) and progress != self._shown:
                    self._shown = progress
                    await self._show(progress)
                await asyncio.sleep(LOOK_SECONDS)
                await change.wait()
        except Exception:
            log.exception("progress cannot be read; the job goes on", job_id=self._job_id)

    async def _look(self) -> Progress | None:
        live = self._feed.log
        pieces = list(live.pieces_from(self._position)) if live else []
        # The last one of the time before may be among them, whole.
        pieces = [piece for piece in pieces if piece.first_byte >= self._position]
        if not pieces:
            return None
        self._position = pieces[-1].end_byte
        if sum(len(piece.data) for piece in pieces) >= THREAD_BYTES:
            found = await asyncio.to_thread(self._read, pieces)
        else:
            found = self._read(pieces)
        return self._timed(found) if found else None

    def _read(self, pieces: list[Piece]) -> Progress | None:
        rows = [text for piece in pieces for _, text, _ in self._splitter.feed(piece)]
        return self._reader.feed(rows + [text for _, text, _ in self._splitter.rest()])

    def _timed(self, progress: Progress) -> Progress:
        """With the time left, from the speed since this was first counted."""
        now = self._now()
        known = self._since and (self._since[0], self._since[1]) == (progress.label, progress.total)
        if not self._since or not known or progress.done < self._counted_from:
            self._since = (progress.label, progress.total, now)
            self._counted_from = progress.done
        started, done = self._since[2], progress.done - self._counted_from
        seconds, ends_at = (now - started).total_seconds(), None
        if done > 0 and seconds >= LEAST_SECONDS:
            ends_at = now + timedelta(seconds=seconds / done * (progress.total - progress.done))
        return progress.model_copy(update={"started_at": started, "ends_at": ends_at})

    async def _show(self, progress: Progress) -> None:
        job = self._feed.job
        if job is None or job.status is not JobStatus.RUNNING:
            return
        self._feed.publish(job.model_copy(update={"progress": progress}))
        with suppress(DatabaseError):
            await self._jobs.set_progress(self._job_id, progress)
