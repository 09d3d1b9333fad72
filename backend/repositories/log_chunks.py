"""The log archive: compressed pieces of each job's masked output, addressed by byte and by line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

import pymongo
import structlog
import zstandard
from bson.binary import Binary
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

from backend.database import DatabaseError, Document, Duplicate, Mongo

log = structlog.get_logger(__name__)

# Deleting a hundred large logs or compacting their files takes minutes; the client's own limit is for requests.
_MAINTENANCE_SECONDS = 600


@dataclass
class LogChunk:
    """Bytes `first_byte` to `first_byte + len(data)` of a job's log.

    `first_line` is the number of line ends before the chunk, so the number of the line its first byte belongs to.
    `marks` are (offset in the chunk, milliseconds since the epoch, stream), one where time or stream changed.
    `spool_end` is the offset in the attempt's spool up to which everything is stored.
    """

    job_id: str
    first_byte: int
    first_line: int
    newlines: int
    data: bytes
    attempt: int
    spool_end: int
    marks: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def end_byte(self) -> int:
        return self.first_byte + len(self.data)


def _id(job_id: str, first_byte: int) -> str:
    return f"{job_id}/{first_byte:015d}"


class LogChunkRepository:
    def __init__(self, db: Mongo) -> None:
        self._chunks = db["log_chunks"]

    async def create_indexes(self) -> None:
        await self._chunks.create_indexes(
            [
                IndexModel([("job_id", ASCENDING), ("first_byte", ASCENDING)], name="by_byte", unique=True),
                IndexModel([("job_id", ASCENDING), ("first_line", ASCENDING)], name="by_line"),
            ]
        )

    async def store(self, chunk: LogChunk, now: datetime) -> None:
        """Idempotent: storing the same bytes again, after an answer that got lost, changes nothing."""
        packed = await asyncio.to_thread(zstandard.ZstdCompressor(level=1).compress, chunk.data)
        document: Document = {
            "_id": _id(chunk.job_id, chunk.first_byte),
            "job_id": chunk.job_id,
            "attempt": chunk.attempt,
            "first_byte": chunk.first_byte,
            "end_byte": chunk.end_byte,
            "first_line": chunk.first_line,
            "newlines": chunk.newlines,
            "spool_end": chunk.spool_end,
            "marks": [list(mark) for mark in chunk.marks],
            "data": Binary(packed),
            "stored_at": now,
        }
        try:
            await self._chunks.insert_one(document)
        except Duplicate:
            return

    async def last(self, job_id: str, count: int) -> list[LogChunk]:
        """The last chunks, in order."""
        cursor = self._chunks.find({"job_id": job_id}).sort("first_byte", DESCENDING).limit(count)
        return [await _unpacked(document) for document in reversed(await cursor.to_list(count))]

    async def from_byte(self, job_id: str, byte: int) -> AsyncIterator[LogChunk]:
        """Chunks in order, beginning with the one that holds `byte`, or after a gap with the next one there is.

        A few are in memory at a time. Chunks stored while this runs may or may not be among them.
        """
        start = await self._chunks.find_one(
            {"job_id": job_id, "first_byte": {"$lte": byte}}, {"first_byte": 1}, sort=[("first_byte", DESCENDING)]
        )
        query = {"job_id": job_id, "first_byte": {"$gte": start["first_byte"] if start else 0}}
        async for document in self._chunks.find(query).sort("first_byte", ASCENDING).batch_size(8):
            if document["end_byte"] > byte:
                yield await _unpacked(document)

    async def with_start_of_line(self, job_id: str, line: int) -> LogChunk | None:
        """The chunk that holds the line end before `line` (for line 0: the first chunk).

        When the chunk with that line end was dropped: the first chunk after the gap.
        """
        found = None
        if line > 0:
            found = await self._chunks.find_one(
                {"job_id": job_id, "first_line": {"$lt": line}}, sort=[("first_line", DESCENDING), ("first_byte", -1)]
            )
        if found is None or (line > 0 and found["first_line"] + found["newlines"] < line):
            after = -1 if found is None else found["first_byte"]
            query = {"job_id": job_id, "first_byte": {"$gt": after}}
            found = await self._chunks.find_one(query, sort=[("first_byte", ASCENDING)])
        return await _unpacked(found) if found else None

    async def delete_range(self, job_id: str, from_byte: int, to_byte: int) -> int:
        """Delete chunks that lie wholly inside; returns how many."""
        result = await self._chunks.delete_many(
            {"job_id": job_id, "first_byte": {"$gte": from_byte}, "end_byte": {"$lte": to_byte}}
        )
        return result.deleted_count

    async def give_space_back(self) -> None:
        """Shrink the files after much was deleted: WiredTiger only reuses free space by itself.

        A replica set's primary refuses; its operator does that in turn on each member. Any other failure is logged:
        the logs are gone either way, and the next call tries again.
        """
        try:
            with pymongo.timeout(_MAINTENANCE_SECONDS):
                await self._chunks.database.command("compact", self._chunks.name)
        except DatabaseError as error:
            if isinstance(error, OperationFailure) and "replica set primary" in str(error):
                log.info("no disk space given back, a replica set's primary does not compact")
            else:
                log.warning("no disk space given back", error=type(error).__name__, reason=str(error))

    async def delete_log(self, job_ids: list[str]) -> None:
        with pymongo.timeout(_MAINTENANCE_SECONDS):
            await self._chunks.delete_many({"job_id": {"$in": job_ids}})

    async def jobs_after(self, job_id: str, limit: int) -> list[str]:
        """The next ids, in order, of jobs that have chunks. Jumps along the index from job to job, reads no data."""
        pipeline: list[Document] = [
            {"$match": {"job_id": {"$gt": job_id}}},
            {"$sort": {"job_id": ASCENDING, "first_byte": ASCENDING}},
            {"$group": {"_id": "$job_id"}},
            {"$sort": {"_id": ASCENDING}},
            {"$limit": limit},
        ]
        with pymongo.timeout(_MAINTENANCE_SECONDS):
            documents = await self._chunks.aggregate(pipeline, hint="by_byte").to_list(limit)
        return [document["_id"] for document in documents]


async def _unpacked(document: Document) -> LogChunk:
    data = await asyncio.to_thread(zstandard.ZstdDecompressor().decompress, document["data"])
    return LogChunk(
        job_id=document["job_id"],
        first_byte=document["first_byte"],
        first_line=document["first_line"],
        newlines=document["newlines"],
        data=data,
        attempt=document["attempt"],
        spool_end=document["spool_end"],
        marks=[(mark[0], mark[1], mark[2]) for mark in document["marks"]],
    )
