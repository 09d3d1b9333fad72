"""Reports: what was understood of ended jobs, kept beside them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.errors import AppError, BadRequest, DamagedRecord, NotFound
from backend.fpl import database, players_csv
from backend.fpl.compare import compared
from backend.fpl.database import StoredPrediction
from backend.fpl.enriched import SCORES_MISSING, log_only, with_all_players, with_clubs
from backend.fpl.gameweeks import named
from backend.fpl.moved import with_moves
from backend.fpl.parsers import Parsed
from backend.fpl.suggestions import read_newest
from backend.models.comparisons import Comparison, Played, PlayedPlayer
from backend.models.jobs import Job
from backend.models.reports import (
    AnyReport,
    NewestReports,
    OptimisationReport,
    PredictionReport,
    ReportHead,
    ReportType,
    StoredReport,
)  # fmt: skip
from backend.repositories.jobs import JobRepository
from backend.repositories.reports import ReportRepository


class Reports:
    """`worked_on` is AIrsenal's file as a job has just left it, `kept` the one that counts: nobody writes into that."""

    def __init__(self, rows: ReportRepository, jobs: JobRepository, worked_on: Path, kept: Path) -> None:
        self._rows, self._jobs, self._worked_on, self._kept = rows, jobs, worked_on, kept

    # --- write ---

    async def save(self, job: Job, parsed: Parsed, completed_at: datetime) -> list[StoredReport]:
        """Enriched from the SQLite file and stored. They replace the job's earlier ones: saving twice is harmless."""
        scores_missing = await asyncio.to_thread(self._scores_missing) if parsed.reports else False
        numbers: Counter[str] = Counter()
        stored = []
        for report in parsed.reports:
            enriched = await self._enriched(job, report, completed_at, alone=len(parsed.reports) == 1)
            if scores_missing and not any(warning.code == SCORES_MISSING.code for warning in enriched.warnings):
                enriched = enriched.model_copy(update={"warnings": [*enriched.warnings, SCORES_MISSING]})
            numbers[report.type] += 1
            stored.append(_stored(job, enriched, completed_at, numbers[report.type]))
        await self._rows.replace(job.id, stored)
        return stored

    def _scores_missing(self) -> bool:
        return database.read_state(self._worked_on).player_scores_missing

    async def _enriched(self, job: Job, report: AnyReport, completed_at: datetime, *, alone: bool) -> AnyReport:
        if isinstance(report, PredictionReport):
            return await self._enriched_prediction(job, report)
        if isinstance(report, OptimisationReport):
            return await self._enriched_optimisation(job, report, completed_at, alone=alone)
        return report

    async def _enriched_prediction(self, job: Job, report: PredictionReport) -> PredictionReport:
        if report.state == "not_understood":
            return report
        try:
            run = await asyncio.to_thread(database.read_prediction, self._worked_on)
        except AppError as error:
            return log_only(report, error.detail)
        if run is None:
            return log_only(report, "AIrsenal's database holds no prediction.")
        if await self._rows.knows_run(run.tag, apart_from_job=job.id):
            return log_only(report, "The newest prediction in AIrsenal's database is one of an earlier job.")
        return await asyncio.to_thread(with_all_players, report, run)

    async def _enriched_optimisation(
        self, job: Job, report: OptimisationReport, completed_at: datetime, *, alone: bool
    ) -> OptimisationReport:
        """Not being able to read the run costs a tag and some clubs: the log says the rest, so there is no warning."""
        tag = report.tag or job.parameters.get("tag") or None
        report = await asyncio.to_thread(self._placed, report, tag)
        if report.seconds is None and alone and job.attempts:
            seconds = (completed_at - job.attempts[-1].started_at).total_seconds()
            report = report.model_copy(update={"seconds": max(0.0, seconds)})
        return report

    def _placed(self, report: OptimisationReport, tag: str | None) -> OptimisationReport:
        newest = self._run_or_none(None)
        run = self._run_or_none(tag) if tag else newest
        report = with_clubs(report, run, newest)
        rows = None
        with suppress(AppError):
            rows = read_newest(self._worked_on)
        return with_moves(report, rows, [player.player for player in newest.players] if newest else [])

    def _run_or_none(self, tag: str | None) -> StoredPrediction | None:
        try:
            return database.read_prediction(self._worked_on, tag)
        except AppError:
            return None

    # --- read ---

    async def page(
        self, kind: ReportType | None, before: datetime | None, limit: int, job_id: str | None = None
    ) -> list[ReportHead]:
        return await self._rows.page(kind, before, limit, job_id)

    async def get(self, report_id: str) -> StoredReport:
        stored = await self._rows.get(report_id)
        if stored is None:
            raise NotFound(f"There is no report {report_id}.")
        return stored

    async def newest(self, kind: ReportType, *, understood: bool = False) -> StoredReport | None:
        """Of the jobs that completed. `understood`: for who needs numbers, since the others have none."""
        async for head in self._of_completed(kind):
            if understood and head.state != "complete":
                continue
            with suppress(DamagedRecord):  # one that is damaged must not hide those before it
                if stored := await self._rows.get(head.id):
                    return stored
        return None

    async def newest_heads(self) -> NewestReports:
        """What `latest` is about, without the reports themselves."""
        return NewestReports(
            prediction=await anext(self._of_completed("prediction"), None),
            optimisation=await anext(self._of_completed("optimisation"), None),
        )

    async def _of_completed(self, kind: ReportType) -> AsyncIterator[ReportHead]:
        """Newest first. What a failed job printed and nobody understood is in the history too, and is no result."""
        async for head in self._rows.newest_first(kind):
            if await self._jobs.is_completed(head.job_id):
                yield head

    async def latest(self, kind: ReportType) -> dict[str, Any] | None:
        """The newest completed job's output of this type, with `job_id` and `completed_at`."""
        stored = await self.newest(kind)
        if stored is None:
            return None
        head = stored.head
        output = stored.report.model_dump(mode="json", by_alias=True)
        return {**output, "job_id": head.job_id, "completed_at": head.completed_at}

    async def compare(self, before: str, after: str) -> Comparison:
        old_head, old = _prediction(await self.get(before))
        new_head, new = _prediction(await self.get(after))
        return await asyncio.to_thread(compared, old_head, old, new_head, new)

    async def played(self, report_id: str) -> Played:
        head, report = _prediction(await self.get(report_id))
        if report.tag is None:
            return _played(head, [], "This report was read from the log only, so its players cannot be found again.")
        players = await asyncio.to_thread(database.read_played, self._kept, report.tag)
        state = None if players else await asyncio.to_thread(database.read_state, self._kept)
        if state and state.player_scores_missing and state.season == report.season:
            return _played(head, [], SCORES_MISSING.message)
        nothing = (
            f"There are no results yet for this prediction ({named(report.gameweeks)}) in AIrsenal's database. Bring "
            "it up to date when they have been played; a database that was set up anew since has lost the prediction."
        )
        return _played(head, players, None if players else nothing)

    @staticmethod
    def csv(stored: StoredReport) -> Iterator[str]:
        return players_csv.rows(_prediction(stored)[1])


def _stored(job: Job, report: AnyReport, completed_at: datetime, number: int) -> StoredReport:
    tag = report.tag if isinstance(report, PredictionReport | OptimisationReport) else None
    head = ReportHead(
        id=f"{job.id}-{report.type}" + (f"-{number}" if number > 1 else ""), job_id=job.id, command=job.command,
        type=report.type, completed_at=completed_at, headline=report.headline, state=report.state,
        not_understood_from=report.not_understood_from, warnings=report.warnings, season=report.season,
        gameweeks=report.gameweeks, parameters=report.parameters, tag=tag,
    )  # fmt: skip
    return StoredReport(head=head, report=report)


def _prediction(stored: StoredReport) -> tuple[ReportHead, PredictionReport]:
    if not isinstance(stored.report, PredictionReport):
        kind = stored.head.type.replace("_", " ")
        raise BadRequest(f"That works for predictions only, and report {stored.head.id} is of the kind “{kind}”.")
    return stored.head, stored.report


def _played(head: ReportHead, players: list[PlayedPlayer], note: str | None) -> Played:
    errors = [player.points - player.expected_points for player in players if player.minutes > 0]
    return Played(
        report=head, gameweeks=sorted({player.gameweek for player in players}), players=players,
        mean_error=sum(errors) / len(errors) if errors else None,
        mean_absolute_error=sum(map(abs, errors)) / len(errors) if errors else None, note=note,
    )  # fmt: skip
