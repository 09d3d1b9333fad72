"""Reports of real jobs in the real database, over the API."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import datetime
from typing import Any

import pytest

from backend.fpl.parsers import Parsed
from backend.models.reports import (
    AnyReport,
    LineupPlayer,
    OptimisationReport,
    PredictedPlayer,
    PredictionReport,
    StoredReport,
    Transfer,
)  # fmt: skip
from backend.repositories.jobs import JobRepository
from backend.tests.airsenal.database_file import DatabaseFile
from backend.tests.conftest import JSON, Console, moment

SHARED_KEYS = {"type", "generated_at", "parameters", "headline", "summary_text", "job_id", "completed_at"}
PREDICTION_KEYS = {*SHARED_KEYS, "players"}
OPTIMISATION_KEYS = {
    *SHARED_KEYS, "transfers", "captain", "vice_captain", "expected_points", "baseline_points", "best_points",
    "starting_lineup", "bench",
}  # fmt: skip


class Airsenal:
    """What a job of AIrsenal leaves: rows in its file, and a log that was read."""

    def __init__(self, console: Console) -> None:
        self.console, self.file = console, DatabaseFile(console.settings.airsenal_db_path)
        self.gabriel, self.raya = self.file.player("Gabriel"), self.file.player("Raya")
        self.file.attributes(self.gabriel, 25, "ARS", "DEF", 70, news="=1+1")
        self.file.attributes(self.raya, 25, "ARS", "GK", 59)
        self.match = self.file.fixture(25, "ARS", "SUN")

    def keep(self) -> None:
        kept = self.console.settings.airsenal_kept_path
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.file.path, kept)

    def predict(self, tag: str, points: float) -> PredictionReport:
        self.file.predict(tag, self.gabriel, self.match, points)
        self.file.predict(tag, self.raya, self.match, 4.125)
        return prediction(points)

    async def save(self, job: JSON, *reports: AnyReport, ended: datetime | None = None) -> list[StoredReport]:
        stored = await JobRepository(self.console.services.database.db).get(job["id"])
        assert stored
        return await self.console.services.reports.save(
            stored, Parsed(list(reports)), ended or moment(job["completed_at"])
        )  # fmt: skip

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.console.http.get(f"/api/reports{path}")
        assert answer.status_code == status, answer.text
        return answer.json()


def prediction(points: float) -> PredictionReport:
    logged = PredictedPlayer(rank=1, player="Gabriel", position="DEF", club="ARS", price=7.0, expected_points=points)
    return PredictionReport(
        generated_at=datetime.fromisoformat("2026-02-05T12:00:57Z"), parameters={"weeks_ahead": 1}, headline="Gabriel.",
        summary_text="PREDICTED TOP 5", parser="test", gameweeks=[25], players=[logged],
    )  # fmt: skip


def optimisation() -> OptimisationReport:
    return OptimisationReport(
        generated_at=datetime.fromisoformat("2026-02-05T12:03:57Z"), parameters={"weeks_ahead": 1}, headline="Buy.",
        summary_text="OPTIMUM STRATEGY", parser="test", gameweeks=[25], transfers=[Transfer(out="Foden", in_=None)],
        captain="Gabriel", vice_captain="Raya", expected_points=50.1, baseline_points=48.0, best_points=50.6,
        starting_lineup=[LineupPlayer(name="Gabriel", position_group="DEF", is_captain=True)],
        bench=[LineupPlayer(name="Raya", position_group="GK", club="ARS")],
    )  # fmt: skip


def head_of(stored: StoredReport) -> JSON:
    return stored.head.model_dump(mode="json")


@pytest.fixture
def airsenal(console: Console) -> Airsenal:
    for path in (console.settings.airsenal_db_path, console.settings.airsenal_kept_path):
        path.unlink(missing_ok=True)
    return Airsenal(console)


async def test_latest_keeps_its_contract(console: Console, airsenal: Airsenal) -> None:
    """The newest of each kind of a completed job: a pipeline counts for both, a failed job for none."""
    assert await airsenal.get("/latest") == {"prediction": None, "optimisation": None}
    pipeline, failed = await console.run("say"), await console.run("fail")
    reports = await airsenal.save(pipeline, airsenal.predict("contract", 5.889), optimisation())
    await airsenal.save(failed, prediction(9.0))
    latest = await airsenal.get("/latest")
    predicted, optimised = latest["prediction"], latest["optimisation"]
    assert predicted.keys() >= PREDICTION_KEYS
    assert optimised.keys() >= OPTIMISATION_KEYS
    assert {predicted["job_id"], optimised["job_id"]} == {pipeline["id"]}
    assert moment(predicted["completed_at"]) == moment(pipeline["completed_at"])
    assert (predicted["type"], optimised["type"]) == ("prediction", "optimisation")
    gabriel, raya = predicted["players"]
    assert (gabriel["rank"], gabriel["player"], gabriel["position"], gabriel["expected_points"]) == (
        1, "Gabriel", "DEF", 5.889
    )  # fmt: skip
    assert (raya["rank"], raya["expected_points"], raya["by_gameweek"]) == (2, 4.125, {"25": 4.125})
    assert predicted["tag"] == optimised["tag"] == "contract"
    assert optimised["transfers"] == [{"out": "Foden", "in": None}]
    assert optimised["starting_lineup"] == [
        {
            "name": "Gabriel", "club": "ARS", "position_group": "DEF", "is_captain": True, "is_vice_captain": False,
            "expected_points": 5.889,
        }
    ]  # fmt: skip
    assert (optimised["captain"], optimised["best_points"], optimised["seconds"]) == ("Gabriel", 50.6, None)
    output = reports[1].report.model_dump(mode="json", by_alias=True)
    assert optimised == {**output, "job_id": pipeline["id"], "completed_at": optimised["completed_at"]}
    heads = await airsenal.get("/newest")
    assert heads == {"prediction": head_of(reports[0]), "optimisation": head_of(reports[1])}


async def test_the_history_is_paged_without_parting_a_job(console: Console, airsenal: Airsenal) -> None:
    jobs = [await console.run("say") for _ in range(3)]
    for number, job in enumerate(jobs):
        reports = [airsenal.predict(f"page {number}", 1.0 + number)]
        await airsenal.save(job, *reports, *([optimisation()] if number == 1 else []))
    listed = await airsenal.get("?limit=2")
    assert [row["job_id"] for row in listed] == [jobs[2]["id"], jobs[1]["id"], jobs[1]["id"]]
    assert all("players" not in row and "report" not in row for row in listed)
    (older,) = await airsenal.get(f"?limit=1&before={listed[-1]['completed_at']}")
    assert (older["job_id"], older["headline"], older["tag"]) == (jobs[0]["id"], "Gabriel.", "page 0")
    pair = await airsenal.get(f"?job_id={jobs[1]['id']}")
    assert [row["type"] for row in pair] == ["prediction", "optimisation"]
    assert await airsenal.get("?job_id=none") == []
    (optimised, *_) = await airsenal.get("?type=optimisation")
    assert (optimised["id"], optimised["parameters"]) == (f"{jobs[1]['id']}-optimisation", {"weeks_ahead": 1})
    for wrong in ("?type=none", "?limit=0", "?limit=201", "?before=yesterday", "?before=2026-01-01T00:00:00"):
        await airsenal.get(wrong, 422)
    for far in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
        assert (await console.http.get(f"/api/reports?before={far}")).status_code in (200, 422)


async def test_saving_again_replaces_what_the_job_had(console: Console, airsenal: Airsenal) -> None:
    job = await console.run("say")
    first = await airsenal.save(job, airsenal.predict("again", 2.0), optimisation())
    assert await airsenal.save(job, prediction(2.0), optimisation()) == first
    seconds = (await airsenal.save(job, optimisation()))[0].report
    assert isinstance(seconds, OptimisationReport)
    assert seconds.seconds is not None, "a search alone is measured"
    await airsenal.get(f"/{job['id']}-prediction", 404)
    stored = await airsenal.get(f"/{job['id']}-optimisation")
    assert stored["head"]["job_id"] == job["id"]
    await airsenal.save(job)
    await airsenal.get(f"/{job['id']}-optimisation", 404)


async def test_what_cannot_be_checked_is_marked(console: Console, airsenal: Airsenal) -> None:
    first, second, third = [await console.run("say") for _ in range(3)]
    await airsenal.save(first, airsenal.predict("marked", 3.0))
    (stored,) = await airsenal.save(second, prediction(3.0))
    assert "one of an earlier job" in stored.head.warnings[0].message
    played = airsenal.file.fixture(24, "ARS", "SUN", played=True)
    (stored,) = await airsenal.save(first, prediction(3.0))
    assert [warning.code for warning in stored.head.warnings] == ["player_scores_missing"]
    airsenal.file.score(airsenal.gabriel, played, 6, 90)
    airsenal.file.path.write_bytes(b"no database" * 1000)
    (stored,) = await airsenal.save(third, prediction(3.0))
    assert "is damaged" in stored.head.warnings[0].message
    assert (await airsenal.get(f"/{third['id']}-prediction"))["report"]["players"][0]["player_id"] is None
    drifted = prediction(3.0).model_copy(update={"state": "not_understood", "not_understood_from": 4, "players": []})
    await airsenal.save(third, drifted)
    assert (await airsenal.get("/latest"))["prediction"]["state"] == "not_understood"
    assert (await airsenal.get("/newest"))["prediction"]["job_id"] == third["id"]
    newest = await console.services.reports.newest("prediction", understood=True)
    assert newest
    assert newest.head.job_id == second["id"], "points are taken from one that was understood"


async def test_a_failed_job_leaves_the_result_before_it_the_newest(console: Console, airsenal: Airsenal) -> None:
    """Its half-printed result is in the history; its database was not kept, so the one before still stands."""
    good, failed = await console.run("say"), await console.run("fail")
    await airsenal.save(good, airsenal.predict("stands", 3.0), optimisation())
    drifted = {"state": "not_understood", "not_understood_from": 4}
    await airsenal.save(failed, prediction(3.0).model_copy(update=drifted), optimisation().model_copy(update=drifted))
    assert [row["job_id"] for row in await airsenal.get("?limit=1&type=optimisation")] == [failed["id"]]
    latest, heads = await airsenal.get("/latest"), await airsenal.get("/newest")
    for kind in ("prediction", "optimisation"):
        assert latest[kind]["job_id"] == heads[kind]["job_id"] == good["id"]


async def test_two_predictions_side_by_side(console: Console, airsenal: Airsenal) -> None:
    before, after = await console.run("say"), await console.run("say")
    await airsenal.save(before, airsenal.predict("before", 3.0))
    await airsenal.save(after, airsenal.predict("after", 5.5), optimisation())
    old, new = f"{before['id']}-prediction", f"{after['id']}-prediction"
    found = await airsenal.get(f"/compare?before={old}&after={new}")
    assert (found["before"]["id"], found["after"]["id"], found["gameweeks"], found["note"]) == (old, new, [25], None)
    (change,) = found["changes"]
    assert (change["player"], change["points_before"], change["points_after"], change["difference"]) == (
        "Gabriel", 3.0, 5.5, 2.5
    )  # fmt: skip
    wrong = await airsenal.get(f"/compare?before={old}&after={after['id']}-optimisation", 400)
    assert "predictions only" in wrong["detail"]
    assert "optimisation" in wrong["detail"]
    assert (await airsenal.get(f"/compare?before={old}&after=none", 404))["detail"] == "There is no report none."
    await airsenal.get("/compare", 422)


async def test_predicted_against_actual(console: Console, airsenal: Airsenal) -> None:
    job = await console.run("say")
    await airsenal.save(job, airsenal.predict("played", 3.0), optimisation())
    path = f"/{job['id']}-prediction/played"
    assert "no database yet" in (await airsenal.get(path, 404))["detail"]
    airsenal.keep()
    waiting = await airsenal.get(path)
    assert (waiting["players"], waiting["mean_error"], waiting["gameweeks"]) == ([], None, [])
    assert "no results yet" in waiting["note"]
    airsenal.file.result(airsenal.match)
    airsenal.keep()
    assert "known fault" in (await airsenal.get(path))["note"]
    airsenal.file.score(airsenal.gabriel, airsenal.match, 6, 90)
    airsenal.file.score(airsenal.raya, airsenal.match, 0, 0)
    airsenal.keep()
    found = await airsenal.get(path)
    assert [(row["player"], row["expected_points"], row["points"]) for row in found["players"]] == [
        ("Gabriel", 3.0, 6), ("Raya", 4.125, 0)
    ]  # fmt: skip
    assert (found["mean_error"], found["mean_absolute_error"], found["note"]) == (3.0, 3.0, None)
    console.settings.airsenal_kept_path.write_bytes(b"no database" * 1000)
    assert "is damaged" in (await airsenal.get(path, 409))["detail"]
    assert "predictions only" in (await airsenal.get(f"/{job['id']}-optimisation/played", 400))["detail"]
    await airsenal.get("/none/played", 404)
    airsenal.file.path.unlink()
    await airsenal.save(job, prediction(3.0))
    assert "from the log only" in (await airsenal.get(path))["note"]


async def test_a_prediction_as_csv(console: Console, airsenal: Airsenal) -> None:
    job = await console.run("say")
    await airsenal.save(job, airsenal.predict("csv", 3.0), optimisation())
    answer = await console.http.get(f"/api/reports/{job['id']}-prediction/players.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    name = f"prediction-{moment(job['completed_at']):%Y%m%d-%H%M}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [(row["rank"], row["player"], row["gameweek_25"], row["news"]) for row in rows] == [
        ("1", "Raya", "4.125", ""), ("2", "Gabriel", "3.0", "'=1+1")
    ]  # fmt: skip
    await airsenal.get(f"/{job['id']}-optimisation/players.csv", 400)
    await airsenal.get("/none/players.csv", 404)


async def test_a_damaged_record_does_not_hide_the_others(console: Console, airsenal: Airsenal) -> None:
    good, bad = await console.run("say"), await console.run("say")
    await airsenal.save(good, airsenal.predict("sound", 3.0))
    await airsenal.save(bad, airsenal.predict("spoiled", 3.5))
    rows, spoiled = console.services.database.db["reports"], f"{bad['id']}-prediction"
    await rows.update_one({"_id": spoiled}, {"$set": {"state": 5, "report.players": "none"}})
    assert [row["job_id"] for row in await airsenal.get("?limit=1&type=prediction")] == []
    assert [row["job_id"] for row in await airsenal.get("?limit=2&type=prediction")] == [good["id"]]
    assert "is damaged" in (await airsenal.get(f"/{spoiled}", 409))["detail"]
    assert (await airsenal.get("/latest"))["prediction"]["job_id"] == good["id"]
    await rows.update_one({"_id": spoiled}, {"$set": {"state": "complete"}})  # now its head is sound again
    assert "is damaged" in (await airsenal.get(f"/{spoiled}", 409))["detail"]
    assert (await airsenal.get("/latest"))["prediction"]["job_id"] == good["id"]
