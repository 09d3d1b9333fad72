"""Sealed secrets in MongoDB, one document a secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from backend.database import Document, Mongo
from backend.models.secrets import StoredSecret

# Opens nothing, since it counts from 0: what a spoiled number is read as.
_NO_VERSION = -1


def _text(value: object) -> str | None:
    """A spoiled value must be named as unreadable, not hide all others: as text it is none that any key opens."""
    return value if value is None or isinstance(value, str) else repr(value)


def _version(value: object) -> int:
    return value if isinstance(value, int) else _NO_VERSION


def _read(document: Document) -> StoredSecret:
    # Consoles from before encryption kept {key, value}; `_id` was then an ObjectId.
    return StoredSecret(
        key=str(document.get("key", document["_id"])),
        sealed=_text(document.get("sealed")),
        version=_version(document.get("version", 0)),
        updated_at=document.get("updated_at"),
        last_used_at=document.get("last_used_at"),
        last_used_by=document.get("last_used_by"),
        value=_text(document.get("value")),
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

    async def note_use(self, keys: list[str], job_id: str, now: datetime) -> None:
        change = {"$set": {"last_used_at": now, "last_used_by": job_id}}
        await self._secrets.update_many({"key": {"$in": keys}}, change)

    async def reseal(self, key: str, before: str, after: str) -> bool:
        """The same value under another key: version and time stay. False: it was changed meanwhile."""
        result = await self._secrets.update_one({"key": key, "sealed": before}, {"$set": {"sealed": after}})
        return result.modified_count == 1

    async def delete(self, key: str) -> bool:
        result = await self._secrets.delete_one({"key": key})
        return result.deleted_count == 1


class JobSecretRepository:
    """Secret parameters of single jobs: sealed values inside the jobs' own records."""

    def __init__(self, db: Mongo) -> None:
        self._jobs = db["jobs"]

    async def all(self) -> AsyncIterator[tuple[str, str, str]]:
        """(job id, parameter, sealed value) of every job that has some."""
        async for document in self._jobs.find({"sealed_parameters": {"$gt": {}}}, {"sealed_parameters": 1}):
            for name, sealed in document["sealed_parameters"].items():
                yield document["_id"], name, _text(sealed) or ""

    async def reseal(self, job_id: str, name: str, before: str, after: str) -> bool:
        field = f"sealed_parameters.{name}"
        result = await self._jobs.update_one({"_id": job_id, field: before}, {"$set": {field: after}})
        return result.modified_count == 1


class FactorSecretRepository:
    """The secret of the second sign-in factor, sealed like the others."""

    def __init__(self, db: Mongo) -> None:
        self._factors = db["factors"]

    async def all(self) -> AsyncIterator[tuple[str, int, str]]:
        """(factor, version, sealed value)."""
        async for document in self._factors.find({"sealed": {"$exists": True}}):
            yield document["_id"], _version(document.get("version")), _text(document["sealed"]) or ""

    async def reseal(self, factor: str, before: str, after: str) -> bool:
        result = await self._factors.update_one({"_id": factor, "sealed": before}, {"$set": {"sealed": after}})
        return result.modified_count == 1
