"""What the jobs' records say about their logs: how large each is, and which may be deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from pymongo import DESCENDING

from backend.database import Document, Mongo
from backend.models.jobs import Attempt
from backend.repositories.jobs import ENDED, RUNNING


class JobLogs:
    def __init__(self, db: Mongo) -> None:
        self._jobs = db["jobs"]

    async def set_size(self, job_id: str, lines: int, size: int) -> None:
        """While the job runs: what the job's views show as its log's size."""
        await self._jobs.update_one(
            {"_id": job_id, "status": RUNNING}, {"$set": {"log_lines": lines, "log_bytes": size}}
        )

    async def note_closed(self, job_id: str, attempt: Attempt) -> None:
        """The end of an attempt whose job was closed by hand before: what was printed, and nothing of the state."""
        index = attempt.number - 1
        change = {
            "log_lines": attempt.first_line + attempt.lines,
            "log_bytes": attempt.first_byte + attempt.bytes,
            f"attempts.{index}.lines": attempt.lines,
            f"attempts.{index}.bytes": attempt.bytes,
        }
        query = {"_id": job_id, "status": ENDED, f"attempts.{index}.ended_at": None}
        await self._jobs.update_one(query, {"$set": change})

    async def forget(self, job_ids: list[str]) -> None:
        """The logs' sizes and ranges, of those of the jobs that have ended. What somebody spoiled of a record stays as
        it is: it must not keep the others' logs on the disk."""
        ended: Document = {"_id": {"$in": job_ids}, "status": ENDED}
        ranges = {f"attempts.$[sound].{name}": 0 for name in ("lines", "bytes", "first_line", "first_byte")}
        await self._jobs.update_many(
            {**ended, "attempts": {"$type": "array"}}, {"$set": ranges},
            array_filters=[{"sound.number": {"$exists": True}}],
        )  # fmt: skip
        # Last: while a size is there the log is found again, after a kill in between.
        await self._jobs.update_many(ended, {"$set": {"log_lines": 0, "log_bytes": 0}})

    async def newest_first(self) -> AsyncIterator[tuple[str, datetime, int]]:
        """(job id, completed at, log bytes) of every ended, unpinned job that has a log."""
        query = {
            "status": ENDED, "log_bytes": {"$gt": 0}, "pinned": {"$ne": True}, "completed_at": {"$type": "date"},
        }  # fmt: skip
        fields = {"completed_at": 1, "log_bytes": 1}
        async for document in self._jobs.find(query, fields).sort("sequence", DESCENDING):
            yield document["_id"], document["completed_at"], document["log_bytes"]

    async def without_log(self, job_ids: list[str]) -> list[str]:
        """Those of the ids whose chunks nothing leads to: no such job, or it has ended and says it has no log."""
        with_log: Document = {"_id": {"$in": job_ids}, "$nor": [{"status": ENDED, "log_bytes": 0}]}
        known = {document["_id"] async for document in self._jobs.find(with_log, {"_id": 1})}
        return [job_id for job_id in job_ids if job_id not in known]

    async def all_ended(self) -> list[str]:
        cursor = self._jobs.find({"status": ENDED, "log_bytes": {"$gt": 0}}, {"_id": 1})
        return [document["_id"] for document in await cursor.to_list(None)]
