"""The guard in front of the two commands that change the real team.

Three looks at the same facts: what the page shows, what is asked for with it, and what is there when the attempt
starts. Only when all three are the same does anything start. The one door to jobs refuses these commands without a
consent, so nothing that runs by itself (a schedule, a retry, a chain) can start them: a consent is for one suggestion,
given by a person who typed the team's name, and ends with the gameweek's deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from backend.commands.catalogue import Catalogue
from backend.errors import AppError, BadRequest, Conflict, FieldError, InvalidInput
from backend.fpl.apply_checks import checks_of
from backend.fpl.apply_facts import ApplyCommand, Facts
from backend.fpl.database import check_integrity, read_state
from backend.fpl.own_gameweek import own_gameweek
from backend.fpl.suggestions import Suggestion, read_suggestion
from backend.jobs.service import JobService
from backend.models.airsenal import ApplyPreview, ApplyRequest, Check
from backend.models.audit import Recorder
from backend.models.history import JobFilter
from backend.models.jobs import Consent, Job, JobStatus, JobView
from backend.models.reports import ReportType, StoredReport
from backend.models.secrets import SecretInfo
from backend.models.team import Deadline, FoundTeam
from backend.repositories.jobs import JobRepository
from backend.utils.clock import Clock

COMMANDS: tuple[ApplyCommand, ...] = ("make_transfers", "set_lineup")
_CHANGES_PRICES = ("update_db", "pipeline")
_EARLIER_JOBS = 20
_T = TypeVar("_T")


@dataclass(frozen=True)
class GuardSources:
    """What others know. `team_id`: None when it is not set or cannot be read."""

    secrets: Callable[[], Awaitable[list[SecretInfo]]]
    team_id: Callable[[], Awaitable[str | None]]
    find_team: Callable[[int], Awaitable[FoundTeam]]
    deadline: Callable[[], Awaitable[Deadline]]
    newest_report: Callable[[ReportType], Awaitable[StoredReport | None]]


class Guard:
    def __init__(
        self, *, kept: Path, local: Path, catalogue: Catalogue, builtins: Mapping[str, str], jobs: JobRepository,
        service: JobService, sources: GuardSources, audit: Recorder, now: Clock,
    ) -> None:  # fmt: skip
        """`kept` is AIrsenal's database that counts, `local` the one that a job works on."""
        self._kept, self._local = kept, local
        self._catalogue, self._builtins, self._jobs, self._service = catalogue, builtins, jobs, service
        self._sources, self._audit, self._now = sources, audit, now
        self._applying = asyncio.Lock()

    async def preview(self, command: ApplyCommand) -> ApplyPreview:
        """Never fails for what a check can say."""
        return _preview(await self._facts(command, self._kept))

    async def apply(self, command: ApplyCommand, request: ApplyRequest, by: str) -> JobView:
        """The job. BadRequest when a check says stop, Conflict when the suggestion is not the one that was shown any
        more, InvalidInput when the typed name is not the team's."""
        async with self._applying:
            facts = await self._facts(command, self._kept)
            if stops := _stops(checks_of(facts)):
                raise BadRequest(f"Nothing was sent. {stops}")
            fingerprint = facts.fingerprint()
            if request.suggestion != fingerprint:
                raise Conflict(
                    "Nothing was sent: what would be sent has changed since you looked at it. Review it again."
                )
            assert facts.team is not None
            assert facts.coming is not None
            if request.team_name.strip() != facts.team.name.strip():
                raise InvalidInput(
                    [FieldError("team_name", f'type your team\'s name as it is written: "{facts.team.name}"')]
                )
            agreed = _in_words(facts)
            await self._audit("team.change", agreed, subject=command, who=by)
            consent = Consent(
                suggestion=fingerprint, gameweek=facts.coming.id, deadline=facts.coming.deadline, agreed=agreed,
                report_id=facts.optimisation.head.id if facts.optimisation and facts.shown else None,
            )  # fmt: skip
            return await self._service.submit(command, {}, by=by, confirm=facts.title, consent=consent)

    async def check_before(self, job: Job) -> None:
        """Called right before an attempt starts, when the database it will work on lies there. Raises AppError: it must
        not start. Jobs of other commands pass."""
        if job.command not in COMMANDS:
            return
        if job.consent is None:
            raise BadRequest("Nothing was sent: nobody agreed to what would be sent. Review it first.")
        if job.consent.deadline <= self._now():
            raise BadRequest("Nothing was sent: the deadline passed while the job waited.")
        facts = await self._facts(job.command, self._local, own_job=job.id)
        if facts.fingerprint() != job.consent.suggestion:
            raise BadRequest(
                "Nothing was sent: what would be sent is not what was agreed to any more. Review it again."
            )
        if stops := _stops(checks_of(facts)):
            raise BadRequest(f"Nothing was sent. {stops}")

    async def _facts(self, command: ApplyCommand, database: Path, own_job: str | None = None) -> Facts:
        found, ask = self._catalogue.get(command), self._sources
        # First of all: a job that ends while the rest is read must be found as running here or as done in `applied`.
        busy = await self._busy(found.lane, own_job)
        text, unreadable = await _asked(ask.team_id())
        team_id = _number(text)
        (team, no_team), (deadline, no_deadline) = await asyncio.gather(
            _asked(_find(ask, team_id)), _asked(ask.deadline())
        )
        prediction = await ask.newest_report("prediction")
        stored = await asyncio.to_thread(_read_database, database, team_id, self._now())
        updates = await self._jobs.newest(JobFilter(status=JobStatus.COMPLETED, commands=_CHANGES_PRICES), limit=1)
        return Facts(
            command=command, title=found.title, now=self._now(),
            blocked=await asyncio.to_thread(found.unavailable_reason, self._builtins, found.secrets),
            secrets={secret.key: secret for secret in await ask.secrets()},
            team_id=team_id, team=team, team_problem=unreadable or no_team,
            deadline=deadline, deadline_problem=no_deadline,
            optimisation=await ask.newest_report("optimisation"), prediction=prediction.head if prediction else None,
            login=await ask.newest_report("login"), suggestion=stored.suggestion,
            newest_tag=stored.newest_tag, own_gameweek=stored.own_gameweek, database_problem=stored.problem,
            applied=await self._jobs.newest(JobFilter(commands=COMMANDS), limit=_EARLIER_JOBS),
            updated_at=updates[0].completed_at if updates else None, busy=busy,
        )  # fmt: skip

    async def _busy(self, lane: str, own_job: str | None) -> str | None:
        # Behind the own job anything may wait: it starts afterwards. Asked first, since what waits may start meanwhile.
        if own_job is None and await self._jobs.next_due(lane):
            return "Another job of AIrsenal is waiting to start."
        for job in await self._jobs.running():
            if job.lane == lane and job.id != own_job:
                return f'"{job.title}" is running.'
        return None


async def _asked(question: Awaitable[_T]) -> tuple[_T | None, str | None]:
    """The answer, or why there is none."""
    try:
        return await question, None
    except AppError as error:
        return None, error.detail


async def _find(sources: GuardSources, team_id: int | None) -> FoundTeam | None:
    return await sources.find_team(team_id) if team_id is not None else None


@dataclass(frozen=True)
class _Stored:
    """What AIrsenal's database holds, or what is wrong with it."""

    suggestion: Suggestion | None = None
    newest_tag: str | None = None
    own_gameweek: int | None = None
    problem: str | None = None


def _read_database(path: Path, team_id: int | None, now: datetime) -> _Stored:
    """Blocks."""
    try:
        if problem := check_integrity(path):
            return _Stored(problem=problem)
        suggestion = read_suggestion(path, team_id) if team_id is not None else None
        return _Stored(suggestion, read_state(path).newest_tag, own_gameweek(path, now))
    except AppError as error:
        return _Stored(problem=error.detail)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _stops(checks: list[Check]) -> str:
    return " ".join(check.detail for check in checks if check.state == "stop")


def _preview(facts: Facts) -> ApplyPreview:
    checks = checks_of(facts)
    transfers = facts.command == "make_transfers"
    report = facts.shown
    plan = facts.plan if report else None
    rows = facts.suggestion if transfers else None
    return ApplyPreview(
        command=facts.command,
        allowed=not _stops(checks),
        checks=checks,
        team_name=facts.team.name if facts.team else None,
        gameweek=facts.coming,
        transfers_out=rows.transfers_out if rows else [],
        transfers_in=rows.transfers_in if rows else [],
        hit=plan.hit if plan and transfers else None,
        bank=plan.bank if plan and transfers else None,
        chip=plan.chip if plan else None,
        captain=report.captain if report else None,
        vice_captain=report.vice_captain if report else None,
        starting_lineup=report.starting_lineup if report else [],
        bench=report.bench if report else [],
        warnings=report.warnings if report else [],
        report_id=facts.optimisation.head.id if facts.optimisation else None,
        suggested_at=facts.optimisation.head.completed_at if facts.optimisation else None,
        suggestion=facts.fingerprint(),
    )


def _in_words(facts: Facts) -> str:
    """For the audit log: what was agreed to."""
    assert facts.team is not None
    assert facts.coming is not None
    parts: list[str] = [f"{facts.title} of {facts.team.name}, gameweek {facts.coming.id}"]
    if facts.command == "make_transfers" and facts.suggestion:
        parts += [f"out {', '.join(facts.suggestion.transfers_out) or 'nobody'}"]
        parts += [
            f"in {', '.join(facts.suggestion.transfers_in) or 'nobody'}",
            f"hit {facts.plan.hit if facts.plan else 0}",
        ]
    if facts.shown and facts.shown.captain:
        parts += [f"captain {facts.shown.captain}"]
    return "; ".join(parts) + "."
