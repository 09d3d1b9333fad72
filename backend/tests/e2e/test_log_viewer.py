"""The log viewer under load, on a bad line, and in the hands of somebody who uses the keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, StorageState, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.e2e.browsing import (
    DESKTOP,
    PHONE,
    Watched,
    expect_held,
    expect_log,
    expect_state,
    log_of,
    log_sha256,
    set_up,
    shoot,
    sign_in,
)
from backend.tests.e2e.consoles import RunningConsole
from backend.tests.e2e.proxy import CuttingProxy
from backend.tests.e2e.renderers import LongTasks, largest_renderer, longest_wait, waited
from backend.tests.started import PROJECT

pytestmark = pytest.mark.timeout(400)

COMMANDS = Path(__file__).parent / "commands"
AXE = PROJECT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
MOST_RENDERER_MB = 400
MOST_TASK_MS = 200
MOST_SEARCH_SECONDS = 3
CUTS = 20


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """A console whose commands print what the viewer has to cope with."""
    data_dir = tmp_path_factory.mktemp("logs") / "data"
    running = RunningConsole(PROJECT, data_dir, COMMANDS_DIR=str(COMMANDS), JOB_RETRY_DELAY_SECONDS="0.1")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def reader(logs: RunningConsole, browser: Browser) -> StorageState:
    """The browser state of its signed-in admin."""
    context = browser.new_context()
    set_up(context.new_page(), logs)
    state = context.storage_state()
    context.close()
    return state


def submit(console: RunningConsole, command: str, **parameters: Any) -> str:
    answer = console.http.post("/api/jobs", json={"command": command, "parameters": parameters})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_a_million_lines_at_50000_a_second(
    logs: RunningConsole, reader: StorageState, new_context: CreateContextCallback
) -> None:
    page = new_context(viewport=DESKTOP, base_url=logs.url, storage_state=reader).new_page()
    watched = Watched(page, logs.url)
    page.goto("/jobs")
    page.get_by_role("heading", name="Jobs").wait_for()
    job_id = submit(logs, "pump", lines=1_000_000, rate=50_000)
    page.goto(f"/jobs/{job_id}")
    expect_log(page, "of the pump")
    pid, _ = largest_renderer()
    with LongTasks(page, pid) as long_tasks:
        expect_complete(page, 120)
        assert log_of(page).get_attribute("data-rows") == "1000000"
        expect_log(page, "line 999999 of the pump")
        assert largest_renderer() <= (pid, MOST_RENDERER_MB)
        search_in_time(page, pid)
        assert max(long_tasks.milliseconds(), default=0) <= MOST_TASK_MS

    # Opened again it is read from its end, long before the rest is there.
    page.goto(f"/jobs/{job_id}")
    page.wait_for_function(END_BEFORE_THE_REST, timeout=60_000)
    expect_complete(page, 60)
    expect(rows_in_sight(page).last).to_have_attribute("data-row", "999999")
    watched.check()


def search_in_time(page: Page, pid: int) -> None:
    page.keyboard.press("Control+f")
    before, began = waited(pid), time.monotonic()
    page.keyboard.type("needle")
    expect(found(page)).to_have_text("25 lines", timeout=60_000)
    took = time.monotonic() - began
    assert took - longest_wait(before, waited(pid)) < MOST_SEARCH_SECONDS
    page.keyboard.press("Shift+Enter")
    expect(current(page)).to_contain_text("line 961234 of the pump")


@pytest.mark.usefixtures("reader")
def test_twenty_cuts_lose_and_double_nothing(logs: RunningConsole, new_context: CreateContextCallback) -> None:
    job_id = submit(logs, "pump", lines=800_000, rate=50_000)
    with CuttingProxy(logs.url) as proxy:
        page = new_context(viewport=PHONE, base_url=proxy.url).new_page()
        page.goto(f"/login?to=/jobs/{job_id}")  # the session's cookie has the port in its name
        sign_in(page)
        expect_held(page, more_than=0)
        states = log_of(page).evaluate_handle(STREAM_STATES)
        for cut in range(CUTS):
            proxy.cut()
            if cut % 2:
                # As when a laptop wakes up: it does not wait for its turn.
                page.evaluate("() => dispatchEvent(new Event('online'))")
        assert log_of(page).get_attribute("data-stream") != "ended", "the last cut was not in the middle"
        expect_complete(page, 60)
        assert states.json_value().count("reconnecting") >= CUTS // 2
        assert log_of(page).get_attribute("data-rows") == "800000"
        assert log_sha256(page) == logs.log_sha256(job_id)


def test_a_log_read_by_keyboard(logs: RunningConsole, reader: StorageState, new_context: CreateContextCallback) -> None:
    job_id = submit(logs, "story")
    context = new_context(viewport=DESKTOP, color_scheme="dark", base_url=logs.url, storage_state=reader)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    watched = Watched(page, logs.url)
    page.goto(f"/jobs/{job_id}")
    expect_state(page, "Failed", 60)
    expect(page.get_by_role("region", name="What it said last")).to_contain_text("ValueError: no squad can be picked")
    look_at_the_beginning(page)
    search_and_filter(page)
    attempt_by_attempt(page)
    times_tell_the_truth(page, logs.get(f"/api/jobs/{job_id}", logs=False))
    errors_and_long_lines(page)
    select_copy_and_come_back(page)
    accessible_in_both_themes(page, "log")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("When each line was written")
    watched.check()


def look_at_the_beginning(page: Page) -> None:
    log_of(page).focus()
    page.keyboard.press("Home")
    expect(row(page, "Reading the squad")).to_have_attribute("data-row", "0")
    # A colour goes on over line ends until it is taken back.
    expect(row(page, "and is red still").locator(".c1")).to_have_text("and is red still")
    expect(row(page, "This comes from standard error")).to_have_class(re.compile(r"\berr\b"))
    for bar in ("bar 0: 100%", "bar 1: 100%"):
        expect(row(page, bar)).to_have_count(1)


def search_and_filter(page: Page) -> None:
    page.keyboard.press("Control+f")
    page.keyboard.type("as captain")
    expect(found(page)).to_have_text("16 lines")
    page.keyboard.press("Enter")
    expect(found(page)).to_have_text("1 of 16 lines")
    page.keyboard.press("Escape")  # to the log, where single keys work
    for key, place in (("n", 2), ("n", 3), ("Shift+N", 2)):
        page.keyboard.press(key)
        expect(found(page)).to_have_text(f"{place} of 16 lines")
    expect(current(page).locator(".mark")).to_have_text("as captain")
    page.keyboard.press("m")
    expect(rows_in_sight(page)).to_have_count(16)
    page.reload()
    expect(rows_in_sight(page)).to_have_count(16)
    expect(found(page)).to_have_text("16 lines")


def attempt_by_attempt(page: Page) -> None:
    page.get_by_role("tab", name="All attempts").focus()
    for name in ("Attempt 1", "Attempt 2"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name=re.compile(f"{name} Exit code 1"))).to_be_focused()
        expect(found(page)).to_have_text("8 lines")
        expect(rows_in_sight(page)).to_have_count(8)
    log_of(page).focus()
    page.keyboard.press("Escape")  # closes the search
    page.keyboard.press("Home")
    expect(rows_in_sight(page).first).to_contain_text("Reading the squad")
    assert int(rows_in_sight(page).first.get_attribute("data-row") or 0) > 400


def times_tell_the_truth(page: Page, job: dict[str, Any]) -> None:
    page.keyboard.press("t")
    expect(row(page, "bar 1: 100%").locator("time")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d\.\d{3}$"))
    texts = ("Reading the squad", "bar 1: 100%", "player 003")
    times = [row(page, text).locator("time").get_attribute("datetime") or "" for text in texts]
    attempt = job["attempts"][1]
    moments = [seconds(time) for time in (attempt["started_at"], *times, attempt["ended_at"])]
    assert moments == sorted(moments)
    # The script rests for 0.7 s on the way.
    assert moments[3] - moments[1] > 0.2, times


def errors_and_long_lines(page: Page) -> None:
    long_line = row(page, "long xxx")
    expect(long_line).not_to_contain_text("end of the long line")
    long_line.get_by_role("button", name="show all").click()
    expect(long_line).to_contain_text("end of the long line")
    expect(long_line).to_have_js_property("offsetHeight", 20)
    page.keyboard.press("w")
    page.wait_for_function("row => row.offsetHeight > 100", arg=long_line.element_handle())
    page.keyboard.press("w")
    page.keyboard.press("e")
    expect(current(page)).to_contain_text("ERROR the first sign of trouble")


def select_copy_and_come_back(page: Page) -> None:
    log_of(page).focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile(r"#L\d+-L\d+$"))
    page.keyboard.press("y")
    expect(page.get_by_text("The lines are copied.")).to_be_visible()
    lines = ["ERROR the first sign of trouble", "step 0 after the trouble", "step 1 after the trouble"]
    assert page.evaluate("() => navigator.clipboard.readText()") == "\n".join(lines)
    page.reload()
    selected = page.locator(".row.selected:visible")
    expect(selected).to_have_count(3)
    expect(selected.first).to_be_in_viewport()
    # How logs are shown is remembered.
    expect(selected.first.locator("time")).to_be_visible()
    expect(page.get_by_role("tab", name=re.compile("Attempt 2"))).to_have_attribute("aria-selected", "true")


def test_a_cancel_shows_at_once_and_is_taken_back_when_refused(
    logs: RunningConsole, reader: StorageState, new_context: CreateContextCallback
) -> None:
    job_id = submit(logs, "pump", lines=100_000, rate=100)
    page = new_context(viewport=PHONE, base_url=logs.url, storage_state=reader).new_page()
    watched = Watched(page, logs.url)
    held: list[Route] = []
    page.route("**/cancel**", lambda route: held.append(route))
    page.goto(f"/jobs/{job_id}")
    expect_state(page, "Running")
    expect(page).to_have_title(re.compile("^Running · Pump"))
    expect_log(page, "of the pump")
    accessible_in_both_themes(page, "log-phone")
    controls_fit(page)

    page.keyboard.press("c")
    expect_state(page, "Cancelling")
    assert len(held) == 1, "it is shown before anybody has answered"
    held.pop().fulfill(status=400, json={"detail": "The job does not listen."})
    expect_state(page, "Running")
    expect(page.get_by_text("It was not cancelled: The job does not listen.")).to_be_visible()
    page.unroute("**/cancel**")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect_state(page, "Cancelled")
    expect(page).to_have_title(re.compile("^Cancelled · Pump"))
    assert "8b9098" in (page.locator("link[rel=icon]").get_attribute("href") or "")
    watched.check(f"400 POST /api/jobs/{job_id}/cancel")


def controls_fit(page: Page) -> None:
    """Down to 320 pixels: every button in sight, the counter not cut."""
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 640})
        for button in page.get_by_role("group", name="Log tools").locator("button, a").all():
            box = button.bounding_box()
            assert box
            assert 0 <= box["x"] <= width - box["width"], box
            assert box["height"] >= 24, box
        counter = page.get_by_text(re.compile(r"^[\d,]+ lines? · ")).first
        assert counter.evaluate("element => element.scrollWidth <= element.clientWidth")


# --- what is seen ---


def row(page: Page, text: str) -> Locator:
    return rows_in_sight(page).filter(has_text=text)


def rows_in_sight(page: Page) -> Locator:
    return log_of(page).locator(".row:not([hidden])")


def current(page: Page) -> Locator:
    """The row gone to last."""
    return log_of(page).locator(".row.current:not([hidden])")


def found(page: Page) -> Locator:
    return page.get_by_role("search", name="Log").get_by_role("status")


def expect_complete(page: Page, seconds: float) -> None:
    expect(log_of(page)).to_have_attribute("data-stream", "ended", timeout=seconds * 1000)
    expect(log_of(page)).to_have_attribute("data-loading", "false")


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


END_BEFORE_THE_REST = """() => {
  const box = document.querySelector("[role=log]");
  return box?.dataset.loading === "true" && box.innerText.includes("line 999999 of the pump");
}"""
# Every value the attribute takes, however short: the observer is told of the old one each time.
STREAM_STATES = """box => {
  const states = [];
  new MutationObserver((changes) => states.push(...changes.map(({ oldValue }) => oldValue)))
    .observe(box, { attributeFilter: ["data-stream"], attributeOldValue: true });
  return states;
}"""


def accessible_in_both_themes(page: Page, name: str) -> None:
    """No finding of axe, neither in what WCAG 2.2 AA asks for nor in what it recommends."""
    schemes: list[Literal["dark", "light"]] = ["dark", "light"]
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)  # colours fade over
        page.evaluate(AXE.read_text())
        findings = page.evaluate("async () => (await axe.run()).violations.map(({ id, nodes }) => [id, nodes[0].html])")
        assert not findings, findings
        shoot(page, f"{name}-{scheme}")
