"""The newest job of several commands, in one query."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from pymongo import DESCENDING

from backend.database import Document, Mongo
from backend.models.jobs import Job, JobStatus

# A report may be long; of all outputs only the small one of the login is asked for here.
_LIGHT: Document = {
    "sealed_parameters": "$$REMOVE",
    "output": {"$cond": [{"$eq": ["$output.type", "login"]}, "$output", None]},
}


class NewestJobs:
    def __init__(self, db: Mongo) -> None:
        self._jobs = db["jobs"]

    async def of(self, commands: Sequence[str]) -> list[Job]:
        """Of each command the newest job, and the newest completed one when that is another. Newest first."""
        found = {row["_id"]: row async for row in self._jobs.aggregate(pipeline_of(commands))}
        jobs = [job for row in found.values() if (job := _sound(row)) is not None]
        return sorted(jobs, key=lambda job: job.sequence, reverse=True)


def pipeline_of(commands: Sequence[str]) -> list[Document]:
    pieces = [piece for command in commands for piece in (_newest(command), _newest(command, JobStatus.COMPLETED))]
    return [
        *pieces[0],
        *({"$unionWith": {"coll": "jobs", "pipeline": piece}} for piece in pieces[1:]),
        {"$set": _LIGHT},
    ]


def _newest(command: str, status: JobStatus | None = None) -> list[Document]:
    """Along the index `newest_of_command`: one job is read, and those above it that did not complete."""
    match: Document = {"command": command} | ({"status": status.value} if status else {})
    return [{"$match": match}, {"$sort": {"sequence": DESCENDING}}, {"$limit": 1}]


def _sound(row: Document) -> Job | None:
    """None for a damaged record: the list of jobs says so, and here the others are enough."""
    try:
        return Job.model_validate({**row, "id": row["_id"]})
    except ValidationError:
        return None
