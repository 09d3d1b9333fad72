"""The steps of the set-up and what is advised, from facts given by hand."""

from __future__ import annotations

import runpy
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.commands.catalogue import PROGRAMS_FOLDER
from backend.fpl.season import gameweek_played_since, in_words, season_of
from backend.fpl.setup import read_installed
from backend.fpl.setup_facts import KNOWN_SEASONS, WANTED_VERSION, Facts, Installed, Newest
from backend.fpl.setup_guidance import guidance_of
from backend.fpl.setup_steps import next_of, steps_of
from backend.models.airsenal import DatabaseState, Guidance, Step, StepName
from backend.models.jobs import Job, JobStatus
from backend.models.reports import ReportHead, ReportType
from backend.models.secrets import SecretInfo
from backend.models.team import FoundTeam

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_FILE = DatabaseState(exists=False, path="DATA_DIR/airsenal-kept/data.db")
FULL = DatabaseState(
    exists=True, path="DATA_DIR/airsenal-kept/data.db", bytes=18_000_000, season="2627", next_gameweek=12, players=700,
    predictions=2500, changed_at=NOW - HOUR, integrity="ok",
)  # fmt: skip
TEAM = FoundTeam(team_id=742663, name="AIrsenal", manager="Nick", total_points=900, started_gameweek=1)


def secret(key: str, *, at: datetime = NOW - 50 * HOUR, readable: bool = True) -> SecretInfo:
    return SecretInfo(key=key, is_set=True, masked_value="***", updated_at=at, readable=readable)


def job(command: str, status: JobStatus, *, hours_ago: float = 2, **fields: Any) -> Job:
    at = NOW - hours_ago * HOUR
    ended = status in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
    known: dict[str, Any] = {
        "id": f"{command}-{hours_ago}", "command": command, "title": command.title(), "touches": "writes",
        "parameters": {}, "status": status, "created_at": at, "submitted_by": "admin",
        "sequence": int(at.timestamp()), "completed_at": at if ended else None,
    }  # fmt: skip
    return Job(**{**known, **fields})


def head(kind: ReportType, hours_ago: float, gameweeks: tuple[int, ...] = (12, 13, 14)) -> ReportHead:
    return ReportHead(
        id=kind, job_id="j", command="predict", type=kind, completed_at=NOW - hours_ago * HOUR, headline=f"A {kind}.",
        state="complete", gameweeks=list(gameweeks),
    )  # fmt: skip


def done(**changes: Any) -> Facts:
    """Everything is set up and fresh."""
    jobs = changes.pop("jobs", ())
    known: dict[str, Any] = {
        "now": NOW, "database": FULL, "installed": Installed(WANTED_VERSION, NOW - 99 * HOUR),
        "secrets": {"FPL_TEAM_ID": secret("FPL_TEAM_ID")}, "team_id": "742663", "team": TEAM,
        "jobs": Newest.of([job("update_db", JobStatus.COMPLETED, hours_ago=3), *jobs]),
        "prediction": head("prediction", 2), "optimisation": head("optimisation", 1),
    }  # fmt: skip
    return Facts(**{**known, **changes})


def step(facts: Facts, name: StepName) -> Step:
    return next(found for found in steps_of(facts) if found.name == name)


def kinds(facts: Facts) -> list[str]:
    return [found.kind for found in guidance_of(facts)]


def one(facts: Facts, kind: str) -> Guidance:
    return next(found for found in guidance_of(facts) if found.kind == kind)


def test_with_nothing_there_the_way_begins_at_the_installation() -> None:
    steps = steps_of(Facts(now=NOW, database=NO_FILE, blocked={"setup_db": "AIrsenal is not installed yet."}))
    assert [(found.name, found.state) for found in steps] == [
        ("install", "to_do"), ("team", "to_do"), ("login", "optional"), ("database", "to_do"), ("update", "to_do"),
        ("predict", "to_do"), ("optimise", "to_do"),
    ]  # fmt: skip
    assert next_of(steps) == "install"
    assert steps[3].detail.startswith("Past seasons and this one"), "the step before says what is missing"
    assert guidance_of(Facts(now=NOW, database=NO_FILE)) == []


def test_the_next_step_says_why_its_command_cannot_run() -> None:
    reason = "The program airsenal_setup_initial_db is not installed here."
    assert step(done(database=NO_FILE, blocked={"setup_db": reason}), "database").detail == reason


def test_when_all_is_done_nothing_is_next() -> None:
    steps = steps_of(done())
    assert [found.state for found in steps] == ["done", "done", "optional", "done", "done", "done", "done"]
    assert next_of(steps) is None
    assert steps[1].detail == "AIrsenal, managed by Nick (team 742663)."
    assert steps[3].detail == "Season 2026/27, gameweek 12 is next."
    assert steps[5].detail == "A prediction."
    assert kinds(done()) == []


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("install", "airsenal_install"), ("database", "setup_db"), ("update", "update_db"), ("predict", "predict"),
        ("optimise", "optimize"), ("update", "pipeline"), ("optimise", "make_squad"),
    ],
)  # fmt: skip
def test_a_job_that_does_a_step_shows_in_it(name: StepName, command: str) -> None:
    running = step(done(jobs=[job(command, JobStatus.RUNNING, hours_ago=0)]), name)
    assert (running.state, running.job_id) == ("running", f"{command}-0")
    assert running.detail.startswith("It is running now")
    waiting = step(done(jobs=[job(command, JobStatus.PENDING, hours_ago=0)]), name)
    assert waiting.detail.startswith("It waits for its turn")


def test_a_pipeline_builds_the_database_only_where_there_is_none() -> None:
    running = [job("pipeline", JobStatus.RUNNING, hours_ago=0)]
    assert step(done(jobs=running), "database").state == "done"
    assert step(done(jobs=running, database=NO_FILE), "database").state == "running"


@pytest.mark.parametrize(
    ("name", "command"), [("update", "update_db"), ("predict", "predict"), ("optimise", "optimize")]
)
def test_a_failed_job_says_what_happened_and_what_to_do_until_one_succeeds(name: StepName, command: str) -> None:
    failed = job(command, JobStatus.FAILED, hours_ago=0.5, error="It ended with exit code 1.")
    found = step(done(jobs=[failed]), name)
    assert (found.state, found.job_id) == ("failed", failed.id)
    assert found.detail.startswith("It ended with exit code 1. ")
    assert len(found.detail) > len("It ended with exit code 1. ") + 20
    assert next_of(steps_of(done(jobs=[failed]))) == name
    older = job(command, JobStatus.FAILED, hours_ago=9, error="It ended with exit code 1.")
    assert step(done(jobs=[older]), name).state == "done"
    assert step(done(jobs=[job(command, JobStatus.CANCELLED, hours_ago=0.5)]), name).state == "done"


def test_a_programs_last_words_end_before_ours_begin() -> None:
    failed = job("update_db", JobStatus.FAILED, hours_ago=0.5, error="503 Server Error: Service Unavailable")
    assert step(done(jobs=[failed]), "update").detail.startswith(
        "503 Server Error: Service Unavailable. The database is as it was before."
    )


def test_a_failed_installation_and_a_failed_build() -> None:
    failed = [job("airsenal_install", JobStatus.FAILED, error="The disk is full."), job("setup_db", JobStatus.FAILED)]
    facts = done(installed=None, database=NO_FILE, jobs=failed)
    assert step(facts, "install").detail.startswith("The disk is full. Mend what it names")
    assert step(facts, "database").detail == "It failed. Nothing else was touched. Build it again with a clean start."
    assert step(done(jobs=failed), "install").state == "done", "it is there whole, whatever the last try said"


def test_the_team_is_named_and_its_problems_are_told_apart() -> None:
    down = step(done(team=None, team_problem="The FPL site does not answer."), "team")
    assert (down.state, "could not be checked now: The FPL site does not answer." in down.detail) == ("done", True)
    assert step(done(team=None, team_wrong=True), "team").detail == "The FPL site knows no team 742663. Correct the id."
    assert "encryption key" in step(done(team_id=None), "team").detail
    assert next_of(steps_of(done(team=None, team_wrong=True))) == "team"


def login(facts: Facts, *, at: datetime = NOW - 50 * HOUR, readable: bool = True, only: str = "") -> Step:
    keys = [only] if only else ["FPL_LOGIN", "FPL_PASSWORD"]
    given = {key: secret(key, at=at, readable=readable) for key in keys}
    return step(replace(facts, secrets={**facts.secrets, **given}), "login")


def test_the_login_is_a_choice_that_never_holds_anything_up() -> None:
    assert login(done()).state == "attention"
    assert login(done()).detail == "Stored, and never tested."
    half = login(done(), only="FPL_LOGIN")
    assert ("needs the password, too" in half.detail, half.command) == (True, None), "half a login cannot be tested"
    assert "needs the e-mail, too" in login(done(), only="FPL_PASSWORD").detail
    assert login(done(), readable=False).state == "failed"
    works = done(jobs=[job("test_login", JobStatus.COMPLETED)])
    assert login(works).state == "done"
    assert login(works, at=NOW).detail == "Changed since it was tested last."
    output = {"type": "login", "outcome": "captcha", "explanation": "The FPL site asks for a captcha."}
    refused = done(jobs=[job("test_login", JobStatus.FAILED, output=output)])
    assert login(refused).detail == "The FPL site asks for a captcha."
    assert next_of([login(refused)]) is None
    assert login(done(jobs=[job("test_login", JobStatus.RUNNING)])).state == "running"


def test_old_data_is_pointed_out_and_not_called_a_gap() -> None:
    assert step(done(gameweek_played=11), "update").detail == "Gameweek 11 has been played since the last update."
    old = done(jobs=[job("setup_db", JobStatus.COMPLETED, hours_ago=90)], now=NOW + 30 * HOUR)
    assert (step(old, "update").state, next_of(steps_of(old))) == ("attention", None)
    assert (
        step(done(prediction=head("prediction", 4)), "predict").detail == "Made before the last update: predict again."
    )
    ahead = step(done(prediction=head("prediction", 2, (10, 11))), "predict")
    assert ahead.detail == "It says nothing of gameweek 12, which is next."
    stale = step(done(optimisation=head("optimisation", 2.5)), "optimise")
    assert stale.detail == "Made from an older prediction: optimise again."


def test_a_restored_copy_is_as_old_as_it_is() -> None:
    restored = FULL.model_copy(update={"updated_at": NOW - 80 * HOUR})
    assert step(done(database=restored), "update").state == "attention"


def test_the_console_wants_the_version_that_its_program_installs() -> None:
    assert runpy.run_path(str(PROGRAMS_FOLDER / "airsenal_install.py"))["VERSION"] == WANTED_VERSION
    assert WANTED_VERSION in KNOWN_SEASONS


def test_another_version_is_guided_to_an_upgrade() -> None:
    facts = done(installed=Installed("1.16.0", NOW))
    assert step(facts, "install").state == "attention"
    upgrade = one(facts, "upgrade")
    assert (upgrade.command, upgrade.parameters) == ("airsenal_install", {"again": True})


def test_a_new_season_that_airsenal_knows() -> None:
    before = FULL.model_copy(update={"season": "2526"})
    assert step(done(database=before), "database").detail == "It ends with 2025/26; the season is 2026/27 now."
    found = one(done(database=before), "new_season")
    assert (found.command, found.parameters) == ("setup_db", {"clean": True})
    behind = one(done(database=before, installed=Installed("1.16.0", NOW)), "new_season")
    assert behind.steps[0] == f"Upgrade AIrsenal to {WANTED_VERSION} first."
    assert behind.command is None, "one step after the other"


def test_a_season_that_airsenal_does_not_know_is_not_built() -> None:
    facts = done(now=datetime(2027, 6, 1, tzinfo=UTC))
    assert kinds(facts) == ["season_unsupported", "new_season"]
    assert one(facts, "new_season").command is None
    assert "does not know the season 2027/28" in one(facts, "season_unsupported").title
    assert "season_unsupported" not in kinds(done(now=datetime(2027, 5, 31, 23, tzinfo=UTC)))


def test_missing_scores_and_a_damaged_file_are_explained() -> None:
    assert kinds(done(database=FULL.model_copy(update={"player_scores_missing": True}))) == ["player_scores"]
    damaged = done(database=FULL.model_copy(update={"integrity": "damaged", "integrity_detail": "row 7 missing"}))
    assert "row 7 missing" in one(damaged, "damaged_database").detail
    assert (step(damaged, "database").state, next_of(steps_of(damaged))) == ("failed", "database")
    for found in (*guidance_of(damaged), *guidance_of(done(database=FULL.model_copy(update={"season": "2526"})))):
        assert all(text.endswith(".") for text in (found.detail, *found.steps))


def test_seasons_change_on_the_first_of_june() -> None:
    assert season_of(datetime(2026, 5, 31, tzinfo=UTC)) == "2526"
    assert season_of(datetime(2026, 6, 1, tzinfo=UTC)) == "2627"
    assert season_of(datetime(2099, 12, 1, tzinfo=UTC)) == "9900"
    assert in_words("2627") == "2026/27"


def test_the_gameweek_that_ended_since_the_last_update(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE fixture (date TEXT, gameweek INTEGER, season TEXT)")
        rows = [
            ("2026-11-14T15:00:00Z", 10), ("2026-11-21T15:00:00Z", 11), ("2026-11-22T16:00:00Z", 11), (None, None),
            ("2026-11-28T15:00:00Z", 12),
        ]  # fmt: skip
        database.executemany("INSERT INTO fixture VALUES (?, ?, '2627')", rows)
        database.execute("INSERT INTO fixture VALUES ('2026-11-22T16:00:00Z', 30, '2526')")
    since = datetime(2026, 11, 21, 12, tzinfo=UTC)
    half = datetime(2026, 11, 21, 20, tzinfo=UTC)
    whole = datetime(2026, 11, 22, 19, tzinfo=UTC)
    assert gameweek_played_since(path, "2627", since, half) is None
    assert gameweek_played_since(path, "2627", since, whole) == 11
    assert gameweek_played_since(path, "2627", whole - 2 * HOUR, whole) == 11, "updated while the last match was on"
    assert gameweek_played_since(path, "2627", since, whole - 2 * HOUR) is None, "the last match is still on"
    assert gameweek_played_since(path, "2627", whole, whole + HOUR) is None
    assert gameweek_played_since(tmp_path / "none.db", "2627", since, whole) is None
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("stamp", ["", "{", "[]", "{}", '{"airsenal": 1, "installed_at": "2026-01-01T00:00:00+00:00"}'])
def test_a_damaged_stamp_is_no_installation(tmp_path: Path, stamp: str) -> None:
    path = tmp_path / "installed.json"
    assert read_installed(path) is None
    path.write_text(stamp)
    assert read_installed(path) is None
    path.write_text('{"airsenal": "1.17.0", "installed_at": "2026-11-21T13:10:02+00:00"}')
    assert read_installed(path) == Installed("1.17.0", datetime(2026, 11, 21, 13, 10, 2, tzinfo=UTC))


def test_a_restored_database_without_the_newest_prediction_asks_for_a_new_one() -> None:
    known = head("prediction", 2).model_copy(update={"tag": "newer"})
    for newest, state in (("newer", "done"), ("older", "attention"), (None, "done")):
        facts = done(prediction=known, database=FULL.model_copy(update={"newest_tag": newest}))
        assert step(facts, "predict").state == state, newest


def test_a_suggestion_for_the_team_before_is_not_called_done() -> None:
    found = step(done(secrets={"FPL_TEAM_ID": secret("FPL_TEAM_ID", at=NOW)}), "optimise")
    assert (found.state, "before your team was set" in found.detail) == ("attention", True)
