"""Reports in MongoDB, one document each. The lists never load what grows with the number of players."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import structlog
from pydantic import ValidationError
from pymongo import ASCENDING, DESCENDING, DeleteMany, IndexModel, ReplaceOne

from backend.database import Document, Mongo
from backend.errors import DamagedRecord
from backend.models.reports import ReportHead, ReportType, StoredReport

_NEWEST_FIRST = [("completed_at", DESCENDING), ("_id", DESCENDING)]
# The most kinds of report that one job can have.
_OF_ONE_JOB = 5

log = structlog.get_logger(__name__)


class ReportRepository:
    def __init__(self, db: Mongo) -> None:
        self._reports = db["reports"]

    async def create_indexes(self) -> None:
        await self._reports.create_indexes(
            [
                IndexModel(_NEWEST_FIRST, name="newest"),
                IndexModel([("type", ASCENDING), *_NEWEST_FIRST], name="newest_of_type"),
                IndexModel([("job_id", ASCENDING)], name="of_job"),
                IndexModel([("tag", ASCENDING)], name="of_run"),
            ]
        )

    async def replace(self, job_id: str, reports: Sequence[StoredReport]) -> None:
        """Afterwards these are the job's reports, whatever it had before. Repeating it is harmless."""
        old: Document = {"job_id": job_id, "_id": {"$nin": [report.head.id for report in reports]}}
        writes = [ReplaceOne({"_id": report.head.id}, _document(report), upsert=True) for report in reports]
        await self._reports.bulk_write([*writes, DeleteMany(old)])

    async def page(
        self, kind: ReportType | None, before: datetime | None, limit: int, job_id: str | None = None
    ) -> list[ReportHead]:
        """Newest first. Reports of one moment are those of one job: they are not parted, so a page may be a few longer
        than its limit."""
        query: Document = {"type": kind} if kind else {}
        if job_id:
            query["job_id"] = job_id
        if before:
            query["completed_at"] = {"$lt": before}
        cursor = self._reports.find(query, {"report": 0}).sort(_NEWEST_FIRST).limit(limit + _OF_ONE_JOB)
        documents = await cursor.to_list(limit + _OF_ONE_JOB)
        kept = [
            document for number, document in enumerate(documents)
            if number < limit or document["completed_at"] == documents[limit - 1]["completed_at"]
        ]  # fmt: skip
        return _sound(kept)

    async def newest_first(self, kind: ReportType) -> AsyncIterator[ReportHead]:
        async for document in self._reports.find({"type": kind}, {"report": 0}).sort(_NEWEST_FIRST).batch_size(10):
            for head in _sound([document]):
                yield head

    async def get(self, report_id: str) -> StoredReport | None:
        document = await self._reports.find_one({"_id": report_id})
        try:
            return _stored(document) if document else None
        except ValidationError as error:
            raise DamagedRecord(
                f"The record of report {report_id} is damaged ({error.error_count()} fields). The log of its job says "
                "what it said; run the job again for a new report."
            ) from error

    async def knows_run(self, tag: str, *, apart_from_job: str) -> bool:
        """Whether a prediction of another job has this tag."""
        query: Document = {"tag": tag, "type": "prediction", "job_id": {"$ne": apart_from_job}}
        return await self._reports.find_one(query, {"_id": 1}) is not None


def _document(stored: StoredReport) -> Document:
    # In JSON's shape: MongoDB takes texts only for the keys of a gameweek's points.
    head, report = stored.head.model_dump(exclude={"id"}), stored.report.model_dump(mode="json", by_alias=True)
    return {"_id": stored.head.id, **head, "report": report}


def _stored(document: Document) -> StoredReport:
    return StoredReport.model_validate({"head": _head(document), "report": document["report"]})


def _head(document: Document) -> Document:
    return {**{name: value for name, value in document.items() if name != "report"}, "id": document["_id"]}


def _sound(documents: list[Document]) -> list[ReportHead]:
    """A damaged record must not hide the others."""
    heads = []
    for document in documents:
        try:
            heads.append(ReportHead.model_validate(_head(document)))
        except ValidationError:
            log.error("damaged report left out", report=document["_id"])
    return heads
