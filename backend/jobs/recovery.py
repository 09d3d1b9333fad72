"""After a restart, and after other consoles: jobs that somebody else left running."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from backend.database import Document, patiently
from backend.jobs.attempts import Attempts
from backend.jobs.companion import Finished
from backend.jobs.executor import Executor
from backend.jobs.feed import Feeds
from backend.models.jobs import Cause, Job, Outcome
from backend.repositories.jobs import JobRepository
from backend.utils.clock import Clock
from backend.utils.tasks import TaskGroup

log = structlog.get_logger(__name__)

BEAT_SECONDS = 5.0
# A running job of another host without a beat for this long has lost its host.
STALE_SECONDS = 90.0
# One of ours that nobody here follows has missed so many beats: something stumbled over it, and its lane stands still.
MISSED_BEATS = 3


class Silences:
    """How long beats have stood still, by our own timer. Clocks of two hosts differ, and any clock may be set: a beat
    that looks old and goes on is that of a living console."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._seen: dict[str, tuple[datetime | None, float]] = {}

    def of(self, beats: Mapping[str, datetime | None]) -> dict[str, float]:
        """Seconds since each of these was first seen as it is now; what is not among them is forgotten."""
        now = self._timer()
        before = self._seen
        self._seen = {
            key: before[key] if key in before and before[key][0] == beat else (beat, now) for key, beat in beats.items()
        }
        return {key: now - since for key, (_, since) in self._seen.items()}


class Recovery:
    """Settles what is in the database as running and is not followed here, and beats for what is."""

    def __init__(
        self,
        *,
        jobs: JobRepository,
        executor: Executor,
        feeds: Feeds,
        attempts: Attempts,
        owner: str,
        node: str,
        now: Clock,
        wake: Callable[[str], None],
    ) -> None:
        self._jobs = jobs
        self._executor = executor
        self._feeds = feeds
        self._attempts = attempts
        self._owner = owner
        self._node = node
        self._now = now
        self._wake = wake
        self._tasks = TaskGroup()
        self._settling: set[str] = set()
        self._silences = Silences()
        self.last_beat = time.monotonic()

    async def close(self) -> None:
        await self._tasks.close()

    @property
    def beating(self) -> bool:
        return time.monotonic() - self.last_beat < 3 * BEAT_SECONDS

    async def settle_earlier_console(self) -> None:
        """Take up every job that an earlier console of this data folder left running."""
        left = await patiently(lambda: self._jobs.running(node=self._node))
        for job in left:
            if await patiently(partial(self._take_over, job)):
                self._tasks.start(self._resume(job), f"resume {job.id}")
        await self._drop_strange_spools({job.id for job in left})

    async def _take_over(self, job: Job) -> bool:
        return await self._jobs.take_over(job, owner=self._owner, node=self._node, now=self._now())

    async def _resume(self, job: Job) -> None:
        self._settling.add(job.id)
        with self._feeds.watch(job.id) as feed, structlog.contextvars.bound_contextvars(job_id=job.id):
            feed.publish(job)
            try:
                execution = self._executor.attach(job.id, job.attempt)
                if execution is None:
                    await self._attempts.requeue_unstarted(job, feed)
                else:
                    await self._attempts.resume(job, execution, feed)
            except Exception:
                # Without a beat from here on it counts as stale, and is looked at again.
                log.exception("job cannot be taken up again", command=job.command)
            finally:
                self._settling.discard(job.id)
        self._wake(job.lane)

    async def settle_unstarted(self, job: Job) -> None:
        """A job that we hold, that may be stored as running, and never got its runner."""
        try:
            with self._feeds.watch(job.id) as feed:
                await self._attempts.requeue_unstarted(job, feed)
        finally:
            self._attempts.let_go(job.id)
        self._wake(job.lane)

    async def _drop_strange_spools(self, ours: set[str]) -> None:
        """Spools without a running job of ours: recorded already, or settled by another console as lost."""
        for job_id, attempt in await asyncio.to_thread(self._executor.leftover_attempts):
            if job_id not in ours:
                self._tasks.start(self._drop_spool(job_id, attempt), f"drop spool of {job_id}")

    async def _drop_spool(self, job_id: str, attempt: int) -> None:
        if execution := self._executor.attach(job_id, attempt):
            execution.stop()
            await execution.ended.wait()
            self._executor.release(execution)
        await asyncio.to_thread(self._executor.discard, job_id, attempt)

    async def beat(self) -> None:
        following = [*self._attempts.followed(), *self._settling]
        for job_id in await self._jobs.beat(self._owner, following, self._now()):
            self._attempts.stop(job_id)
        self.last_beat = time.monotonic()

    async def settle_stale(self) -> None:
        """Running jobs for which nobody has beaten for too long: of other consoles, and of this one."""
        now, patience = self._now(), timedelta(seconds=MISSED_BEATS * BEAT_SECONDS)
        stale = await self._jobs.running(stale_since=now - patience)
        silent = self._silences.of({job.id: job.beat_at for job in stale})
        for job in stale:
            ours = job.owner == self._owner
            if ours and (job.id in self._settling or self._attempts.follows(job.id)):
                continue
            old = not job.beat_at or now - job.beat_at >= timedelta(seconds=STALE_SECONDS)
            lost_host = old and silent[job.id] >= patience.total_seconds()
            if (ours or lost_host) and await self._take_over(job):
                settle = self._resume(job) if job.node == self._node else self._settle_lost_host(job)
                self._tasks.start(settle, f"settle {job.id}")

    async def _settle_lost_host(self, job: Job) -> None:
        with self._feeds.watch(job.id) as feed:
            now = self._now()
            error = f"The console that ran it has given no sign of life for {STALE_SECONDS:.0f} s."
            outcome = Outcome(cause=Cause.LOST, error=error, started_at=job.started_at or now, ended_at=now)
            last = job.attempts[-1]
            sizes: Document = {"lines": job.log_lines - last.first_line, "bytes": job.log_bytes - last.first_byte}
            await self._attempts.record(job, last.model_copy(update=sizes), Finished(outcome), feed)
