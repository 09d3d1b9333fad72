"""Every mistake an operator can make in a command file is named with its line and what to do; nothing raises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.commands.catalogue import PACKS_FOLDER, Catalogue
from backend.commands.read_file import read_file
from backend.tests.unit.test_catalogue import BUILTINS, EVERYTHING

HEAD = "commands:\n  - id: x\n    title: X\n    touches: reads\n"
"""Four lines: what is given to `body` begins on line 5."""


def problems(folder: Path, text: str | bytes) -> list[tuple[int | None, str]]:
    path = folder / "own.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    commands, rows = read_file(path, "own.yaml")
    assert rows == [] or not any(command.id == "x" for command in commands)
    return [(row.line, row.message) for row in rows]


def body(text: str) -> str:
    return HEAD + "\n".join(f"    {line}" for line in text.strip().splitlines()) + "\n"


P = "argv: [a, '{p}']\n"
IN_COMMAND = [
    # shape
    ("argv: [a]\ntitel: Y", 6, "a command has the unknown key 'titel': did you mean 'title'?"),
    ("argv: [a]\nlane: a\nlane: b", 7, "a command has 'lane' twice"),
    ("argv: [a]\n<<: {lane: a}", 6, "'<<', which is not supported: write the keys out"),
    ("argv: [a]\ndescription: [a]", 6, "'description' must be text"),
    ("argv: [a]\ndescription:", 6, "'description' must be text, and here is nothing"),
    ("argv: [a]\ndescription: ' '", 6, "'description' must not be empty"),
    ("argv: [a]\nlane: !!python/object:os.system x", 6, "'lane' must be text"),
    ("argv: [a]\nlane: Big Lane", 6, "'lane' is 'Big Lane': use small letters"),
    ("argv: [a]\nparser: ../x", 6, "'parser' is '../x'"),
    ("argv: [a]\nguard: airsenal.apply", 6, "'guard' is for commands that touch: irreversible"),
    ("argv: [a]\npty: 'yes'", 6, "'pty' must be true or false, without quotes"),
    ("argv: [a]\nretries: '3'", 6, "'retries' must be a whole number, without quotes"),
    ("argv: [a]\nretries: 21", 6, "'retries' must be from 0 to 20"),
    ("argv: [a]\nretries: -1", 6, "'retries' must be from 0 to 20"),
    ("argv: [a]\nretries: 2\nrepeatable: false", 6, "'repeatable: false' means no retries"),
    ("argv: [a]\nfinal_exit_codes: 2", 6, "'final_exit_codes' must be a list"),
    ("argv: [a]\nfinal_exit_codes: [0]", 6, "must be from 1 to 255"),
    ("argv: [a]\nneeds_file_message: m", 6, "'needs_file_message' without 'needs_file'"),
    ("argv: [a]\nneeds_file: '{p}/x'\n", 6, "uses {p}, but there is no parameter 'p'"),
    # time limits
    ("argv: [a]\ntime_limit: 90", 6, "'time_limit' is '90': write 30s, 10m or 2h"),
    ("argv: [a]\ntime_limit: 0s", 6, "'time_limit' is '0s'"),
    ("argv: [a]\ntime_limit: 1d", 6, "'time_limit' is '1d'"),
    ("argv: [a]\ntime_limit: 169h", 6, "at most 168h"),
    ("argv: [a]\ntime_limit: 1:30", 6, "'time_limit' is '1:30'"),
    # secrets and environment
    ("argv: [a]\nsecrets: [fpl_login]", 6, "'fpl_login' is no name for a secret: use CAPITALS"),
    (f"argv: [a]\nsecrets: [{'A' * 65}]", 6, "is no name for a secret"),
    ("argv: [a]\nsecrets: FPL_LOGIN", 6, "'secrets' must be a list"),
    ("argv: [a]\nsecrets: [A]\noptional_secrets: [A]", 7, "the secret A is listed twice"),
    ("argv: [a]\nsecrets: [A]\nenv: {A: x}", 7, "A is under 'env' and under 'secrets'"),
    ("argv: [a]\nenv: [A]", 6, "'env' must be a mapping"),
    ("argv: [a]\nenv: {A B: x}", 6, "'A B' is no name for an environment variable"),
    ("argv: [a]\nenv: {A: [x]}", 6, "'env' A must be text"),
    ("argv: [a]\nenv: {A: '{p}'}", 6, "'env' A uses {p}, but there is no parameter 'p': add it"),
    # argv
    ("argv: a b", 5, "'argv' must be a list"),
    ("argv: []", 5, "'argv' needs at least the program"),
    ("argv: ['{p}', a]\nparameters: [{name: p, type: text, required: true}]", 5, "must begin with the program"),
    ("argv: [[a, '{p}']]\nparameters: [{name: p, type: text}]", 5, "must begin with the program"),
    ("argv: [a, '{p}']", 5, "an argument uses {p}, but there is no parameter 'p'"),
    ("argv: [a, {p}]\nparameters: [{name: p, type: int, default: 1}]", 5, "quote a value that begins with '{'"),
    ("argv: [a, '{']", 5, "an argument has a single '{': write '{{'"),
    ("argv: [a, 'x}']", 5, "an argument has a single '}': write '}}'"),
    ("argv: [a, '{P}']", 5, "an argument has a single '{'"),
    ("argv: [a, \"b\\0c\"]", 5, "NUL"),
    ("argv: [a, \"\\ud800\"]", 5, "half of a character"),
    ("argv: [a, [b, c]]", 5, "a group without a parameter in it is always there"),
    ("argv: [a, [b, [c]]]", 5, "an argument must be text"),
    ("argv: [a, {when: p}]\nparameters: [{name: p, type: bool}]", 5, "needs both 'when' (a bool parameter) and 'argv'"),
    ("argv: [a, {when: p, argv: [b]}]", 5, "'when' names 'p', which is not a parameter of type bool"),
    ("argv: [a, {when: p, argv: [b]}]\nparameters: [{name: p, type: int, default: 1}]", 5, "not a parameter of type"),
    ("argv: [a, {when: p, args: [b]}]\nparameters: [{name: p, type: bool}]", 5, "unknown key 'args'"),
    (P + "parameters: [{name: p, type: int}]", 5, "'p' may be left out, so its arguments must be a nested list"),
    (P + "parameters: [{name: p, type: int, default: 1, not_given: -1}]", 5, "may be left out"),
    ("argv: [a]\ncwd: '{p}'\nparameters: [{name: p, type: text}]", 6, "'cwd' uses {p}, which may be left out"),
    ("argv: [a]\nstdin: '{p}'\nparameters: [{name: p, type: text}]", 6, "'stdin' uses {p}, which may be left out"),
    # secrets never in argv, and nothing typed is ever run as code
    (P + "parameters: [{name: p, type: secret, required: true}]", 5, "'p' must not be in argv, which every user"),
    ("argv: [a, [-p, '{p}']]\nparameters: [{name: p, type: secret}]", 5, "must not be in argv"),
    ("argv: [a]\ncwd: '/{p}'\nparameters: [{name: p, type: secret, required: true}]", 6, "must not be in 'cwd'"),
    ("argv: [sh, -c, 'echo {p}']\nparameters: [{name: p, type: text, default: x}]", 5, "'p' inside a script would be"),
    ("argv: [/bin/bash, -x, -ec, 'echo {p}']\nparameters: [{name: p, type: text, default: x}]", 5, "inside a script"),
    ("argv: [nice, python3, -c, 'print({p})']\nparameters: [{name: p, type: int, default: 1}]", 5, "inside a script"),
    ("argv: ['{python}', -c, 'print({p})']\nparameters: [{name: p, type: int, default: 1}]", 5, "inside a script"),
    ("argv: [sh, -e, -c, 'echo {p}']\nparameters: [{name: p, type: text, default: x}]", 5, "inside a script"),
    ("argv: [bash, -euo, pipefail, -c, '{p}']\nparameters: [{name: p, type: text, default: x}]", 5, "inside a script"),
    ("argv: [python3, -X, dev, -Ic, '{p}']\nparameters: [{name: p, type: text, default: x}]", 5, "inside a script"),
    ("argv: [node, --eval, '{p}']\nparameters: [{name: p, type: text, default: x}]", 5, "inside a script"),
    ("argv: [php, -r, '{p}']\nparameters: [{name: p, type: text, default: x}]", 5, "inside a script"),
    ("argv: [a]\nenv: {LD_PRELOAD: '{p}'}\nparameters: [{name: p, type: text, default: x}]", 6, "which code runs"),
    # parameters
    ("argv: [a]\nparameters: {p: int}", 6, "'parameters' must be a list"),
    ("argv: [a]\nparameters: [p]", 6, "a parameter must be a mapping"),
    ("argv: [a]\nparameters: [{type: int}]", 6, "a parameter has no 'name'"),
    ("argv: [a]\nparameters: [{name: p}]", 6, "parameter 'p' has no 'type': add one of int, float"),
    ("argv: [a]\nparameters: [{name: P, type: int}]", 6, "parameter name 'P' must be small letters"),
    ("argv: [a]\nparameters: [{name: path, type: int}]", 6, "'path' is one the console fills itself"),
    ("argv: [a]\nparameters: [{name: p, type: str}]", 6, "'type' of parameter 'p' must be one of: int, float"),
    ("argv: [a]\nparameters: [{name: p, type: int, default: 1}]", 6, "parameter 'p' is used nowhere: put {p} into"),
    (P + "parameters:\n- {name: p, type: int, default: 1}\n- {name: p, type: int, default: 1}", 8, "two parameters"),
    (P + "parameters: [{name: p, type: int, default: 1, chocies: [a]}]", 6, "did you mean 'choices'?"),
    (P + "parameters: [{name: p, type: int, default: 1, choices: [a]}]", 6, "of type int, which has no 'choices'"),
    (P + "parameters: [{name: p, type: bool, min: 1}]", 6, "of type bool, which has no 'min'"),
    (P + "parameters: [{name: p, type: int, default: 11, max: 10}]", 6, "default of parameter 'p' must be at most 10"),
    (P + "parameters: [{name: p, type: int, default: '3'}]", 6, "'default' of parameter 'p' must be a whole number"),
    (P + "parameters: [{name: p, type: int, default: 1, min: 3, max: 2}]", 6, "parameter 'p' is above its 'max'"),
    (P + "parameters: [{name: p, type: int, default: 1, min: 0.5}]", 6, "of the int parameter 'p' must be a whole"),
    (P + "parameters: [{name: p, type: int, default: 1, min: one}]", 6, "'min' of parameter 'p' must be a number"),
    (P + "parameters: [{name: p, type: float, default: .inf}]", 6, "'default' of parameter 'p' must be a number"),
    (P + "parameters: [{name: p, type: float, default: 1.0, max: .nan}]", 6, "'max' of parameter 'p' must be a number"),
    (P + "parameters: [{name: p, type: bool, default: 1}]", 6, "'default' of parameter 'p' must be true or false"),
    (P + "parameters: [{name: p, type: int, default: 1, required: true}]", 6, "has a default, so it is never missing"),
    (P + "parameters: [{name: p, type: secret, default: x}]", 6, "is secret and must not have a default"),
    (P + "parameters: [{name: p, type: text, default: x, pattern: '('}]", 6, "is not a usable regular expression"),
    (P + "parameters: [{name: p, type: text, default: x, pattern: '(?=x)x'}]", 6, "look-around"),
    (P + "parameters: [{name: p, type: text, default: x, pattern: '(a)\\1'}]", 6, "backreferences are not supported"),
    (P + "parameters: [{name: p, type: text, default: x, pattern: 'a)|(b'}]", 6, "is not a usable regular expression"),
    (P + "parameters: [{name: p, type: text, default: xx, pattern: x}]", 6, "the default of parameter 'p' must match"),
    (P + "parameters: [{name: p, type: text, default: x, max_length: 0}]", 6, "of parameter 'p' must be from"),
    (P + "parameters: [{name: p, type: text, default: x, max_length: 99999}]", 6, "from 1 to 32000"),
    (P + "parameters: [{name: p, type: choice, default: a}]", 6, "parameter 'p' is a choice without 'choices'"),
    (P + "parameters: [{name: p, type: choice, default: a, choices: []}]", 6, "needs at least one entry"),
    (P + "parameters: [{name: p, type: choice, default: a, choices: [a, a]}]", 6, "names the same choice twice"),
    (P + "parameters: [{name: p, type: choice, default: c, choices: [a, b]}]", 6, "must be one of: a, b"),
    (P + "parameters: [{name: p, type: text, default: x, help: faster, but older}]", 6, "put a text that holds"),
]  # fmt: skip

IN_FILE = [
    ("", None, "The file is empty"),
    ("# only a comment\n", None, "The file is empty"),
    ("- a\n", 1, "the file must be a mapping"),
    ("commands:\n", 1, "'commands' must be a list"),
    ("commands: []\n", 1, "'commands' has no entry"),
    ("pack: X\n", 1, "the file has no 'commands:' list: add it"),
    ("comands: []\n", 1, "the file has the unknown key 'comands': did you mean 'commands'?"),
    (
        "commands: [{id: y, title: Y, touches: reads, argv: [a]}]\nversion: 1\n",
        2,
        "the file has the unknown key 'version'",
    ),
    ("commands: [{id: y, title: Y, touches: reads, argv: [a]}]\npack: [X]\n", 2, "'pack' must be text"),
    ("commands:\n  - id: y\n   title: Y\n", 3, "The file is not valid YAML"),
    ("commands: [\n", 2, "The file is not valid YAML"),
    ("commands: *nope\n", 1, "undefined alias"),
    ("a: 1\n---\nb: 2\n", 2, "expected a single document"),
    ("\tcommands: []\n", 1, "The file is not valid YAML"),
    ("commands: [" + "[" * 600 + "]\n", None, "nested too deeply"),
    ("commands: " + "[" * 25 + "]" * 25 + "\n", 1, "nested more than 20 levels deep"),
    ("commands: &a [*a]\n", 1, "nested more than 20 levels deep"),
    ("commands: [5]\n", 1, "a command must be a mapping"),
    (b"commands: [\xff]\n", None, "The file is not UTF-8 text (byte 11): save it as UTF-8"),
    ("commands: [{}]\n".encode("utf-16"), None, "The file is not UTF-8 text"),
    (b"commands: [\x00]\n", None, "The file is not valid YAML"),
    ("# " + "x" * 300_000, None, "262,144 are the most allowed"),
]

IN_HEAD = [
    ("commands: [{title: X, touches: reads, argv: [a]}]", "a command has no 'id': add it"),
    ("commands: [{id: x, touches: reads, argv: [a]}]", "a command has no 'title': add it"),
    ("commands: [{id: x, title: X, argv: [a]}]", "a command has no 'touches': add it"),
    ("commands: [{id: x, title: X, touches: reads}]", "a command has no 'argv': add it"),
    ("commands: [{id: X, title: X, touches: reads, argv: [a]}]", "'id' is 'X': use small letters, digits and _"),
    ("commands: [{id: problems, title: X, touches: reads, argv: [a]}]", "the id 'problems' is taken by the console"),
    ("commands: [{id: x, title: X, touches: read, argv: [a]}]", "must be one of: reads, writes, irreversible"),
    ("commands: [{id: x, title: [X], touches: reads, argv: [a]}]", "'title' must be text"),
    (
        "commands: [{id: x, title: X, touches: irreversible, argv: [a], retries: 1}]",
        "never run twice: remove 'retries'",
    ),
    ("commands: [{id: x, title: X, touches: irreversible, argv: [a], repeatable: true}]", "remove 'repeatable'"),
]


@pytest.mark.parametrize(("text", "line", "message"), IN_COMMAND)
def test_a_mistake_in_a_command(tmp_path: Path, text: str, line: int, message: str) -> None:
    found = problems(tmp_path, body(text))
    assert any(row[0] == line and message in row[1] for row in found), found


@pytest.mark.parametrize(("text", "message"), IN_HEAD)
def test_a_mistake_in_what_every_command_has(tmp_path: Path, text: str, message: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert found[0][0] == 1
    assert message in found[0][1]


@pytest.mark.parametrize(("text", "line", "message"), IN_FILE)
def test_a_mistake_in_the_file(tmp_path: Path, text: str | bytes, line: int | None, message: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) >= 1
    assert found[0][0] == line
    assert message in found[0][1]
    assert read_file(tmp_path / "own.yaml", "own.yaml")[0] == []


def test_an_alias_bomb_costs_nothing(tmp_path: Path) -> None:
    levels = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    levels += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = problems(tmp_path, "\n".join([*levels, "commands: *x11"]) + "\n")
    assert found == [(None, found[0][1])]
    assert "more than 20,000 values" in found[0][1]


def test_aliases_may_be_used_to_say_things_once(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    text = "commands:\n  - {id: a, title: A, touches: reads, argv: [a], env: &e {N: 1}}\n"
    path.write_text(text + "  - {id: b, title: B, touches: reads, argv: [b], env: *e}\n")
    commands, rows = read_file(path, "own.yaml")
    assert rows == []
    assert [command.build({}, BUILTINS).env for command in commands] == [{"N": "1"}, {"N": "1"}]


def test_several_mistakes_are_all_named_and_the_sound_command_stays(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    sound = "  - {id: good, title: Good, touches: reads, argv: [a]}\n"
    path.write_text(body("argv: [a, '{q}']\ntime_limit: soon\nsecrets: [a]") + sound)
    commands, rows = read_file(path, "own.yaml")
    assert [command.id for command in commands] == ["good"]
    assert sorted(row.line or 0 for row in rows) == [5, 6, 7]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(EVERYTHING)), junk=st.text(max_size=8), at=st.integers(0, len(EVERYTHING)))
def test_no_damage_to_a_file_ever_raises(tmp_path: Path, cut: int, junk: str, at: int) -> None:
    damaged = (EVERYTHING[:cut] if cut % 2 else EVERYTHING[:at] + junk + EVERYTHING[at:]).encode("utf-8", "replace")
    path = tmp_path / "own.yaml"
    path.write_bytes(damaged)
    commands, rows = read_file(path, "own.yaml")
    assert commands or rows


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_no_bytes_ever_raise(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(junk)
    commands, rows = read_file(path, "own.yaml")
    assert commands == []
    assert rows


def test_the_packs_hold_no_placeholder_that_nobody_fills() -> None:
    assert Catalogue.load(PACKS_FOLDER, None, BUILTINS).problems == ()
