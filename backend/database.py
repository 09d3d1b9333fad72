"""The connection to MongoDB. With `repositories/` the only home of Motor: leaving the driver costs these two places."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import ConnectionFailure, DuplicateKeyError, ExecutionTimeout, PyMongoError
from pymongo.write_concern import WriteConcern

T = TypeVar("T")
Document = dict[str, Any]
Mongo = AsyncIOMotorDatabase[Document]

# What server.py maps to 503, and what loops that outlive an outage catch.
DatabaseUnavailable = (ConnectionFailure, ExecutionTimeout)
DatabaseError = PyMongoError
Duplicate = DuplicateKeyError


class LaneBusy(Exception):
    """The lane has a running job already, of this console or of another one."""


log = structlog.get_logger(__name__)


async def patiently(action: Callable[[], Awaitable[T]]) -> T:
    """Repeat an idempotent action until the database answers. For work that outlives an outage, never for requests."""
    delay = 0.1
    while True:
        try:
            return await action()
        except DatabaseUnavailable as error:
            log.warning("database does not answer, will try again", after_seconds=delay, error=type(error).__name__)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5.0)


class Database:
    """One client for the process. Every write is journaled: an acknowledged write survives kill -9 of mongod."""

    def __init__(self, url: str, name: str) -> None:
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            url,
            serverSelectionTimeoutMS=3_000,  # a request waits this long for a lost database before it is a 503
            connectTimeoutMS=3_000,
            timeoutMS=6_000,  # a stopped server accepts connections and never answers: bound the whole operation
            tz_aware=True,
            appname="airsenal-ops-console",
        )
        self.db: Mongo = self._client.get_database(
            name, write_concern=WriteConcern(w="majority", j=True), codec_options=CodecOptions(tz_aware=True)
        )

    async def ping(self) -> None:
        """Raises one of DatabaseUnavailable within about 3 s when the server does not answer."""
        await self.db.command("ping")

    def close(self) -> None:
        self._client.close()
