"""What is known about AIrsenal's set-up at one moment: plain data, from which steps and guidance follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend.models.airsenal import DatabaseState
from backend.models.jobs import Job, JobStatus
from backend.models.reports import ReportHead
from backend.models.secrets import SecretInfo
from backend.models.team import FoundTeam

# Of the program that installs it; a test holds them together.
WANTED_VERSION = "1.17.0"
# A release knows the clubs' numbers of one season and files any other season's data under the wrong clubs.
KNOWN_SEASONS: Mapping[str, str] = {"1.17.0": "2627"}
OPEN = (JobStatus.PENDING, JobStatus.RUNNING)


@dataclass(frozen=True)
class Installed:
    version: str
    at: datetime | None


@dataclass(frozen=True)
class Newest:
    """The newest jobs of the commands that matter, newest first."""

    jobs: tuple[Job, ...] = ()

    @classmethod
    def of(cls, jobs: Iterable[Job]) -> Newest:
        return cls(tuple(sorted(jobs, key=lambda job: job.sequence, reverse=True)))

    def last(self, *commands: str) -> Job | None:
        return next((job for job in self.jobs if job.command in commands), None)

    def open(self, *commands: str) -> Job | None:
        """The one that runs, or else the one that waits."""
        found = [job for job in self.jobs if job.command in commands and job.status in OPEN]
        return next((job for job in found if job.status is JobStatus.RUNNING), found[0] if found else None)

    def completed(self, *commands: str) -> Job | None:
        return next(
            (job for job in self.jobs if job.command in commands and job.status is JobStatus.COMPLETED), None
        )  # fmt: skip


@dataclass(frozen=True)
class Facts:
    now: datetime
    database: DatabaseState
    installed: Installed | None = None
    secrets: Mapping[str, SecretInfo] = field(default_factory=dict)
    team_id: str | None = None
    team: FoundTeam | None = None
    team_problem: str | None = None
    """Why `team` is not known, in a sentence; None while nobody looked."""
    team_wrong: bool = False
    """The FPL site itself says that there is no such team."""
    jobs: Newest = field(default_factory=Newest)
    blocked: Mapping[str, str | None] = field(default_factory=dict)
    """Why a command cannot run now, by its id."""
    gameweek_played: int | None = None
    """Newest gameweek that ended after the last update."""
    prediction: ReportHead | None = None
    optimisation: ReportHead | None = None

    def is_set(self, key: str) -> bool:
        return key in self.secrets and self.secrets[key].is_set

    def is_readable(self, key: str) -> bool:
        return key not in self.secrets or self.secrets[key].readable

    @property
    def updated_at(self) -> datetime | None:
        """When data last came from the FPL API. A restored copy is older than the last job that updated."""
        job = self.jobs.completed("update_db", "pipeline", "setup_db")
        known = [moment for moment in (self.database.updated_at, job and job.completed_at) if moment]
        return min(known) if known else None
