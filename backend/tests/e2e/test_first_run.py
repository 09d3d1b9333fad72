"""A newcomer: a fresh clone, one command, the printed link, a job with its log, cancel, sign out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from backend.tests.e2e.conftest import DESKTOP, EMAIL, PASSWORD, Watched, copy_of_the_project, run_py, set_up, shoot


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_from_a_fresh_clone_to_a_cancelled_job(browser: Browser, tmp_path: Path) -> None:
    clone = copy_of_the_project(tmp_path / "clone")
    for made in (".venv", "data", "frontend/node_modules", "frontend/dist"):
        assert not (clone / made).exists()
    console = run_py(clone, tmp_path / "data")
    try:
        context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
        page = context.new_page()
        watched = Watched(page, console.url)
        set_up(page, console)
        assert "token" not in page.url
        shoot(page, "first-run-dashboard")

        page.get_by_role("link", name="Secrets").first.click()
        page.get_by_role("button", name="Set FPL_TEAM_ID").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Value", exact=True).fill("not a number")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_text("whole number")).to_be_visible()
        dialog.get_by_label("Value", exact=True).fill("742663")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("button", name="Replace FPL_TEAM_ID")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Replace FPL_TEAM_ID")).to_be_visible()
        assert "742663" not in page.content()
        shoot(page, "first-run-secrets")

        page.get_by_role("link", name="Commands").first.click()
        shoot(page, "first-run-commands")
        page.get_by_role("link", name=re.compile("Watch the machine")).click()
        page.get_by_label(re.compile("Seconds|How long", re.I)).first.fill("120")
        page.get_by_role("button", name="Run", exact=True).click()
        page.wait_for_url(re.compile("/jobs/"))
        log = page.get_by_role("log")
        expect(log).to_contain_text("load", timeout=15_000)
        expect(log).to_contain_text("Watching", timeout=15_000)
        lines = log.inner_text()
        page.wait_for_function("text => document.querySelector('[role=log]').innerText !== text", arg=lines)
        shoot(page, "first-run-live-log")

        page.get_by_role("button", name=re.compile("^Cancel")).first.click()
        expect(page.get_by_text("Cancelled", exact=False).first).to_be_visible(timeout=15_000)
        shoot(page, "first-run-cancelled")
        page.go_back()
        page.go_forward()
        expect(page.get_by_role("log")).to_contain_text("load")

        page.get_by_role("link", name="Settings").first.click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(re.compile("/login"))
        page.goto(f"{console.url}/jobs")
        page.wait_for_url(re.compile("/login"))
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile("/jobs$"))
        watched.check()
        context.close()
    finally:
        assert console.started.stop() == 0
