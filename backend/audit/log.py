"""The audit log: one writer, rows in a chain, many rows in one write when many come at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from backend.database import DatabaseError
from backend.errors import Unavailable
from backend.models.audit import AuditEntry
from backend.repositories.audit import AuditRepository
from backend.utils.clock import Clock
from backend.utils.tasks import TaskGroup

log = structlog.get_logger(__name__)

MAX_BATCH = 500
# Rows nobody waits for, while the database is slow. What is dropped here is found again by who offered it.
MAX_WAITING = 5_000


class AuditLog:
    def __init__(self, rows: AuditRepository, now: Clock) -> None:
        self.rows = rows
        self._now = now
        self._waiting: list[tuple[AuditEntry, asyncio.Future[None] | None]] = []
        self._writer: asyncio.Task[None] | None = None
        self._tasks = TaskGroup()

    async def record(self, kind: str, text: str, *, subject: str = "", who: str | None = None) -> None:
        """See models.audit.Recorder."""
        await self._put(self._entry(kind, text, subject, who))

    async def front_door(self, kind: str, who: str, address: str, detail: str) -> None:
        """A row about signing in. A refusal is a refusal also when its row cannot be written (the log line has it);
        nobody gets in, and nothing is changed there, without one."""
        context = structlog.contextvars.get_contextvars()
        text = f"{kind.replace('_', ' ').capitalize()}{f': {detail}' if detail else ''}."
        entry = AuditEntry(
            self._now(), f"auth.{kind}", text, who=who, address=address, request_id=str(context.get("request_id", ""))
        )
        try:
            await self._put(entry)
        except Unavailable:
            if not kind.endswith("_refused"):
                raise

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        """Write these rows; returns when all are stored. Raises Unavailable."""
        await asyncio.gather(*(self._put(entry) for entry in entries))

    def soon(self, entry: AuditEntry) -> None:
        """Write this row within moments. It may get lost: only for what is looked for again, by its `event`."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append((entry, None))
            self._wake()

    async def close(self) -> None:
        """Writes what waits. Bounded by the database's own time limits."""
        if self._writer is not None:
            await asyncio.gather(self._writer, return_exceptions=True)
        await self._tasks.close()

    def _entry(self, kind: str, text: str, subject: str, who: str | None) -> AuditEntry:
        context = structlog.contextvars.get_contextvars()
        return AuditEntry(
            self._now(), kind, text, subject=subject, who=str(context.get("user", "")) if who is None else who,
            address=str(context.get("address", "")), request_id=str(context.get("request_id", "")),
        )  # fmt: skip

    async def _put(self, entry: AuditEntry) -> None:
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, stored))
        self._wake()
        await stored

    def _wake(self) -> None:
        if self._writer is None:
            self._writer = self._tasks.start(self._write(), "write audit rows")

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                try:
                    await self.rows.append([entry for entry, _ in batch])
                except Exception as error:
                    self._refuse(batch, error)
                else:
                    for _, stored in batch:
                        if stored is not None and not stored.done():
                            stored.set_result(None)
        finally:
            self._writer = None

    @staticmethod
    def _refuse(batch: list[tuple[AuditEntry, asyncio.Future[None] | None]], error: Exception) -> None:
        log.error("audit rows cannot be written", rows=len(batch), kinds=sorted({e.kind for e, _ in batch}),
                  error=type(error).__name__, exc_info=None if isinstance(error, DatabaseError) else error)  # fmt: skip
        for _, stored in batch:
            if stored is not None and not stored.done():
                stored.set_exception(
                    Unavailable("The audit log cannot be written, so nothing was done. Try again in a moment.")
                )
