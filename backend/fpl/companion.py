"""Around AIrsenal's jobs: its database is brought and kept, the output read, what was understood becomes a report."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from backend.commands.catalogue import Catalogue
from backend.database import DatabaseUnavailable
from backend.errors import AppError, BadRequest, NotFound
from backend.fpl.care import Care
from backend.fpl.parsers import Parsed, is_cut, parse, progress_reader, read_from
from backend.jobs.companion import Finished, ProgressReader, ReadRows, Rows
from backend.models.jobs import Cause, Job, Outcome
from backend.models.reports import AnyReport, ReportType, StoredReport
from backend.models.reports import Warning as ReportWarning

log = structlog.get_logger(__name__)

FAMILY = "airsenal"
# All that work on the database share it: two at a time would take the file away from each other.
LANE = "airsenal"
# Of these an irreversible job must not even start without the guard's consent.
GUARDED = {"make_transfers", "set_lineup"}
# The probe of the login needs no database, and a failure of it is a report as well.
_LOGIN = "airsenal.login"
# What a job's `output` shows when it made more than one report.
_MAIN: dict[str, ReportType] = {"airsenal.pipeline": "optimisation"}
# The line that says why a Python program ended, or what its argument parser or AIrsenal itself complains about.
_REASON = re.compile(r"(?:[\w.]*(?:Error|Exception|Interrupt|Abort)(?:: .+)?|ERROR: .+|[\w-]+: error: .+|Aborted!)")
_LOOK_BACK = 400
_LONGEST = 300

Guard = Callable[[Job], Awaitable[None]]
SaveReports = Callable[[Job, Parsed, datetime], Awaitable[list[StoredReport]]]


async def _allow(_: Job) -> None:
    return None


class AirsenalCompanion:
    """The companion (see jobs/companion.py) of every command whose `parser` begins with `airsenal.`."""

    def __init__(self, care: Care, save: SaveReports, catalogue: Catalogue, guard: Guard = _allow) -> None:
        """`guard` is asked before the real team is changed; it raises AppError to say no."""
        self._care, self._save, self._catalogue = care, save, catalogue
        self.guard = guard

    async def before(self, job: Job) -> None:
        if self._parser(job) != _LOGIN:
            if job.lane != LANE:
                raise BadRequest(
                    f"The job was not started: {job.title} works on AIrsenal's database, as only one may at a time. "
                    f'Write "lane: {LANE}" in its command file.'
                )
            start_clean = bool(job.parameters.get("clean"))
            await self._care.copy_in(job.command, job.id, writes=job.touches == "writes", start_clean=start_clean)
        if job.command in GUARDED:
            await self.guard(job)

    def progress(self, job: Job) -> ProgressReader:
        return progress_reader(self._parser(job), job.parameters)

    async def after(self, job: Job, outcome: Outcome, rows: ReadRows) -> Finished:
        lines, parsed, warnings = await self._read(job, outcome, rows)
        if parsed.missing and (outcome.succeeded or outcome.cause is Cause.NO_RESULT):
            error = f"It ended with exit code 0, but without its result: {parsed.missing}"
            outcome = outcome.model_copy(update={"cause": Cause.NO_RESULT, "error": error})
        if outcome.succeeded and job.touches == "writes":
            outcome = await self._keep(job, outcome)
        else:
            await self._discard(job)
        if not outcome.succeeded:
            parsed = replace(parsed, reports=[report for report in parsed.reports if _tells(report, outcome)])
            outcome = _with_reason(outcome, parsed, lines)
        stored, more = await self._report(job, parsed, outcome)
        # Reading the database tells more than the log: of what a report warns, its job does.
        warnings += [*more, *(warning for one in stored for warning in one.report.warnings)]
        texts = list(dict.fromkeys(warning.message for warning in warnings))
        return Finished(outcome, self._output(job, parsed, stored), texts)

    async def _read(
        self, job: Job, outcome: Outcome, rows: ReadRows
    ) -> tuple[list[str], Parsed, list[ReportWarning]]:  # fmt: skip
        """Never fails: what is wrong with the reading says nothing of the job."""
        lines: list[str] = []
        try:
            read = await rows()
            lines = read.texts
            parsed = await asyncio.to_thread(parse, self._parser(job), lines, job.parameters, outcome.ended_at)
        except DatabaseUnavailable:
            raise  # tried again, all of it
        except Exception:
            log.exception("output cannot be read", job_id=job.id, command=job.command)
            return lines, Parsed(), [_other("What it printed could not be read; its log has all of it.")]
        parsed = _placed(parsed, read)
        return lines, parsed, list(parsed.warnings)

    async def _keep(self, job: Job, outcome: Outcome) -> Outcome:
        try:
            await self._care.copy_back(job.command, job.id)
        except AppError as error:
            return outcome.model_copy(update={"cause": Cause.NO_RESULT, "error": error.detail})
        except Exception as error:
            log.exception("database cannot be kept", job_id=job.id)
            detail = f"Its database could not be kept ({type(error).__name__}). The kept database is as it was."
            return outcome.model_copy(update={"cause": Cause.NO_RESULT, "error": detail})
        return outcome

    async def _discard(self, job: Job) -> None:
        try:
            await self._care.discard(job.id)
        except Exception:
            # The next job's `before` does it again.
            log.exception("half-built database cannot be removed")

    async def _report(
        self, job: Job, parsed: Parsed, outcome: Outcome
    ) -> tuple[list[StoredReport], list[ReportWarning]]:  # fmt: skip
        if not parsed.reports:
            return [], []
        try:
            return await self._save(job, parsed, outcome.ended_at), []
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("report cannot be saved", job_id=job.id, command=job.command)
            return [], [_other("Its report could not be saved; its log has the whole result.")]

    def _output(self, job: Job, parsed: Parsed, stored: list[StoredReport]) -> dict[str, Any] | None:
        """As JSON: MongoDB wants text for keys, and gameweeks are numbers."""
        if parsed.sent:
            agreed = {"agreed": job.consent.agreed, "report_id": job.consent.report_id} if job.consent else {}
            return parsed.sent.model_copy(update=agreed).model_dump(mode="json", by_alias=True)
        if not stored:
            return None
        main = [one for one in stored if one.head.type == _MAIN.get(self._parser(job))]
        return (main or stored)[-1].report.model_dump(mode="json", by_alias=True)

    def _parser(self, job: Job) -> str:
        with suppress(NotFound):
            if parser := self._catalogue.get(job.command).parser:
                return parser
        return FAMILY


def _tells(report: AnyReport, outcome: Outcome) -> bool:
    """Whether a report of a failed job is worth keeping: how a login failed, and that AIrsenal's wording is new."""
    return report.type == "login" or (outcome.cause is Cause.NO_RESULT and report.state == "not_understood")


def _placed(parsed: Parsed, rows: Rows) -> Parsed:
    """Lines counted in the job's whole log: an earlier attempt may come first, and a part may have been dropped."""

    def moved(warnings: list[ReportWarning]) -> list[ReportWarning]:
        return [one if one.line is None else one.model_copy(update={"line": rows.line(one.line)}) for one in warnings]

    def read_on(report: AnyReport) -> AnyReport:
        changes: dict[str, Any] = {"warnings": moved(report.warnings)}
        if report.not_understood_from is not None:
            line = rows.line(report.not_understood_from)
            changes |= {"not_understood_from": line, "headline": read_from(line, cut=is_cut(report))}
        return report.model_copy(update=changes)

    reports = [read_on(report) for report in parsed.reports]
    sent = parsed.sent and parsed.sent.model_copy(update={"warnings": moved(parsed.sent.warnings)})
    return replace(parsed, reports=reports, warnings=moved(parsed.warnings), sent=sent)


def _other(message: str) -> ReportWarning:
    return ReportWarning(code="other", message=message)


def _with_reason(outcome: Outcome, parsed: Parsed, lines: list[str]) -> Outcome:
    """`It ended with exit code 1.` alone helps nobody: what the program complained about last is added."""
    if outcome.cause is not Cause.EXIT_CODE:
        return outcome
    # A headline has no full stop, and here it is a sentence among others.
    why = [f"{report.headline}." for report in parsed.reports] or ([parsed.missing] if parsed.missing else [])
    said = next((line.strip() for line in reversed(lines[-_LOOK_BACK:]) if _REASON.fullmatch(line.strip())), None)
    if said and not parsed.reports and said not in (parsed.missing or ""):
        why.append(f"It said: {said[:_LONGEST]}")
    ended = outcome.error or f"It ended with exit code {outcome.exit_code}."
    return outcome.model_copy(update={"error": " ".join([ended, *why])}) if why else outcome
