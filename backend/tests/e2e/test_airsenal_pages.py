"""A manager's gameweek through the pages: set-up, predictions, comparison, plan, squad, database, and the real team.

AIrsenal's programs are stand-ins here (airsenal/pretend.py), so that it takes a minute or two; test_airsenal.py has the
real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.airsenal import pretend
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.airsenal.this_week import TEAM, TEAM_NAME, ThisWeek
from backend.tests.e2e.browsing import DESKTOP, Watched, axe, expect_state, look_at, set_up, shoot
from backend.tests.e2e.consoles import RunningConsole
from backend.tests.started import PROJECT

SUGGESTION = "Sell Foden and Keane, buy Rice and J.Timber (4 points hit), captain Gabriel"


@pytest.fixture
def fpl() -> Iterator[StandInFplApi]:
    with StandInFplApi(ThisWeek().answers()) as api:
        yield api


@pytest.fixture
def manager(fpl: StandInFplApi, tmp_path: Path) -> Iterator[RunningConsole]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    pretend.install(data)
    running = RunningConsole(PROJECT, data, FPL_API_URL=fpl.url)
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_gameweek_from_the_set_up_to_the_real_team(
    manager: RunningConsole, fpl: StandInFplApi, new_context: CreateContextCallback
) -> None:
    page = new_context(viewport=DESKTOP, base_url=manager.url).new_page()
    watched = Watched(page, manager.url)
    set_up(page, manager)
    set_airsenal_up(page)
    read_the_prediction(page, manager)
    compare_with_a_second_one(page, manager)
    read_the_suggestion(page)
    look_at_the_squad(page, fpl)
    plan_a_chip(page)
    go_back_to_a_copy(page)
    change_the_real_team(page, manager)
    # Each with its sentence on the page: a team that nobody has, and a name that is not the team's is not even sent.
    watched.check("404 GET /api/team/find/999", "404 GET /api/team/current")
    every_page_looks_right(page, manager)


def set_airsenal_up(page: Page) -> None:
    page.goto("/airsenal")
    expect(page.get_by_role("heading", name="AIrsenal", level=1)).to_be_visible()
    team = page.get_by_label("Team id")
    team.fill("999")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text(re.compile("no team", re.I)).first).to_be_visible()
    # From here to the last step without a mouse.
    team.fill(f"https://fantasy.premierleague.com/entry/{TEAM}/event/24")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Managed by Stub Manager")).to_be_visible()
    shoot(page, "airsenal-wizard-team")
    press(page, "This is my team")
    press(page, "Add a login: FPL login")
    page.get_by_label("E-mail of your FPL account").fill("manager@example.org")
    page.get_by_label("Its password").fill("a password of FPL")
    assert axe(page) == []
    page.keyboard.press("Enter")
    press(page, "Build the database")
    expect(page.get_by_role("progressbar").first).to_be_visible()
    for button in ("Update now", "Predict points", "Optimise transfers"):
        press(page, button)
    expect(page.get_by_role("progressbar", name=re.compile("Optimise transfers"))).to_be_visible()
    newest = page.get_by_role("region", name="Newest suggestion")
    expect(newest.get_by_role("link", name=SUGGESTION)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("7 of 7 done")).to_be_visible()


def press(page: Page, button: str) -> None:
    """By Tab and Enter, as soon as it is offered."""
    offered = page.get_by_role("button", name=button, exact=True)
    offered.wait_for(timeout=60_000)
    for _ in range(60):
        if offered.evaluate("it => it === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {button!r}")


def read_the_prediction(page: Page, manager: RunningConsole) -> None:
    page.goto("/reports")
    page.get_by_role("link", name=re.compile("^Gabriel leads gameweeks 25 to 27")).press("Enter")
    table = page.get_by_role("table")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Gabriel")
    page.get_by_role("button", name=re.compile("^Price")).click()
    expect(table.get_by_role("row").nth(1)).to_contain_text("Haaland")
    report = manager.get(f"/api/reports/{page.url.rsplit('/', 1)[-1].split('?')[0]}")["report"]
    assert len(report["players"]) == 127
    gabriel = report["players"][0]
    assert (gabriel["player"], gabriel["club"], gabriel["price"]) == ("Gabriel", "ARS", 7.0)
    assert sum(gabriel["by_gameweek"].values()) == pytest.approx(gabriel["expected_points"])
    page.get_by_placeholder("Player").fill("rice")
    expect(table.get_by_role("row")).to_have_count(2)
    page.get_by_role("tab", name="Plots").click()
    expect(page.locator("canvas").first).to_be_visible()
    page.get_by_role("tab", name="Played").click()
    expect(page.get_by_text("There are no results yet for this prediction")).to_be_visible()


def compare_with_a_second_one(page: Page, manager: RunningConsole) -> None:
    answer = manager.http.post("/api/jobs", json={"command": "predict", "parameters": {"weeks_ahead": 3}})
    page.goto(f"/jobs/{answer.json()['id']}")
    expect(page.get_by_role("progressbar", name=re.compile("Fitting the match model"))).to_be_visible()
    expect_state(page, "Completed", 60)
    page.get_by_role("link", name=re.compile("Report: prediction")).click()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("list", name="Players who fell")).to_contain_text(
        "News: Knee injury - 25% chance of playing."
    )
    expect(page.get_by_role("list", name="Players who rose")).to_contain_text("Palmer")


def read_the_suggestion(page: Page) -> None:
    page.goto("/reports?type=optimisation")
    page.get_by_role("link", name=SUGGESTION).click()
    expect(page.get_by_role("heading", name=SUGGESTION)).to_be_visible()
    expect(page.get_by_text("+15.5")).to_be_visible()
    expect(page.get_by_role("list", name="Bench, in order").get_by_role("listitem")).to_have_count(4)
    expect(page.get_by_role("list", name="Defenders")).to_contain_text(re.compile("Gabriel ?ARS 7.3 points"))


def look_at_the_squad(page: Page, fpl: StandInFplApi) -> None:
    page.goto("/team")
    expect(page.get_by_role("listitem").filter(has_text="Haaland").first).to_be_visible()
    page.get_by_text("Table", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Gabriel")).to_contain_text("ARS")
    expect(page.get_by_text(re.compile("deadline")).first).to_be_visible()


def plan_a_chip(page: Page) -> None:
    page.goto("/airsenal/chips")
    expect(page.get_by_text(re.compile("26 strategies"))).to_be_visible()
    page.get_by_label("Triple captain").select_option("In gameweek 26")
    page.get_by_label("Bench boost").select_option("In gameweek 26")
    expect(page.get_by_role("alert")).to_contain_text("Only one chip can be played in gameweek 26")
    expect(page.get_by_role("button", name="Run this search")).to_be_disabled()


def go_back_to_a_copy(page: Page) -> None:
    page.goto("/airsenal/database")
    page.get_by_role("button", name=re.compile("^Restore")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The present database loses:")).to_be_visible()
    shoot(page, "airsenal-restore")
    dialog.get_by_role("button", name="Restore copy").click()
    expect(page.get_by_text("The copy is restored.", exact=False)).to_be_visible()
    # And forward again: what was there before is the newest copy now.
    page.get_by_role("button", name=re.compile("^Restore")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Restore copy").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def change_the_real_team(page: Page, manager: RunningConsole) -> None:
    # The newest prediction is newer than the suggestion by now: a new suggestion first, as the page says.
    job = manager.http.post("/api/jobs", json={"command": "optimize", "parameters": {"weeks_ahead": 3}}).json()
    page.goto(f"/jobs/{job['id']}")
    expect_state(page, "Completed", 60)
    refused = manager.http.post("/api/jobs", json={"command": "make_transfers", "confirm": "Make transfers"})
    assert refused.status_code in (400, 403, 409), "never past the review"
    page.goto("/commands/make_transfers")
    page.get_by_role("link", name=re.compile("review", re.I)).first.click()
    expect(page.get_by_role("heading", name="Make transfers", level=1)).to_be_visible()
    expect(page.get_by_text("It costs 4 points.")).to_be_visible()
    name = page.get_by_label("Type your team's name")
    name.fill("Arsenal")
    page.get_by_role("button", name="Make transfers").click()
    expect(page.get_by_text(f"Type “{TEAM_NAME}” as it is written.")).to_be_visible()
    name.fill(TEAM_NAME)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/jobs/"))
    expect_state(page, "Completed", 60)
    expect(page.get_by_text("2 transfers for gameweek 25 were made")).to_be_visible()
    shoot(page, "airsenal-sent")
    # The same suggestion a second time is stopped.
    page.goto("/airsenal/apply/make_transfers")
    expect(page.get_by_text("It can be sent from here when no check says", exact=False)).to_be_visible()


def every_page_looks_right(page: Page, manager: RunningConsole) -> None:
    reports = {report["type"]: report["id"] for report in manager.get("/api/reports")}
    places = {
        "dashboard": "/", "wizard": "/airsenal", "reports": "/reports",
        "prediction": f"/reports/{reports['prediction']}", "plots": f"/reports/{reports['prediction']}?tab=plots",
        "optimisation": f"/reports/{reports['optimisation']}",
        "compare": "/reports/compare", "team": "/team", "squad": "/team?view=table", "database": "/airsenal/database",
        "chips": "/airsenal/chips", "lineup": "/airsenal/apply/set_lineup", "jobs": "/jobs",
    }  # fmt: skip
    watched = Watched(page, manager.url)
    page.emulate_media(reduced_motion="reduce")  # plots are there at once, for the pictures
    for name, place in places.items():
        page.goto(place)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        look_at(page, f"airsenal-{name}")
    watched.check()
