"""A manager's first evening: the real AIrsenal 1.17.0, installed and run to its suggestion, all from the browser.

Only the FPL API is a stand-in, on loopback, with the data of a real season; FPL_API_URL is the one setting. Three
minutes; two with AIRSENAL_TEST_DATA, which names a folder to keep the installation in between runs.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.airsenal.box import TEAM_ID
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.e2e.browsing import (
    DESKTOP,
    PHONE,
    Watched,
    expect_held,
    expect_log,
    expect_state,
    go,
    held_bytes,
    log_of,
    log_sha256,
    run_command,
    set_secret,
    set_up,
    shoot,
)
from backend.tests.e2e.consoles import RunningConsole

KEPT = "AIRSENAL_TEST_DATA" in os.environ


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_from_installing_to_the_suggested_transfers(
    airsenal_console: RunningConsole, new_context: CreateContextCallback, request: pytest.FixtureRequest
) -> None:
    console = airsenal_console
    page = new_context(viewport=DESKTOP, base_url=console.url).new_page()
    watched = Watched(page, console.url)
    set_up(page, console)
    go(page, "Secrets")
    set_secret(page, "FPL_TEAM_ID", TEAM_ID)
    install(page, console)
    api: StandInFplApi = request.getfixturevalue("fpl_api")
    build_the_database(page, console)
    assert len(api.requests) > 1_000
    state = page.context.storage_state()
    on_phone = new_context(viewport=PHONE, has_touch=True, is_mobile=True, base_url=console.url, storage_state=state)
    phone = on_phone.new_page()
    watched_phone = Watched(phone, console.url)
    phone.goto("/")
    update_on_the_phone(phone, console)
    predict(page, phone, console)
    on_phone.close()
    optimise(page, console)
    kept = console.data_dir / "airsenal-kept" / "data.db"
    the_prediction_is_what_the_database_says(page, console, kept)
    the_suggestion_is_what_the_database_says(page, console, kept)
    look_back(page)
    assert api.posted == [], "nothing of it changes the real team"
    watched.check()
    watched_phone.check()


def install(page: Page, console: RunningConsole) -> None:
    if not KEPT:
        go(page, "Commands")
        expect(page.get_by_text("AIrsenal is not installed yet").first).to_be_visible()
    job_id = run_command(page, "Install AIrsenal")
    if not KEPT:
        expect_log(page, "MB on disk after", 120)
        expect_state(page, "Running")
        shoot(page, "airsenal-1-installing")
    job = completed(page, console, job_id, 600)
    expect_log(page, "AIrsenal 1.17.0 is installed")
    assert KEPT or re.search(r"Removing \d+ files with login details", log_of(page).inner_text())
    assert job["log_lines"] > (1 if KEPT else 20)
    unused = console.data_dir.glob("tools/airsenal/lib/python*/site-packages/scipy/stats/tests/__pycache__")
    assert KEPT or not list(unused), "only what is imported is compiled"


def build_the_database(page: Page, console: RunningConsole) -> None:
    """Reloads the page in the middle: the log is there again from its first byte, and goes on."""
    job_id = run_command(page, "Build the database", {"Past seasons": "1"})
    expect_held(page, 100_000, 60)
    expect_state(page, "Running")
    shoot(page, "airsenal-2-building")
    before = held_bytes(page)
    page.reload()
    expect_held(page, before)
    expect_state(page, "Running")
    log_of(page).press("Home")
    expect_log(page, re.compile(r"^Filling Teams table from data in \S+/teams_2526.csv\nARS Arsenal 2526 1$"))
    job = completed(page, console, job_id, 300)
    log_of(page).press("End")
    expect_log(page, "DONE!")
    assert job["log_lines"] > 10_000
    seasons = console.get(f"/api/jobs/{job_id}/log", search="Filling Teams table")["lines"]
    assert [re.findall(r"teams_(\d+)", line)[0] for line in seasons] == ["2526", "2425"]


def update_on_the_phone(phone: Page, console: RunningConsole) -> None:
    job_id = run_command(phone, "Update the database")
    job = completed(phone, console, job_id, 120)
    expect_log(phone, "Adding transaction")
    assert job["log_lines"] > 50
    shoot(phone, "airsenal-3-phone-updated")


def predict(page: Page, phone: Page, console: RunningConsole) -> None:
    job_id = run_command(page, "Predict points", {"Gameweeks ahead": "1"})
    phone.goto(f"/jobs/{job_id}")
    expect_log(page, re.compile(r"(warmup|sample):\s+([4-8]\d)%\|"), 120)
    shoot(page, "airsenal-4-predicting")
    expect_state(page, "Running")
    expect_log(phone, re.compile(r"sample:\s+\d+%\|"))
    shoot(phone, "airsenal-5-phone-predicting")
    expect_state(phone, "Running")
    job = completed(page, console, job_id, 300)
    expect_log(page, "PREDICTED TOP 5 PLAYERS FOR GAMEWEEK(S) [25]:")
    expect_log(page, "Finished adding predictions to db")
    # A bar of 22 frames is one row.
    assert log_of(page).inner_text().count("1500/1500") == 1
    assert job["log_lines"] > 30
    shoot(page, "airsenal-6-predicted")


def optimise(page: Page, console: RunningConsole) -> None:
    fields = {"Gameweeks ahead": "1", "Worker processes": "2"}
    job_id = run_command(page, "Optimise transfers", fields)
    expect_log(page, re.compile(r"Total progress:\s+([1-9]\d?)%\|"), 60)
    shoot(page, "airsenal-7-optimising")
    expect_state(page, "Running")
    job = completed(page, console, job_id, 120)
    assert job["parameters"]["num_thread"] == 2
    expect_log(page, "=== Subs ===")
    expect_log(page, re.compile(r"Starting Lineup for Gameweek 25"))
    shoot(page, "airsenal-8-optimised")
    found = console.get(f"/api/jobs/{job_id}/log", search="OPTIMUM STRATEGY")
    assert len(found["lines"]) == 1


# Straight from AIrsenal's tables, in other words than the console asks them.
_PREDICTED = """
SELECT p.player_id, p.display_name, a.position, a.team, a.price, f.gameweek, SUM(pp.predicted_points)
FROM player_prediction pp JOIN fixture f USING (fixture_id) JOIN player p USING (player_id)
JOIN player_attributes a ON a.player_id = p.player_id AND a.season = f.season AND a.gameweek = 25
WHERE pp.tag = (SELECT tag FROM player_prediction ORDER BY id DESC LIMIT 1) GROUP BY p.player_id, f.gameweek
"""
_SUGGESTED = """
SELECT p.display_name, s.in_or_out, s.gameweek, s.points_gain FROM transfer_suggestion s JOIN player p USING (player_id)
WHERE s.timestamp = (SELECT timestamp FROM transfer_suggestion ORDER BY id DESC LIMIT 1)
"""


def read(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def newest_report(console: RunningConsole, kind: str) -> dict[str, Any]:
    head = console.get("/api/reports", type=kind)[0]
    assert (head["state"], head["season"], head["gameweeks"]) == ("complete", "2526", [25])
    report: dict[str, Any] = console.get(f"/api/reports/{head['id']}")["report"]
    return report


def the_prediction_is_what_the_database_says(page: Page, console: RunningConsole, database: Path) -> None:
    report = newest_report(console, "prediction")
    rows = read(database, _PREDICTED)
    assert len(rows) > 500
    shown = {player["player_id"]: player for player in report["players"]}
    assert len(shown) == len(report["players"]) == len({row[0] for row in rows})
    for player_id, name, position, club, price, gameweek, points in rows:
        player = shown[player_id]
        said = (player["player"], player["position"], player["club"], round(player["price"] * 10))
        assert said == (name, position, club, price)
        assert player["by_gameweek"] == {str(gameweek): pytest.approx(points)}
        assert player["expected_points"] == pytest.approx(points)
    # And the table on the page shows the same best player.
    page.goto("/reports?type=prediction")
    page.get_by_role("link", name=re.compile("leads gameweek 25")).first.click()
    best = max(rows, key=lambda row: row[6])
    first = page.get_by_role("table").get_by_role("row").nth(1)
    expect(first).to_contain_text(best[1])
    expect(first).to_contain_text(f"{best[6]:.2f}")
    shoot(page, "airsenal-11-prediction")


def the_suggestion_is_what_the_database_says(page: Page, console: RunningConsole, database: Path) -> None:
    report = newest_report(console, "optimisation")
    rows = read(database, _SUGGESTED)
    plan = report["plan"][0]
    assert sorted(plan["transfers_out"]) == sorted(name for name, in_or_out, _, _ in rows if in_or_out == -1)
    assert sorted(plan["transfers_in"]) == sorted(name for name, in_or_out, _, _ in rows if in_or_out == 1)
    assert {row[2] for row in rows} == {25}
    for *_, gain in rows:
        # The log has one place after the point, and so has each of the two it is the difference of.
        assert report["points_gain"] == pytest.approx(gain, abs=0.11)
    assert report["tag"] == newest_report(console, "prediction")["tag"]
    lineup = report["starting_lineup"]
    assert (len(lineup), len(report["bench"])) == (11, 4)
    assert [player["name"] for player in lineup if player["is_captain"]] == [report["captain"]]
    # Nobody of whom the database does not know the club.
    clubs = {name: club for _, name, _, club, *_ in read(database, _PREDICTED)}
    assert all(player["club"] for player in lineup + report["bench"])
    assert all(player["name"] in clubs for player in lineup)
    page.goto("/reports?type=optimisation")
    page.get_by_role("link", name=report["headline"]).click()
    expect(page.get_by_role("list", name="Bench, in order").get_by_role("listitem")).to_have_count(4)
    shoot(page, "airsenal-12-suggestion")


def look_back(page: Page) -> None:
    go(page, "Jobs")
    for title in ("Install AIrsenal", "Build the database", "Update the database", "Predict points", "Optimise"):
        expect(page.get_by_role("link", name=re.compile(f"^Completed {title}"))).to_be_visible()
    shoot(page, "airsenal-9-jobs")
    go(page, "Dashboard")
    shoot(page, "airsenal-10-dashboard")


def completed(page: Page, console: RunningConsole, job_id: str, seconds: float) -> dict[str, Any]:
    """Watches the page until it says so; what the API says then. The viewer holds the stored log, byte for byte."""
    expect_state(page, "Completed", seconds)
    expect(log_of(page)).to_have_attribute("data-stream", "ended")
    job: dict[str, Any] = console.get(f"/api/jobs/{job_id}", logs=False)
    assert (job["status"], job["exit_code"], job["error"]) == ("completed", 0, None)
    assert [(a["number"], a["exit_code"], a["first_line"], a["first_byte"]) for a in job["attempts"]] == [(1, 0, 0, 0)]
    assert (job["attempts"][0]["lines"], job["attempts"][0]["bytes"]) == (job["log_lines"], job["log_bytes"])
    assert held_bytes(page) == job["log_bytes"]
    assert log_sha256(page) == console.log_sha256(job_id)
    return job
