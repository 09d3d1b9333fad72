"""The care of AIrsenal's database: worked on in one place, kept in another."""

from __future__ import annotations

from pathlib import Path

from backend.models.airsenal import DatabaseCare, RestorePreview
from backend.utils.clock import Clock


class Care:
    """`kept` is the one that counts; `local` is what a job works on. One writer at a time: AIrsenal's lane."""

    def __init__(self, kept: Path, local: Path, keep: int, now: Clock) -> None:
        self.kept, self.local, self._keep, self._now = kept, local, keep, now

    async def copy_in(self) -> None:
        raise NotImplementedError

    async def copy_back(self, command: str, job_id: str) -> None:
        """Raises AppError, and leaves the kept file as it is, when the worked-on one is damaged or cannot be copied."""
        raise NotImplementedError

    async def overview(self, busy: bool) -> DatabaseCare:
        raise NotImplementedError

    async def preview(self, copy_id: str) -> RestorePreview:
        raise NotImplementedError

    async def restore(self, copy_id: str) -> None:
        raise NotImplementedError

    async def check(self) -> None:
        """Integrity of the kept file, remembered for `overview`."""
        raise NotImplementedError
