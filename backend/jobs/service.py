"""The only door to jobs, for people, schedules and tokens alike."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from backend.commands.catalogue import Catalogue
from backend.commands.command import Command
from backend.errors import BadRequest, Conflict, DamagedRecord, FieldError, InvalidInput, NotFound, TooManyRequests
from backend.jobs.audit_trail import JobTrail
from backend.jobs.executor import AttemptSpec
from backend.jobs.feed import Feeds, Piece
from backend.jobs.log_reader import LogPage, LogReader
from backend.jobs.queue import JobQueue
from backend.models.audit import Recorder
from backend.models.jobs import ENDED, Consent, Job, JobStatus, JobView, QueueState
from backend.repositories.idempotency import IdempotencyRepository
from backend.repositories.job_logs import JobLogs
from backend.repositories.jobs import JobRepository
from backend.repositories.log_chunks import LogChunkRepository
from backend.utils.clock import AT_ONCE, Clock, Sequence
from backend.utils.masking import patterns
from backend.vault.rules import not_to_be_masked
from backend.vault.service import Vault

log = structlog.get_logger(__name__)

LOGS_IN_JOB = 2_000
HIDDEN = "***"


@dataclass(frozen=True)
class Limits:
    max_retries: int
    pending: int


class JobService:
    def __init__(
        self,
        *,
        jobs: JobRepository,
        logs: JobLogs,
        chunks: LogChunkRepository,
        idempotency: IdempotencyRepository,
        catalogue: Catalogue,
        vault: Vault,
        feeds: Feeds,
        reader: LogReader,
        builtins: Mapping[str, str],
        now: Clock,
        limits: Limits,
        audit: Recorder,
        trail: JobTrail,
    ) -> None:
        self._jobs = jobs
        self._logs = logs
        self._chunks = chunks
        self._idempotency = idempotency
        self._catalogue = catalogue
        self._vault = vault
        self._feeds = feeds
        self._reader = reader
        self._builtins = builtins
        self._now = now
        self._limits = limits
        self._audit = audit
        self._trail = trail
        self._sequence = Sequence()
        self._room = 0
        self._room_counted_at = 0.0
        self.queue: JobQueue

    # --- submit ---

    async def submit(
        self,
        command_id: str,
        parameters: Mapping[str, object],
        *,
        by: str,
        confirm: str | None = None,
        priority: int = 0,
        idempotency_key: str | None = None,
        consent: Consent | None = None,
    ) -> JobView:
        """Queue a job. The same idempotency key within 24 h returns the same job, however many ask at once.

        Raises InvalidInput (unknown command, bad parameters, missing confirmation), BadRequest (the command cannot run
        now), Conflict (the key was used for something else, or a guarded command without consent), TooManyRequests (the
        queue is full).
        """
        command = self._command(command_id)
        if command.guard and consent is None:
            raise Conflict(f"{command.title} is not started like this. Review first what it would do: {command.review}")
        values = self._values(command, parameters)
        if command.touches == "irreversible" and confirm != command.title:
            raise InvalidInput([FieldError("confirm", f'type the title to confirm: "{command.title}"')])
        job_id = str(uuid.uuid4())
        if idempotency_key:
            # Without secret values: a plain hash of a short one could be guessed from a dump of the database.
            shown = {name: value for name, value in values.items() if name not in command.secret_parameters}
            request = _fingerprint(command_id, shown, priority)
            record = await self._idempotency.remember(idempotency_key, job_id, request, self._now())
            if record["request"] != request:
                raise Conflict("This Idempotency-Key was used for another request within the last 24 hours.")
            job_id = record["job_id"]
            if earlier := await self._jobs.get(job_id):
                return await self._view(earlier)
        reason = command.unavailable_reason(self._builtins, await self._vault.names_set() if command.secrets else ())
        if reason:
            raise BadRequest(f"{command.title} cannot run now: {reason}")
        await self._take_room()
        job = self._new_job(job_id, command, values, by, priority)
        job.consent = consent
        await self.queue.submit(job)
        self._trail.submitted(job)
        log.info("job submitted", job_id=job.id, command=job.command)
        return JobView.of(await self._jobs.get(job_id) or job) if idempotency_key else JobView.of(job)

    async def _take_room(self) -> None:
        """Raises TooManyRequests when the queue is full. Counts again only when the room it last saw is used up, or
        after a second, since a count costs as much as the submit itself."""
        now = time.monotonic()
        if self._room <= 0 or now - self._room_counted_at > 1.0:
            self._room = self._limits.pending - await self._jobs.count_pending(self._limits.pending)
            self._room_counted_at = now
        if self._room <= 0:
            raise TooManyRequests(f"The queue is full: {self._limits.pending} jobs wait already. Try later.", 30)
        self._room -= 1

    def _command(self, command_id: str) -> Command:
        try:
            return self._catalogue.get(command_id)
        except NotFound as error:
            raise InvalidInput([FieldError("command", error.detail)]) from None

    @staticmethod
    def _values(command: Command, parameters: Mapping[str, object]) -> dict[str, bool | int | float | str]:
        try:
            values = command.validate(parameters)
            hidden = [(name, str(values[name])) for name in sorted(command.secret_parameters & values.keys())]
            if bad := [FieldError(name, why) for name, value in hidden if (why := not_to_be_masked(value))]:
                raise InvalidInput(bad)
        except InvalidInput as error:
            raise InvalidInput(error.errors, prefix="parameters.") from None
        return values

    def _new_job(
        self, job_id: str, command: Command, values: dict[str, bool | int | float | str], by: str, priority: int
    ) -> Job:
        now = self._now()
        hidden = command.secret_parameters & values.keys()
        return Job(
            id=job_id,
            command=command.id,
            title=command.title,
            touches=command.touches,
            parameters={name: HIDDEN if name in hidden else value for name, value in values.items()},
            sealed_parameters={name: self._vault.seal_for_job(job_id, name, str(values[name])) for name in hidden},
            max_retries=command.max_retries(self._limits.max_retries),
            created_at=now,
            not_before=AT_ONCE,
            submitted_by=by,
            lane=command.lane,
            priority=priority,
            sequence=self._sequence.next(),
        )

    def preview(self, command_id: str, parameters: Mapping[str, object]) -> list[str]:
        """The argument list a submit with these parameters would start. Raises as submit does."""
        command = self._catalogue.get(command_id)
        return command.build(self._values(command, parameters), self._builtins).argv

    async def build_spec(self, job: Job) -> AttemptSpec:
        """What the runner needs for the job's newest attempt: secrets are unsealed here, as late as can be."""
        command = self._catalogue.get(job.command)
        if reason := command.unavailable_reason(self._builtins, command.secrets):
            raise BadRequest(f"It could not start: {reason}")
        unsealed = await self._vault.unseal(
            command.secrets, command.optional_secrets, job_id=job.id, by=job.submitted_by
        )
        opened = {
            name: self._vault.open_for_job(job.id, name, sealed) for name, sealed in job.sealed_parameters.items()
        }
        invocation = command.build({**job.parameters, **opened}, self._builtins)
        return AttemptSpec(
            job_id=job.id,
            attempt=job.attempt,
            argv=invocation.argv,
            env={**_base_environment(self._builtins), **invocation.env, **unsealed.environment},
            cwd=invocation.cwd,
            stdin=invocation.stdin.decode() if invocation.stdin else None,
            pty=command.pty,
            time_limit=command.time_limit,
            silence_limit=command.silence_limit,
            masks=sorted({*unsealed.masks, *patterns(opened.values())}, key=len, reverse=True),
        )

    # --- look ---

    async def get(self, job_id: str, *, with_logs: bool = True) -> JobView:
        return await self._view(await self._get(job_id), with_logs=with_logs)

    async def _view(self, job: Job, *, with_logs: bool = True) -> JobView:
        feed = self._feeds.get(job.id)
        if feed and feed.log and job.status is JobStatus.RUNNING:
            job = job.model_copy(update={"log_lines": feed.log.lines, "log_bytes": feed.log.end_byte})
        logs: list[str] = []
        if with_logs and job.log_lines:
            logs = await self._reader.tail(job.id, job.log_lines, job.log_bytes, LOGS_IN_JOB)
        position = await self._jobs.position(job) if job.status is JobStatus.PENDING else None
        return JobView.of(job, logs=logs, queue_position=position)

    async def _get(self, job_id: str) -> Job:
        if job := await self._jobs.get(job_id):
            return job
        raise NotFound(f"There is no job {job_id[:64]}.")

    async def log_page(
        self, job_id: str, *, from_line: int, limit: int, search: str | None, attempt: int | None
    ) -> tuple[LogPage, Job, int]:
        """A page of the log, the job with its present log size, and the page's first line.

        Negative `from_line` counts from the end; with `attempt` it counts within that attempt.
        """
        view = await self.get(job_id, with_logs=False)
        job = (await self._get(job_id)).model_copy(update={"log_lines": view.log_lines, "log_bytes": view.log_bytes})
        first, end = 0, job.log_lines
        if attempt is not None:
            if not 1 <= attempt <= len(job.attempts):
                raise NotFound(f"The job has no attempt {attempt}.")
            chosen = job.attempts[attempt - 1]
            first = chosen.first_line
            end = first + chosen.lines if chosen.ended_at else job.log_lines
        start = max(first, end + from_line) if from_line < 0 else first + from_line
        page = await self._reader.page(job.id, start, limit, search, end=end if attempt is not None else None)
        return page, job, start

    def log_bytes(self, job_id: str, from_byte: int) -> AsyncIterator[Piece]:
        """The log's masked bytes from there on until its present end."""
        return self._reader.pieces(job_id, from_byte)

    # --- change ---

    async def cancel(self, job_id: str, *, by: str, force: bool = False) -> None:
        """End the job, waiting or running. Raises BadRequest when it has ended already. Idempotent while it ends."""
        job = await self._get(job_id)
        if job.status in ENDED:
            raise BadRequest(f"The job has already ended ({job.status.value}).")
        if job.cancel_requested_at is None or force:
            await self._audit(
                "job.cancel", f"{job.title}: {'killed' if force else 'cancelled'}.", subject=job_id, who=by
            )
        now = self._now()
        if not await self._jobs.cancel_pending(job_id, by=by, now=now) and not await self._jobs.request_cancel(
            job_id, by=by, now=now
        ):
            job = await self._get(job_id)
            if job.status in ENDED:
                raise BadRequest(f"The job has already ended ({job.status.value}).")
            # It changed between the two writes (a retry came due): the next look finds it in one of the two states.
            return await self.cancel(job_id, by=by, force=force)
        self.queue.attempts.stop(job_id, force=force)
        log.info("job cancel requested", job_id=job_id, force=force)
        self._feeds.publish(await self._get(job_id))
        return None

    async def close(self, job_id: str, *, by: str) -> None:
        """Mark a job as ended that nothing else ends: a damaged record, or a host that will not come back.

        Raises NotFound, or BadRequest when it has ended already. What may still run of it here is killed.
        """
        await self._audit("job.close", "Closed by hand.", subject=job_id, who=by)
        if not await self._jobs.close(job_id, by=by, now=self._now()):
            job = await self._get(job_id)
            raise BadRequest(f"The job has already ended ({job.status.value}).")
        log.warning("job closed by hand", job_id=job_id)
        self.queue.attempts.forget(job_id)
        with suppress(DamagedRecord):
            self._feeds.publish(await self._get(job_id))

    async def queue_state(self) -> QueueState:
        return QueueState(
            draining=self.queue.draining,
            running=[job.id for job in self.queue.attempts.running()],
            waiting=await self._jobs.count_pending(self._limits.pending),
            limit=self._limits.pending,
        )

    async def pin(self, job_id: str, pinned: bool) -> None:
        """Keep the job's log whatever its age, or no longer."""
        if not await self._jobs.pin(job_id, pinned):
            raise NotFound(f"There is no job {job_id[:64]}.")
        with suppress(DamagedRecord):
            self._feeds.publish(await self._get(job_id))

    async def clear_log(self, job_id: str) -> None:
        job = await self._get(job_id)
        if job.status not in ENDED:
            raise BadRequest("The job has not ended yet; its log can be cleared afterwards.")
        await self._audit("log.clear", f"{job.title}: its log is deleted.", subject=job_id)
        # Chunks first: the record still leads to them when a kill comes in between.
        await self._chunks.delete_log([job_id])
        await self._logs.forget([job_id])

    async def clear_all_logs(self) -> int:
        """Clear the logs of every ended job; returns how many had one."""
        job_ids = await self._logs.all_ended()
        await self._audit("log.clear", f"The logs of {len(job_ids)} ended jobs are deleted.")
        for at in range(0, len(job_ids), 100):
            batch = job_ids[at : at + 100]
            await self._chunks.delete_log(batch)
            await self._logs.forget(batch)
        return len(job_ids)

    def running_summaries(self) -> list[str]:
        """One line per job that runs here, for the person who stops the console."""
        return [f"{job.title} (job {job.id[:8]}, attempt {job.attempt})" for job in self.queue.attempts.running()]


def _fingerprint(command_id: str, values: Mapping[str, object], priority: int) -> str:
    text = json.dumps([command_id, values, priority], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _base_environment(builtins: Mapping[str, str]) -> dict[str, str]:
    """What every child gets. Built from this list, never inherited: the console's own environment holds its keys."""
    return {"PATH": builtins["path"], "HOME": builtins["data_dir"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
