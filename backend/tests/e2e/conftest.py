"""The whole console in a real browser: started as people start it, driven as they drive it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from backend.tests.started import PROJECT, Started

SCREENSHOTS = PROJECT / "test-results" / "screenshots"
EMAIL, PASSWORD = "manager@example.org", "correct horse battery staple"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no chromium here (sudo apt install chromium)")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    return {"executable_path": program, "args": ["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet]}


class Watched:
    """A page together with everything it complained about or asked of other hosts."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._request(request.url, origin))

    def _console(self, message: ConsoleMessage) -> None:
        # A refused request is part of some journeys and shown by the page itself.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _request(self, url: str, origin: str) -> None:
        if not url.startswith((origin, origin.replace("http", "ws", 1), "data:", "blob:")):
            self.elsewhere.append(url)

    def check(self) -> None:
        """No error, no violation of the content security policy, no request to another host."""
        assert self.complaints == []
        assert self.elsewhere == []


class RunningConsole:
    """`python3 run.py` with its printed address and, the first time, its set-up link."""

    def __init__(self, started: Started) -> None:
        self.started = started
        output = started.until("Ops Console is at", 600)
        found = re.search(r"Ops Console is at (\S+)", output)
        assert found
        self.url = found[1]
        link = re.search(r"http\S+/setup#token=\S+", output)
        self.setup_link = link[0] if link else None


def run_py(folder: Path, data_dir: Path, **settings: str) -> RunningConsole:
    # The Python that made our environment, as a newcomer would have it: nothing installed.
    python = getattr(sys, "_base_executable", sys.executable)
    argv = [python, "run.py", "--port", "0", "--data-dir", data_dir]
    return RunningConsole(Started(argv, data_dir.with_suffix(".log"), cwd=folder, env=settings))


def copy_of_the_project(target: Path) -> Path:
    """What a fresh clone holds, uncommitted changes included: no environment, no packages, no data, no built files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, check=True,
        stdout=subprocess.PIPE,
    ).stdout  # fmt: skip
    for name in filter(None, os.fsdecode(listed).split("\0")):
        source = PROJECT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """A console of this checkout with an admin, for tests of single pages."""
    data = tmp_path_factory.mktemp("e2e") / "data"
    running = run_py(PROJECT, data, RATE_LIMIT_PER_MINUTE="10000")
    yield running
    assert running.started.stop() == 0


@pytest.fixture(scope="session")
def signed_in(console: RunningConsole, browser: Browser) -> dict[str, Any]:
    """The browser state of a signed-in admin."""
    context = browser.new_context()
    set_up(context.new_page(), console)
    state: dict[str, Any] = dict(context.storage_state())
    context.close()
    return state


def set_up(page: Page, console: RunningConsole) -> None:
    assert console.setup_link
    page.goto(console.setup_link)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create the admin and sign in").click()
    page.get_by_role("heading", name="Dashboard").wait_for()


def new_page(browser: Browser, state: dict[str, Any], **options: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(storage_state=state, **options)  # type: ignore[arg-type]
    return context, context.new_page()


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
