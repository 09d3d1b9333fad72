"""The guard over HTTP: real database, real SQLite file, a stand-in FPL API, and a program in AIrsenal's place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from backend.config.keys import Keys
from backend.errors import BadRequest
from backend.fpl.apply import Guard, GuardSources
from backend.fpl.companion import AirsenalCompanion
from backend.fpl.team import Team
from backend.models.history import JobFilter
from backend.models.jobs import Consent, Job
from backend.models.reports import (
    GameweekPlan,
    LineupPlayer,
    OptimisationReport,
    PredictionReport,
    ReportHead,
    ReportType,
    StoredReport,
)  # fmt: skip
from backend.providers.fpl import FplApi
from backend.repositories.fpl_answers import FplAnswerRepository
from backend.repositories.jobs import JobRepository
from backend.repositories.reports import ReportRepository
from backend.tests.airsenal.answers import FixedAnswers
from backend.tests.airsenal.database_file import DatabaseFile
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.conftest import JSON, Console, running_console, test_settings
from backend.utils.clock import utc_now

ANSWERS = json.loads((Path(__file__).parents[1] / "airsenal" / "gameweek_24.json").read_text(encoding="utf-8"))
TEAM_ID, TEAM_NAME = 742663, "AIrsenal"
EVE = datetime(2026, 2, 5, 12, tzinfo=UTC)
DEADLINE = datetime(2026, 2, 6, 18, 30, tzinfo=UTC)
APPLY = "/api/airsenal/apply/make_transfers"
PROGRAM = "#!/bin/sh\necho Transfers made!\necho Lineup set!\n"
SECRETS = {"FPL_TEAM_ID": str(TEAM_ID), "FPL_LOGIN": "me@example.org", "FPL_PASSWORD": "a-pass-word"}


@dataclass
class World:
    console: Console
    file: DatabaseFile
    ids: dict[str, int]
    now: datetime = EVE
    runs: int = 0

    async def preview(self, command: str = "make_transfers") -> JSON:
        answer = await self.console.http.get(f"/api/airsenal/apply/{command}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def apply(self, preview: JSON, **changes: str) -> tuple[int, JSON]:
        body = {"team_name": TEAM_NAME, "suggestion": preview["suggestion"], **changes}
        answer = await self.console.http.post(f"/api/airsenal/apply/{preview['command']}", json=body)
        return answer.status_code, dict(answer.json())

    def suggest(self, out: list[str], come: list[str], *, team: int = TEAM_ID) -> None:
        """What AIrsenal writes for a run that moves somebody."""
        self.runs += 1
        for in_or_out, names in ((-1, out), (1, come)):
            for name in names:
                self.file.suggest(self.ids[name], in_or_out, 25, f"2026-02-05 11:00:00.{self.runs:06}", team=team)

    async def optimised(self, out: list[str], come: list[str], **changes: Any) -> None:
        """The report of a completed run, newer than all that came before."""
        plan = GameweekPlan(
            gameweek=25, transfers_out=out, transfers_in=come, hit=4, chip=None, bank=1.5, expected_points=50.0
        )
        shape: dict[str, Any] = {
            "gameweeks": [25], "plan": [plan], "points_gain": 2.5, "captain": "Rice",
            "starting_lineup": [LineupPlayer(name="Rice", position_group="MID", is_captain=True)],
        }  # fmt: skip
        await self._report("optimisation", OptimisationReport(**_said(), **{**shape, **changes}))

    async def predicted(self) -> None:
        await self._report("prediction", PredictionReport(**_said(), gameweeks=[25], season="2526"))

    async def _report(self, kind: ReportType, report: OptimisationReport | PredictionReport) -> None:
        job = await self.console.run("say")
        head = ReportHead(
            id=f"{job['id']}-{kind}", job_id=job["id"], command="say", type=kind, completed_at=utc_now(), headline="",
            state="complete", gameweeks=report.gameweeks, season=report.season,
        )  # fmt: skip
        rows = ReportRepository(self.console.services.database.db)
        await rows.replace(job["id"], [StoredReport(head=head, report=report)])

    async def stored(self, job_id: str) -> Job:
        job = await JobRepository(self.console.services.database.db).get(job_id)
        assert job
        return job


def _said() -> dict[str, Any]:
    return {"generated_at": utc_now(), "headline": "", "summary_text": "", "parser": ""}


@pytest.fixture(scope="module")
async def apply_console(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    data = tmp_path_factory.mktemp("data")
    bin_ = data / "tools" / "airsenal" / "bin"
    bin_.mkdir(parents=True)
    (bin_.parent / "installed.json").write_text("{}")
    for name in ("airsenal_make_transfers", "airsenal_set_lineup"):
        (bin_ / name).write_text(PROGRAM)
        (bin_ / name).chmod(0o755)
    async with running_console(mongo_url, test_settings(data), keys) as running:
        for key, value in SECRETS.items():
            await running.http.post("/api/secrets", json={"key": key, "value": value})
        yield running


@pytest.fixture
async def world(apply_console: Console) -> AsyncIterator[World]:
    """The same guard as the console's, with the clock in our hands and a new database file for each test."""
    services, db = apply_console.services, apply_console.services.database.db
    kept, local = services.settings.airsenal_kept_path, services.settings.airsenal_db_path
    kept.unlink(missing_ok=True)
    file = DatabaseFile(kept)
    found = World(apply_console, file, {name: file.player(name) for name in ("Foden", "Palmer", "Rice", "Saka")})
    with StandInFplApi(FixedAnswers(ANSWERS)) as api:
        team = Team(
            FplApi(api.url, lambda: found.now), services.vault, FplAnswerRepository(db),
            partial(services.reports.newest, "prediction"), lambda: found.now,
        )  # fmt: skip
        guard = Guard(
            kept=kept, local=local, catalogue=services.catalogue, builtins=services.builtins, jobs=JobRepository(db),
            service=services.jobs, audit=services.audit.record, now=lambda: found.now,
            sources=GuardSources(
                services.vault.infos, lambda: services.vault.identifier("FPL_TEAM_ID"), team.find, team.deadline,
                services.reports.newest,
            ),
        )  # fmt: skip
        companion = services.jobs.queue.attempts.companions["airsenal.transfers"]
        assert isinstance(companion, AirsenalCompanion)
        before, services.guard, companion.guard = services.guard, guard, guard.check_before
        await found.predicted()
        yield found
        services.guard, companion.guard = before, before.check_before
        await team.close()


async def ready(world: World) -> JSON:
    """A suggestion with nothing against it."""
    world.suggest(["Foden"], ["Rice"])
    await world.optimised(["Foden"], ["Rice (ARS)"])
    preview = await world.preview()
    assert preview["allowed"], preview["checks"]
    return preview


def stopped(preview: JSON) -> dict[str, str]:
    return {check["name"]: check["detail"] for check in preview["checks"] if check["state"] == "stop"}


async def test_what_is_shown_is_what_is_agreed_to_and_runs_once(world: World) -> None:
    preview = await ready(world)
    assert (preview["team_name"], preview["gameweek"]["id"], preview["hit"], preview["bank"]) == (TEAM_NAME, 25, 4, 1.5)
    assert (preview["transfers_out"], preview["transfers_in"], preview["captain"]) == (["Foden"], ["Rice"], "Rice")
    assert {check["name"]: check["state"] for check in preview["checks"]}["hit"] == "warning"

    status, job = await world.apply(preview, team_name=f"  {TEAM_NAME} ")
    assert (status, job["command"], job["touches"], job["max_retries"]) == (200, "make_transfers", "irreversible", 0)
    ended = await world.console.ended(job["id"])
    assert (ended["status"], ended["logs"]) == ("completed", ["Transfers made!", "Lineup set!"])
    consent = (await world.stored(job["id"])).consent
    assert consent
    assert (consent.suggestion, consent.gameweek, consent.deadline) == (preview["suggestion"], 25, DEADLINE)
    rows = (await world.console.http.get("/api/audit")).json()
    said = next(row for row in rows if row["kind"] == "team.change")
    assert said["text"] == "Make transfers of AIrsenal, gameweek 25; out Foden; in Rice; hit 4; captain Rice."
    assert said["who"] == "admin@example.org"
    output = (await world.console.http.get(f"/api/jobs/{job['id']}/output")).json()["output"]
    assert (output["type"], output["headline"]) == ("team_change", "The transfers were made; the line-up was set.")
    assert (output["agreed"], output["report_id"]) == (said["text"], preview["report_id"])

    again = await world.preview()
    assert '"Make transfers" was done after this suggestion was made' in stopped(again)["newer"]
    assert (await world.apply(again))[0] == 400


async def test_of_two_who_agree_at_once_one_is_heard(world: World) -> None:
    preview = await ready(world)
    answers = await asyncio.gather(*(world.apply(preview) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [200, 400, 400]
    (job,) = [job for status, job in answers if status == 200]
    await world.console.ended(job["id"])


async def test_who_agrees_while_the_job_of_another_ends_is_not_heard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is read in whichever moment: it runs still, or it is done."""
    preview = await ready(world)
    program = world.console.services.settings.data_dir / "tools/airsenal/bin/airsenal_make_transfers"
    hold = world.console.services.settings.data_dir / "hold"
    hold.touch()
    program.write_text(PROGRAM.replace("made!\n", f"made!\nwhile [ -e {hold} ]; do sleep 0.05; done\n"))
    try:
        _, job = await world.apply(preview)
        # Its own check before the start is over then.
        await world.console.when(job["id"], lambda now: now["log_lines"] > 0)
        newest = JobRepository.newest

        async def slowly(jobs: JobRepository, chosen: JobFilter, **options: Any) -> list[Job]:
            found = await newest(jobs, chosen, **options)
            if hold.exists() and "make_transfers" in (chosen.commands or ()):
                hold.unlink()
                await world.console.ended(job["id"])
            return found

        monkeypatch.setattr(JobRepository, "newest", slowly)
        status, _ = await world.apply(preview)
        assert (status, hold.exists()) == (400, False)
    finally:
        hold.unlink(missing_ok=True)
        program.write_text(PROGRAM)


async def test_a_wrong_name_is_refused_by_its_field(world: World) -> None:
    preview = await ready(world)
    for wrong in ("airsenal", "", "AIrsenal FC"):
        status, body = await world.apply(preview, team_name=wrong)
        assert (status, [error["field"] for error in body["errors"]]) == (422, ["team_name"])


async def test_another_suggestion_than_the_one_shown_is_refused(world: World) -> None:
    preview = await ready(world)
    world.suggest(["Foden"], ["Saka"])
    await world.optimised(["Foden"], ["Saka"])
    status, body = await world.apply(preview)
    assert status == 409
    assert "Nothing was sent: what would be sent has changed" in body["detail"]


async def test_the_rows_of_an_earlier_run_are_never_sent(world: World) -> None:
    """The best strategy of the newest run moves nobody and writes no row: AIrsenal would take the run before."""
    world.suggest(["Foden"], ["Rice"])
    await world.optimised([], [])
    preview = await world.preview()
    assert "would send the transfers of an earlier run" in stopped(preview)["suggestion"]
    status, body = await world.apply(preview)
    assert status == 400
    assert body["detail"].startswith("Nothing was sent. The newest optimisation makes no transfer")
    await world.optimised(["Palmer"], ["Saka"])
    assert "is not what the newest optimisation says" in stopped(await world.preview())["suggestion"]


async def test_a_newer_run_for_another_team_is_not_sent_for_this_one(world: World) -> None:
    await ready(world)
    world.suggest(["Foden"], ["Rice"], team=7)
    assert "a newer one for another" in stopped(await world.preview())["suggestion"]


async def test_no_other_door_lets_it_through(world: World) -> None:
    body = {"command": "make_transfers", "confirm": "Make transfers"}
    answer = await world.console.http.post("/api/jobs", json=body)
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("Review first what it would do: /airsenal/apply/make_transfers")
    shown = await world.console.http.get("/api/commands/make_transfers")
    assert shown.json()["guard"] == "airsenal.apply", "the form leads to the review"
    preview = await ready(world)
    made = await world.console.http.post("/api/auth/tokens", json={"name": "robot", "scope": "admin", "days": 1})
    assert made.status_code == 200, made.text
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    for path, content in (
        ("/api/jobs", body),
        (APPLY, {"team_name": TEAM_NAME, "suggestion": preview["suggestion"]}),
    ):
        refused = await world.console.http.post(path, json=content, headers=headers)
        assert refused.status_code == 403
        assert "a person has to confirm it" in refused.json()["detail"]


async def submit(world: World, consent: Consent) -> JSON:
    """Past the first look, as when things change between it and the start."""
    service = world.console.services.jobs
    job = await service.submit("make_transfers", {}, by="a", confirm="Make transfers", consent=consent)
    ended = await world.console.ended(job.id)
    assert (ended["status"], ended["cause"], ended["logs"]) == ("failed", "could_not_start", [])
    return ended


async def test_right_before_the_start_everything_is_looked_at_again(world: World) -> None:
    preview = await ready(world)
    agreed = Consent(suggestion=preview["suggestion"], gameweek=25, deadline=DEADLINE)
    other = await submit(world, agreed.model_copy(update={"suggestion": "0" * 64}))
    assert other["error"].startswith("Nothing was sent: what would be sent is not what was agreed to any more")
    world.suggest(["Foden"], ["Rice"])
    assert (await submit(world, agreed))["error"] == other["error"], "the same players, and another run's rows"
    late = await submit(world, agreed.model_copy(update={"deadline": EVE}))
    assert late["error"] == "Nothing was sent: the deadline passed while the job waited."
    world.file.path.write_bytes(b"not a database, far from it" * 100)
    await submit(world, agreed)
    assert (await world.preview())["transfers_in"] == []


async def test_a_job_that_nobody_agreed_to_does_not_start(world: World) -> None:
    job = Job(
        id="forged", command="make_transfers", title="T", touches="irreversible", parameters={}, created_at=utc_now(),
        submitted_by="a",
    )  # fmt: skip
    with pytest.raises(BadRequest, match="nobody agreed"):
        await world.console.services.guard.check_before(job)
    await world.console.services.guard.check_before(job.model_copy(update={"command": "predict"}))


async def test_what_changed_in_the_meantime_stops_it_too(world: World) -> None:
    status, answer = await world.apply(await ready(world))
    assert status == 200
    await world.console.ended(answer["id"])
    with pytest.raises(BadRequest, match="was done after this suggestion"):
        await world.console.services.guard.check_before(await world.stored(answer["id"]))


async def test_before_the_deadline_only(world: World) -> None:
    await ready(world)
    world.now = DEADLINE - timedelta(minutes=5)
    preview = await world.preview()
    assert preview["allowed"]
    assert {check["name"]: check["state"] for check in preview["checks"]}["deadline"] == "warning"
    world.now = DEADLINE
    assert not (await world.preview())["allowed"]


async def test_a_damaged_or_absent_database_stops_it(world: World) -> None:
    await ready(world)
    world.file.path.write_bytes(b"not a database, far from it" * 100)
    assert "damaged" in stopped(await world.preview())["database"]
    world.file.path.unlink()
    assert "no database" in stopped(await world.preview())["database"]


async def test_while_something_of_airsenal_runs_nothing_is_sent(world: World) -> None:
    preview = await ready(world)
    jobs = JobRepository(world.console.services.database.db)
    waiting = Job(
        id="waits", command="predict", title="Predict points", touches="writes", parameters={}, created_at=utc_now(),
        submitted_by="a", lane="airsenal", not_before=utc_now() + timedelta(hours=1),
    )  # fmt: skip
    await jobs.insert(waiting)
    assert "waiting to start" in stopped(await world.preview())["lane"]
    assert (await world.apply(preview))[0] == 400
    await jobs.cancel_pending("waits", by="a", now=utc_now())
    assert (await world.preview())["allowed"]


async def test_the_line_up_goes_the_same_way(world: World) -> None:
    await world.optimised([], [])
    preview = await world.preview("set_lineup")
    assert preview["allowed"], preview["checks"]
    assert (preview["transfers_in"], preview["hit"]) == ([], None)
    assert [player["name"] for player in preview["starting_lineup"]] == ["Rice"]
    status, job = await world.apply(preview)
    assert (status, job["command"]) == (200, "set_lineup")
    assert (await world.console.ended(job["id"]))["status"] == "completed"
