"""How far AIrsenal is set up, as the console finds it: real jobs, vault and catalogue; the FPL site is played."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.database import Mongo
from backend.errors import AppError, NotFound, Unavailable
from backend.fpl.setup import Setup, Sources
from backend.models.airsenal import DatabaseState, Step
from backend.models.jobs import Job, JobStatus
from backend.models.reports import ReportType, StoredReport
from backend.models.team import FoundTeam
from backend.repositories.jobs import JobRepository
from backend.repositories.newest_jobs import NewestJobs, pipeline_of
from backend.tests.conftest import Console
from backend.utils.clock import utc_now

TEAM = FoundTeam(team_id=742663, name="AIrsenal", manager="Nick", total_points=900, started_gameweek=1)


async def store(console: Console, command: str, status: JobStatus, **fields: Any) -> Job:
    """A job as it is kept after its end."""
    now = utc_now()
    job = Job(
        id=str(uuid.uuid4()), command=command, title=command, touches="reads", parameters={}, status=status,
        created_at=now, completed_at=now, submitted_by="admin", sequence=time.time_ns(), **fields,
    )  # fmt: skip
    assert await JobRepository(console.services.database.db).insert(job)
    return job


class Played:
    """What the other parts would answer, and how often they were asked."""

    def __init__(self, console: Console, folder: Path) -> None:
        self.now: datetime = utc_now()
        self.asked = {"team": 0, "database": 0}
        self.team: FoundTeam | AppError | None = TEAM
        self.database = DatabaseState(exists=False, path="DATA_DIR/airsenal-kept/data.db")
        self.home = folder / "tools" / "airsenal"
        services = console.services
        vault = services.vault
        self.setup = Setup(
            home=self.home, kept=folder / "data.db", catalogue=services.catalogue, builtins=services.builtins,
            jobs=NewestJobs(services.database.db), now=lambda: self.now,
            sources=Sources(
                vault.infos, lambda: vault.identifier("FPL_TEAM_ID"), self._find, self._database, self._report
            ),
        )  # fmt: skip

    async def _find(self, team_id: int) -> FoundTeam:
        self.asked["team"] += 1
        if isinstance(self.team, AppError):
            raise self.team
        if self.team is None:
            await asyncio.sleep(60)
        assert self.team is not None
        return self.team

    async def _database(self) -> DatabaseState:
        self.asked["database"] += 1
        return self.database

    async def _report(self, kind: ReportType) -> StoredReport | None:
        return None

    async def step(self, name: str) -> Step:
        return next(step for step in (await self.setup.status()).steps if step.name == name)


async def test_the_way_from_nothing(console: Console, tmp_path: Path) -> None:
    played = Played(console, tmp_path)
    status = await played.setup.status()
    assert (status.version, status.team, status.next_step) == (None, None, "install")
    assert [step.state for step in status.steps].count("to_do") == 6
    played.home.mkdir(parents=True)
    stamp = {"airsenal": "1.17.0", "installed_at": "2026-11-21T13:10:02+00:00"}
    (played.home / "installed.json").write_text(json.dumps(stamp))
    status = await played.setup.status()
    assert (status.version, status.next_step) == ("1.17.0", "team")
    await console.services.vault.put("FPL_TEAM_ID", "742663")
    assert (await played.step("team")).detail == "AIrsenal, managed by Nick (team 742663)."
    status = await played.setup.status()
    assert status.next_step == "database"
    assert status.steps[3].detail.startswith("AIrsenal is not installed yet."), "the catalogue looks in the data folder"


async def test_the_fpl_site_may_be_down_or_slow_and_is_not_pestered(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.fpl.setup.TEAM_SECONDS", 0.05)
    await console.services.vault.put("FPL_TEAM_ID", "742663")
    played = Played(console, tmp_path)
    played.team = Unavailable("The FPL site does not answer.")
    for _ in range(3):
        found = await played.step("team")
        assert found.state == "done"
        assert found.detail == (
            "Team 742663. Its name could not be checked now: The FPL site does not answer."
        )  # fmt: skip
    assert played.asked["team"] == 1
    played.now += timedelta(minutes=1)
    played.team = None
    assert "does not answer in time" in (await played.step("team")).detail
    played.now += timedelta(minutes=1)
    played.team = TEAM
    assert (await played.step("team")).detail.startswith("AIrsenal, managed by")
    played.now += timedelta(hours=2)
    played.team = Unavailable("The FPL site does not answer.")
    assert (await played.step("team")).detail.startswith("AIrsenal, managed by"), "a name once known stays"
    await console.services.vault.put("FPL_TEAM_ID", "1")
    played.team = NotFound()
    assert (await played.step("team")).detail == "The FPL site knows no team 1. Correct the id."
    old = {"$set": {"value": "my team"}, "$unset": {"sealed": ""}}
    await console.services.database.db["secrets"].update_one({"key": "FPL_TEAM_ID"}, old)
    assert (await played.step("team")).detail == "The FPL site knows no team my team. Correct the id."


async def test_dear_facts_are_kept_for_a_moment_and_read_anew_when_a_job_moves(
    console: Console, tmp_path: Path
) -> None:  # fmt: skip
    played = Played(console, tmp_path)
    await asyncio.gather(*(played.setup.status() for _ in range(5)))
    assert played.asked["database"] == 1
    ended = await store(console, "airsenal_install", JobStatus.FAILED)
    step = await played.step("install")
    assert (step.state, step.job_id) == ("failed", ended.id)
    assert played.asked["database"] == 2
    played.now += timedelta(seconds=10)
    await played.setup.status()
    assert played.asked["database"] == 3


async def test_the_newest_job_of_each_command_and_the_newest_that_completed(console: Console) -> None:
    jobs = NewestJobs(console.services.database.db)
    await store(console, "a", JobStatus.COMPLETED)
    good = await store(console, "a", JobStatus.COMPLETED)
    bad = await store(console, "a", JobStatus.FAILED)
    stopped = await store(console, "b", JobStatus.CANCELLED)
    login = {"type": "login", "outcome": "works", "explanation": "It works."}
    tested = await store(console, "c", JobStatus.COMPLETED, output=login)
    long = await store(console, "d", JobStatus.COMPLETED, output={"type": "prediction", "players": [1, 2, 3]})
    found = await jobs.of(["a", "b", "c", "d", "never"])
    assert [job.id for job in found] == [long.id, tested.id, stopped.id, bad.id, good.id]
    assert [job.output for job in found[:2]] == [None, login], "a report may be long, and is not asked for"


async def test_they_are_found_along_an_index(console: Console) -> None:
    db: Mongo = console.services.database.db
    question = {"aggregate": "jobs", "pipeline": pipeline_of(["say", "fail"]), "cursor": {}}
    plan: dict[str, Any] = await db.command({"explain": question, "verbosity": "queryPlanner"})
    assert "newest_of_command" in str(plan)
    assert "COLLSCAN" not in str(plan)
