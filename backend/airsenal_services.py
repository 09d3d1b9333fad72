"""Builds and joins what belongs to AIrsenal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from backend.audit.log import AuditLog
from backend.commands.catalogue import Catalogue
from backend.config.settings import Settings
from backend.database import Mongo
from backend.errors import NotFound
from backend.fpl.apply import Guard, GuardSources
from backend.fpl.care import Care
from backend.fpl.chips import ChipPlanner
from backend.fpl.companion import FAMILY, LANE, AirsenalCompanion
from backend.fpl.reports import Reports
from backend.fpl.setup import Setup, Sources
from backend.fpl.team import Team
from backend.jobs.attempts import Attempts
from backend.jobs.events import Events
from backend.jobs.service import JobService
from backend.models.airsenal import DatabaseState
from backend.models.reports import StoredReport
from backend.providers.fpl import FplApi
from backend.repositories.fpl_answers import FplAnswerRepository
from backend.repositories.jobs import JobRepository
from backend.repositories.newest_jobs import NewestJobs
from backend.repositories.reports import ReportRepository
from backend.utils.clock import utc_now
from backend.vault.service import Vault


@dataclass(frozen=True)
class Around:
    """What the rest of the console lends."""

    settings: Settings
    db: Mongo
    vault: Vault
    catalogue: Catalogue
    builtins: Mapping[str, str]
    jobs: JobRepository
    service: JobService
    attempts: Attempts
    events: Events
    audit: AuditLog


@dataclass(frozen=True)
class Airsenal:
    care: Care
    reports: Reports
    team: Team
    setup: Setup
    chips: ChipPlanner
    guard: Guard


def join_airsenal(around: Around, rows: ReportRepository) -> Airsenal:
    """Its companion stands beside the jobs when this returns: to be called before the queue takes up what is left."""
    settings, vault = around.settings, around.vault
    care = _care(around)
    reports = Reports(rows, around.jobs, settings.airsenal_db_path, settings.airsenal_kept_path)

    async def prediction() -> StoredReport | None:
        return await reports.newest("prediction", understood=True)

    api, answers = FplApi(settings.fpl_api_url, utc_now), FplAnswerRepository(around.db)
    team = Team(api, vault, answers, prediction, utc_now)

    async def team_id() -> str | None:
        return await vault.identifier("FPL_TEAM_ID")

    async def database_state() -> DatabaseState:
        return (await care.overview(busy=False)).state

    setup = Setup(
        home=settings.data_dir / "tools" / "airsenal", kept=settings.airsenal_kept_path, catalogue=around.catalogue,
        builtins=around.builtins, jobs=NewestJobs(around.db), now=utc_now,
        sources=Sources(vault.infos, team_id, team.find, database_state, reports.newest),
    )  # fmt: skip
    chips = ChipPlanner(
        deadline=team.deadline, chips_left=team.chips_left, newest_report=reports.newest, report=reports.get,
        report_heads=lambda kind, limit: reports.page(kind, None, limit),
    )  # fmt: skip
    guard = Guard(
        kept=settings.airsenal_kept_path, local=settings.airsenal_db_path, catalogue=around.catalogue,
        builtins=around.builtins, jobs=around.jobs, service=around.service, audit=around.audit.record, now=utc_now,
        sources=GuardSources(vault.infos, team_id, team.find, team.deadline, reports.newest),
    )  # fmt: skip
    companion = AirsenalCompanion(care, reports.save, around.catalogue, guard.check_before)
    parsers = {command.parser for command in around.catalogue.all() if command.parser}
    around.attempts.companions |= {name: companion for name in parsers if name.startswith(f"{FAMILY}.")}
    return Airsenal(care, reports, team, setup, chips, guard)


def _care(around: Around) -> Care:
    settings = around.settings

    async def busy() -> bool:
        # Those followed here as well: one closed by hand may still be ending.
        return any(job.lane == LANE for job in [*around.attempts.running(), *await around.jobs.running()])

    def title(command: str) -> str:
        with suppress(NotFound):
            return around.catalogue.get(command).title
        return command

    return Care(
        settings.airsenal_kept_path, settings.airsenal_db_path, settings.airsenal_copies, utc_now,
        data_dir=settings.data_dir, busy=busy, changed=lambda: around.events.changed("airsenal"),
        title=title,
    )  # fmt: skip
