"""What the pages show of all jobs together, and which of them a list asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from backend.models.jobs import JobStatus


@dataclass(frozen=True)
class JobFilter:
    """Everything given must hold. `created` times are in the job's sequence, so they cost no index of their own."""

    status: JobStatus | None = None
    commands: tuple[str, ...] | None = None
    id_prefix: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    ended_from: datetime | None = None


class DayOfJobs(BaseModel):
    """How the jobs ended that were submitted on one day."""

    day: date
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    open: int = Field(0, description="Still waiting or running.")


class JobSummary(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "running": 1,
                "waiting": 3,
                "failed_in_24_hours": 0,
                "days": [{"day": "2026-02-05", "completed": 12, "failed": 1, "cancelled": 0, "open": 4}],
            }
        }
    )

    running: int
    waiting: int
    failed_in_24_hours: int
    days: list[DayOfJobs] = Field(description="Oldest first, days without jobs included, today last.")


class LogRetention(BaseModel):
    """Set by environment variables (`LOG_KEEP_DAYS`, …); a restart takes a change."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "log_keep_days": 90,
                "log_keep_jobs": 10_000,
                "log_keep_bytes": 21_474_836_480,
                "job_log_max_bytes": 2_147_483_648,
            }
        }
    )

    log_keep_days: int = Field(description="Logs of ended jobs are deleted after so many days,")
    log_keep_jobs: int = Field(description="or when there are more of them than this,")
    log_keep_bytes: int = Field(description="or more bytes of text than this together; pinned ones never.")
    job_log_max_bytes: int = Field(description="Kept of one job; beyond it the middle is dropped and marked.")
