"""The whole console in a real browser: started as people start it, driven as they drive it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from backend.tests.airsenal.box import AirsenalBox
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.e2e.browsing import DESKTOP, chromium, launch_options, set_up
from backend.tests.e2e.consoles import RunningConsole
from backend.tests.e2e.installation import new_data_folder, reserved_port, shown_the_stand_in
from backend.tests.started import PROJECT


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    program = chromium()
    if program is None:
        pytest.skip("no chromium here (sudo apt install chromium)")
    return launch_options(program)


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """A console of this checkout, for tests of single pages."""
    running = RunningConsole(PROJECT, tmp_path_factory.mktemp("e2e") / "data", RATE_LIMIT_PER_MINUTE="10000")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def admin(console: RunningConsole, browser: Browser) -> dict[str, Any]:
    """The browser state of its signed-in admin."""
    context = browser.new_context()
    set_up(context.new_page(), console)
    state: dict[str, Any] = dict(context.storage_state())
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, console: RunningConsole, admin: dict[str, Any]) -> Iterator[Page]:
    """A signed-in page of that console, on a desktop."""
    context = browser.new_context(storage_state=admin, viewport=DESKTOP, base_url=console.url)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirsenalBox]:
    """The one data folder of all tests with the real AIrsenal, and the address its FPL API will have. Nothing is
    installed yet: the test through the browser comes first and does that."""
    with reserved_port() as port:
        folder = new_data_folder(tmp_path_factory.mktemp("airsenal"))
        yield AirsenalBox(folder, api_url=f"http://127.0.0.1:{port}/api")


@pytest.fixture(scope="session")
def fpl_api(box: AirsenalBox) -> Iterator[StandInFplApi]:
    """The stand-in, up. It needs the installation, so a test asks for it when that is there."""
    with shown_the_stand_in(box) as api:
        yield api
