"""The catalogue as the rest of the console uses it: load, validate, build, describe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.commands.catalogue import PACKS_FOLDER, PROGRAMS_FOLDER, Catalogue
from backend.commands.command import Command
from backend.errors import FieldError, InvalidInput, NotFound, StartError

BUILTINS = {
    "data_dir": "/data",
    "python": sys.executable,
    "path": "/usr/bin:/bin",
    "programs": str(PROGRAMS_FOLDER),
    "fpl_api_url": "https://fpl.example/api",
    "local_db_path": "/data/airsenal/data.db",
}

EVERYTHING = """
pack: Mine
commands:
  - id: optimize
    title: Optimise transfers
    description: Best transfers for the coming gameweeks.
    touches: writes
    argv:
      - airsenal_run_optimization
      - "--weeks_ahead={weeks_ahead}"
      - [--wildcard_week, "{wildcard_week}"]
      - {when: allow_unused, argv: [--allow_unused]}
      - [--chip, "{chip}", --chip_week, "{chip_week}"]
      - "literal {{braces}}"
    parameters:
      - {name: weeks_ahead, type: int, min: 1, max: 10, default: 3, help: How far to look.}
      - {name: wildcard_week, type: int, min: 0, max: 38, not_given: -1, help: "0: let it choose"}
      - {name: allow_unused, type: bool, default: false}
      - {name: chip, type: choice, choices: [bboost, 3xc]}
      - {name: chip_week, type: int, min: 1, max: 38}
      - {name: token, type: secret}
      - {name: note, type: text, label: A note, default: hello}
    secrets: [FPL_TEAM_ID]
    optional_secrets: [FPL_LOGIN]
    env: {PYTHONUNBUFFERED: "1", TOKEN: "{token}", HOME_OF_DATA: "{data_dir}/x"}
    cwd: "{data_dir}"
    stdin: "{note}\\n"
    lane: airsenal
    time_limit: 2h
    retries: 2
    final_exit_codes: [2]
    repeatable: true
    pty: false
    parser: airsenal.optimisation
    must_show: [DONE]
    needs_file: "{data_dir}/installed.json"
    needs_file_message: Install it first.
"""


def load_text(folder: Path, text: str) -> Catalogue:
    folder.mkdir(exist_ok=True)
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return Catalogue.load(folder, None, BUILTINS)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return load_text(tmp_path / "packs", EVERYTHING).get("optimize")


Load = Callable[[str], Command]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A catalogue with one command of id `x`: give the lines below its `id`, `title` and `touches: reads`."""

    def loaded(body: str) -> Command:
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        return load_text(tmp_path / "packs", f"commands:\n  - id: x\n    title: X\n    touches: reads\n{lines}\n").get(
            "x"
        )

    return loaded


def bad_fields(command: Command, parameters: dict[str, object]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        command.validate(parameters)
    return {error.field: error.message for error in caught.value.errors}


def test_defaults_are_filled_in_and_what_is_not_given_is_dropped(command: Command) -> None:
    assert command.validate({}) == {"weeks_ahead": 3, "allow_unused": False, "note": "hello"}


def test_a_group_goes_as_a_whole_and_a_switch_by_its_bool(command: Command) -> None:
    values = command.validate({"wildcard_week": 0, "allow_unused": True, "weeks_ahead": 1})
    assert command.build(values, BUILTINS).argv == [
        "airsenal_run_optimization",
        "--weeks_ahead=1",
        "--wildcard_week",
        "0",
        "--allow_unused",
        "literal {braces}",
    ]


@pytest.mark.parametrize("left_out", [None, -1])
def test_null_and_the_parameters_own_value_mean_not_given(command: Command, left_out: object) -> None:
    values = command.validate({"wildcard_week": left_out})
    assert "wildcard_week" not in values
    assert "--wildcard_week" not in command.build(values, BUILTINS).argv


def test_half_a_group_is_refused_and_never_dropped_without_a_word(command: Command) -> None:
    assert bad_fields(command, {"chip": "3xc"}) == {"chip_week": "is needed together with chip"}


def test_environment_folder_and_input_are_built(command: Command) -> None:
    call = command.build(command.validate({"token": "s3cret-value"}), BUILTINS)
    assert call.env == {"PYTHONUNBUFFERED": "1", "TOKEN": "s3cret-value", "HOME_OF_DATA": "/data/x"}
    assert call.cwd == "/data"
    assert call.stdin == b"hello\n"
    assert "s3cret-value" not in " ".join(call.argv)
    assert command.secret_parameters == {"token"}


def test_a_variable_whose_value_was_not_given_is_left_out(command: Command) -> None:
    assert "TOKEN" not in command.build(command.validate({}), BUILTINS).env


def test_all_bad_fields_are_named_at_once(command: Command) -> None:
    found = bad_fields(command, {"weeks_ahead": 11, "chip": "wildcard", "chip_wek": 3, "allow_unused": 1})
    assert found == {
        "weeks_ahead": "must be from 1 to 10",
        "chip": "must be one of: bboost, 3xc",
        "chip_wek": "is not a parameter of optimize; did you mean chip_week?",
        "allow_unused": "must be true or false",
    }
    assert len(bad_fields(command, {f"chip_wee{number}": 1 for number in range(60_000)})) == 20


def test_a_required_parameter_must_come(load: Load) -> None:
    command = load("argv: [echo, '{a}']\nparameters: [{name: a, type: text, required: true}]")
    cases: list[dict[str, object]] = [{}, {"a": None}, {"a": ""}]
    for missing in cases:
        assert bad_fields(command, missing) == {"a": "is required"}


def test_input_is_closed_unless_the_file_says_otherwise(load: Load) -> None:
    assert load("argv: [cat]").build({}, BUILTINS).stdin is None


def test_plain_yaml_values_reach_the_program_as_written(load: Load) -> None:
    command = load("argv: [sleep, 5, yes, 1_000, 0x1F, 2026-02-05, 'a=', =]\nenv: {N: 1, Y: on}")
    call = command.build({}, BUILTINS)
    assert call.argv == ["sleep", "5", "yes", "1_000", "0x1F", "2026-02-05", "a=", "="]
    assert call.env == {"N": "1", "Y": "on"}


@pytest.mark.parametrize(
    ("body", "retries"),
    [
        ("argv: [a]", 3),
        ("argv: [a]\nretries: 1", 1),
        ("argv: [a]\nretries: 0", 0),
        ("argv: [a]\nrepeatable: true", 3),
        ("argv: [a]\nrepeatable: false", 0),
    ],
)
def test_how_often_a_failed_run_is_tried_again(load: Load, body: str, retries: int) -> None:
    assert load(body).max_retries(3) == retries


def test_what_cannot_be_undone_is_never_tried_again(tmp_path: Path) -> None:
    text = "commands: [{id: x, title: X, touches: irreversible, argv: [a]}]"
    assert load_text(tmp_path, text).get("x").max_retries(3) == 0


def test_the_api_sees_types_secrets_and_why_it_cannot_run(command: Command, tmp_path: Path) -> None:
    info = command.info(BUILTINS, {"FPL_LOGIN"}, default_retries=3)
    assert (info.id, info.pack, info.touches, info.lane, info.time_limit, info.retries) == (
        "optimize",
        "Mine",
        "writes",
        "airsenal",
        7200,
        2,
    )
    assert [(need.key, need.required, need.is_set) for need in info.secrets] == [
        ("FPL_TEAM_ID", True, False),
        ("FPL_LOGIN", False, True),
    ]
    week = info.parameters[1]
    assert (week.name, week.type, week.min, week.max, week.not_given, week.default) == (
        "wildcard_week",
        "int",
        0,
        38,
        -1,
        None,
    )
    assert [parameter.label for parameter in info.parameters][-1] == "A note"
    assert info.unavailable_reason == "Install it first."


def test_reasons_come_in_the_order_in_which_they_are_mended(command: Command, tmp_path: Path) -> None:
    builtins = {**BUILTINS, "data_dir": str(tmp_path)}
    assert command.unavailable_reason(builtins, ()) == "Install it first."
    (tmp_path / "installed.json").touch()
    assert command.unavailable_reason(builtins, ()) == "Set the secret FPL_TEAM_ID first."
    reason = command.unavailable_reason(builtins, {"FPL_TEAM_ID"})
    assert reason == "The program airsenal_run_optimization is not installed here."


def test_a_program_is_looked_for_on_the_commands_own_path(load: Load, tmp_path: Path) -> None:
    command = load(f'argv: [my-tool]\nenv: {{PATH: "{tmp_path}:{{path}}"}}')
    assert command.unavailable_reason(BUILTINS, ()) == "The program my-tool is not installed here."
    (tmp_path / "my-tool").write_text("#!/bin/sh\n")
    (tmp_path / "my-tool").chmod(0o755)
    assert command.unavailable_reason(BUILTINS, ()) is None


def test_an_unknown_command_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no command 'nope'"):
        load_text(tmp_path, EVERYTHING).get("nope")


def test_a_broken_built_in_pack_stops_the_start_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"own\.yaml, line 1: a command has no 'argv'"):
        load_text(tmp_path, "commands: [{id: x, title: X, touches: reads}]")


def test_every_placeholder_of_the_console_must_have_a_value(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="local_db_path"):
        Catalogue.load(tmp_path, None, {key: value for key, value in BUILTINS.items() if key != "local_db_path"})


def test_the_built_in_packs_are_sound_and_every_command_builds_with_its_defaults() -> None:
    catalogue = Catalogue.load(PACKS_FOLDER, None, BUILTINS)
    assert catalogue.problems == ()
    for command in catalogue.all():
        call = command.build(command.validate({}), BUILTINS)
        assert call.argv
        assert call.env["PYTHONUNBUFFERED"] == "1"
        assert command.time_limit
        assert command.info(BUILTINS, (), 3).description


def test_errors_carry_bare_parameter_names(command: Command) -> None:
    with pytest.raises(InvalidInput) as caught:
        command.validate({"weeks_ahead": "3"})
    assert caught.value.errors == [FieldError("weeks_ahead", "must be a whole number")]
