"""Which job a client's Idempotency-Key made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.database import Duplicate, Mongo


class IdempotencyRepository:
    """MongoDB forgets keys after a day (TTL index)."""

    HOURS = 24

    def __init__(self, db: Mongo) -> None:
        self._keys = db["idempotency_keys"]

    async def create_indexes(self) -> None:
        await self._keys.create_index("created_at", expireAfterSeconds=self.HOURS * 3600)

    async def remember(self, key: str, job_id: str, request: str, now: datetime) -> dict[str, Any]:
        """The record of this key: the one just made, or the earlier one with its `job_id` and `request`."""
        record = {"_id": key, "job_id": job_id, "request": request, "created_at": now}
        try:
            await self._keys.insert_one(record)
        except Duplicate:
            return await self._keys.find_one({"_id": key}) or record
        return record
