"""Counts over many jobs. Both read the index of status and sequence only, never the jobs themselves."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, tzinfo

from backend.database import Document, Mongo
from backend.models.jobs import JobStatus
from backend.repositories.jobs import sequence_at

# Every zone differs from UTC by whole quarters of an hour.
_QUARTER_SECONDS = 900
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

    async def by_day(self, since: datetime, zone: tzinfo) -> Counter[tuple[date, JobStatus]]:
        """How many jobs submitted since then, by day in that zone and status."""
        # A sequence is the microsecond of the submit. MongoDB's own list of zones is older than the browsers'.
        quarter = {"$floor": {"$divide": ["$sequence", _QUARTER_SECONDS * 1_000_000]}}
        pipeline: list[Document] = [
            {"$match": {"status": {"$in": _STATUSES}, "sequence": {"$gte": sequence_at(since)}}},
            {"$group": {"_id": {"quarter": quarter, "status": "$status"}, "count": {"$sum": 1}}},
        ]
        rows = await self._jobs.aggregate(pipeline, hint="newest_of_status").to_list(None)
        counts: Counter[tuple[date, JobStatus]] = Counter()
        for row in rows:
            day = datetime.fromtimestamp(row["_id"]["quarter"] * _QUARTER_SECONDS, zone).date()
            counts[day, JobStatus(row["_id"]["status"])] += row["count"]
        return counts
