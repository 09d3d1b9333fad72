"""Counts over many jobs. Both read the index of status and sequence only, never the jobs themselves."""

from __future__ import annotations

from datetime import datetime

from backend.database import Document, Mongo
from backend.models.jobs import JobStatus
from backend.repositories.jobs import sequence_at

_STATUSES = [status.value for status in JobStatus]


class JobCounts:
    def __init__(self, db: Mongo) -> None:
        self._jobs = db["jobs"]

    async def of_status(self, status: JobStatus) -> int:
        return int(await self._jobs.count_documents({"status": status.value}))

    async def failed_since(self, ended: datetime, created: datetime) -> int:
        """Failed jobs that ended after `ended`; those submitted before `created` are not looked at."""
        query: Document = {
            "status": JobStatus.FAILED.value,
            "sequence": {"$gte": sequence_at(created)},
            "completed_at": {"$gte": ended},
        }
        return int(await self._jobs.count_documents(query))

    async def by_day(self, since: datetime, timezone: str) -> list[tuple[str, JobStatus, int]]:
        """(day as YYYY-MM-DD in that zone, status, how many) of the jobs submitted since then."""
        # A sequence is the microsecond of the submit.
        submitted = {"$toDate": {"$toLong": {"$divide": ["$sequence", 1000]}}}
        day = {"$dateToString": {"date": submitted, "format": "%Y-%m-%d", "timezone": timezone}}
        pipeline: list[Document] = [
            {"$match": {"status": {"$in": _STATUSES}, "sequence": {"$gte": sequence_at(since)}}},
            {"$group": {"_id": {"day": day, "status": "$status"}, "count": {"$sum": 1}}},
        ]
        rows = await self._jobs.aggregate(pipeline, hint="newest_of_status").to_list(None)
        return [(row["_id"]["day"], JobStatus(row["_id"]["status"]), row["count"]) for row in rows]
