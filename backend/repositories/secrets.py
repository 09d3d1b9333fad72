"""Sealed secrets in MongoDB, one document a secret."""

from __future__ import annotations

from datetime import datetime

from backend.database import Document, Mongo
from backend.models.secrets import StoredSecret


def _read(document: Document) -> StoredSecret:
    # Consoles from before encryption kept {key, value}; `_id` was then an ObjectId.
    return StoredSecret(
        key=document.get("key", document["_id"]),
        sealed=document.get("sealed"),
        version=document.get("version", 0),
        updated_at=document.get("updated_at"),
        value=document.get("value"),
    )


class SecretRepository:
    def __init__(self, db: Mongo) -> None:
        self._secrets = db["secrets"]

    async def create_indexes(self) -> None:
        await self._secrets.create_index("key", unique=True)

    async def all(self) -> list[StoredSecret]:
        return [_read(document) for document in await self._secrets.find().sort("key").to_list(None)]

    async def get(self, key: str) -> StoredSecret | None:
        document = await self._secrets.find_one({"key": key})
        return _read(document) if document else None

    async def replace(self, key: str, sealed: str, *, version: int, now: datetime) -> bool:
        """Write the secret's next version over the one before. False: somebody else was faster, read again."""
        change = {"$set": {"sealed": sealed, "version": version, "updated_at": now}, "$unset": {"value": ""}}
        before: Document = {"key": key, "version": version - 1}
        if version == 1:
            before = {"key": key, "version": {"$in": [None, 0]}}
            if await self._secrets.find_one({"key": key}) is None:
                await self._secrets.update_one({"_id": key}, {"$setOnInsert": {"key": key, "version": 0}}, upsert=True)
        result = await self._secrets.update_one(before, change)
        return result.modified_count == 1

    async def delete(self, key: str) -> bool:
        result = await self._secrets.delete_one({"key": key})
        return result.deleted_count == 1
