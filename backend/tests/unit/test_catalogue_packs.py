"""The built-in packs: the contract of each AIrsenal command, what keeps it safe, and real runs of the system ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.commands.catalogue import PACKS_FOLDER, Catalogue
from backend.commands.command import Command
from backend.tests.unit.test_catalogue import BUILTINS, bad_fields

CHIPS = ("wildcard_week", "free_hit_week", "triple_captain_week", "bench_boost_week")
REAL_TEAM = {"set_lineup", "make_transfers"}
AIRSENAL = {"setup_db", "update_db", "predict", "optimize", "pipeline", "make_squad", "check_data", *REAL_TEAM}
AIRSENAL |= {"test_login"}


@pytest.fixture(scope="module")
def packs() -> Catalogue:
    return Catalogue.load(PACKS_FOLDER, None, BUILTINS)


def argv(command: Command, **parameters: object) -> list[str]:
    return command.build(command.validate(parameters), BUILTINS).argv


def test_the_commands_that_must_be_there(packs: Catalogue) -> None:
    assert {command.id for command in packs.all()} >= {*AIRSENAL, "airsenal_install", "system_check", "system_watch"}


@pytest.mark.parametrize("command_id", ["optimize", "pipeline"])
@pytest.mark.parametrize("chip", CHIPS)
def test_chip_weeks(packs: Catalogue, command_id: str, chip: str) -> None:
    """Absent, null and -1: not played, no flag. 0: any week. N: gameweek N."""
    command = packs.get(command_id)
    for not_played in ({}, {chip: None}, {chip: -1}):
        assert f"--{chip}" not in argv(command, **not_played)
    for week in (0, 1, 38):
        found = argv(command, **{chip: week})
        assert found[found.index(f"--{chip}") + 1] == str(week)
    assert bad_fields(command, {chip: 39}) == {chip: "must be from 0 to 38"}
    assert bad_fields(command, {chip: -2}).keys() == {chip}


@pytest.mark.parametrize("command_id", ["predict", "optimize", "pipeline"])
def test_weeks_ahead_defaults_to_three(packs: Catalogue, command_id: str) -> None:
    assert "--weeks_ahead=3" in argv(packs.get(command_id))
    assert "--weeks_ahead=1" in argv(packs.get(command_id), weeks_ahead=1)
    assert bad_fields(packs.get(command_id), {"weeks_ahead": 0}).keys() == {"weeks_ahead"}


def test_every_airsenal_command_is_set_up_alike(packs: Catalogue) -> None:
    for command_id in AIRSENAL:
        command = packs.get(command_id)
        env = command.build(command.validate({}), BUILTINS).env
        assert command.lane == "airsenal", command_id
        assert env == {
            "PYTHONUNBUFFERED": "1",
            "PATH": "/data/tools/airsenal/bin:/usr/bin:/bin",
            "AIRSENAL_HOME": "/data/airsenal",
            "AIRSENAL_DB_FILE": "/data/airsenal/data.db",
            "FPL_API_URL": "https://fpl.example/api",
        }
        assert "AIRSENAL_HOME" in command.optional_secrets
        assert command.must_show, "its exit code 0 does not tell success"
        reason = command.unavailable_reason(BUILTINS, ())
        assert reason == 'AIrsenal is not installed yet. Run "Install AIrsenal" first.'
    assert packs.get("airsenal_install").lane == "airsenal", "nothing may run while its programs are replaced"


def test_what_changes_the_real_team_is_irreversible_and_never_answers_or_repeats_by_itself(packs: Catalogue) -> None:
    assert {command.id for command in packs.all() if command.touches == "irreversible"} == REAL_TEAM
    for command_id in REAL_TEAM:
        command = packs.get(command_id)
        assert argv(command)[1:] == ["--confirm"]
        assert command.stdin is None
        assert command.guard == "airsenal.apply"
        assert command.max_retries(3) == 0
        assert not command.repeatable
        assert command.secrets == ("FPL_TEAM_ID", "FPL_LOGIN", "FPL_PASSWORD")


def test_only_a_run_without_login_gets_the_answer_no(packs: Catalogue) -> None:
    fed = {command.id for command in packs.all() if command.stdin is not None}
    assert fed == {"optimize", "pipeline"}
    for command_id in fed:
        call = packs.get(command_id).build(packs.get(command_id).validate({}), BUILTINS)
        assert call.stdin == b"n\n"
        assert "--apply_transfers" not in call.argv


def test_what_may_leave_a_half_built_database_is_never_run_again_by_itself(packs: Catalogue) -> None:
    for command_id in ("setup_db", "pipeline"):
        assert packs.get(command_id).max_retries(3) == 0
        assert packs.get(command_id).repeatable is False
    for command_id in ("update_db", "predict"):
        assert packs.get(command_id).max_retries(3) > 0
        assert packs.get(command_id).repeatable is True


def test_the_team_id_is_asked_for_where_it_is_needed(packs: Catalogue) -> None:
    needing = {command.id for command in packs.all() if "FPL_TEAM_ID" in command.secrets}
    assert needing == {*AIRSENAL} - {"predict", "check_data"}


def run(command: Command, data: Path, **parameters: object) -> subprocess.CompletedProcess[str]:
    call = command.build(command.validate(parameters), {**BUILTINS, "data_dir": str(data)})
    return subprocess.run(
        call.argv,
        env={"PATH": os.environ["PATH"], **call.env},
        cwd=call.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def test_system_check_passes_on_a_good_data_folder(packs: Catalogue, data: Path) -> None:
    done = run(packs.get("system_check"), data)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^6 of 6 checks passed\.$", done.stdout, re.MULTILINE)
    assert list(data.iterdir()) == []


def test_system_check_fails_on_an_open_data_folder_and_an_unreachable_api(packs: Catalogue, data: Path) -> None:
    data.chmod(0o755)
    command = packs.get("system_check")
    call = command.build(
        command.validate({"network": True}),
        {**BUILTINS, "data_dir": str(data), "fpl_api_url": "http://127.0.0.1:9/api"},
    )
    done = subprocess.run(call.argv, env={**call.env, "JWT_SECRET": "x"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is open to other users of this machine: chmod 700 it" in done.stdout
    assert "a job can see the console's own JWT_SECRET" in done.stdout
    assert "http://127.0.0.1:9/api cannot be reached" in done.stdout
    assert "4 of 7 checks passed." in done.stdout


def test_system_disk_names_what_takes_the_space(packs: Catalogue, data: Path) -> None:
    (data / "db").mkdir()
    (data / "db" / "big").write_bytes(b"x" * 3_000_000)
    done = run(packs.get("system_disk"), data)
    assert done.returncode == 0
    assert re.search(r"2\.9 MiB  db$", done.stdout, re.MULTILINE)


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="needs /proc")
def test_system_memory_lists_programs(packs: Catalogue, data: Path) -> None:
    done = run(packs.get("system_memory"), data, top=5)
    assert done.returncode == 0
    assert done.stdout.startswith("Machine")
    assert len(re.findall(r"^ *[\d.]+ [KMG]iB +\d+  \S", done.stdout, re.MULTILINE)) <= 5


def test_system_watch_prints_live_and_draws_a_bar(packs: Catalogue, data: Path) -> None:
    command = packs.get("system_watch")
    call = command.build(command.validate({"seconds": 2}), {**BUILTINS, "data_dir": str(data)})
    with subprocess.Popen(call.argv, env=call.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert b"load" in child.stdout.readline()
        first = time.monotonic()
        out, err = child.communicate(timeout=20)
        assert time.monotonic() - first > 1, "the first line comes at once"
    assert out.endswith(b"Watched for 2 seconds.\n")
    assert err.count(b"\r") == 3
    assert "100%|██████████████████████████████| 2/2 [00:00 left]".encode() in err


def test_the_programs_need_nothing_but_python(packs: Catalogue, data: Path) -> None:
    """They run by the console's Python, and by any other that is new enough: standard library only."""
    for command in packs.all():
        program = argv(command)[1] if argv(command)[0] == sys.executable else None
        if program:
            done = subprocess.run([sys.executable, "-I", "-S", program, "--help"], capture_output=True, check=False)
            assert done.returncode == 0, program
