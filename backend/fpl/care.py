"""The care of AIrsenal's database: worked on in one place, kept in another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from backend.errors import Conflict
from backend.fpl.kept_database import KeptDatabase
from backend.models.airsenal import DatabaseCare, RestorePreview
from backend.utils.clock import Clock


class Care:
    """The doors to the two files, one at a time: jobs and people exclude each other here. See KeptDatabase."""

    def __init__(
        self, kept: Path, local: Path, keep: int, now: Clock, *, data_dir: Path | None = None,
        busy: Callable[[], Awaitable[bool]] | None = None, changed: Callable[[], None] = lambda: None,
        title: Callable[[str], str] = str,
    ) -> None:  # fmt: skip
        """`busy`: whether a job of AIrsenal's lane runs. `data_dir`: how paths below it are shown.
        `title`: what people call a command."""
        self._files = KeptDatabase(kept, local, keep, now, data_dir, title)
        self._keep, self._busy, self._changed = keep, busy, changed
        self._lock = asyncio.Lock()

    # --- beside jobs ---

    async def copy_in(
        self, command: str = "", job_id: str | None = None, *, writes: bool = True, start_clean: bool = False
    ) -> None:
        """Before every job: the worked-on file becomes what the kept one is. Raises AppError when it cannot.

        `start_clean`: the job throws the database away first, so it may start from a damaged one.
        """
        await self._alone(lambda: asyncio.to_thread(self._files.copy_in, command, job_id, writes, start_clean))
        self._changed()  # a job runs now, so nothing can be restored

    async def copy_back(self, command: str, job_id: str) -> None:
        """Raises AppError, and leaves the kept file as it is, when the worked-on one is damaged or cannot be copied."""
        await self._alone(lambda: asyncio.to_thread(self._files.copy_back, command, job_id))
        self._changed()

    async def discard(self, job_id: str) -> None:
        """After a job that is not copied back: a first set-up leaves nothing half-built behind."""
        await self._alone(lambda: asyncio.to_thread(self._files.discard, job_id))

    async def adopt(self) -> None:
        """A database of a console that knew of no care becomes the kept one, unless a job works on it right now."""

        async def work() -> None:
            if not await self.is_busy():
                await asyncio.to_thread(self._files.adopt)

        await self._alone(work)

    # --- for people ---

    async def overview(self, busy: bool) -> DatabaseCare:
        state, copies = await asyncio.to_thread(self._files.look)
        return DatabaseCare(state=state, copies=[stored.shown for stored in copies], keep=self._keep, busy=busy)

    async def preview(self, copy_id: str) -> RestorePreview:
        return await asyncio.to_thread(self._files.preview, copy_id)

    async def restore(self, copy_id: str) -> None:
        """The kept file becomes a copy, and the copy the kept file. Raises NotFound, Conflict while a job runs."""

        async def work() -> None:
            # In the lock: a job that begins later waits in `copy_in` until the copy is in its place.
            if await self.is_busy():
                raise Conflict("A job of AIrsenal is running. Wait for its end, or cancel it; then restore.")
            await asyncio.to_thread(self._files.restore, copy_id)

        await self._alone(work)
        self._changed()

    async def check(self) -> None:
        """Integrity of the kept file, remembered for `overview`."""
        await self._alone(lambda: asyncio.to_thread(self._files.check))
        self._changed()

    async def is_busy(self) -> bool:
        return self._busy is not None and await self._busy()

    async def _alone(self, work: Callable[[], Awaitable[None]]) -> None:
        async def locked() -> None:
            async with self._lock:
                await work()

        # Who asked may be gone before the thread is done; the lock must outlast the thread.
        await asyncio.shield(asyncio.ensure_future(locked()))
