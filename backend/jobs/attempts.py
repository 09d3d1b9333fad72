"""One attempt of a job, from the claim to its recorded end. Lanes and recovery both go through here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Protocol

import structlog

from backend.commands.catalogue import Catalogue
from backend.commands.command import Command
from backend.database import Document, patiently
from backend.errors import AppError, NotFound
from backend.jobs.companion import Companion, Finished
from backend.jobs.executor import AttemptSpec, Execution, Executor
from backend.jobs.feed import Feeds, JobFeed
from backend.jobs.log_reader import LogReader
from backend.jobs.log_writer import LogWriter
from backend.jobs.progress import ProgressFollower
from backend.jobs.retry import end_of
from backend.models.jobs import Attempt, Cause, Job, JobStatus, Outcome
from backend.repositories.job_logs import JobLogs
from backend.repositories.jobs import JobRepository
from backend.repositories.log_chunks import LogChunkRepository
from backend.utils.clock import AT_ONCE, Clock
from backend.utils.tasks import TaskGroup

log = structlog.get_logger(__name__)


class SpecBuilder(Protocol):
    """Turns a claimed job into what the runner needs; raises AppError when it cannot be started."""

    async def __call__(self, job: Job) -> AttemptSpec: ...


# A runner that waits for `go`, or why there can be none.
Prepared = Execution | str
# The lane's next job in its claimed form, when one is known to wait: the write that ends the one before claims it.
Successor = Callable[[], Job | None]


class Attempts:
    """Those that this console follows."""

    def __init__(
        self,
        *,
        jobs: JobRepository,
        logs: JobLogs,
        chunks: LogChunkRepository,
        executor: Executor,
        feeds: Feeds,
        reader: LogReader,
        catalogue: Catalogue,
        build_spec: SpecBuilder,
        now: Clock,
        retry_delay_seconds: float,
        log_max_bytes: int,
        companions: Mapping[str, Companion] | None = None,
    ) -> None:
        """`companions`: by the name that a command's `parser` has in the catalogue."""
        self._jobs = jobs
        self._logs = logs
        self._chunks = chunks
        self._executor = executor
        self._feeds = feeds
        self._reader = reader
        self._catalogue = catalogue
        self._build_spec = build_spec
        self._now = now
        self.retry_delay = retry_delay_seconds
        self.log_max_bytes = log_max_bytes
        self.companions = dict(companions or {})
        self._tasks = TaskGroup()
        self._running: dict[str, tuple[Job, Execution | None]] = {}
        self._cancelled: set[str] = set()
        self._held: set[str] = set()
        self.on_end: Callable[[Job], Awaitable[None]] | None = None

    async def close(self) -> None:
        await self._tasks.close()

    def running(self) -> list[Job]:
        return [job for job, _ in self._running.values()]

    def follows(self, job_id: str) -> bool:
        return job_id in self._running or job_id in self._held

    def hold(self, job_id: str) -> None:
        """It is about to be stored as running by us. From here to `let_go` nobody else takes care of it: a claim whose
        answer got lost looks like a job that nobody runs."""
        self._held.add(job_id)

    def let_go(self, job_id: str) -> None:
        self._held.discard(job_id)

    def followed(self) -> set[str]:
        return {*self._running, *self._held}

    def stop(self, job_id: str, *, force: bool = False) -> None:
        """Ask a job that runs here to end; without effect on others. Asking again changes nothing, `force` kills."""
        if job_id not in self._running or (job_id in self._cancelled and not force):
            return
        self._cancelled.add(job_id)
        _, execution = self._running[job_id]
        if execution:
            execution.stop()

    def forget(self, job_id: str) -> None:
        """The job was closed by hand: end what may still run of it and let its lane go on."""
        _, execution = self._running.get(job_id, (None, None))
        if execution:
            execution.stop()
            execution.stop()
        else:
            self._running.pop(job_id, None)

    async def prepare(self, job: Job) -> Prepared:
        """A runner ready for the job's newest attempt, or why there can be none."""
        try:
            return await self._executor.prepare(await self._build_spec(job))
        except AppError as error:
            return error.detail
        except OSError as error:
            return str(error)
        except Exception as error:
            # Whatever it is, somebody waits for an answer, and behind this job there are others.
            log.exception("attempt cannot be prepared", command=job.command, job_id=job.id)
            return f"The console could not prepare it ({type(error).__name__}); its log has the details."

    async def drop(self, prepared: Prepared) -> None:
        """The attempt that it was prepared for is not to be."""
        if isinstance(prepared, Execution):
            await self._executor.drop(prepared)

    async def run(self, job: Job, prepared: Prepared, successor: Successor) -> Job | None:
        """From the claimed job to its recorded end. Returns the successor when it was claimed in the same write."""
        if companion := self._companion(job):
            prepared = await self._before(companion, job, prepared)
        if isinstance(prepared, Execution):
            self._executor.go(prepared)
        with self._feeds.watch(job.id) as feed, structlog.contextvars.bound_contextvars(job_id=job.id):
            self._running[job.id] = (job, None)
            try:
                feed.publish(job)
                log.info("job started", command=job.command, attempt=job.attempt)
                if isinstance(prepared, Execution):
                    return await self._follow(job, prepared, feed, successor=successor)
                return await self.record(job, job.attempts[-1], Finished(self._not_started(prepared)), feed)
            finally:
                self._running.pop(job.id, None)

    async def _before(self, companion: Companion, job: Job, prepared: Prepared) -> Prepared:
        """What its companion has to do before it begins, or why it cannot begin."""
        if not isinstance(prepared, Execution):
            return prepared
        self._running[job.id] = (job, None)  # so that it beats, and a cancel finds it
        try:
            await patiently(partial(companion.before, job))
        except AppError as error:
            reason = error.detail
        except Exception as error:
            log.exception("what goes before a job failed", command=job.command, job_id=job.id)
            reason = f"The console could not prepare it ({type(error).__name__}); its log has the details."
        else:
            if (stopped := self._stopped_before(job)) is None:
                return prepared
            reason = stopped
        await self.drop(prepared)
        return reason

    def _stopped_before(self, job: Job) -> str | None:
        """Preparing takes seconds: a command must not even begin when somebody did not want it any more meanwhile."""
        if job.id not in self._running:
            return "It was closed by hand before it began."
        return "It was cancelled before it began." if job.id in self._cancelled else None

    async def resume(self, job: Job, execution: Execution, feed: JobFeed) -> None:
        """An attempt that an earlier console started."""
        log.info("job found again", command=job.command, living=not execution.ended.is_set())
        self._running[job.id] = (job, None)
        try:
            if job.cancel_requested_at:
                self.stop(job.id)
            await self._follow(job, execution, feed, found_again=True)
        finally:
            self._running.pop(job.id, None)

    async def requeue_unstarted(self, job: Job, feed: JobFeed) -> None:
        """Claimed, and never given its runner: nothing ran, so it may run for any command."""
        now = self._now()
        attempt = job.attempts[-1].model_copy(
            update={"ended_at": now, "cause": Cause.LOST, "error": "The console stopped before this attempt started."}
        )
        change: Document = {"status": JobStatus.PENDING, "not_before": AT_ONCE}
        recorded = await patiently(lambda: self._jobs.end_attempt(job, attempt, change))
        if recorded:
            feed.publish(recorded)
        else:
            # Somebody cancelled it before it started: then this is its end.
            outcome = Outcome(cause=Cause.CANCELLED, started_at=now, ended_at=now)
            await self.record(job, job.attempts[-1], Finished(outcome), feed)
        await asyncio.to_thread(self._executor.discard, job.id, job.attempt)

    async def _follow(
        self, job: Job, execution: Execution, feed: JobFeed, *, found_again: bool = False,
        successor: Successor = lambda: None,
    ) -> Job | None:  # fmt: skip
        self._running[job.id] = (job, execution)
        if job.id in self._cancelled:
            execution.stop()
        writer = LogWriter(job, feed, self._chunks, self._logs, self._now, self.log_max_bytes, found_again=found_again)
        companion = self._companion(job)
        progress = self._show_progress(companion, job, feed) if companion else None
        try:
            await writer.follow(execution)
        except Exception:
            self._executor.release(execution)  # it is attached to anew, again and again while the reason lasts
            raise
        finally:
            if progress:
                progress.cancel()
        reported = execution.outcome()
        if reported is None and self._executor.never_began(execution):
            self._executor.release(execution)
            await self.requeue_unstarted(job, feed)
            return None
        outcome = reported or await self._lost(execution)
        attempt = writer.ranges(job.attempts[-1])
        if outcome.succeeded:
            outcome = await patiently(partial(self._with_result, job, attempt, outcome))
        finished = await self._after(companion, job, attempt, outcome) if companion else Finished(outcome)
        claimed = await self.record(job, attempt, finished, feed, successor)
        self._executor.release(execution)
        # Not waited for: the lane's next job need not wait for the disk.
        self._tasks.start(asyncio.to_thread(self._executor.discard, job.id, job.attempt), f"discard spool of {job.id}")
        return claimed

    def _show_progress(self, companion: Companion, job: Job, feed: JobFeed) -> asyncio.Task[None] | None:
        try:
            reader = companion.progress(job)
        except Exception:
            log.exception("progress cannot be read; the job goes on", command=job.command)
            return None
        feed.job = feed.job or job
        follower = ProgressFollower(job.id, feed, reader, self._jobs, self._now)
        return asyncio.create_task(follower.follow(), name=f"progress of {job.id}")

    async def _after(self, companion: Companion, job: Job, attempt: Attempt, outcome: Outcome) -> Finished:
        """What its companion makes of the end. A result that cannot be made out is none."""
        ended = job.model_copy(update={"attempts": [*job.attempts[:-1], attempt]})
        try:
            end_byte = attempt.first_byte + attempt.bytes
            rows = partial(self._reader.rows, job.id, attempt.first_byte, attempt.first_line, end_byte)
            return await patiently(partial(companion.after, ended, outcome, rows))
        except Exception as error:
            log.exception("what follows a job failed", command=job.command)
            if not outcome.succeeded:
                return Finished(outcome)
            words = f"It ended with exit code 0, but its result could not be taken over ({type(error).__name__})."
            return Finished(outcome.model_copy(update={"cause": Cause.NO_RESULT, "error": words}))

    async def record(
        self, job: Job, attempt: Attempt, finished: Finished, feed: JobFeed, successor: Successor = lambda: None
    ) -> Job | None:
        """Store the attempt's end, and with it the claim of the successor, which is returned then."""
        outcome = finished.outcome
        if outcome.cause is Cause.CANCELLED or (not outcome.succeeded and job.id in self._cancelled):
            job = await self._reread(job)
        following = successor()
        recorded, claimed = await self._end_in_any_case(job, attempt, finished, following)
        if recorded is None and not outcome.succeeded:
            # Somebody cancelled it elsewhere in this moment: then it is not tried again.
            current = await self._reread(job)
            recorded, _ = await patiently(lambda: self._end(current, attempt, finished, None))
        self._running.pop(job.id, None)
        self._cancelled.discard(job.id)
        if recorded is None:
            # Closed by hand meanwhile: its state stays, but what its log holds by now is known.
            await patiently(lambda: self._logs.note_closed(job.id, attempt))
            return claimed
        log.info(
            "job attempt ended", command=job.command, status=recorded.status.value, cause=outcome.cause.value,
            error=recorded.error,
        )  # fmt: skip
        if claimed and feed.watchers > 1:
            recorded = await self._reread(recorded)  # what others changed meanwhile, for those who look
        feed.publish(recorded)
        if self.on_end and recorded.status is not JobStatus.PENDING:
            try:
                await self.on_end(recorded)
            except Exception:
                log.exception("what follows a job's end failed", job_id=job.id)
        return claimed

    async def _reread(self, job: Job) -> Job:
        return await patiently(lambda: self._jobs.get(job.id)) or job

    async def _end_in_any_case(
        self, job: Job, attempt: Attempt, finished: Finished, successor: Job | None
    ) -> tuple[Job | None, Job | None]:
        try:
            return await patiently(lambda: self._end(job, attempt, finished, successor))
        except Exception:
            if finished.output is None and not finished.warnings:
                raise
            # MongoDB takes 16 MB and numbers of 8 bytes. Without its end stored, the lane would stand still for ever.
            log.exception("a job's result cannot be stored", command=job.command)
            bare = Finished(finished.outcome, warnings=["Its result could not be stored; its log has all of it."])
            return await patiently(lambda: self._end(job, attempt, bare, successor))

    async def _end(
        self, job: Job, attempt: Attempt, finished: Finished, successor: Job | None
    ) -> tuple[Job | None, Job | None]:
        ended, change = end_of(job, attempt, finished, self._command(job), self._now(), self.retry_delay)
        if successor is None:
            return await self._jobs.end_attempt(job, ended, change), None
        return await self._jobs.end_attempt_and_claim(job, ended, change, successor)

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

    def _companion(self, job: Job) -> Companion | None:
        command = self._command(job)
        return self.companions.get(command.parser) if command and command.parser else None

    def _command(self, job: Job) -> Command | None:
        with suppress(NotFound):
            return self._catalogue.get(job.command)
        return None
