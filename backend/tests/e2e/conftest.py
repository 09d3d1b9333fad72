"""The whole console in a real browser: started as people start it, driven as they drive it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, expect

from backend.tests.airsenal.box import AirsenalBox
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.e2e.browsing import chromium, launch_options, set_up
from backend.tests.e2e.consoles import RunningConsole, copy_of_the_project
from backend.tests.e2e.installation import new_data_folder, reserved_port, shown_the_stand_in
from backend.tests.started import PROJECT

# Tests that are not about FPL must not ask the real one for anything.
NO_FPL = "http://127.0.0.1:9/api"

# Three lanes of tests share two processors: what takes a moment here may take several there.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    program = chromium()
    if program is None:
        pytest.skip("no chromium here (sudo apt install chromium)")
    return launch_options(program)


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """A console of this checkout, for tests of single pages."""
    running = RunningConsole(PROJECT, tmp_path_factory.mktemp("e2e") / "data", FPL_API_URL=NO_FPL)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def admin(console: RunningConsole, browser: Browser) -> StorageState:
    """The browser state of its signed-in admin."""
    context = browser.new_context()
    set_up(context.new_page(), console)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def fresh_clone(tmp_path: Path) -> Iterator[RunningConsole]:
    """What a newcomer has after one command; the preparations are part of it."""
    clone = copy_of_the_project(tmp_path / "clone")
    for made in (".venv", "data", "frontend/node_modules", "frontend/dist"):
        assert not (clone / made).exists()
    running = RunningConsole(clone, tmp_path / "data", FPL_API_URL=NO_FPL)
    yield running
    running.stop()
    shutil.rmtree(clone)  # half a gigabyte, which pytest would keep for three runs


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirsenalBox]:
    """The one data folder of all tests with the real AIrsenal, and the address its FPL API will have. Nothing is
    installed yet: the test through the browser comes first and does that."""
    with reserved_port() as port:
        folder = new_data_folder(tmp_path_factory.mktemp("airsenal"))
        yield AirsenalBox(folder, api_url=f"http://127.0.0.1:{port}/api")
    if not (tools := folder / "tools").is_symlink():
        shutil.rmtree(tools, ignore_errors=True)  # a gigabyte more


@pytest.fixture(scope="session")
def fpl_api(box: AirsenalBox) -> Iterator[StandInFplApi]:
    """The stand-in, up. It needs the installation, so a test asks for it when that is there."""
    with shown_the_stand_in(box) as api:
        yield api


@pytest.fixture
def airsenal_console(box: AirsenalBox) -> Iterator[RunningConsole]:
    """Over that data folder, with the address of its FPL API as the only setting."""
    running = RunningConsole(PROJECT, box.data_dir, FPL_API_URL=box.api_url)
    yield running
    running.stop()
