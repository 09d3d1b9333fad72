"""The real AIrsenal 1.17.0, installed and run by the pack, against the stand-in: no network but for the installation.

Five minutes; leave out with -m "not slow". AIRSENAL_TEST_DATA names a folder to keep the installation in between runs.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend.tests.airsenal.box import LOGIN, TEAM_ID, AirsenalBox, Run
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.airsenal.hook import find_data_folder, install_hook

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> AirsenalBox:
    kept = os.environ.get("AIRSENAL_TEST_DATA")
    box = AirsenalBox(Path(kept) if kept else tmp_path_factory.mktemp("airsenal") / "data")
    done = box.run("airsenal_install")
    assert done.exit_code == 0, done.output
    return box


@pytest.fixture(scope="module")
def api(installed: AirsenalBox) -> Iterator[StandInFplApi]:
    with StandInFplApi.of_season(find_data_folder(installed.venv)) as stand_in:
        assert stand_in.clock
        install_hook(installed.venv, stand_in.clock, stand_in.season)
        yield stand_in


@pytest.fixture(scope="module")
def box(installed: AirsenalBox, api: StandInFplApi, tmp_path_factory: pytest.TempPathFactory) -> AirsenalBox:
    """An empty database of its own, so that a kept installation gives the same runs."""
    installed.api_url = api.url
    installed.home = tmp_path_factory.mktemp("home")
    return installed


def good(box: AirsenalBox, run: Run, command_id: str) -> Run:
    assert run.exit_code == 0, run.output[-3000:]
    assert [text for text in box.catalogue.get(command_id).must_show if text not in run.output] == []
    return run


def test_a_second_installation_finds_it_there(installed: AirsenalBox) -> None:
    done = installed.run("airsenal_install")
    assert "AIrsenal 1.17.0 is installed already" in done.output
    assert done.seconds < 10


def test_no_file_with_login_details_is_left(installed: AirsenalBox) -> None:
    assert [path.name for path in find_data_folder(installed.venv).glob("FPL_[LPT][OAE]*")] == []


def test_every_option_of_the_pack_is_one_of_the_real_command(box: AirsenalBox) -> None:
    checked = 0
    for command in box.catalogue.all():
        if command.pack != "AIrsenal" or command.id in ("airsenal_install", "check_data"):  # check_data has no --help
            continue
        offered = set(re.findall(r"--[a-z_]+", box.run(command.id, program_help=True).output))
        for argument in command.argv.templates:
            option = re.match(r"--[a-z_]+", argument.literal)
            if option:
                assert option[0] in offered, f"{command.id} {option[0]}"
                checked += 1
    assert checked > 50


def test_from_an_empty_database_to_transfers_on_the_real_team(box: AirsenalBox, api: StandInFplApi) -> None:
    good(box, box.run("setup_db", {"n_previous": 1}), "setup_db")
    again = box.run("setup_db", {"n_previous": 1})
    assert again.exit_code == 0
    assert "DONE!" not in again.output, "must_show tells this from a set-up"
    good(box, box.run("update_db"), "update_db")
    good(box, box.run("check_data"), "check_data")
    good(box, box.run("predict", {"weeks_ahead": 1}), "predict")
    good(box, box.run("make_squad", {"num_gameweeks": 1, "num_generations": 5, "population_size": 20}), "make_squad")
    without_login = good(box, box.run("optimize", {"weeks_ahead": 1}), "optimize")
    assert "Using DB instead" in without_login.output
    box.secrets = {"FPL_TEAM_ID": TEAM_ID, **LOGIN}
    with_login = good(box, box.run("optimize", {"weeks_ahead": 1}), "optimize")
    assert "Using DB instead" not in with_login.output
    assert "Total progress: 100%" in with_login.output
    assert api.posted == []
    good(box, box.run("make_transfers"), "make_transfers")
    assert [change.path for change in api.posted] == ["transfers", f"my-team/{TEAM_ID}"]
    check_database(box.database)


def check_database(path: Path) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        counts = {
            what: database.execute(f"SELECT COUNT(*) FROM {what}").fetchone()[0]
            for what in (
                "player_prediction",
                "transfer_suggestion",
                "player_score JOIN fixture USING (fixture_id) WHERE season = '2526'",
            )
        }
    predictions, suggestions, scores = counts.values()
    assert predictions > 500
    assert suggestions > 15
    assert scores > 10_000, "the release's bug with skipped player scores is avoided"


def test_a_failing_api_fails_the_update(box: AirsenalBox, api: StandInFplApi) -> None:
    api.fail("status", status=503)
    done = box.run("update_db")
    api.recover()
    assert done.exit_code == 1
    assert "HTTP Error 503" in done.output


def test_a_pipeline_that_stops_at_a_failed_update_shows_no_closing_line(box: AirsenalBox, api: StandInFplApi) -> None:
    api.go_down()
    done = box.run("pipeline", {"weeks_ahead": 1})
    api.come_up()
    assert "Do you want to continue?" in done.output
    assert "Pipeline finished OK!" not in done.output
