"""What the end of an attempt means for its job."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from backend.commands.command import Command
from backend.database import Document
from backend.jobs.companion import Finished
from backend.models.jobs import Attempt, Cause, Job, JobStatus, Outcome

MAX_DELAY_SECONDS = 3600.0
JITTER = 0.2
# Trying again cannot help: nothing about these changes by waiting.
_FINAL_CAUSES = frozenset({Cause.CANCELLED, Cause.COULD_NOT_START, Cause.ASKED_FOR_INPUT, Cause.NO_RESULT})


def backoff(retry: int, base_seconds: float) -> timedelta:
    """Delay before the `retry`-th retry (from 0): base x 2^retry, at most an hour, then spread by 20 % both ways."""
    seconds = min(base_seconds * 2.0 ** min(retry, 40), MAX_DELAY_SECONDS)
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - spreads load, no secret


def next_status(job: Job, outcome: Outcome, command: Command | None) -> JobStatus:
    """completed, cancelled, failed, or pending when it is to be tried again."""
    if outcome.succeeded:
        return JobStatus.COMPLETED
    if outcome.cause is Cause.CANCELLED or job.cancel_requested_at is not None:
        return JobStatus.CANCELLED
    return JobStatus.PENDING if _may_retry(job, outcome, command) else JobStatus.FAILED


def _may_retry(job: Job, outcome: Outcome, command: Command | None) -> bool:
    if command is None or job.retry_count >= job.max_retries or outcome.cause in _FINAL_CAUSES:
        return False
    if outcome.cause is Cause.LOST:
        return bool(command.repeatable)
    return outcome.exit_code not in command.final_exit_codes


def end_of(
    job: Job, attempt: Attempt, finished: Finished, command: Command | None, now: datetime, retry_delay: float
) -> tuple[Attempt, Document]:
    """The attempt as it ended, and what changes in its job."""
    outcome = finished.outcome
    status = next_status(job, outcome, command)
    cancelled = status is JobStatus.CANCELLED
    cause = Cause.CANCELLED if cancelled else outcome.cause
    error = f"Cancelled by {job.cancelled_by or 'a signal to its runner'}." if cancelled else outcome.error
    ended = attempt.model_copy(
        update=outcome.model_dump(include={"exit_code", "signal", "sha256", "survivors", "ended_leftovers", "ended_at"})
        | {"cause": cause, "error": error, "started_at": outcome.started_at}
    )
    change: Document = {
        "status": status,
        "cause": cause,
        "error": error,
        "exit_code": outcome.exit_code,
        "signal": outcome.signal,
        "log_lines": attempt.first_line + attempt.lines,
        "log_bytes": attempt.first_byte + attempt.bytes,
        "output": finished.output,
        "warnings": finished.warnings,
    }
    if status is JobStatus.PENDING:
        change |= {"retry_count": job.retry_count + 1, "not_before": now + backoff(job.retry_count, retry_delay)}
    else:
        change |= {"completed_at": outcome.ended_at, "notify": True}
    return ended, change
