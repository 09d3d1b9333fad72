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
from backend.jobs.companion import ReadRows
from backend.models.jobs import Cause, Job, Outcome
from backend.models.reports import StoredReport
from backend.tests.airsenal.databases import build, damage, predict, tags_in
from backend.utils.clock import utc_now

NOW = datetime(2026, 2, 5, 12, tzinfo=UTC)
BUILTINS = dict.fromkeys(("data_dir", "python", "path", "programs", "fpl_api_url", "local_db_path"), "/tmp/x")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(PROJECT_FOLDER / "backend" / "config" / "commands", None, BUILTINS)


async def _save(_: Job, parsed: Parsed, completed_at: datetime) -> list[StoredReport]:
    assert completed_at == NOW
    return []


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
    async def rows() -> list[str]:
        return list(lines)

    return rows


async def _unreadable() -> list[str]:
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
    ("lines", "added"),
    [
        (["Traceback (most recent call last):", "  File x", "RuntimeError: Two chips in one week", ""],
         " It said: RuntimeError: Two chips in one week"),
        (["requests.exceptions.ConnectionError: refused", "bye"],
         " It said: requests.exceptions.ConnectionError: refused"),
        (["usage: airsenal_run_prediction", "airsenal_run_prediction: error: unrecognized arguments: --x"],
         " It said: airsenal_run_prediction: error: unrecognized arguments: --x"),
        (["ERROR: no predictions for gameweek 30"], " It said: ERROR: no predictions for gameweek 30"),
    ],
)  # fmt: skip
async def test_a_failure_repeats_what_the_program_said_last(around: Around, lines: list[str], added: str) -> None:
    await around.set_up()
    job = around.job("optimize")
    await around.companion.before(job)
    outcome = (await around.companion.after(job, _outcome(1), _rows(*lines))).outcome
    assert outcome.error == f"It ended with exit code 1.{added}"


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


async def test_a_damaged_database_stops_all_but_a_clean_start(around: Around) -> None:
    await around.set_up(*(f"t{number}" for number in range(20)))
    damage(around.kept)
    with pytest.raises(BadRequest, match="was not started"):
        await around.companion.before(around.job("predict"))
    await around.companion.before(around.job("setup_db", clean=True))
