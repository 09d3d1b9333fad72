"""Makes the README's pictures: `python -m backend.tests.e2e.screenshots` (needs chromium).

A console on a data folder of its own, a few jobs, and each page in both themes, into docs/images. With
AIRSENAL_TEST_DATA the job is an optimisation of the real AIrsenal against the stand-in FPL API (three minutes), else a
short one of the System pack (half a minute).
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from backend.tests.airsenal import pretend
from backend.tests.airsenal.box import LOGIN, TEAM_ID, AirsenalBox
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.airsenal.this_week import TEAM, ThisWeek
from backend.tests.e2e.browsing import (
    DESKTOP,
    chromium,
    expect_log,
    expect_state,
    go,
    launch_options,
    run_command,
    set_secret,
    set_up,
)
from backend.tests.e2e.consoles import RunningConsole
from backend.tests.e2e.installation import new_data_folder, reserved_port, shown_the_stand_in
from backend.tests.started import PROJECT

IMAGES = PROJECT / "docs" / "images"
MOST_BYTES = 200_000


def main() -> int:
    program = chromium()
    if program is None:
        print("no chromium here (sudo apt install chromium)", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="screenshots-", ignore_cleanup_errors=True))
        )
        airsenal = "AIRSENAL_TEST_DATA" in os.environ
        port = stack.enter_context(reserved_port())
        box = AirsenalBox(new_data_folder(folder), api_url=f"http://127.0.0.1:{port}/api")
        if airsenal:
            stack.enter_context(shown_the_stand_in(box))
        console = RunningConsole(PROJECT, box.data_dir, FPL_API_URL=box.api_url)
        stack.callback(console.stop)
        browser = stack.enter_context(sync_playwright()).chromium.launch(**launch_options(program))
        context = browser.new_context(
            viewport=DESKTOP, base_url=console.url, locale="en-GB", timezone_id="Europe/London"
        )  # fmt: skip
        page = context.new_page()
        set_up(page, console)
        run_small_jobs(page)
        if airsenal:
            optimise(page)
        else:
            watch(page)
        shoot(page, "job")
        go(page, "Dashboard")
        page.get_by_text("The database answers.").wait_for()
        shoot(page, "dashboard")
        go(page, "Commands")
        page.get_by_role("link", name=re.compile("^Install AIrsenal airsenal_install ")).wait_for()
        shoot(page, "commands")
        shoot_a_gameweek(stack, browser, folder / "gameweek")
        browser.close()
    return 0


def shoot_a_gameweek(stack: ExitStack, browser: Browser, folder: Path) -> None:
    """Suggestion and squad, by stand-ins of AIrsenal's programs and of the FPL API."""
    folder.mkdir(mode=0o700)
    pretend.install(folder)
    api = stack.enter_context(StandInFplApi(ThisWeek().answers()))
    console = RunningConsole(PROJECT, folder, FPL_API_URL=api.url)
    stack.callback(console.stop)
    context = browser.new_context(
        viewport=DESKTOP, base_url=console.url, locale="en-GB", timezone_id="Europe/London"
    )  # fmt: skip
    page = context.new_page()
    set_up(page, console)
    console.http.post("/api/secrets", json={"key": "FPL_TEAM_ID", "value": str(TEAM)})
    for command in ("setup_db", "update_db", "predict", "optimize"):
        job = console.http.post("/api/jobs", json={"command": command, "parameters": {}}).json()
        page.goto(f"/jobs/{job['id']}")
        expect_state(page, "Completed", 60)
    page.goto("/reports?type=optimisation")
    page.get_by_role("link", name=re.compile("^Sell ")).click()
    page.get_by_role("list", name="Bench, in order").wait_for()
    shoot(page, "suggestion")
    page.goto("/team")
    page.get_by_role("list", name="Bench, in order").wait_for()
    shoot(page, "team")


def run_small_jobs(page: Page) -> None:
    run_command(page, "Watch the machine", {"Seconds": "600"})
    expect_log(page, re.compile(r"Watching:\s+\d+%"))
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect_state(page, "Cancelled")
    for title in ("Disk space", "Check the console"):
        run_command(page, title)
        expect_state(page, "Completed")


def watch(page: Page) -> None:
    run_command(page, "Watch the machine", {"Seconds": "30"})
    expect_log(page, re.compile(r"Watching:\s+[3-9]\d%"), 30)


def optimise(page: Page) -> None:
    """To the middle of an optimisation, with its bars drawn."""
    go(page, "Secrets")
    for key, value in {"FPL_TEAM_ID": TEAM_ID, **LOGIN}.items():
        set_secret(page, key, value)
    for title, fields in {
        "Install AIrsenal": {},
        "Build the database": {"Past seasons": "1"},
        "Update the database": {},
        "Predict points": {"Gameweeks ahead": "2"},
    }.items():
        run_command(page, title, fields)
        go(page, "Jobs")
        page.get_by_role("link", name=re.compile(f"^Completed {title}")).wait_for(timeout=300_000)
    run_command(page, "Optimise transfers", {"Gameweeks ahead": "2"})
    expect_log(page, re.compile(r"Total progress:\s+[4-8]\d%\|"), 300)


def shoot(page: Page, name: str) -> None:
    page.mouse.move(0, 0)  # nothing is under the pointer
    for scheme, ending in (("light", ""), ("dark", "-dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(400)  # colours fade over
        path = IMAGES / f"{name}{ending}.png"
        page.screenshot(path=path)
        size = path.stat().st_size
        print(f"{path.relative_to(PROJECT)}  {size // 1000} kB", flush=True)
        assert size < MOST_BYTES, f"{path} has {size} bytes"


if __name__ == "__main__":
    sys.exit(main())
