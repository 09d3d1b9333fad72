"""Reports: what was understood of ended jobs, kept beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from backend.fpl.parsers import Parsed
from backend.models.jobs import Job
from backend.models.reports import Comparison, Played, ReportHead, ReportType, StoredReport


class Reports:
    async def save(self, job: Job, parsed: Parsed, completed_at: datetime) -> list[StoredReport]:
        """Enriched from the SQLite file and stored; the same job's reports are replaced, so saving twice is harmless."""
        raise NotImplementedError

    async def page(self, kind: ReportType | None, before: datetime | None, limit: int) -> list[ReportHead]:
        raise NotImplementedError

    async def get(self, report_id: str) -> StoredReport:
        raise NotImplementedError

    async def newest(self, kind: ReportType) -> StoredReport | None:
        raise NotImplementedError

    async def compare(self, before: str, after: str) -> Comparison:
        raise NotImplementedError

    async def played(self, report_id: str) -> Played:
        raise NotImplementedError

    def csv(self, report_id: str) -> AsyncIterator[str]:
        raise NotImplementedError
