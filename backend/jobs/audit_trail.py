"""Every job that was ever submitted has its row in the audit log, without a submit having to wait for it.

The job's own record is the guarantee: it is stored before the submit is answered and names who and when. Its row is
offered at once, in batches. What a crash took is found again by following the jobs in the order of their sequence.
"""

from __future__ import annotations

import time

import structlog

from backend.audit.log import AuditLog
from backend.models.audit import AuditEntry
from backend.models.jobs import Job
from backend.repositories.jobs import JobRepository

FOLLOW_SECONDS = 60.0
_BATCH = 500
_POSITION = "jobs"
# A job gets its number a moment before it is stored; 30 s is far above the database's own time limit of 6 s.
_SETTLED_MICROSECONDS = 30_000_000


class JobTrail:
    def __init__(self, jobs: JobRepository, audit: AuditLog) -> None:
        self._jobs = jobs
        self._audit = audit

    def submitted(self, job: Job) -> None:
        context = structlog.contextvars.get_contextvars()
        self._audit.soon(_entry(job, str(context.get("address", "")), str(context.get("request_id", ""))))

    async def follow(self) -> None:
        """Write the rows that are missing. The position moves only behind rows that are stored."""
        position = await self._audit.rows.position(_POSITION)
        settled = time.time_ns() // 1000 - _SETTLED_MICROSECONDS
        while jobs := await self._jobs.numbered(position, settled, _BATCH):
            entries = [_entry(job) for job in jobs]
            known = await self._audit.rows.known_events([entry.event or "" for entry in entries])
            await self._audit.add([entry for entry in entries if entry.event not in known])
            position = jobs[-1].sequence
            await self._audit.rows.set_position(_POSITION, position)


def _entry(job: Job, address: str = "", request_id: str = "") -> AuditEntry:
    return AuditEntry(
        job.created_at, "job.start", f"{job.title} ({job.command}) submitted, touches: {job.touches}.",
        who=job.submitted_by, address=address, subject=job.id, request_id=request_id, event=f"job/{job.id}",
    )  # fmt: skip
