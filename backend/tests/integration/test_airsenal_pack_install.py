"""`airsenal_install` when things go wrong: one sentence, an exit code, and nothing that looks installed."""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.commands.catalogue import PROGRAMS_FOLDER

PROGRAM = PROGRAMS_FOLDER / "airsenal_install.py"
NO_INDEX = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def install(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROGRAM, f"--home={home}"],
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_without_a_network_it_says_so_and_the_next_run_starts_over(tmp_path: Path) -> None:
    home = tmp_path / "tools" / "airsenal"
    for said in ("1/4 Making an environment", "Removing a half-made installation"):
        done = install(home, **NO_INDEX)
        assert done.returncode == 3
        assert done.stderr.splitlines()[-1].startswith("The package index cannot be reached: check the network")
        assert done.stdout.startswith(said)
        assert not (home / "installed.json").exists()
        assert (home / "bin" / "python").exists()


def test_stopped_half_way_it_leaves_no_stamp_and_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "airsenal"
    with socket.socket() as silent:  # takes connections and never answers
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        with subprocess.Popen(
            [sys.executable, PROGRAM, f"--home={home}"],
            env={"PATH": os.environ["PATH"], **NO_INDEX, "PIP_INDEX_URL": index},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            silent.accept()[0].close()
            assert child.stdout is not None
            os.killpg(child.pid, signal.SIGTERM)
            assert child.wait(10) == -signal.SIGTERM
    assert not (home / "installed.json").exists()


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("/proc")])
def test_a_folder_that_cannot_be_used(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "data")
    done = install(tmp_path / "data" / "tools" / "airsenal")
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_little_disk(tmp_path: Path) -> None:
    program = runpy.run_path(str(PROGRAM))
    program["check_room"].__globals__["NEEDED_BYTES"] = 10**18
    with pytest.raises(program["Failed"], match=r"AIrsenal needs 1000000000\.0 GB of disk") as caught:
        program["check_room"](tmp_path)
    assert caught.value.code == 4


def test_files_with_login_details_are_removed_unread(tmp_path: Path) -> None:
    data = tmp_path / "lib" / "python3.11" / "site-packages" / "airsenal" / "data"
    data.mkdir(parents=True)
    for name in ("FPL_LOGIN_A", "FPL_PASSWORD_B", "FPL_TEAM_ID_C", "FPL_2526.json"):
        (data / name).touch(mode=0o000)
    assert runpy.run_path(str(PROGRAM))["remove_login_files"](tmp_path) == 3
    assert [path.name for path in data.iterdir()] == ["FPL_2526.json"]


@pytest.mark.parametrize(
    "stamp", ["", "{", "[]", json.dumps({"airsenal": "1.16.0"}), json.dumps({"airsenal": "1.17.0"})]
)
def test_a_stamp_alone_does_not_count(tmp_path: Path, stamp: str) -> None:
    (tmp_path / "installed.json").write_text(stamp)
    assert runpy.run_path(str(PROGRAM))["is_whole"](tmp_path) is False
