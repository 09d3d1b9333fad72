"""Deletes old logs, by age, number and size, and gives the disk space back. Jobs themselves stay in the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from backend.repositories.job_logs import JobLogs
from backend.repositories.log_chunks import LogChunkRepository
from backend.utils.clock import Clock

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 24 * 3600.0
_BATCH = 100


@dataclass(frozen=True)
class KeepLogs:
    """What is kept: logs younger than `days`, at most `jobs` of them, at most `size` bytes of text together."""

    days: int
    jobs: int
    size: int


class Retention:
    def __init__(self, logs: JobLogs, chunks: LogChunkRepository, now: Clock, keep: KeepLogs) -> None:
        self._logs = logs
        self._chunks = chunks
        self._now = now
        self._keep = keep

    async def sweep(self) -> int:
        """Clear the logs of ended jobs that are over a limit, oldest first; never of running or pinned ones.

        Returns how many were cleared. Safe to run at any time, and again after a crash in the middle.
        """
        oldest = self._now() - timedelta(days=self._keep.days)
        doomed: list[str] = []
        count = size = 0
        async for job_id, completed_at, log_bytes in self._logs.newest_first():
            count, size = count + 1, size + log_bytes
            if completed_at < oldest or count > self._keep.jobs or size > self._keep.size:
                doomed.append(job_id)
        for at in range(0, len(doomed), _BATCH):
            batch = doomed[at : at + _BATCH]
            await self._chunks.delete_log(batch)
            await self._logs.forget(batch)
        orphans = await self._delete_orphans()
        if doomed or orphans:
            await self._chunks.give_space_back()
            log.info("old logs cleared", jobs=len(doomed), orphans=orphans)
        return len(doomed)

    async def _delete_orphans(self) -> int:
        """Delete chunks no job leads to any more, which a kill between two writes or a lost job record left."""
        count, last = 0, ""
        while job_ids := await self._chunks.jobs_after(last, _BATCH):
            last = job_ids[-1]
            if orphans := await self._logs.without_log(job_ids):
                await self._chunks.delete_log(orphans)
                count += len(orphans)
        return count
