"""What is done around AIrsenal's jobs: nothing of it may lose a database, and no trouble with reading fails a job."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.commands.catalogue import Catalogue
from backend.config.settings import PROJECT_FOLDER
from backend.errors import BadRequest
from backend.fpl.care import Care
from backend.fpl.companion import AirsenalCompanion
from backend.fpl.parsers import Parsed
from backend.jobs.companion import Finished, ReadRows, Rows
from backend.models.jobs import Cause, Consent, Job, Outcome
from backend.models.reports import ReportHead, StoredReport
from backend.tests.airsenal.databases import build, damage, predict, tags_in
from backend.tests.airsenal.goldens import index, rows
from backend.utils.clock import utc_now

NOW = datetime(2026, 2, 5, 12, tzinfo=UTC)
BUILTINS = dict.fromkeys(("data_dir", "python", "path", "programs", "fpl_api_url", "local_db_path"), "/tmp/x")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(PROJECT_FOLDER / "backend" / "config" / "commands", None, BUILTINS)


async def _save(job: Job, parsed: Parsed, completed_at: datetime) -> list[StoredReport]:
    assert completed_at == NOW
    return [
        StoredReport(
            head=ReportHead(
                id=f"{job.id}-{report.type}", job_id=job.id, command=job.command, type=report.type,
                completed_at=completed_at, headline=report.headline, state=report.state,
            ),
            report=report,
        )
        for report in parsed.reports
    ]  # fmt: skip


class Around:
    """A companion with its files, and one job after the other."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.kept, self.local = folder / "kept" / "data.db", folder / "local" / "data.db"
        self.companion = AirsenalCompanion(Care(self.kept, self.local, 10, utc_now), _save, catalogue)

    def job(self, command: str, touches: str = "writes", **parameters: Any) -> Job:
        return Job(
            id=f"job-{command}", command=command, title=command, touches=touches, parameters=parameters,
            created_at=NOW, submitted_by="admin@example.org", lane="airsenal",
        )  # fmt: skip

    async def set_up(self, *tags: str) -> None:
        job = self.job("setup_db")
        await self.companion.before(job)
        build(self.local, tags=tags)
        finished = await self.companion.after(job, _outcome(), _unreadable)
        assert finished.outcome.succeeded, finished


def _outcome(code: int = 0, cause: Cause = Cause.EXIT_CODE) -> Outcome:
    error = f"It ended with exit code {code}." if code else None
    return Outcome(cause=cause, exit_code=code, error=error, started_at=NOW, ended_at=NOW)


def _rows(*lines: str) -> ReadRows:
    async def rows() -> Rows:
        return Rows(list(lines))

    return rows


async def _unreadable() -> Rows:
    raise OSError("the log is away")


@pytest.fixture
def around(tmp_path: Path, catalogue: Catalogue) -> Around:
    return Around(tmp_path, catalogue)


def test_every_command_that_works_on_the_database_has_its_companion(catalogue: Catalogue) -> None:
    for command in catalogue.all():
        works_on_it = "AIRSENAL_DB_FILE" in command.env
        assert works_on_it == (command.parser or "").startswith("airsenal."), command.id


async def test_a_success_is_kept(around: Around) -> None:
    await around.set_up("first")
    job = around.job("predict")
    await around.companion.before(job)
    predict(around.local, "second", 24)
    # Its log can't be read: that says nothing of the job.
    finished = await around.companion.after(job, _outcome(), _unreadable)
    assert finished.outcome.succeeded
    assert finished.warnings == ["What it printed could not be read; its log has all of it."]
    assert tags_in(around.kept) == ["first", "second"]
    # The console was killed before it could record the end: all over again.
    assert await around.companion.after(job, _outcome(), _unreadable) == finished
    assert tags_in(around.kept) == ["first", "second"]


@pytest.mark.parametrize(("code", "cause"), [(1, Cause.EXIT_CODE), (0, Cause.CANCELLED), (0, Cause.LOST)])
async def test_anything_else_is_not(around: Around, code: int, cause: Cause) -> None:
    await around.set_up("first")
    job = around.job("predict")
    await around.companion.before(job)
    predict(around.local, "second", 24)
    finished = await around.companion.after(job, _outcome(code, cause), _unreadable)
    assert finished.outcome == _outcome(code, cause)
    assert tags_in(around.kept) == ["first"]


@pytest.mark.parametrize(("command", "touches"), [("check_data", "reads"), ("set_lineup", "irreversible")])
async def test_commands_that_do_not_write_see_the_database_and_leave_it(
    around: Around, command: str, touches: str
) -> None:
    await around.set_up("first")
    around.local.unlink()
    job = around.job(command, touches)
    await around.companion.before(job)
    assert tags_in(around.local) == ["first"]
    predict(around.local, "by mistake", 24)
    assert (await around.companion.after(job, _outcome(), _unreadable)).outcome.succeeded
    assert tags_in(around.kept) == ["first"]


async def test_a_command_of_the_operator_in_another_lane_would_pull_the_database_away(around: Around) -> None:
    await around.set_up("first")
    await around.companion.before(around.job("predict"))
    predict(around.local, "half done", 24)
    with pytest.raises(BadRequest, match='Write "lane: airsenal" in its command file'):
        await around.companion.before(around.job("predict").model_copy(update={"lane": "default"}))
    assert tags_in(around.local) == ["first", "half done"]


async def test_a_success_that_cannot_be_kept_is_none(around: Around) -> None:
    await around.set_up(*(f"t{number}" for number in range(20)))
    job = around.job("predict")
    await around.companion.before(job)
    damage(around.local)
    outcome = (await around.companion.after(job, _outcome(), _unreadable)).outcome
    assert (outcome.cause, outcome.exit_code) == (Cause.NO_RESULT, 0)
    assert outcome.error is not None
    assert "is damaged" in outcome.error
    assert "The kept database is as it was." in outcome.error


async def test_a_first_set_up_that_failed_can_simply_run_again(around: Around) -> None:
    job = around.job("setup_db")
    await around.companion.before(job)
    build(around.local)
    await around.companion.after(job, _outcome(1), _unreadable)
    assert not around.local.exists()
    await around.set_up()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Traceback (most recent call last):", "  File x", "RuntimeError: Two chips in one week", ""],
         "RuntimeError: Two chips in one week"),
        (["requests.exceptions.ConnectionError: refused", "bye"],
         "requests.exceptions.ConnectionError: refused"),
        (["usage: airsenal_run_prediction", "airsenal_run_prediction: error: unrecognized arguments: --x"],
         "airsenal_run_prediction: error: unrecognized arguments: --x"),
        (["ERROR: no predictions for gameweek 30"], "ERROR: no predictions for gameweek 30"),
    ],
)  # fmt: skip
async def test_a_failure_repeats_what_the_program_said_last(around: Around, lines: list[str], said: str) -> None:
    await around.set_up()
    job = around.job("optimize")
    await around.companion.before(job)
    outcome = (await around.companion.after(job, _outcome(1), _rows(*lines))).outcome
    assert outcome.error is not None
    assert outcome.error.startswith("It ended with exit code 1. ")
    assert said in outcome.error


async def _after_capture(around: Around, name: str, command: str, code: int = 0, touches: str = "writes") -> Finished:
    await around.set_up()
    job = around.job(command, touches, **index()[name]["parameters"])
    await around.companion.before(job)
    return await around.companion.after(job, _outcome(code), _rows(*rows(name)))


@pytest.mark.parametrize(
    ("name", "command", "kind"),
    [("run_prediction", "predict", "prediction"), ("run_pipeline", "pipeline", "optimisation"),
     ("make_squad", "make_squad", "optimisation")],
)  # fmt: skip
async def test_the_output_is_the_report_that_the_command_is_for(
    around: Around, name: str, command: str, kind: str
) -> None:
    finished = await _after_capture(around, name, command)
    assert finished.outcome.succeeded
    assert finished.output is not None
    assert finished.output["type"] == kind
    # Gameweeks are numbers, and MongoDB wants text for keys.
    assert all(isinstance(key, str) for key in _keys(finished.output))


def _keys(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in _keys(inner))]
    return [key for inner in value for key in _keys(inner)] if isinstance(value, list) else []


async def test_exit_code_0_without_the_result_is_a_failure_and_nothing_is_kept(around: Around) -> None:
    await around.set_up("first")
    job = around.job("update_db")
    await around.companion.before(job)
    predict(around.local, "half", 24)
    finished = await around.companion.after(job, _outcome(), _rows(*rows("fail_update_empty_db")))
    assert finished.outcome.cause is Cause.NO_RESULT
    assert finished.outcome.error is not None
    assert finished.outcome.error.startswith("It ended with exit code 0, but without its result: The database was not")
    assert finished.output is None
    assert tags_in(around.kept) == ["first"]


async def test_what_makes_a_result_uncertain_is_said_once(around: Around) -> None:
    finished = await _after_capture(around, "optimization_bad_password", "optimize")
    assert finished.outcome.succeeded
    assert finished.warnings
    assert len(set(finished.warnings)) == len(finished.warnings)


async def test_lines_are_those_of_the_whole_log(around: Around) -> None:
    """An earlier attempt comes first, and a part of this one's log was dropped before the drift."""
    log = rows("run_prediction")
    drift = log.index("DEF:")
    log[drift] = "DEFENDERS:"

    async def read() -> Rows:
        return Rows(log, [(0, 1000), (drift - 3, 70_000)])

    await around.set_up("first")
    job = around.job("predict", weeks_ahead=3)
    await around.companion.before(job)
    output = (await around.companion.after(job, _outcome(), read)).output
    assert output
    assert (output["not_understood_from"], output["warnings"][-1]["line"]) == (70_003, 70_003)
    assert output["headline"].endswith("from line 70004")


async def test_a_failed_test_of_the_login_is_a_report_and_needs_no_database(around: Around) -> None:
    job = around.job("test_login", "reads")
    await around.companion.before(job)
    assert not around.kept.parent.exists()
    finished = await around.companion.after(job, _outcome(1), _rows("FPL login: wrong_password", "The site refused."))
    assert finished.output is not None
    assert (finished.output["type"], finished.outcome.succeeded) == ("login", False)
    assert finished.outcome.error == f"It ended with exit code 1. {finished.output['headline']}."


async def test_the_guard_is_asked_before_the_real_team_is_changed_and_only_then(around: Around) -> None:
    await around.set_up()
    asked = []

    async def guard(job: Job) -> None:
        asked.append(job.command)
        raise BadRequest("The deadline has passed.")

    around.companion.guard = guard
    await around.companion.before(around.job("predict"))
    for command in ("make_transfers", "set_lineup"):
        with pytest.raises(BadRequest, match="deadline"):
            await around.companion.before(around.job(command, "irreversible"))
    assert asked == ["make_transfers", "set_lineup"]


async def test_what_was_sent_is_the_jobs_output_also_when_it_failed(around: Around) -> None:
    """Logs are cleared one day; this stays."""
    await around.set_up()
    job = around.job("make_transfers", "irreversible")
    job.consent = Consent(suggestion="9ab3", gameweek=25, deadline=NOW, agreed="out Foden; hit 4.", report_id="j-1")
    for capture, code, made in (("make_transfers_confirm", 0, "yes"), ("make_transfers_bad_password", 1, "no")):
        finished = await around.companion.after(job, _outcome(code), _rows(*rows(capture)))
        output = finished.output
        assert output
        assert (output["type"], output["transfers_made"], output["lineup_set"]) == ("team_change", made, made)
        assert (output["agreed"], output["report_id"], output["bank_after"]) == ("out Foden; hit 4.", "j-1", 1.9)
        assert output["transfers"][1] == {"out": "Foden", "out_price": 8.3, "in": "Rice", "in_price": 7.5}


async def test_a_damaged_database_stops_all_but_a_clean_start(around: Around) -> None:
    await around.set_up(*(f"t{number}" for number in range(20)))
    damage(around.kept)
    with pytest.raises(BadRequest, match="was not started"):
        await around.companion.before(around.job("predict"))
    await around.companion.before(around.job("setup_db", clean=True))
