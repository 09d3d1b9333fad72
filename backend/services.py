"""The one place where objects are built and joined."""

from __future__ import annotations

import asyncio
import shutil
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from backend.airsenal_services import Around, join_airsenal
from backend.audit.log import AuditLog
from backend.auth.api_tokens import ApiTokens
from backend.auth.events import SecurityEvents
from backend.auth.passkeys import Passkeys
from backend.auth.refusals import TELL_SECONDS
from backend.auth.service import AuthService, Parts
from backend.auth.sessions import Sessions
from backend.auth.signing import Signer
from backend.auth.two_step import TwoStep
from backend.commands.catalogue import Catalogue
from backend.config.keys import Keys
from backend.config.settings import PROJECT_FOLDER, Settings, search_path
from backend.database import Database, DatabaseError, Mongo
from backend.database_session import no_answer
from backend.errors import StartError
from backend.fpl.apply import Guard
from backend.fpl.care import Care
from backend.fpl.chips import ChipPlanner
from backend.fpl.reports import Reports
from backend.fpl.setup import Setup
from backend.fpl.team import Team
from backend.jobs.attempts import Attempts
from backend.jobs.audit_trail import FOLLOW_SECONDS, JobTrail
from backend.jobs.events import Events
from backend.jobs.executor import Executor
from backend.jobs.feed import Feeds
from backend.jobs.history import JobHistory
from backend.jobs.log_reader import LogReader
from backend.jobs.queue import JobQueue
from backend.jobs.retention import SWEEP_SECONDS, KeepLogs, Retention
from backend.jobs.service import JobService, Limits
from backend.jobs.websocket_manager import WebSocketManager
from backend.models.airsenal import DatabaseCare
from backend.models.api import ReadyCheck
from backend.repositories.audit import AuditRepository
from backend.repositories.auth import AccountRepository, ApiTokenRepository, SessionRepository
from backend.repositories.factors import PasskeyRepository, RecoveryCodeRepository, TotpRepository
from backend.repositories.idempotency import IdempotencyRepository
from backend.repositories.job_counts import JobCounts
from backend.repositories.job_logs import JobLogs
from backend.repositories.jobs import JobRepository
from backend.repositories.log_chunks import LogChunkRepository
from backend.repositories.reports import ReportRepository
from backend.repositories.secrets import SecretRepository
from backend.utils.clock import utc_now
from backend.utils.encryption import Sealer
from backend.utils.tasks import TaskGroup, repeat
from backend.vault.service import ForeignKey, Vault

log = structlog.get_logger(__name__)

PACKS_FOLDER = PROJECT_FOLDER / "backend" / "config" / "commands"
# Below this a running job's spool and the database soon fail.
MIN_FREE_BYTES = 200 * 1024 * 1024


@dataclass
class Services:
    settings: Settings
    database: Database
    audit: AuditLog
    auth: AuthService
    vault: Vault
    catalogue: Catalogue
    builtins: Mapping[str, str]
    jobs: JobService
    history: JobHistory
    streams: WebSocketManager
    events: Events
    executor: Executor
    retention: Retention
    tasks: TaskGroup
    care: Care
    reports: Reports
    team: Team
    setup: Setup
    chips: ChipPlanner
    guard: Guard
    setup_token: str | None = None

    async def close(self) -> None:
        """Running jobs go on under their runners; the next start picks them up."""
        self.streams.close()
        self.events.close()
        await self.tasks.close()
        await self.jobs.queue.close()
        await self.executor.close()
        await self.team.close()
        await self.audit.close()
        self.database.close()

    async def airsenal_database(self) -> DatabaseCare:
        return await self.care.overview(await self.care.is_busy())

    async def restore_airsenal_database(self, copy_id: str, by: str) -> DatabaseCare:
        await self.care.preview(copy_id)  # a wrong id is no event
        await self.audit.record(
            "airsenal.restore", f"The database goes back to copy {copy_id}.", subject=copy_id, who=by
        )
        await self.care.restore(copy_id)
        return await self.airsenal_database()

    async def readiness(self) -> dict[str, ReadyCheck]:
        return {
            "database": await self._database_check(),
            "queue": _queue_check(self.jobs.queue),
            "disk": await asyncio.to_thread(_disk_check, self.settings.data_dir),
        }

    async def _database_check(self) -> ReadyCheck:
        try:
            async with asyncio.timeout(2):
                await self.database.ping()
        except Exception:
            return ReadyCheck(ok=False, detail="The database does not answer.")
        return ReadyCheck(ok=True, detail="The database answers.")


def _queue_check(queue: JobQueue) -> ReadyCheck:
    if not queue.beating:
        return ReadyCheck(ok=False, detail="The queue has stopped beating.")
    if queue.draining:
        return ReadyCheck(ok=False, detail="The queue is draining: it starts nothing new.")
    return ReadyCheck(ok=True, detail="The queue works.")


def _disk_check(folder: Path) -> ReadyCheck:
    free = shutil.disk_usage(folder).free
    room = f"{free / 1024**3:.1f} GiB free in the data folder."
    return ReadyCheck(ok=free >= MIN_FREE_BYTES, detail=room if free >= MIN_FREE_BYTES else f"Disk nearly full: {room}")


def catalogue_builtins(settings: Settings) -> dict[str, str]:
    """What `{name}` in a command file may stand for besides the command's parameters."""
    return {
        "data_dir": str(settings.data_dir),
        "python": sys.executable,
        "path": search_path(),
        "programs": str(PACKS_FOLDER / "programs"),
        "fpl_api_url": settings.fpl_api_url,
        "local_db_path": str(settings.airsenal_db_path),
    }


async def open_services(settings: Settings, keys: Keys, mongo_url: str, *, new_admin: bool = False) -> Services:
    database = Database(mongo_url, settings.db_name)
    db = database.db
    jobs, logs, chunks, idempotency = JobRepository(db), JobLogs(db), LogChunkRepository(db), IdempotencyRepository(db)
    secrets, sessions, report_rows = SecretRepository(db), SessionRepository(db), ReportRepository(db)
    audit = AuditLog(AuditRepository(db), utc_now)
    try:
        for repository in (jobs, chunks, idempotency, secrets, sessions, report_rows, audit.rows):
            await repository.create_indexes()
    except DatabaseError as error:
        raise no_answer(settings, error) from None

    sealer = Sealer(keys.encryption_keys, keys.fresh)
    auth = _front_door(db, sessions, settings, keys, sealer, audit)
    vault = Vault(
        secrets,
        sealer,
        utc_now,
        {
            "APP_ADMIN_EMAIL": ForeignKey(auth.email_changed_at, auth.change_email),
            "APP_ADMIN_PASSWORD_HASH": ForeignKey(auth.password_changed_at, auth.change_password_hash),
        },
        audit.record,
    )
    builtins = catalogue_builtins(settings)
    catalogue = await asyncio.to_thread(Catalogue.load, PACKS_FOLDER, settings.commands_dir, builtins)
    events = Events()
    feeds = Feeds(events.job_changed)
    reader = LogReader(chunks, feeds)
    executor = Executor(settings.data_dir / "spool")
    trail = JobTrail(jobs, audit)
    service = JobService(
        jobs=jobs, logs=logs, chunks=chunks, idempotency=idempotency, catalogue=catalogue, vault=vault, feeds=feeds,
        reader=reader, builtins=builtins, now=utc_now,
        limits=Limits(settings.max_job_retries, settings.job_queue_limit), audit=audit.record, trail=trail,
    )  # fmt: skip
    attempts = Attempts(
        jobs=jobs, logs=logs, chunks=chunks, executor=executor, feeds=feeds, reader=reader, catalogue=catalogue,
        build_spec=service.build_spec, now=utc_now, retry_delay_seconds=settings.job_retry_delay_seconds,
        log_max_bytes=settings.job_log_max_bytes,
    )  # fmt: skip
    around = Around(settings, db, vault, catalogue, builtins, jobs, service, attempts, events, audit)
    airsenal = join_airsenal(around, report_rows)
    node = await asyncio.to_thread(_node_id, settings.data_dir)
    service.queue = JobQueue(
        jobs=jobs, executor=executor, feeds=feeds, attempts=attempts, node=node, now=utc_now
    )  # fmt: skip
    if new_admin:
        await auth.remove_admin()
    if settings.app_admin_email and settings.app_admin_password_hash:
        await auth.make_admin(settings.app_admin_email, settings.app_admin_password_hash.get_secret_value())
    # Its programs make their database file, but not the folder for it.
    try:
        await asyncio.to_thread(lambda: settings.airsenal_db_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True))
    except OSError as error:
        raise StartError(f"The folder of LOCAL_DB_PATH cannot be made ({error}).") from None
    await executor.open()
    await service.queue.open()
    keep = KeepLogs(settings.log_keep_days, settings.log_keep_jobs, settings.log_keep_bytes)
    services = Services(
        settings, database, audit, auth, vault, catalogue, builtins, service,
        JobHistory(jobs, JobCounts(db), catalogue, utc_now), WebSocketManager(jobs, feeds, reader), events, executor,
        Retention(logs, chunks, utc_now, keep), TaskGroup(),
        airsenal.care, airsenal.reports, airsenal.team, airsenal.setup, airsenal.chips, airsenal.guard,
        await auth.new_setup_token(),
    )  # fmt: skip
    services.tasks.start(repeat(services.retention.sweep, SWEEP_SECONDS, "clear old logs"), "clear old logs")
    services.tasks.start(airsenal.care.adopt(), "keep AIrsenal's database")
    services.tasks.start(repeat(auth.refusals.tell, TELL_SECONDS, "number of refusals"), "number of refusals")
    services.tasks.start(repeat(trail.follow, FOLLOW_SECONDS, "follow jobs for the audit log"), "audit of jobs")
    for key in await vault.unreadable():
        log.error("secret cannot be read with the present ENCRYPTION_KEY; jobs that need it are refused", key=key)
    return services


def _front_door(
    db: Mongo, sessions: SessionRepository, settings: Settings, keys: Keys, sealer: Sealer, audit: AuditLog
) -> AuthService:  # fmt: skip
    accounts, events, signer = AccountRepository(db), SecurityEvents(), Signer(keys.jwt_secret, utc_now)
    events.subscribe(lambda event: audit.front_door(event.kind, event.who, event.address, event.detail))
    parts = Parts(
        sessions=Sessions(sessions, signer, utc_now, timedelta(minutes=settings.session_idle_minutes)),
        tokens=ApiTokens(ApiTokenRepository(db), accounts, events, utc_now),
        two_step=TwoStep(TotpRepository(db), RecoveryCodeRepository(db), sealer, utc_now),
        passkeys=Passkeys(PasskeyRepository(db), signer, utc_now, settings.passkey_hosts),
        events=events,
    )
    return AuthService(accounts, parts, signer, utc_now)


def _node_id(data_dir: Path) -> str:
    """Which data folder a running job's spool lies in: only its own console can find its runner again."""
    path = data_dir / "node_id"
    if not path.exists():
        path.write_text(str(uuid.uuid4()), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
