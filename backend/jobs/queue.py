"""The queue: one worker a lane, each taking the lane's next job when the one before is over.

The database is the truth and a wake-up only a hint: a worker that misses one looks again after a few seconds.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import structlog

from backend.commands.catalogue import Catalogue
from backend.commands.command import Command
from backend.database import Document, patiently
from backend.errors import AppError, NotFound
from backend.jobs.executor import AttemptSpec, Execution, Executor
from backend.jobs.feed import Feeds, JobFeed
from backend.jobs.log_reader import LogReader
from backend.jobs.log_writer import LogWriter
from backend.jobs.retry import backoff, next_status
from backend.models.jobs import Attempt, Cause, Job, JobStatus, Outcome
from backend.repositories.jobs import JobRepository
from backend.repositories.log_chunks import LogChunkRepository
from backend.utils.clock import Clock
from backend.utils.tasks import TaskGroup, repeat

log = structlog.get_logger(__name__)

BEAT_SECONDS = 5.0
# A running job of another host without a beat for this long has lost its host.
STALE_SECONDS = 90.0
# How long a wake-up that got lost can delay a start.
POLL_SECONDS = 2.0


class SpecBuilder(Protocol):
    """Turns a claimed job into what the runner needs; raises AppError when it cannot be started."""

    async def __call__(self, job: Job) -> AttemptSpec: ...


class JobQueue:
    def __init__(
        self,
        *,
        jobs: JobRepository,
        chunks: LogChunkRepository,
        executor: Executor,
        feeds: Feeds,
        reader: LogReader,
        catalogue: Catalogue,
        build_spec: SpecBuilder,
        node: str,
        now: Clock,
        retry_delay_seconds: float,
        log_max_bytes: int,
    ) -> None:
        self._jobs = jobs
        self._chunks = chunks
        self._executor = executor
        self._feeds = feeds
        self._reader = reader
        self._catalogue = catalogue
        self._build_spec = build_spec
        self._node = node
        self._now = now
        self._retry_delay = retry_delay_seconds
        self._log_max_bytes = log_max_bytes
        # A new owner every start: what an earlier start left behind is recognised by its other owner.
        self._owner = str(uuid.uuid4())
        self._tasks = TaskGroup()
        self._wake: dict[str, asyncio.Event] = {}
        self._running: dict[str, tuple[Job, Execution | None]] = {}
        self._cancelled: set[str] = set()
        self.last_beat = 0.0
        self.draining = False
        self.on_end: Callable[[Job], Awaitable[None]] | None = None

    async def open(self) -> None:
        """Settle what an earlier console left, then begin to start jobs."""
        self.last_beat = time.monotonic()
        self._tasks.start(self._recover(), "recover jobs")

    async def close(self) -> None:
        """Stop starting and watching. Running jobs go on under their runners."""
        await self._tasks.close()

    def running(self) -> list[Job]:
        return [job for job, _ in self._running.values()]

    def wake(self, lane: str) -> None:
        """There is something new in this lane."""
        if lane in self._wake:
            self._wake[lane].set()
        else:
            self._wake[lane] = asyncio.Event()
            self._tasks.start(self._work(lane), f"lane {lane}")

    def stop_attempt(self, job_id: str, *, force: bool = False) -> None:
        """Ask a job that runs here to end; without effect on others. Asking again changes nothing, `force` kills."""
        if job_id not in self._running or (job_id in self._cancelled and not force):
            return
        self._cancelled.add(job_id)
        _, execution = self._running[job_id]
        if execution:
            execution.stop()

    def drain(self) -> None:
        """Start nothing any more; what runs goes on to its end. Not remembered over a restart."""
        self.draining = True

    def resume(self) -> None:
        self.draining = False
        for wake in self._wake.values():
            wake.set()

    def forget(self, job_id: str) -> None:
        """The job was closed by hand: end what may still run of it and let its lane go on."""
        _, execution = self._running.get(job_id, (None, None))
        if execution:
            execution.stop()
            execution.stop()
        else:
            self._running.pop(job_id, None)

    @property
    def beating(self) -> bool:
        return time.monotonic() - self.last_beat < 3 * BEAT_SECONDS

    # --- lanes ---

    async def _work(self, lane: str) -> None:
        wake = self._wake[lane]
        while True:
            wake.clear()
            seconds = POLL_SECONDS
            try:
                job = None if self.draining else await patiently(lambda: self._claim(lane))
                if job is not None:
                    await self._run(job)
                    continue
                seconds = await self._seconds_to_wait(lane)
            except Exception:
                # Of one job, or of its record: the lane must go on. A job left over is found again when its beat stops.
                log.exception("lane stumbled", lane=lane)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await wake.wait()

    async def _claim(self, lane: str) -> Job | None:
        return await self._jobs.claim(lane, owner=self._owner, node=self._node, now=self._now())

    async def _seconds_to_wait(self, lane: str) -> float:
        due = await patiently(lambda: self._jobs.next_due(lane))
        left = (due - self._now()).total_seconds() if due else 0.0
        # Due already and yet not to be had: the lane is busy, and whoever is done with it wakes us.
        return min(left, POLL_SECONDS) if left > 0 else POLL_SECONDS

    async def _run(self, job: Job) -> None:
        with self._feeds.watch(job.id) as feed, structlog.contextvars.bound_contextvars(job_id=job.id):
            self._running[job.id] = (job, None)
            feed.publish(job)
            log.info("job started", command=job.command, attempt=job.attempt)
            try:
                execution = await self._executor.start(await self._build_spec(job))
            except (AppError, OSError) as error:
                reason = error.detail if isinstance(error, AppError) else str(error)
                await self._record(job, job.attempts[-1], self._not_started(reason), feed)
            else:
                await self._follow(job, execution, feed)
            finally:
                self._running.pop(job.id, None)

    async def _follow(self, job: Job, execution: Execution, feed: JobFeed, *, found_again: bool = False) -> None:
        """From a started (or found again) runner to the recorded end."""
        self._running[job.id] = (job, execution)
        if job.id in self._cancelled:
            execution.stop()
        writer = LogWriter(job, feed, self._chunks, self._jobs, self._now, self._log_max_bytes, found_again=found_again)
        await writer.follow(execution)
        outcome = execution.outcome() or await self._lost(execution)
        attempt = writer.ranges(job.attempts[-1])
        if outcome.succeeded:
            outcome = await patiently(lambda: self._with_result(job, attempt, outcome))
        await self._record(job, attempt, outcome, feed)
        self._executor.release(execution)
        # Not waited for: the lane's next job need not wait for the disk.
        self._tasks.start(asyncio.to_thread(self._executor.discard, job.id, job.attempt), f"discard spool of {job.id}")

    async def _record(self, job: Job, attempt: Attempt, outcome: Outcome, feed: JobFeed) -> None:
        if outcome.cause is Cause.CANCELLED or (not outcome.succeeded and job.id in self._cancelled):
            job = await self._reread(job)
        recorded = await patiently(lambda: self._end(job, attempt, outcome))
        if recorded is None and not outcome.succeeded:
            # Somebody cancelled it elsewhere in this moment: then it is not tried again.
            current = await self._reread(job)
            recorded = await patiently(lambda: self._end(current, attempt, outcome))
        self._running.pop(job.id, None)
        self._cancelled.discard(job.id)
        if recorded is None:
            # Closed by hand meanwhile: its state stays, but what its log holds by now is known.
            await patiently(lambda: self._jobs.note_log_of_closed(job.id, attempt))
            return
        log.info(
            "job attempt ended", command=job.command, status=recorded.status.value, cause=outcome.cause.value,
            error=recorded.error,
        )  # fmt: skip
        feed.publish(recorded)
        if self.on_end and recorded.status is not JobStatus.PENDING:
            await self.on_end(recorded)

    async def _reread(self, job: Job) -> Job:
        return await patiently(lambda: self._jobs.get(job.id)) or job

    async def _end(self, job: Job, attempt: Attempt, outcome: Outcome) -> Job | None:
        status = next_status(job, outcome, self._command(job))
        cancelled = status is JobStatus.CANCELLED
        cause = Cause.CANCELLED if cancelled else outcome.cause
        error = f"Cancelled by {job.cancelled_by or 'a signal to its runner'}." if cancelled else outcome.error
        ended = attempt.model_copy(
            update=outcome.model_dump(
                include={"exit_code", "signal", "sha256", "survivors", "ended_leftovers", "ended_at"}
            )
            | {"cause": cause, "error": error, "started_at": outcome.started_at}
        )
        change: Document = {
            "status": status.value,
            "cause": cause.value,
            "error": error,
            "exit_code": outcome.exit_code,
            "signal": outcome.signal,
            "log_lines": attempt.first_line + attempt.lines,
            "log_bytes": attempt.first_byte + attempt.bytes,
        }
        if status is JobStatus.PENDING:
            delay = backoff(job.retry_count, self._retry_delay)
            change |= {"retry_count": job.retry_count + 1, "not_before": self._now() + delay}
        else:
            change |= {"completed_at": outcome.ended_at, "notify": True}
        return await self._jobs.end_attempt(job, ended, change)

    async def _with_result(self, job: Job, attempt: Attempt, outcome: Outcome) -> Outcome:
        """Exit code 0 is not success for a command that must show certain texts and did not."""
        command = self._command(job)
        must_show = command.must_show if command else ()
        missing = await self._reader.missing(job.id, attempt.first_byte, must_show) if must_show else []
        if not missing:
            return outcome
        error = f"It ended with exit code 0, but without its result: it never said {missing[0]!r}. Its log says why."
        return outcome.model_copy(update={"cause": Cause.NO_RESULT, "error": error})

    def _not_started(self, reason: str) -> Outcome:
        now = self._now()
        return Outcome(cause=Cause.COULD_NOT_START, error=reason, started_at=now, ended_at=now)

    async def _lost(self, execution: Execution) -> Outcome:
        survivors = await self._executor.end_orphans(execution)
        now = self._now()
        error = "Its runner disappeared without reporting an end (killed, or the machine went down)."
        return Outcome(cause=Cause.LOST, error=error, started_at=now, ended_at=now, survivors=survivors)

    # --- after a restart, and of other hosts ---

    async def _recover(self) -> None:
        left = await patiently(lambda: self._jobs.running(node=self._node))
        for job in left:
            if await patiently(lambda job=job: self._take_over(job)):  # type: ignore[misc]
                self._tasks.start(self._resume(job), f"resume {job.id}")
        await self._drop_strange_spools({job.id for job in left})
        for lane in await patiently(self._jobs.pending_lanes):
            self.wake(lane)
        self._tasks.start(repeat(self._beat, BEAT_SECONDS, "beat"), "beat")
        self._tasks.start(repeat(self._look_around, POLL_SECONDS, "look for jobs"), "look for jobs")

    async def _take_over(self, job: Job) -> bool:
        return await self._jobs.take_over(job, owner=self._owner, node=self._node, now=self._now())

    async def _resume(self, job: Job) -> None:
        with self._feeds.watch(job.id) as feed, structlog.contextvars.bound_contextvars(job_id=job.id):
            self._running[job.id] = (job, None)
            feed.publish(job)
            try:
                execution = self._executor.attach(job.id, job.attempt)
                if execution is None:
                    await self._requeue_unstarted(job, feed)
                else:
                    log.info("job found again", command=job.command, living=not execution.ended.is_set())
                    if job.cancel_requested_at:
                        self.stop_attempt(job.id)
                    await self._follow(job, execution, feed, found_again=True)
            except Exception:
                # Without a beat from here on it counts as stale, and is looked at again.
                log.exception("job cannot be taken up again", command=job.command)
            finally:
                self._running.pop(job.id, None)
        self.wake(job.lane)

    async def _requeue_unstarted(self, job: Job, feed: JobFeed) -> None:
        """Claimed, but its console died before there was a runner: nothing ran, so it may run for any command."""
        now = self._now()
        attempt = job.attempts[-1].model_copy(
            update={"ended_at": now, "cause": Cause.LOST, "error": "The console stopped before this attempt started."}
        )
        change = {"status": JobStatus.PENDING.value, "not_before": now}
        recorded = await patiently(lambda: self._jobs.end_attempt(job, attempt, change))
        if recorded:
            feed.publish(recorded)
        else:
            # Somebody cancelled it before it started: then this is its end.
            outcome = Outcome(cause=Cause.CANCELLED, started_at=now, ended_at=now)
            await self._record(job, job.attempts[-1], outcome, feed)
        await asyncio.to_thread(self._executor.discard, job.id, job.attempt)

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

    async def _beat(self) -> None:
        for job_id in await self._jobs.beat(self._owner, list(self._running), self._now()):
            self.stop_attempt(job_id)
        self.last_beat = time.monotonic()

    async def _look_around(self) -> None:
        for lane in await self._jobs.pending_lanes():
            if lane not in self._wake:
                self.wake(lane)
        for job in await self._jobs.running(stale_since=self._now() - timedelta(seconds=STALE_SECONDS)):
            if job.id not in self._running and await self._take_over(job):
                settle = self._resume(job) if job.node == self._node else self._settle_lost_host(job)
                self._tasks.start(settle, f"settle {job.id}")

    async def _settle_lost_host(self, job: Job) -> None:
        with self._feeds.watch(job.id) as feed:
            now = self._now()
            error = f"The console that ran it has given no sign of life for {STALE_SECONDS:.0f} s."
            outcome = Outcome(cause=Cause.LOST, error=error, started_at=job.started_at or now, ended_at=now)
            last = job.attempts[-1]
            sizes: Document = {"lines": job.log_lines - last.first_line, "bytes": job.log_bytes - last.first_byte}
            await self._record(job, last.model_copy(update=sizes), outcome, feed)

    def _command(self, job: Job) -> Command | None:
        with suppress(NotFound):
            return self._catalogue.get(job.command)
        return None
