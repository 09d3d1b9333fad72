"""All jobs together: the filtered list and the dashboard's counts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.commands.catalogue import Catalogue
from backend.errors import FieldError, InvalidInput, NotFound
from backend.models.history import DayOfJobs, JobFilter, JobSummary
from backend.models.jobs import ENDED, JobStatus, JobView
from backend.repositories.job_counts import JobCounts
from backend.repositories.jobs import JobRepository
from backend.utils.clock import Clock

# No job waits and runs for longer than this together.
LONGEST = timedelta(days=30)
_ID_PREFIX = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


class JobHistory:
    def __init__(self, jobs: JobRepository, counts: JobCounts, catalogue: Catalogue, now: Clock) -> None:
        self._jobs = jobs
        self._counts = counts
        self._catalogue = catalogue
        self._now = now

    async def page(self, chosen: JobFilter, *, search: str, limit: int, before: str | None) -> list[JobView]:
        """Newest first; `before` is the id of the last job of the page before. `search` is part of a command's title
        or id, or the beginning of a job's id."""
        narrowed = await self._searched(chosen, search.strip().casefold())
        if narrowed is None:
            return []
        sequence = await self._sequence(before) if before else None
        return [JobView.of(job) for job in await self._jobs.newest(narrowed, limit=limit, before=sequence)]

    async def _searched(self, chosen: JobFilter, text: str) -> JobFilter | None:
        """The filter with what `text` may mean; None when no job can fit."""
        if not text:
            return chosen
        found = await self._commands_like(text)
        if chosen.commands is not None:
            found = tuple(command for command in found if command in chosen.commands)
        if found:
            return replace(chosen, commands=found)
        return replace(chosen, id_prefix=text) if _ID_PREFIX.fullmatch(text) else None

    async def _commands_like(self, text: str) -> tuple[str, ...]:
        titles = {command.id: command.title for command in self._catalogue.all()}
        # Commands that were taken out of the catalogue still have a history.
        known = {*titles, *await self._jobs.commands()}
        return tuple(sorted(key for key in known if text in f"{titles.get(key, '')} {key}".casefold()))

    async def _sequence(self, job_id: str) -> int:
        if job := await self._jobs.get(job_id):
            return job.sequence
        raise NotFound(f"There is no job {job_id[:64]}.")

    async def summary(self, days: int, timezone: str) -> JobSummary:
        """Raises InvalidInput for a time zone that is not in the IANA database."""
        zone = _zone(timezone)
        now = self._now()
        today = now.astimezone(zone).date()
        listed = [DayOfJobs(day=today - timedelta(days=ago)) for ago in reversed(range(days))]
        first = datetime.combine(listed[0].day, time(), zone)
        for (day, status), count in (await self._counts.by_day(first, zone)).items():
            _add(listed, day.isoformat(), status, count)
        yesterday = now - timedelta(hours=24)
        return JobSummary(
            running=await self._counts.of_status(JobStatus.RUNNING),
            waiting=await self._counts.of_status(JobStatus.PENDING),
            failed_in_24_hours=await self._counts.failed_since(yesterday, yesterday - LONGEST),
            days=listed,
        )


def _add(days: list[DayOfJobs], day: str, status: JobStatus, count: int) -> None:
    for row in days:
        if row.day.isoformat() == day:
            name = status.value if status in ENDED else "open"
            setattr(row, name, getattr(row, name) + count)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput([FieldError("timezone", "is not a time zone of the IANA database")]) from None
