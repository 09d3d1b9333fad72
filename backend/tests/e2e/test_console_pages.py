"""Every page, in both themes, from a desktop down to 320 pixels; the main journey without a mouse; what happens when
the console or the session goes away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, StorageState, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.e2e.browsing import (
    DESKTOP,
    Watched,
    axe,
    expect_log,
    expect_state,
    look_at,
    run_command,
    shoot,
    sign_in,
)
from backend.tests.e2e.consoles import EMAIL, PASSWORD, RunningConsole

pytestmark = pytest.mark.timeout(400)

PAGES = {
    "/": "Dashboard", "/commands": "Commands", "/commands/optimize": "Optimise transfers",
    "/commands/make_transfers": "Make transfers", "/jobs": "Jobs", "/jobs?status=failed&q=nothing": "Jobs",
    "/secrets": "Secrets", "/secrets?set=FPL_TEAM_ID": "Secrets", "/audit": "Audit", "/settings": "Settings",
    "/docs": "API", "/no-such-page": "There is no such page",
}  # fmt: skip
# A call that each shows without a click; Scalar opens the first group only.
VIEWERS = {
    "swagger": "text=Sign in", "redoc": "h2:has-text('Sign in')", "rapidoc": "h2:has-text('Sign in')",
    "scalar": "a:has-text('State of AIrsenal')",
}  # fmt: skip


@pytest.fixture
def context(console: RunningConsole, new_context: CreateContextCallback) -> BrowserContext:
    return new_context(viewport=DESKTOP, base_url=console.url)


@pytest.fixture
def page(admin: StorageState, console: RunningConsole, new_context: CreateContextCallback) -> Page:
    return new_context(viewport=DESKTOP, base_url=console.url, storage_state=admin).new_page()


@pytest.fixture
def signed_in(admin: StorageState, context: BrowserContext) -> Page:
    """With a session of its own, which may be ended."""
    page = context.new_page()
    page.goto("/login")
    sign_in(page)
    page.get_by_role("heading", name="Dashboard").wait_for()
    return page


@pytest.mark.slow
def test_every_page_fits_and_can_be_read_by_everybody(page: Page, console: RunningConsole) -> None:
    watched = Watched(page, console.url)
    page.goto("/")
    run_command(page, "Memory")
    expect_state(page, "Completed")
    expect_log(page, "MiB")
    for tab in ("Attempts", "Parameters", "Output", "Log"):
        page.get_by_role("tab", name=tab).click()
        look_at(page, f"page-job-{tab.lower()}")
    expect_log(page, "MiB")
    page.get_by_role("tab", name="Attempts").click()
    page.get_by_role("link", name="Who did what to this job").click()
    row = page.get_by_role("listitem").filter(has_text="Memory (system_memory) submitted")
    expect(row).to_contain_text("Job submitted job.start")
    page.get_by_label("What happened").select_option("Job cancelled")
    expect(page.get_by_text("No row fits this filter")).to_be_visible()
    page.get_by_label("What happened").select_option("Jobs: all")
    expect(row).to_have_count(1)
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text(re.compile(r"All \d+ rows fit together"))).to_be_visible()
    look_at(page, "page-audit-checked")
    for address, heading in PAGES.items():
        page.goto(address)
        expect(page.locator("h1")).to_have_text(heading)
        look_at(page, "page-" + (address.strip("/").replace("/", "-").split("=")[0].replace("?", "-") or "dashboard"))
    watched.check()


def test_who_is_not_signed_in_sees_fitting_pages_too(context: BrowserContext, console: RunningConsole) -> None:
    page = context.new_page()
    watched = Watched(page, console.url)
    page.route("**/assets/index-*.js", lambda route: route.abort())
    page.goto("/login")
    expect(page.get_by_text("The console could not be loaded")).to_be_visible()
    assert axe(page) == []
    page.unroute("**/assets/index-*.js")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator(".boot")).to_be_hidden()
    for address, name in {"/login": "sign-in", "/setup": "setup-done"}.items():
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        look_at(page, f"page-{name}")
    watched.check()


def test_the_main_journey_without_a_mouse(
    context: BrowserContext, console: RunningConsole, admin: StorageState
) -> None:
    page = context.new_page()
    watched = Watched(page, console.url)
    page.goto("/jobs")
    page.wait_for_url(re.compile("/login"))
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Jobs")
    use_the_palette(page, "watch the machine")
    expect(page.locator("h1")).to_have_text("Watch the machine")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}"))
    expect_state(page, "Running")
    job = page.url.rsplit("/", 1)[-1]
    page.keyboard.press("c")
    expect_state(page, "Cancelled")
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Jobs")
    row = page.locator(f'[data-job="{job}"]')
    row.wait_for()
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect_state(page, "Cancelled")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Jobs")
    the_focus_comes_back(page)
    use_the_palette(page, "sign out")
    page.wait_for_url(re.compile("/login"))
    watched.check(signed_out=True)


def use_the_palette(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Page, command or job")).to_be_focused()
    page.keyboard.type(words)
    expect(page.get_by_role("dialog").get_by_role("button").first).to_contain_text(re.compile(words, re.I))
    page.keyboard.press("Enter")


def the_focus_comes_back(page: Page) -> None:
    """From a dialog to what opened it."""
    opener = page.get_by_role("button", name="Shortcuts")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Next job")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search by command or job id")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#main").focus()


def test_pages_follow_what_happens_elsewhere(signed_in: Page, console: RunningConsole) -> None:
    """By the stream: while it is there, polling is far too rare to be what moves the page."""
    page = signed_in
    asked: list[str] = []
    page.goto("/jobs")
    page.locator("h1").wait_for()
    job = console.http.post("/api/jobs", json={"command": "system_watch", "parameters": {"seconds": 60}}).json()
    row = page.locator(f'[data-job="{job["id"]}"]')
    expect(row).to_contain_text("Running", timeout=10_000)
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("nav:visible").get_by_role("link", name=re.compile("Jobs"))).to_contain_text("running")
    console.http.post(f"/api/jobs/{job['id']}/cancel")
    expect(row).to_contain_text("Cancelled", timeout=15_000)
    page.get_by_role("link", name="Dashboard").first.click()
    console.http.post("/api/queue/drain")
    expect(page.get_by_text("The queue is paused.")).to_be_visible(timeout=10_000)
    shoot(page, "state-queue-paused")
    # The page says so at once, before the answer is there.
    with page.expect_response("**/api/queue/resume"):
        page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("The queue is paused.")).to_have_count(0)
    assert console.get("/api/queue")["draining"] is False


def test_a_form_outlives_the_network_and_the_session(signed_in: Page, console: RunningConsole) -> None:
    page = signed_in
    page.goto("/commands/system_watch")
    field = page.get_by_label("Seconds", exact=True)
    field.fill("77")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    shoot(page, "state-offline")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_have_count(0, timeout=15_000)
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("it may be restarting")).to_be_visible()
    shoot(page, "state-restarting")
    # A page whose files never came: it comes by itself, and the form is as it was left.
    page.route("**/assets/**", lambda route: route.abort())
    page.locator("nav:visible").get_by_role("link", name="Audit").click()
    expect(page.get_by_role("heading", name="The console does not answer")).to_be_visible()
    shoot(page, "state-page-not-there")
    page.unroute("**/assets/**")
    page.unroute("**/api/**")
    expect(page.get_by_role("heading", name="Audit", level=1)).to_be_visible(timeout=20_000)
    page.go_back()
    expect(page.get_by_text("it may be restarting")).to_have_count(0, timeout=20_000)
    expect(field).to_have_value("77")
    names = re.compile(r"airsenal_console_\d+")
    token = next(cookie["value"] for cookie in page.context.cookies() if names.fullmatch(cookie["name"]))
    console.http.post("/api/auth/logout", headers={"Authorization": f"Bearer {token}"})
    # Nobody touches the page: the stream says it.
    expect(page.get_by_text("Your session has ended")).to_be_visible(timeout=15_000)
    shoot(page, "state-session-ended")
    sign_in(page)
    expect(page.locator("h1")).to_have_text("Watch the machine")
    expect(page.get_by_label("Seconds", exact=True)).to_have_value("77")


def test_many_jobs_are_chosen_and_cancelled_at_once(page: Page, console: RunningConsole) -> None:
    body = {"command": "system_watch", "parameters": {"seconds": 60}}
    jobs = [console.http.post("/api/jobs", json=body).json()["id"] for _ in range(2)]
    page.goto("/jobs?q=watch")
    for job in jobs:
        page.locator(f'[data-job="{job}"]').focus()
        page.keyboard.press("x")
    page.get_by_role("button", name="Cancel 2").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep them")).to_be_focused()
    assert axe(page) == []
    shoot(page, "state-cancel-many")
    dialog.get_by_role("button", name="Cancel 2 jobs").click()
    for job in jobs:
        expect(page.locator(f'[data-job="{job}"]')).to_contain_text("Cancelled", timeout=20_000)


def test_times_follow_the_chosen_zone_and_motion_and_colours_the_system(page: Page) -> None:
    page.goto("/settings")
    zone = page.get_by_role("combobox", name="Time zone")
    zone.fill("tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    expect(page.get_by_text("GMT+9")).to_be_visible()
    page.get_by_role("switch", name="Shortcuts of a single key").uncheck()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    page.get_by_role("link", name="Jobs").first.click()
    expect(page.locator("h1")).to_have_text("Jobs")
    expect(page.locator("time").first).to_have_attribute("title", re.compile(r"GMT\+9$"))
    moving = "() => document.getAnimations().filter(it => it.effect.getTiming().duration > 1).length"
    assert page.evaluate(moving) == 0
    assert axe(page) == []
    shoot(page, "state-forced-colours")


def test_the_api_is_shown_from_local_files_to_the_admin_only(
    page: Page, context: BrowserContext, console: RunningConsole
) -> None:
    for name, call in VIEWERS.items():
        viewer = page.context.new_page()
        watched = Watched(viewer, console.url)
        viewer.goto(f"/docs/{name}", wait_until="commit")
        viewer.locator(call).first.wait_for(timeout=60_000)
        shoot(viewer, f"docs-{name}")
        watched.check()
        viewer.close()
    watched = Watched(page, console.url)
    page.goto("/docs/swagger#/health/health")
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tr.response .response-col_status")).to_contain_text("200")
    # Its own markup; colours are mended by docs/swagger.css, and sizes but for what a call's answer brings.
    its_own = ("heading-order", "nested-interactive", "region", "target-size")
    assert [line for line in axe(page) if not line.startswith(its_own)] == []
    watched.check()
    stranger = context.new_page()
    stranger.goto("/docs/redoc")
    stranger.wait_for_url(re.compile(r"/login\?to="))
    sign_in(stranger)
    stranger.wait_for_url("**/docs/redoc")


def test_a_guarded_command_leads_to_its_review(page: Page) -> None:
    page.goto("/commands/make_transfers")
    expect(page.get_by_text("AIrsenal is not installed yet").first).to_be_visible()
    expect(page.get_by_role("button", name="Make transfers")).to_have_count(0)
    page.get_by_role("link", name="Review what would be sent").click()
    page.wait_for_url("**/airsenal/apply/make_transfers")
