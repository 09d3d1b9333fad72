"""The queue: one worker a lane, each taking the lane's next job when the one before is over.

The database is the truth and a wake-up only a hint: a worker that misses one looks again after a few seconds.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog

from backend.database import LaneBusy, patiently
from backend.jobs.attempts import Attempts, Prepared
from backend.jobs.executor import Executor
from backend.jobs.feed import Feeds
from backend.jobs.recovery import BEAT_SECONDS, Recovery
from backend.models.jobs import Job
from backend.repositories.jobs import JobRepository, claimed
from backend.utils.clock import Clock
from backend.utils.tasks import TaskGroup, repeat

log = structlog.get_logger(__name__)

# How long a wake-up that got lost can delay a start.
POLL_SECONDS = 2.0
# How many waiting jobs a lane's worker knows of: reading them one by one would cost as much as running them.
AHEAD = 16
# And for how long: a retry that comes due goes before them, and nothing wakes the lane for it.
AHEAD_SECONDS = 1.0


@dataclass
class _Lane:
    name: str
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    # Nothing is due and the worker sleeps: the next job may be stored as running at once.
    idle: bool = False
    offer: tuple[Job, asyncio.Future[None]] | None = None
    # The next due jobs as they were when last read. Forgotten when anything changes in the lane.
    waiting: deque[Job] = field(default_factory=deque)
    read_at: float = 0.0
    changes: int = 0

    def wake(self) -> None:
        self.changes += 1
        self.waiting.clear()
        self.idle = False
        self.changed.set()

    def next_known(self) -> Job | None:
        """The first of those that were read a moment ago."""
        if time.monotonic() - self.read_at > AHEAD_SECONDS:
            self.waiting.clear()
        return self.waiting.popleft() if self.waiting else None


class JobQueue:
    """`attempts` are those that run here. Recovery settles what others left."""

    def __init__(
        self, *, jobs: JobRepository, executor: Executor, feeds: Feeds, attempts: Attempts, node: str, now: Clock
    ) -> None:
        self._jobs = jobs
        self._feeds = feeds
        self.attempts = attempts
        self._node = node
        self._now = now
        # A new owner every start: what an earlier start left behind is recognised by its other owner.
        self._owner = str(uuid.uuid4())
        self.recovery = Recovery(
            jobs=jobs, executor=executor, feeds=feeds, attempts=attempts, owner=self._owner, node=node, now=now,
            wake=self.wake,
        )  # fmt: skip
        self._tasks = TaskGroup()
        self._lanes: dict[str, _Lane] = {}
        self.draining = False

    async def open(self) -> None:
        """Settle what an earlier console left, then begin to start jobs."""
        self._tasks.start(self._begin(), "recover jobs")

    async def close(self) -> None:
        """Stop starting and watching. Running jobs go on under their runners."""
        await self._tasks.close()
        await self.recovery.close()
        await self.attempts.close()

    @property
    def beating(self) -> bool:
        return self.recovery.beating

    async def submit(self, job: Job) -> None:
        """Store the job; it is accepted when this returns. An idle lane stores it as running and starts it at once."""
        lane = self._lanes.get(job.lane)
        if lane and lane.idle and not self.draining:
            lane.idle = False
            accepted = asyncio.get_running_loop().create_future()
            lane.offer = (job, accepted)
            lane.changed.set()
            await accepted
        else:
            await self._store_waiting(job)
            self.wake(job.lane)

    async def _store_waiting(self, job: Job) -> None:
        if await self._jobs.insert(job):
            # Before its lane wakes, so that nobody hears of its start first.
            self._feeds.publish(job)

    def wake(self, lane: str) -> None:
        """Something changed in this lane: a new job, or one that waits no more."""
        if lane not in self._lanes:
            self._lanes[lane] = _Lane(lane)
            self._tasks.start(self._work(self._lanes[lane]), f"lane {lane}")
        self._lanes[lane].wake()

    def drain(self) -> None:
        """Start nothing any more; what runs goes on to its end. Not remembered over a restart."""
        self.draining = True

    def resume(self) -> None:
        self.draining = False
        for lane in self._lanes.values():
            lane.wake()

    # --- lanes ---

    async def _work(self, lane: _Lane) -> None:
        while True:
            lane.changed.clear()
            seconds = POLL_SECONDS
            try:
                if lane.offer:
                    (job, accepted), lane.offer = lane.offer, None
                    if self.draining:
                        await _answer(accepted, self._store_waiting(job))
                    else:
                        await self._start_offered(lane, job, accepted)
                    continue
                if not self.draining and (claimed_job := await patiently(lambda: self._claim(lane))):
                    await self._run(lane, claimed_job)
                    continue
                seconds = await self._seconds_to_wait(lane)
            except Exception:
                # Of one job, or of its record: the lane must go on. A job left over is found again when its beat stops.
                log.exception("lane stumbled", lane=lane.name)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await lane.changed.wait()
            lane.idle = False

    async def _start_offered(self, lane: _Lane, job: Job, accepted: asyncio.Future[None]) -> None:
        """Its runner is made ready while the database stores it, and begins when that is done."""
        running = self._claimed(job)
        self.attempts.hold(job.id)
        storing = asyncio.ensure_future(self._jobs.insert(running))
        prepared = await self.attempts.prepare(running)
        try:
            new = await storing
        except LaneBusy:  # by another console's job, or one that lost its host
            self.attempts.let_go(job.id)
            await self.attempts.drop(prepared)
            await _answer(accepted, self._store_waiting(job))
        except Exception as error:
            await self.attempts.drop(prepared)
            # Perhaps it was stored and only the answer is missing: then it waits in the queue, as if it had no runner.
            self._tasks.start(self.recovery.settle_unstarted(running), f"settle {job.id}")
            await _answer(accepted, error)
        else:
            await _answer(accepted)
            if new:
                await self._run(lane, running, prepared)
            else:
                self.attempts.let_go(job.id)
                await self.attempts.drop(prepared)

    async def _claim(self, lane: _Lane) -> Job | None:
        """The lane's next due job, running now. None: nothing is due, or the lane is busy."""
        waiting = lane.next_known() or await self._read_ahead(lane)
        while waiting:
            job = self._claimed(waiting)
            try:
                if await self._claim_this(job):
                    return job
            except LaneBusy:
                lane.waiting.clear()  # it goes first when the lane is free, so it is read again
            waiting = lane.next_known()
        return None

    async def _read_ahead(self, lane: _Lane) -> Job | None:
        changes, lane.read_at = lane.changes, time.monotonic()
        due = await self._jobs.due(lane.name, self._now(), AHEAD)
        # What changed while we read may belong before all but the first of them.
        lane.waiting.extend(due if changes == lane.changes else due[:1])
        return lane.waiting.popleft() if lane.waiting else None

    async def _claim_this(self, job: Job) -> bool:
        self.attempts.hold(job.id)
        got = False
        try:
            got = await patiently(partial(self._jobs.claim, job))
        finally:
            if not got:
                self.attempts.let_go(job.id)
        return got

    async def _run(self, lane: _Lane, job: Job, prepared: Prepared | None = None) -> None:
        """Run a claimed job, and those behind it as long as each is claimed together with the end of the one before."""
        following: Job | None = job
        while following:
            running = following
            preparing: list[tuple[Job, asyncio.Task[Prepared]]] = []

            def successor(preparing: list[tuple[Job, asyncio.Task[Prepared]]] = preparing) -> Job | None:
                if self.draining or not (waiting := lane.next_known()):
                    return None
                job = self._claimed(waiting)
                self.attempts.hold(job.id)
                preparing.append((job, asyncio.create_task(self.attempts.prepare(job))))
                return job

            following = None
            try:
                prepared = prepared or await self.attempts.prepare(running)
                following = await self.attempts.run(running, prepared, successor)
            finally:
                self.attempts.let_go(running.id)
                prepared = await preparing[0][1] if preparing else None
                if prepared and not following:
                    lane.waiting.clear()  # it was not claimed, and still goes before those behind it
                    self.attempts.let_go(preparing[0][0].id)
                    await self.attempts.drop(prepared)

    async def _seconds_to_wait(self, lane: _Lane) -> float:
        due = await patiently(lambda: self._jobs.next_due(lane.name))
        left = (due - self._now()).total_seconds() if due else POLL_SECONDS
        # Due already and yet not to be had: the lane is busy, and whoever is done with it wakes us.
        lane.idle = left > 0 and not lane.changed.is_set()
        return min(left, POLL_SECONDS) if left > 0 else POLL_SECONDS

    def _claimed(self, job: Job) -> Job:
        return claimed(job, owner=self._owner, node=self._node, now=self._now())

    # --- beside the lanes ---

    async def _begin(self) -> None:
        await self.recovery.settle_earlier_console()
        for lane in await patiently(self._jobs.pending_lanes):
            self.wake(lane)
        self._tasks.start(repeat(self.recovery.beat, BEAT_SECONDS, "beat"), "beat")
        self._tasks.start(repeat(self._look_around, POLL_SECONDS, "look for jobs"), "look for jobs")

    async def _look_around(self) -> None:
        for lane in await self._jobs.pending_lanes():
            if lane not in self._lanes:
                self.wake(lane)
        await self.recovery.settle_stale()


async def _answer(accepted: asyncio.Future[None], outcome: Awaitable[object] | Exception | None = None) -> None:
    """Tell who submitted; nobody listens any more when the request was given up."""
    error = outcome if isinstance(outcome, Exception) else None
    if isinstance(outcome, Awaitable):
        try:
            await outcome
        except Exception as failure:
            error = failure
    if accepted.done():
        return
    if error:
        accepted.set_exception(error)
    else:
        accepted.set_result(None)
