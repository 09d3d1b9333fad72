"""A manager's gameweek through the pages: set-up, predictions, comparison, plan, squad, database, and the real team.

AIrsenal's programs are stand-ins here (airsenal/pretend.py), so that it takes a minute; test_airsenal.py has the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_playwright.pytest_playwright import CreateContextCallback

from backend.tests.airsenal import pretend
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.airsenal.this_week import ThisWeek
from backend.tests.e2e.browsing import DESKTOP, Watched, set_up
from backend.tests.e2e.consoles import RunningConsole
from backend.tests.started import PROJECT


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
@pytest.mark.timeout(600)
def test_a_gameweek_from_the_set_up_to_the_real_team(
    manager: RunningConsole, fpl: StandInFplApi, new_context: CreateContextCallback
) -> None:
    context = new_context(viewport=DESKTOP, base_url=manager.url)
    page = context.new_page()
    watched = Watched(page, manager.url)
    set_up(page, manager)
    set_airsenal_up(page)
    watched.check()
