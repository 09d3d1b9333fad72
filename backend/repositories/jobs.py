"""Jobs in MongoDB. Every change of state is one conditional write: who matches the condition has won."""

from __future__ import annotations

from datetime import datetime

import structlog
from pydantic import ValidationError
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from backend.database import Document, Duplicate, LaneBusy, Mongo
from backend.errors import DamagedRecord
from backend.models.history import JobFilter
from backend.models.jobs import Attempt, Cause, Job, JobStatus, Progress

PENDING, RUNNING = JobStatus.PENDING.value, JobStatus.RUNNING.value
ENDED = {"$in": [JobStatus.COMPLETED.value, JobStatus.FAILED.value, JobStatus.CANCELLED.value]}
# Lists show fifty jobs at a time: nothing in them may grow with the job.
_LIST_FIELDS = {"sealed_parameters": 0, "output": 0}


log = structlog.get_logger(__name__)


def _job(document: Document) -> Job:
    """Raises DamagedRecord, naming the job, for a record that somebody or something spoiled."""
    try:
        return Job.model_validate({**document, "id": document["_id"]})
    except ValidationError as error:
        name, count = document["_id"], error.error_count()
        raise DamagedRecord(
            f"The record of job {name} is damaged ({count} fields). Close it to free its lane."
        ) from error


def _sound(documents: list[Document]) -> list[Job]:
    """The jobs of all sound records: a damaged one must not hide or block the others."""
    jobs = []
    for document in documents:
        try:
            jobs.append(_job(document))
        except DamagedRecord as error:
            log.error("damaged record left out", detail=error.detail)
    return jobs


def sequence_at(moment: datetime) -> int:
    """The least sequence a job submitted at that moment can have."""
    return int(moment.timestamp() * 1_000_000)


def _chosen(chosen: JobFilter, before: int | None) -> Document:
    query: Document = {}
    if chosen.status:
        query["status"] = chosen.status.value
    if chosen.commands is not None:
        query["command"] = {"$in": list(chosen.commands)}
    if chosen.id_prefix:
        query["_id"] = {"$gte": chosen.id_prefix, "$lt": chosen.id_prefix + "\uffff"}
    if chosen.ended_from:
        query["completed_at"] = {"$gte": chosen.ended_from}
    sequence: Document = {}
    if chosen.created_from:
        sequence["$gte"] = sequence_at(chosen.created_from)
    ends = [before] if before is not None else []
    if chosen.created_before:
        ends.append(sequence_at(chosen.created_before))
    if ends:
        sequence["$lt"] = min(ends)
    return {**query, "sequence": sequence} if sequence else query


def _document(job: Job) -> Document:
    return {"_id": job.id, **job.model_dump(exclude={"id"})}


# What a claim changes.
_CLAIM_FIELDS = {
    "status", "owner", "node", "beat_at", "started_at", "attempts", "cause", "error", "exit_code", "signal", "warnings",
    "progress",
}  # fmt: skip


def claimed(job: Job, *, owner: str, node: str, now: datetime) -> Job:
    """The waiting job as it is when it runs, with its next attempt opened."""
    attempt = Attempt(
        number=job.attempt + 1, started_at=now, first_line=job.log_lines, first_byte=job.log_bytes
    )  # fmt: skip
    return job.model_copy(
        update={
            "status": JobStatus.RUNNING,
            "owner": owner,
            "node": node,
            "beat_at": now,
            "started_at": job.started_at or now,
            "attempts": [*job.attempts, attempt],
            "cause": None,
            "error": None,
            "exit_code": None,
            "signal": None,
            "warnings": [],
            "progress": None,
        }
    )


def _claim(job: Job) -> tuple[Document, Document]:
    """Condition and change that make the waiting job what `job`, its claimed form, is."""
    query: Document = {"_id": job.id, "status": PENDING, "attempts": {"$size": job.attempt - 1}}
    return query, {"$set": job.model_dump(include=_CLAIM_FIELDS)}


def _end(job: Job, attempt: Attempt, change: Document) -> tuple[Document, Document]:
    query: Document = {"_id": job.id, "status": RUNNING, f"attempts.{attempt.number - 1}.ended_at": None}
    if change["status"] == PENDING:
        query["cancel_requested_at"] = None
    return query, {"$set": {**change, f"attempts.{attempt.number - 1}": attempt.model_dump()}}


class JobRepository:
    def __init__(self, db: Mongo) -> None:
        self._jobs = db["jobs"]

    async def create_indexes(self) -> None:
        await self._jobs.create_indexes(
            [
                IndexModel(
                    [("lane", ASCENDING), ("status", ASCENDING), ("priority", DESCENDING), ("sequence", ASCENDING),
                     ("not_before", ASCENDING)],
                    name="next_in_lane",
                ),
                # The lane rule itself: the database refuses a second running job, whoever starts it.
                IndexModel(
                    [("lane", ASCENDING)], name="one_running_per_lane", unique=True,
                    partialFilterExpression={"status": RUNNING},
                ),
                IndexModel([("sequence", DESCENDING)], name="newest"),
                IndexModel([("status", ASCENDING), ("sequence", DESCENDING)], name="newest_of_status"),
                IndexModel([("command", ASCENDING), ("sequence", DESCENDING)], name="newest_of_command"),
            ]
        )  # fmt: skip

    async def insert(self, job: Job) -> bool:
        """Store a waiting job, or a claimed one. False when a job of this id exists already (a repeated submit).

        Raises LaneBusy for a claimed one whose lane has a running job.
        """
        try:
            await self._jobs.insert_one(_document(job))
        except Duplicate as error:
            if "lane" in (error.details or {}).get("keyPattern", {}):
                raise LaneBusy from None
            return False
        return True

    async def get(self, job_id: str) -> Job | None:
        document = await self._jobs.find_one({"_id": job_id})
        return _job(document) if document else None

    async def newest(self, chosen: JobFilter, *, limit: int, before: int | None = None) -> list[Job]:
        cursor = self._jobs.find(_chosen(chosen, before), _LIST_FIELDS).sort("sequence", DESCENDING).limit(limit)
        return _sound(await cursor.to_list(limit))

    async def numbered(self, after: int, until: int, limit: int) -> list[Job]:
        """Jobs by their sequence number, oldest first."""
        query = {"sequence": {"$gt": after, "$lte": until}}
        return _sound(
            await self._jobs.find(query, _LIST_FIELDS).sort("sequence", ASCENDING).limit(limit).to_list(limit)
        )

    async def commands(self) -> list[str]:
        """Every command that has a job."""
        return list(await self._jobs.distinct("command"))

    async def is_completed(self, job_id: str) -> bool:
        return await self._jobs.find_one({"_id": job_id, "status": JobStatus.COMPLETED.value}, {"_id": 1}) is not None

    async def count_pending(self, at_most: int) -> int:
        return await self._jobs.count_documents({"status": PENDING}, limit=at_most)

    async def position(self, job: Job) -> int:
        """How many waiting jobs of the lane go before this one, plus one."""
        ahead: Document = {
            "lane": job.lane,
            "status": PENDING,
            "$or": [
                {"priority": {"$gt": job.priority}},
                {"priority": job.priority, "sequence": {"$lt": job.sequence}},
            ],
        }
        return 1 + await self._jobs.count_documents(ahead, limit=1_000)

    async def pending_lanes(self) -> list[str]:
        return list(await self._jobs.distinct("lane", {"status": PENDING}))

    async def next_due(self, lane: str) -> datetime | None:
        """When the lane's next waiting job may start; None when none waits."""
        document = await self._jobs.find_one(
            {"lane": lane, "status": PENDING}, {"not_before": 1}, sort=[("not_before", ASCENDING)]
        )
        return document["not_before"] if document else None

    async def due(self, lane: str, now: datetime, limit: int) -> list[Job]:
        """Waiting jobs of the lane that may start now, next first: first in, first out within priority."""
        query = {"lane": lane, "status": PENDING, "not_before": {"$lte": now}}
        order = [("priority", DESCENDING), ("sequence", ASCENDING)]
        cursor = self._jobs.find(query).sort(order).hint("next_in_lane").limit(limit)
        return _sound(await cursor.to_list(limit))

    async def claim(self, job: Job) -> bool:
        """Store the claimed form of a waiting job: of any number of consoles one gets it. Repeating it is harmless.

        Raises LaneBusy when the lane has a running job.
        """
        query, change = _claim(job)
        try:
            result = await self._jobs.update_one(query, change)
        except Duplicate:
            raise LaneBusy from None
        return result.matched_count == 1 or await self._is_claimed(job)

    async def _is_claimed(self, job: Job) -> bool:
        """Whether this very claim was stored before: its answer got lost, and it was tried again."""
        query = {"_id": job.id, "status": RUNNING, "owner": job.owner, "attempts": {"$size": job.attempt}}
        return await self._jobs.find_one(query, {"_id": 1}) is not None

    async def end_attempt(self, job: Job, attempt: Attempt, change: Document) -> Job | None:
        """Record an attempt's end and what it means for the job, in one write. Repeating it is harmless.

        None when somebody else ended it before, or when it should be tried again but somebody cancelled it since `job`
        was read.
        """
        query, update = _end(job, attempt, change)
        document = await self._jobs.find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
        return _job(document) if document else await self._ended_like_this(job, attempt)

    async def _ended_like_this(self, job: Job, attempt: Attempt) -> Job | None:
        """The job, when this very end was stored before: its answer got lost, and it was tried again."""
        field = f"attempts.{attempt.number - 1}"
        query = {"_id": job.id, f"{field}.ended_at": attempt.ended_at, f"{field}.cause": attempt.cause}
        document = await self._jobs.find_one(query) if attempt.ended_at else None
        return _job(document) if document else None

    async def end_attempt_and_claim(
        self, job: Job, attempt: Attempt, change: Document, successor: Job
    ) -> tuple[Job | None, Job | None]:
        """`end_attempt`, and then `claim` of the lane's next job, in one round trip. Returns what was done of the two.

        The ended job is `job` with this end, without what others changed of it meanwhile.
        """
        operations = [UpdateOne(*_end(job, attempt, change)), UpdateOne(*_claim(successor))]
        try:
            both = (await self._jobs.bulk_write(operations)).matched_count == 2
        except BulkWriteError:  # the lane has a running job again
            both = False
        if both:
            return job.model_copy(update={**change, "attempts": [*job.attempts[:-1], attempt]}), successor
        # Which of the two it was is asked the slow way.
        ended = await self.end_attempt(job, attempt, change)
        return ended, successor if await self._is_claimed(successor) else None

    async def set_progress(self, job_id: str, progress: Progress) -> None:
        await self._jobs.update_one({"_id": job_id, "status": RUNNING}, {"$set": {"progress": progress.model_dump()}})

    async def cancel_pending(self, job_id: str, *, by: str, now: datetime) -> bool:
        change = {
            "status": JobStatus.CANCELLED.value,
            "cause": Cause.CANCELLED.value,
            "error": f"Cancelled by {by} before it started.",
            "cancel_requested_at": now,
            "cancelled_by": by,
            "completed_at": now,
            "notify": True,
        }
        result = await self._jobs.update_one({"_id": job_id, "status": PENDING}, {"$set": change})
        return result.modified_count == 1

    async def request_cancel(self, job_id: str, *, by: str, now: datetime) -> bool:
        """Mark a running job. Its owner sees the mark at its next beat, wherever it runs. The first request stays."""
        result = await self._jobs.update_one(
            {"_id": job_id, "status": RUNNING},
            [
                {
                    "$set": {
                        "cancel_requested_at": {"$ifNull": ["$cancel_requested_at", now]},
                        "cancelled_by": {"$ifNull": ["$cancelled_by", by]},
                    }
                }
            ],
        )
        return result.matched_count == 1

    async def beat(self, owner: str, job_ids: list[str], now: datetime) -> list[str]:
        """Say that this owner follows these jobs; returns those of them that somebody wants cancelled."""
        mine = {"_id": {"$in": job_ids}, "owner": owner, "status": RUNNING}
        await self._jobs.update_many(mine, {"$set": {"beat_at": now}})
        cursor = self._jobs.find({**mine, "cancel_requested_at": {"$ne": None}}, {"_id": 1})
        return [document["_id"] for document in await cursor.to_list(None)]

    async def running(self, *, node: str | None = None, stale_since: datetime | None = None) -> list[Job]:
        """Running jobs: those of a node, or those of any node without a beat since then."""
        query: Document = {"status": RUNNING}
        if node is not None:
            query["node"] = node
        if stale_since is not None:
            query["beat_at"] = {"$lt": stale_since}
        return _sound(await self._jobs.find(query).to_list(None))

    async def take_over(self, job: Job, *, owner: str, node: str, now: datetime) -> bool:
        """Make a running job of an earlier owner ours. Only one console succeeds."""
        result = await self._jobs.update_one(
            {"_id": job.id, "status": RUNNING, "owner": job.owner},
            {"$set": {"owner": owner, "node": node, "beat_at": now}},
        )
        return result.modified_count == 1

    async def close(self, job_id: str, *, by: str, now: datetime) -> bool:
        """Mark a job as ended by hand, whatever its record looks like. False when it has ended or is unknown."""
        change = {
            "status": JobStatus.FAILED.value,
            "cause": Cause.LOST.value,
            "error": f"Closed by hand by {by}.",
            "completed_at": now,
            "notify": True,
        }
        result = await self._jobs.update_one({"_id": job_id, "status": {"$nin": ENDED["$in"]}}, {"$set": change})
        return result.modified_count == 1

    async def pin(self, job_id: str, pinned: bool) -> bool:
        result = await self._jobs.update_one({"_id": job_id}, {"$set": {"pinned": pinned}})
        return result.matched_count == 1
