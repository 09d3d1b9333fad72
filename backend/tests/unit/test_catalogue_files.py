"""The operator's folder: whatever is in it, the console starts and says what it did not take."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.commands.catalogue import PACKS_FOLDER, Catalogue
from backend.tests.unit.test_catalogue import BUILTINS

GOOD = "commands: [{id: %s, title: Mine, touches: reads, argv: [a]}]\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


# Read once: the packs are the same for every test, and reading them is most of what a test here does.
BUILT_IN = {command.id for command in Catalogue.load(PACKS_FOLDER, None, BUILTINS).all()}


def load(folder: Path) -> tuple[list[str], list[tuple[str, int | None, str]]]:
    catalogue = Catalogue.load(PACKS_FOLDER, folder, BUILTINS)
    added = [command.id for command in catalogue.all() if command.id not in BUILT_IN]
    assert {command.id for command in catalogue.all()} >= BUILT_IN
    return added, [(row.file, row.line, row.message) for row in catalogue.problems]


def test_own_commands_come_after_the_built_in_ones_with_their_file_as_the_pack(own: Path) -> None:
    (own / "backup.yaml").write_text(GOOD % "backup")
    added, rows = load(own)
    assert (added, rows) == (["backup"], [])
    assert Catalogue.load(PACKS_FOLDER, own, BUILTINS).get("backup").pack == "backup"


def test_a_broken_file_takes_out_only_itself(own: Path) -> None:
    (own / "a.yaml").write_text("commands: [")
    (own / "b.yaml").write_text(GOOD % "fine")
    added, rows = load(own)
    assert added == ["fine"]
    assert rows[0][:2] == ("a.yaml", 1)


def test_an_own_command_cannot_take_the_place_of_a_built_in_one(own: Path) -> None:
    (own / "a.yaml").write_text(GOOD % "make_transfers")
    added, rows = load(own)
    assert added == []
    assert rows == [("a.yaml", 1, "the id 'make_transfers' belongs to a built-in command: choose another")]
    assert Catalogue.load(PACKS_FOLDER, own, BUILTINS).get("make_transfers").title == "Make transfers"


def test_an_own_command_cannot_ask_for_the_consoles_guard(own: Path) -> None:
    """The guard knows what its two commands send; of another it could show nothing."""
    (own / "a.yaml").write_text(
        "commands: [{id: mine, title: M, touches: irreversible, argv: [a], guard: airsenal.apply}]"
    )
    added, rows = load(own)
    assert added == []
    assert rows[0][2].startswith("'guard' is for built-in commands")


@pytest.mark.parametrize(
    "argv",
    [
        "[airsenal_make_transfers, --confirm]",
        "[/opt/x/bin/airsenal_set_lineup]",
        "[sh, -c, 'yes | airsenal_make_transfers']",
        "[python, -m, airsenal.scripts.make_transfers]",
        "[airsenal_run_pipeline, {when: apply, argv: [--apply_transfers]}]",
    ],
)
def test_an_own_command_that_changes_the_real_team_is_pointed_out(own: Path, argv: str) -> None:
    """Past the guard: it stays the operator's choice, but never a silent one, nor one that may be repeated."""
    text = "commands: [{id: mine, title: M, touches: %s, argv: %s, parameters: %s}]"
    parameters = "[{name: apply, type: bool}]" if "apply" in argv else "[]"
    (own / "a.yaml").write_text(text % ("irreversible", argv, parameters))
    added, [(file, line, message)] = load(own)
    assert (added, file, line) == (["mine"], "a.yaml", 1)
    assert message.startswith("'mine' is offered, but ")
    assert "changes your real team" in message
    (own / "a.yaml").write_text(text % ("writes", argv, parameters))
    added, [(_, _, message)] = load(own)
    assert (added, "write 'touches: irreversible'" in message) == ([], True)
    (own / "a.yaml").write_text(GOOD % "mine" + "# airsenal_make_transfers\n")
    assert load(own) == (["mine"], [])


def test_the_first_of_two_files_keeps_an_id(own: Path) -> None:
    (own / "a.yaml").write_text(GOOD % "same")
    (own / "b.yaml").write_text("# later\n" + GOOD % "same")
    added, rows = load(own)
    assert added == ["same"]
    assert rows == [("b.yaml", 2, "the id 'same' is already used in a.yaml, line 1: choose another")]


def test_a_missing_folder_is_said_and_does_not_stop_the_start(tmp_path: Path) -> None:
    added, rows = load(tmp_path / "nowhere")
    assert added == []
    assert rows == [
        (
            str(tmp_path / "nowhere"),
            None,
            "The command folder cannot be read (No such file or directory): correct COMMANDS_DIR.",
        )
    ]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "Not a directory" in load(tmp_path / "file")[1][0][2]


def test_a_link_in_a_circle_a_dead_link_a_folder_and_a_pipe(own: Path) -> None:
    (own / "circle.yaml").symlink_to(own / "circle.yaml")
    (own / "dead.yaml").symlink_to(own / "gone")
    (own / "folder.yaml").mkdir()
    os.mkfifo(own / "pipe.yaml")
    added, rows = load(own)
    assert added == []
    said = {file: message for file, _, message in rows}
    assert "cannot be read (Too many levels of symbolic links)" in said["circle.yaml"]
    assert "cannot be read (No such file or directory)" in said["dead.yaml"]
    assert "is not an ordinary file" in said["folder.yaml"]
    assert "is not an ordinary file" in said["pipe.yaml"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
def test_a_file_that_cannot_be_read(own: Path) -> None:
    (own / "a.yaml").symlink_to("/proc/self/mem")  # fails also for root, who may read whatever has no read permission
    assert load(own) == (
        [],
        [("a.yaml", None, "The file cannot be read (Input/output error): check the link, owner and permissions.")],
    )


def test_what_everybody_may_write_is_not_read(own: Path) -> None:
    for name in ("mine", "theirs"):
        (own / f"{name}.yaml").write_text(GOOD % name)
    (own / "theirs.yaml").chmod(0o666)
    added, [(file, _, message)] = load(own)
    assert (added, file) == (["mine"], "theirs.yaml")
    assert "chmod o-w" in message
    own.chmod(0o1777)
    added, rows = load(own)
    assert (added, rows[0][0]) == ([], str(own))


def test_the_other_ending_is_pointed_out_and_other_files_are_left_alone(own: Path) -> None:
    for name in ("a.yml", ".hidden.yaml", "notes.txt", "a.yaml~"):
        (own / name).write_text("nothing: here")
    added, rows = load(own)
    assert added == []
    assert rows == [("a.yml", None, "The file is not read: rename it to a.yaml.")]


def test_a_byte_order_mark_does_no_harm(own: Path) -> None:
    (own / "a.yaml").write_bytes(b"\xef\xbb\xbf" + (GOOD % "bom").encode())
    assert load(own) == (["bom"], [])


def test_so_many_files_that_somebody_pointed_at_the_wrong_folder(own: Path) -> None:
    for number in range(203):
        (own / f"f{number:03}.yaml").write_text(GOOD % f"c{number}")
    added, rows = load(own)
    assert len(added) == 200
    assert "Only the first 200 of 203 command files are read" in rows[0][2]
