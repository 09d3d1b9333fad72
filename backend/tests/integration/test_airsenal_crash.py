"""kill -9 of the console at every stage of a job that writes AIrsenal's database. Real processes; stand-in programs."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from backend.fpl.database import check_integrity
from backend.jobs.processes import processes_of_job
from backend.tests.airsenal import pretend
from backend.tests.airsenal.this_week import ThisWeek
from backend.tests.console_process import ConsoleProcess

Moment = Callable[[str], bool]
ENDED = ("completed", "failed", "cancelled")
NEVER_BEGAN = "The console stopped before this attempt started."


class Predicting:
    """A console with a database to predict from, whose player scores are missing: every report warns of that."""

    def __init__(self, folder: Path) -> None:
        data = folder / "data"
        self.kept = data / "airsenal-kept" / "data.db"
        self.kept.parent.mkdir(parents=True)
        pretend.install(data, pace=0.02)
        ThisWeek().write_database(self.kept)
        with closing(sqlite3.connect(self.kept)) as database, database:
            database.execute("DELETE FROM player_score")
        self.spool = data / "spool"
        self.console = ConsoleProcess(data, DB_NAME=f"airsenal_{os.getpid()}_{time.monotonic_ns()}")
        self.console.start(90)
        self.mongo: MongoClient[dict[str, Any]] = MongoClient(
            os.environ.get("MONGO_URL") or self.console.database_url
        )  # fmt: skip
        self._inode = 0

    def close(self) -> None:
        self.mongo.close()
        self.console.stop()

    def tags(self) -> list[str]:
        with closing(sqlite3.connect(f"{self.kept.as_uri()}?mode=ro", uri=True)) as database:
            return [
                tag for (tag,) in database.execute("SELECT tag FROM player_prediction GROUP BY tag ORDER BY MAX(id)")
            ]

    def killed_at(self, moment: Moment) -> str:
        """The job during which the console was killed, at that moment or a little later."""
        self._inode = self.kept.stat().st_ino
        job_id = str(self.console.submit("predict")["id"])
        ended = {"_id": job_id, "status": {"$in": list(ENDED)}}
        jobs = self.mongo[self.console.database_name]["jobs"]
        deadline = time.monotonic() + 60
        while not moment(job_id) and not jobs.find_one(ended):
            assert time.monotonic() < deadline, self.console.output
        self.console.kill()
        return job_id

    # --- moments ---

    def submitted(self, _: str) -> bool:
        return True

    def writing(self, job_id: str) -> bool:
        return bool(self.console.job(job_id)["log_lines"] > 0)

    def copying(self, _: str) -> bool:
        return any(self.kept.parent.glob(".airsenal-console-*"))

    def replaced(self, _: str) -> bool:
        return self.kept.stat().st_ino != self._inode

    def reported(self, job_id: str) -> bool:
        return self.mongo[self.console.database_name]["reports"].find_one({"job_id": job_id}, {"_id": 1}) is not None


@pytest.fixture
def predicting(tmp_path: Path) -> Iterator[Predicting]:
    found = Predicting(tmp_path)
    try:
        yield found
    finally:
        found.close()


@pytest.mark.timeout(300)
def test_a_kill_at_any_stage_loses_nothing_and_records_nothing_twice(predicting: Predicting) -> None:
    console, tags = predicting.console, list[str]()
    moments = (predicting.submitted, predicting.copying, predicting.replaced, predicting.reported)
    for moment in moments:
        job_id = predicting.killed_at(moment)
        assert check_integrity(predicting.kept) is None, moment.__name__
        assert predicting.tags()[: len(tags)] == tags, moment.__name__
        assert len(predicting.tags()) - len(tags) in (0, 1), moment.__name__
        console.start(90)
        ended = console.ended(job_id, 90)
        # Killed while the database was still copied in, nothing ran yet: that attempt says so, and the next one runs.
        began = [attempt for attempt in ended["attempts"] if attempt["error"] != NEVER_BEGAN]
        assert (ended["status"], len(began)) == ("completed", 1), (moment.__name__, ended)
        tags = predicting.tags()
        _is_recorded_once(predicting, ended, tags[-1])
    assert len(tags) == len(set(tags)) == len(moments)
    # One copy for each state that was replaced, however often the save was begun.
    care = console.http.get("/api/airsenal/database").json()
    assert [copy["predictions"] for copy in care["copies"]] == list(reversed(range(len(moments))))
    assert {copy["integrity"] for copy in care["copies"]} <= {"ok", "unknown"}
    assert not any(predicting.kept.parent.rglob(".airsenal-console-*")), "the last save has tidied up"


def test_a_job_that_died_with_the_console_leaves_the_kept_database_and_is_done_again(predicting: Predicting) -> None:
    """As when the machine fails: the runner is gone too, half-way through its work."""
    job_id = predicting.killed_at(predicting.writing)
    runner = int((predicting.spool / f"{job_id}.1" / "runner").readlink().name.split()[0])
    os.kill(runner, signal.SIGKILL)
    for pid in processes_of_job(f"{job_id}.1"):
        os.kill(pid, signal.SIGKILL)
    assert predicting.tags() == []
    predicting.console.start(90)
    ended = predicting.console.ended(job_id, 90)
    assert (ended["status"], [attempt["cause"] for attempt in ended["attempts"]]) == (
        "completed",
        ["lost", "exit_code"],
    )
    (tag,) = predicting.tags()
    _is_recorded_once(predicting, ended, tag)


def _is_recorded_once(predicting: Predicting, job: dict[str, Any], tag: str) -> None:
    (head,) = predicting.console.http.get("/api/reports", params={"job_id": job["id"]}).json()
    assert (head["type"], head["state"], head["tag"]) == ("prediction", "complete", tag)
    assert [warning["code"] for warning in head["warnings"]] == ["player_scores_missing"]
    assert job["warnings"] == [warning["message"] for warning in head["warnings"]]
    output = predicting.console.http.get(f"/api/jobs/{job['id']}/output").json()["output"]
    assert (output["tag"], len(output["players"])) == (tag, len(ThisWeek().data["elements"]))
