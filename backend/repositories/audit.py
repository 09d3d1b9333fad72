"""The audit log in MongoDB: rows are added at the end of the chain and never changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import DatetimeConversion
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import BulkWriteError

from backend.database import Document, Mongo
from backend.models.audit import TEXTS, AuditEntry, AuditRow, Head, chained, printable

_DUPLICATE = 11000
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_EVENT = "one_row_per_event"
_LAST = 2**63 - 1
_FEW = 200


@dataclass(frozen=True)
class AuditFilter:
    kind: str | None = None
    who: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> Document:
        query: Document = {}
        if self.kind:
            # "secret" finds secret.change and secret.use; an anchored prefix can use the index.
            query["kind"] = {"$regex": "^" + re.escape(printable(self.kind))}
        if self.who:
            query["who"] = self.who
        if self.text:
            # As rows hold it: a control character as its escape. MongoDB takes no NUL in an expression.
            contains = {"$regex": re.escape(printable(self.text)), "$options": "i"}
            query["$or"] = [{"text": contains}, {"subject": contains}, {"address": contains}]
        if self.since or self.until:
            bounds = {"$gte": self.since, "$lt": self.until}
            query["at"] = {name: value for name, value in bounds.items() if value}
        return query


class AuditRepository:
    def __init__(self, db: Mongo) -> None:
        # Times that Python cannot hold are given as numbers, for the same reason as in `_row`.
        options = db.codec_options.with_options(datetime_conversion=DatetimeConversion.DATETIME_AUTO)
        self._rows = db.get_collection("audit", codec_options=options)
        self._positions = db["audit_positions"]
        self._head: Head | None = None

    async def create_indexes(self) -> None:
        await self._rows.create_indexes(
            [
                IndexModel([("kind", ASCENDING), ("_id", DESCENDING)], name="kind"),
                IndexModel([("who", ASCENDING), ("_id", DESCENDING)], name="who"),
                IndexModel([("at", DESCENDING)], name="at"),
                IndexModel(
                    [("event", ASCENDING)], name=_EVENT, unique=True,
                    partialFilterExpression={"event": {"$exists": True}},
                ),
            ]
        )  # fmt: skip

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add rows at the end, in one write. The sequence number is the unique `_id`: when another console was faster
        the insert is refused, and the rest is chained again to what stands there now."""
        waiting = list(entries)
        while waiting:
            head = self._head or await self.head()
            self._head = None
            rows = chained(waiting, head)
            try:
                await self._rows.insert_many(
                    [_document(row, entry) for row, entry in zip(rows, waiting, strict=True)], ordered=True
                )
            except BulkWriteError as error:
                refused = (error.details or {}).get("writeErrors", [{}])[0]
                if refused.get("code") != _DUPLICATE:
                    raise
                waiting = waiting[refused["index"] :]
                if _EVENT in refused["errmsg"]:
                    waiting = waiting[1:]  # this event has its row already
            else:
                self._head = Head(rows[-1].sequence, rows[-1].hash)
                return

    async def head(self) -> Head:
        """The last row with a number. Neither one whose number somebody made a text nor one without a hash may keep the
        next from being written, or nobody could sign in to see it: the check of the chain names it."""
        document = await self._rows.find_one(
            {"_id": {"$gte": 1, "$lte": _LAST}}, {"hash": 1}, sort=[("_id", DESCENDING)]
        )
        return Head(int(document["_id"]), _shown(document.get("hash", ""))) if document else Head()

    async def newest(self, chosen: AuditFilter, *, limit: int, before: int | None = None) -> list[AuditRow]:
        query = chosen.query()
        if before is not None:
            query["_id"] = {"$lt": before}
        cursor = self._rows.find(query).sort("_id", DESCENDING).limit(limit)
        return [_row(document) for document in await cursor.to_list(limit)]

    async def oldest_first(self, chosen: AuditFilter | None = None) -> AsyncIterator[list[AuditRow]]:
        """A few at a time: what MongoDB sends in one go by itself, 16 MB, keeps the event loop for seconds."""
        query = (chosen or AuditFilter()).query()
        cursor = self._rows.find(query, sort=[("_id", ASCENDING)], batch_size=_FEW)
        while batch := await cursor.to_list(_FEW):
            yield [_row(document) for document in batch]

    async def batches(self, start: int, size: int) -> AsyncIterator[list[Document]]:
        """All that is stored, as it is stored, from the row with that number on. `min` and not `$gte`, which would pass
        over rows whose number somebody made a text."""
        order = [("_id", ASCENDING)]
        where = {"min": {"_id": start}, "hint": order} if start > 1 else {}
        cursor = self._rows.find(sort=order, batch_size=size, **where)
        while batch := await cursor.to_list(size):
            yield batch

    async def known_events(self, events: Sequence[str]) -> set[str]:
        cursor = self._rows.find({"event": {"$in": list(events)}}, {"event": 1})
        return {document["event"] async for document in cursor}

    async def position(self, name: str) -> int:
        document = await self._positions.find_one({"_id": name})
        return int(document["position"]) if document else 0

    async def set_position(self, name: str, position: int) -> None:
        await self._positions.update_one({"_id": name}, {"$max": {"position": position}}, upsert=True)


def _document(row: AuditRow, entry: AuditEntry) -> Document:
    document: Document = {"_id": row.sequence, **row.model_dump(exclude={"sequence"})}
    return document | {"event": entry.event} if entry.event else document


def _row(document: Document) -> AuditRow:
    """A row that somebody spoiled is shown as far as it can be: it must not stop the listing, and the check of the
    chain names it."""
    at, sequence = document.get("at"), document["_id"]
    texts: dict[str, Any] = {name: _shown(document.get(name, "")) for name in TEXTS}
    return AuditRow.model_construct(
        sequence=sequence if isinstance(sequence, int) else 0, at=at if isinstance(at, datetime) else _NEVER, **texts
    )


def _shown(value: object) -> str:
    return value if isinstance(value, str) else printable(repr(value))
