"""The data folder: private, one console at a time, never somebody's home."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from backend.data_folder import SUBFOLDERS, DataFolder
from backend.errors import StartError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_private_with_its_subfolders(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "deep" / "data")
    assert _mode(folder.path) == 0o700
    assert {path.name: _mode(path) for path in folder.path.iterdir() if path.is_dir()} == dict.fromkeys(
        SUBFOLDERS, 0o700
    )
    assert _mode(folder.path / "console.lock") == 0o600
    folder.close()


def test_one_that_is_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    DataFolder.open(tmp_path / "data").close()
    assert _mode(tmp_path / "data") == 0o700


def test_a_second_opening_names_the_first(tmp_path: Path) -> None:
    first = DataFolder.open(tmp_path / "data")
    with pytest.raises(StartError, match=r"in use by another console \(process \d+\): stop that one"):
        DataFolder.open(tmp_path / "data")
    first.announce("http://127.0.0.1:8001")
    with pytest.raises(StartError, match=r"\(process \d+, http://127\.0\.0\.1:8001\).*--data-dir"):
        DataFolder.open(tmp_path / "data")
    first.close()
    DataFolder.open(tmp_path / "data").close()


def test_children_do_not_hold_the_lock(tmp_path: Path) -> None:
    """Jobs and mongod outlive a console that is killed; its successor must get the folder all the same."""
    folder = DataFolder.open(tmp_path / "data")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        folder.close()
        DataFolder.open(tmp_path / "data").close()
        child.kill()


def test_a_damaged_lock_file_only_costs_the_name(tmp_path: Path) -> None:
    first = DataFolder.open(tmp_path / "data")
    (tmp_path / "data" / "console.lock").write_bytes(b"\xff not json")
    with pytest.raises(StartError, match="process unknown"):
        DataFolder.open(tmp_path / "data")
    first.close()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    (home / "letter.txt").write_text("dear")
    with pytest.raises(StartError, match="has other files in it"):
        DataFolder.open(home)
    assert _mode(home) == 0o755
    assert [path.name for path in home.iterdir()] == ["letter.txt"]


def test_a_fresh_disk_is_as_good_as_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "data" / "lost+found").mkdir(parents=True)
    DataFolder.open(tmp_path / "data").close()


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(StartError, match="is a file: name a folder"):
        DataFolder.open(tmp_path / "data")


def test_a_link_for_a_lock_is_refused(tmp_path: Path) -> None:
    DataFolder.open(tmp_path / "data").close()
    lock = tmp_path / "data" / "console.lock"
    lock.unlink()
    lock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartError, match="cannot be used"):
        DataFolder.open(tmp_path / "data")
    assert not (tmp_path / "elsewhere").exists()
