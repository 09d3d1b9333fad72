"""A newcomer: a fresh clone, one command, the printed link, a secret, a job with its live log, cancel, sign out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.e2e.browsing import (
    DESKTOP,
    Watched,
    expect_held,
    expect_log,
    expect_state,
    go,
    held_bytes,
    log_sha256,
    run_command,
    set_secret,
    set_up,
    shoot,
    sign_in,
)
from backend.tests.e2e.consoles import RunningConsole


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_from_a_fresh_clone_to_a_cancelled_job(fresh_clone: RunningConsole, new_context: CreateContextCallback) -> None:
    console = fresh_clone
    page = new_context(viewport=DESKTOP, base_url=console.url).new_page()
    watched = Watched(page, console.url)
    set_up(page, console)
    assert "token" not in page.url
    expect(page.get_by_text("Nothing has run yet")).to_be_visible()
    shoot(page, "first-run-1-dashboard")
    set_the_team_id(page)
    job_id = watch_a_job_live(page)
    cancel_it(page, console, job_id)
    sign_out_and_in(page)
    # Signing out may overtake a look at the jobs that was under way; the dashboard asks for the deadline of a set team.
    watched.check("422 POST /api/secrets", "502 GET /api/team/deadline", signed_out=True)


def set_the_team_id(page: Page) -> None:
    go(page, "Secrets")
    page.get_by_role("button", name="Set FPL_TEAM_ID").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Value", exact=True).fill("not a number")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("whole number")).to_be_visible()
    shoot(page, "first-run-2-secret-refused")
    dialog.get_by_role("button", name="Cancel").click()
    set_secret(page, "FPL_TEAM_ID", "742663")
    page.reload()
    expect(page.get_by_role("button", name="Replace FPL_TEAM_ID")).to_be_visible()
    assert "742663" not in page.content()
    shoot(page, "first-run-3-secrets")


def watch_a_job_live(page: Page) -> str:
    go(page, "Commands")
    expect(page.get_by_role("link", name=re.compile("^Install AIrsenal airsenal_install"))).to_be_visible()
    shoot(page, "first-run-4-commands")
    job_id = run_command(page, "Watch the machine", {"Seconds": "120"})
    expect_state(page, "Running")
    expect_log(page, "load")
    expect_log(page, re.compile(r"Watching:\s+\d+%"))
    expect_held(page, held_bytes(page))
    shoot(page, "first-run-5-live-log")
    # The log is there again after a reload, all of it, and goes on.
    before = held_bytes(page)
    page.reload()
    expect_log(page, "load")
    expect_held(page, before)
    return job_id


def cancel_it(page: Page, console: RunningConsole, job_id: str) -> None:
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect_state(page, "Cancelled")
    expect(page.get_by_text("Complete", exact=True)).to_be_visible()
    job = console.get(f"/api/jobs/{job_id}", logs=False)
    assert (job["status"], job["cause"], len(job["attempts"])) == ("cancelled", "cancelled", 1)
    assert held_bytes(page) == job["log_bytes"]
    assert log_sha256(page) == console.log_sha256(job_id)
    shoot(page, "first-run-6-cancelled")
    page.go_back()
    page.go_forward()
    expect_log(page, "load")
    go(page, "Jobs")
    expect(page.get_by_role("link", name=re.compile("Cancelled Watch the machine"))).to_be_visible()
    shoot(page, "first-run-7-jobs")


def sign_out_and_in(page: Page) -> None:
    go(page, "Settings")
    shoot(page, "first-run-8-settings")
    # Exactly: with a second session there is "Sign out everywhere else" too.
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(re.compile("/login"))
    page.goto("/jobs")
    page.wait_for_url(re.compile("/login"))
    shoot(page, "first-run-9-sign-in")
    sign_in(page)
    page.wait_for_url(re.compile("/jobs$"))
    expect(page.get_by_role("link", name=re.compile("Cancelled Watch the machine"))).to_be_visible()
