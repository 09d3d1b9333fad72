"""The last good answers made from the FPL API, so that they outlive a restart of the console."""

from __future__ import annotations

from typing import Any

from backend.database import Document, Mongo


class FplAnswerRepository:
    """A few small documents, one a name; `value` is what the caller made of the API's answers, as JSON."""

    def __init__(self, db: Mongo) -> None:
        self._answers = db["fpl_answers"]

    async def get(self, name: str) -> Any | None:
        document: Document | None = await self._answers.find_one({"_id": name})
        return document["value"] if document else None

    async def put(self, name: str, value: Any) -> None:
        await self._answers.replace_one({"_id": name}, {"value": value}, upsert=True)
