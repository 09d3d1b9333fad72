"""What the browser test leaves out of the pack with the real AIrsenal: its options, a login, transfers, and failures.

Uses the installation and the database that the browser test made, or makes them when run alone.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from backend.tests.airsenal.box import LOGIN, TEAM_ID, AirsenalBox, Run
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.airsenal.hook import find_data_folder
from backend.tests.unit.test_chips import TABLE, chips_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def predicted(box: AirsenalBox, fpl_api: StandInFplApi) -> AirsenalBox:
    """With a database that has a prediction."""
    box.database.parent.mkdir(parents=True, exist_ok=True)
    if not box.database.exists():
        good(box, "setup_db", n_previous=1)
        good(box, "update_db")
        good(box, "predict", weeks_ahead=1)
    return box


def good(box: AirsenalBox, command_id: str, **parameters: object) -> Run:
    """Exit code 0 alone says little: the command's closing line must be there too."""
    run = box.run(command_id, parameters)
    assert run.exit_code == 0, run.output[-3000:]
    assert [text for text in box.catalogue.get(command_id).must_show if text not in run.output] == []
    return run


def test_a_second_installation_finds_it_there(predicted: AirsenalBox) -> None:
    done = predicted.run("airsenal_install")
    assert "AIrsenal 1.17.0 is installed already" in done.output
    assert done.seconds < 10


def test_no_file_with_login_details_is_left(predicted: AirsenalBox) -> None:
    assert [path.name for path in find_data_folder(predicted.venv).glob("FPL_[LPT][OAE]*")] == []


def test_every_option_of_the_pack_is_one_of_the_real_command(predicted: AirsenalBox) -> None:
    checked = 0
    for command in predicted.catalogue.all():
        if command.pack != "AIrsenal" or command.id in ("airsenal_install", "check_data"):  # check_data has no --help
            continue
        offered = set(re.findall(r"--[a-z_]+", predicted.run(command.id, program_help=True).output))
        for argument in command.argv.templates:
            option = re.match(r"--[a-z_]+", argument.literal)
            if option:
                assert option[0] in offered, f"{command.id} {option[0]}"
                checked += 1
    assert checked > 50


def test_the_planner_counts_as_the_real_optimiser_does(predicted: AirsenalBox, fpl_api: StandInFplApi) -> None:
    asked = """
import json, sys
from airsenal.framework.optimization_utils import count_expected_outputs
from airsenal.scripts.fill_transfersuggestion_table import construct_chip_dict
for weeks, free, most, hit, unused, chips in json.load(sys.stdin):
    try:
        chips = construct_chip_dict(list(range(25, 25 + weeks)), chips)
        print(count_expected_outputs(weeks, 25, free, hit, unused, most, chips)[0])
    except IndexError:
        print(0)
"""
    rows = [(*row[:5], chips_of(row[5])) for row in TABLE]
    home = {"AIRSENAL_HOME": str(predicted.database.parent), "AIRSENAL_DB_FILE": str(predicted.database)}
    done = subprocess.run(
        [predicted.venv / "bin" / "python", "-c", asked], input=json.dumps(rows),
        env={**home, "FPL_API_URL": fpl_api.url}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [int(line) for line in done.stdout.splitlines()[-len(TABLE) :]] == [row[6] for row in TABLE]


def test_a_second_set_up_does_not_pass_for_one(predicted: AirsenalBox) -> None:
    again = predicted.run("setup_db", {"n_previous": 1})
    assert again.exit_code == 0
    assert "DONE!" not in again.output, "must_show tells this from a set-up"


def test_from_a_prediction_to_transfers_on_the_real_team(predicted: AirsenalBox, fpl_api: StandInFplApi) -> None:
    good(predicted, "check_data")
    good(predicted, "make_squad", num_gameweeks=1, num_generations=5, population_size=20)
    predicted.secrets = {"FPL_TEAM_ID": TEAM_ID, **LOGIN}
    with_login = good(predicted, "optimize", weeks_ahead=1)
    assert "Using DB instead" not in with_login.output
    assert "Total progress: 100%" in with_login.output
    assert fpl_api.posted == []
    good(predicted, "make_transfers")
    assert [change.path for change in fpl_api.posted] == ["transfers", f"my-team/{TEAM_ID}"]
    check_database(predicted.database)


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


def test_the_login_is_tried_as_airsenal_does_without_a_database(
    predicted: AirsenalBox, fpl_api: StandInFplApi, tmp_path: Path
) -> None:
    no_database = AirsenalBox(tmp_path / "data", predicted.api_url, {"FPL_TEAM_ID": TEAM_ID, **LOGIN})
    no_database.venv.parent.mkdir()
    no_database.venv.symlink_to(predicted.venv)
    assert good(no_database, "test_login").output.endswith("its own.\nFPL login: works\n")
    no_database.secrets["FPL_PASSWORD"] = "not-the-password"
    refused = no_database.run("test_login")
    assert refused.exit_code == 1
    assert refused.output.endswith("FPL login: wrong_password\n")
    assert "not-the-password" not in refused.output
    assert "manager@example.org" not in refused.output
    fpl_api.fail("status", status=403, path="login")
    blocked = no_database.run("test_login")
    fpl_api.recover()
    assert blocked.output.endswith("FPL login: blocked\n")
    assert not no_database.database.parent.exists() or list(no_database.database.parent.iterdir()) == []


def test_a_failing_api_fails_the_update(predicted: AirsenalBox, fpl_api: StandInFplApi) -> None:
    fpl_api.fail("status", status=503)
    done = predicted.run("update_db")
    fpl_api.recover()
    assert done.exit_code == 1
    assert "HTTP Error 503" in done.output


def test_a_pipeline_that_stops_at_a_failed_update_shows_no_closing_line(
    predicted: AirsenalBox, fpl_api: StandInFplApi
) -> None:
    fpl_api.go_down()
    done = predicted.run("pipeline", {"weeks_ahead": 1})
    fpl_api.come_up()
    assert "Do you want to continue?" in done.output
    assert "Pipeline finished OK!" not in done.output
