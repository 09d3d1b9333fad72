"""How far AIrsenal is set up, and the way on. Steps and guidance follow from the facts that are gathered here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from backend.commands.catalogue import Catalogue
from backend.errors import AppError, NotFound
from backend.fpl.season import gameweek_played_since
from backend.fpl.setup_facts import WANTED_VERSION, Facts, Installed, Newest
from backend.fpl.setup_guidance import guidance_of
from backend.fpl.setup_steps import COMMANDS, next_of, steps_of
from backend.models.airsenal import AirsenalStatus, DatabaseState
from backend.models.reports import ReportHead, ReportType, StoredReport
from backend.models.secrets import SecretInfo
from backend.models.team import FoundTeam
from backend.repositories.newest_jobs import NewestJobs
from backend.utils.clock import Clock

# A page that is open asks again and again, and the file changes with a job at most.
KEEP = timedelta(seconds=5)
# A name changes seldom, and an FPL site that is down must not be asked with every look.
KEEP_TEAM, KEEP_PROBLEM = timedelta(hours=1), timedelta(seconds=30)
TEAM_SECONDS = 3.0
_WATCHED = [*filter(None, COMMANDS.values()), "pipeline", "make_squad"]


@dataclass(frozen=True)
class Sources:
    """What others know. `team_id`: None when it is not set or cannot be read."""

    secrets: Callable[[], Awaitable[list[SecretInfo]]]
    team_id: Callable[[], Awaitable[str | None]]
    find_team: Callable[[int], Awaitable[FoundTeam]]
    database: Callable[[], Awaitable[DatabaseState]]
    newest_report: Callable[[ReportType], Awaitable[StoredReport | None]]


@dataclass(frozen=True)
class _Slow:
    """What takes reading files, kept for a moment: until `until`, or until one of the jobs behind it moves."""

    until: datetime
    jobs: tuple[tuple[str, str], ...]
    database: DatabaseState
    gameweek_played: int | None
    prediction: ReportHead | None
    optimisation: ReportHead | None


@dataclass(frozen=True)
class _Team:
    until: datetime
    team_id: str
    found: FoundTeam | None = None
    problem: str | None = None
    wrong: bool = False


class Setup:
    def __init__(
        self, *, home: Path, kept: Path, catalogue: Catalogue, builtins: Mapping[str, str], jobs: NewestJobs,
        sources: Sources, now: Clock,
    ) -> None:  # fmt: skip
        """`home`: where AIrsenal is installed. `kept`: the database file that counts."""
        self._home, self._kept, self._catalogue, self._builtins = home, kept, catalogue, builtins
        self._jobs, self._sources, self._now = jobs, sources, now
        self._slow: _Slow | None = None
        self._team: _Team | None = None
        self._reading = asyncio.Lock()

    async def status(self) -> AirsenalStatus:
        """Never fails for the FPL API's sake: what it does not answer is said in the step."""
        facts = await self._facts()
        steps = steps_of(facts)
        return AirsenalStatus(
            version=facts.installed.version if facts.installed else None,
            wanted_version=WANTED_VERSION,
            season=facts.database.season,
            team=facts.team,
            steps=steps,
            next_step=next_of(steps),
            guidance=guidance_of(facts),
            database=facts.database,
        )

    async def _facts(self) -> Facts:
        async with self._reading:
            return await self._gather()

    async def _gather(self) -> Facts:
        now = self._now()
        jobs, listed, team_id, installed = await asyncio.gather(
            self._jobs.of(_WATCHED), self._sources.secrets(), self._sources.team_id(),
            asyncio.to_thread(read_installed, self._home / "installed.json"),
        )  # fmt: skip
        secrets = {secret.key: secret for secret in listed}
        slow, team, blocked = await asyncio.gather(
            self._read_slow(Newest.of(jobs), now),
            self._find(team_id, now),
            asyncio.to_thread(self._blocked, [key for key, secret in secrets.items() if secret.is_set]),
        )
        return Facts(
            now=now, database=slow.database, installed=installed, secrets=secrets, team_id=team_id,
            team=team.found if team else None, team_problem=team.problem if team else None,
            team_wrong=team.wrong if team else False, jobs=Newest.of(jobs), blocked=blocked,
            gameweek_played=slow.gameweek_played, prediction=slow.prediction, optimisation=slow.optimisation,
        )  # fmt: skip

    def _blocked(self, stored: list[str]) -> dict[str, str | None]:
        commands = [self._catalogue.get(command) for command in COMMANDS.values() if command]
        return {command.id: command.unavailable_reason(self._builtins, stored) for command in commands}

    async def _read_slow(self, jobs: Newest, now: datetime) -> _Slow:
        seen = tuple((job.id, job.status.value) for job in jobs.jobs)
        if self._slow and self._slow.until > now and self._slow.jobs == seen:
            return self._slow
        database, prediction, optimisation = await asyncio.gather(
            self._sources.database(),
            self._sources.newest_report("prediction"),
            self._sources.newest_report("optimisation"),
        )
        updated = Facts(now=now, database=database, jobs=jobs).updated_at
        played = None
        if database.season and updated:
            played = await asyncio.to_thread(gameweek_played_since, self._kept, database.season, updated, now)
        self._slow = _Slow(
            now + KEEP, seen, database, played, prediction.head if prediction else None,
            optimisation.head if optimisation else None,
        )  # fmt: skip
        return self._slow

    async def _find(self, team_id: str | None, now: datetime) -> _Team | None:
        """A name that was found once stays when the FPL site does not answer later."""
        if team_id is None:
            return None
        last = self._team if self._team and self._team.team_id == team_id else None
        if last and last.until > now:
            return last
        try:
            async with asyncio.timeout(TEAM_SECONDS):
                found = await self._sources.find_team(int(team_id))
            self._team = _Team(now + KEEP_TEAM, team_id, found)
        except (NotFound, ValueError):  # a value from before values were checked may be no number
            self._team = _Team(now + KEEP_PROBLEM, team_id, wrong=True)
        except (AppError, TimeoutError) as error:
            why = error.detail if isinstance(error, AppError) else "The FPL site does not answer in time."
            self._team = _Team(now + KEEP_PROBLEM, team_id, last.found if last else None, why)
        return self._team


def read_installed(path: Path) -> Installed | None:
    """The stamp that the installation writes last; None when it is absent or damaged: then nothing whole is there."""
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
        version = stamp["airsenal"]
        return Installed(version, datetime.fromisoformat(stamp["installed_at"])) if isinstance(version, str) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
