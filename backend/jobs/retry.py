"""What the end of an attempt means for its job."""

from __future__ import annotations

import random
from datetime import timedelta

from backend.commands.command import Command
from backend.models.jobs import Cause, Job, JobStatus, Outcome

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
