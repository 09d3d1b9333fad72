"""What is typed into a form reaches a real child as it is: never split, never run, never an option by accident."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.commands.command import Command
from backend.commands.template import BadTemplate, Template
from backend.errors import InvalidInput
from backend.tests.unit.test_catalogue import BUILTINS, bad_fields, load_text

CHILD = "import json,os,sys; print(json.dumps([sys.argv[1:], os.environ.get('V'), sys.stdin.read()]))"
TEXT = """
commands:
  - id: echo
    title: Echo
    touches: reads
    argv: ["{{python}}", "{child}", "{{a}}", "--b={{b}}", [-c, "{{c}}"], "x{{a}}y{{b}}z", --, "{{b}}"]
    parameters:
      - {{name: a, type: text, required: true}}
      - {{name: b, type: text, required: true}}
      - {{name: c, type: text}}
    env: {{V: "<{{a}}>"}}
    stdin: "{{b}}"
"""
NASTY = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t'\";$`\\|&<>*?(){}[]!#~ %-=\u202e\u200b"),
    min_size=1,
    max_size=60,
)


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Command:
    folder = tmp_path_factory.mktemp("echo")
    (folder / "child.py").write_text(CHILD)
    return load_text(folder / "packs", TEXT.format(child=folder / "child.py")).get("echo")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(a=NASTY, b=NASTY)
@example(a="; touch /tmp/pwned", b="$(id)`id`")
@example(a="a b\n\tc", b="--force")
@example(a="{b}{{}}", b="%s%n${HOME}~/*")
@example(a="'\"", b="\u202eüñ🎉")
def test_arguments_environment_and_input_arrive_byte_for_byte(echo: Command, a: str, b: str) -> None:
    if a.startswith("-"):
        assert bad_fields(echo, {"a": a, "b": b}).keys() == {"a"}
        return
    call = echo.build(echo.validate({"a": a, "b": b}), BUILTINS)
    done = subprocess.run(
        call.argv, env={"PYTHONUTF8": "1", **call.env}, input=call.stdin, capture_output=True, check=True
    )
    arguments, variable, fed = json.loads(done.stdout)
    assert arguments == [a, f"--b={b}", f"x{a}y{b}z", "--", b]
    assert variable == f"<{a}>"
    assert fed == b
    assert call.argv[0] == sys.executable


@pytest.mark.parametrize("value", ["-", "--force", "-rf", "-1", "-\n"])
def test_a_bare_value_cannot_become_an_option(echo: Command, value: str) -> None:
    found = bad_fields(echo, {"a": value, "b": "fine"})
    assert found == {"a": "must not begin with '-': the program would take it for an option"}


@pytest.mark.parametrize("value", ["-", "--force"])
def test_nor_in_a_group(echo: Command, value: str) -> None:
    assert bad_fields(echo, {"a": "x", "b": "x", "c": value}).keys() == {"c"}


def test_behind_a_prefix_or_a_double_dash_it_may_begin_with_a_dash(echo: Command) -> None:
    call = echo.build(echo.validate({"a": "x", "b": "--force"}), BUILTINS)
    assert call.argv[-3:] == ["xxy--forcez", "--", "--force"]


def test_two_values_side_by_side_cannot_make_an_option_together(tmp_path: Path) -> None:
    text = "commands: [{id: x, title: X, touches: reads, argv: [a, ['{p}{q}']], parameters: ["
    text += "{name: p, type: choice, choices: [a, '-']}, {name: q, type: text}]}]"
    command = load_text(tmp_path, text).get("x")
    assert bad_fields(command, {"p": "-", "q": "rf"}).keys() == {"q"}
    assert command.build(command.validate({"p": "a", "q": "-rf"}), BUILTINS).argv == ["a", "a-rf"]


@pytest.mark.parametrize("bad", ["a\0b", "\x1b[2J", "\ud800"])
def test_what_no_program_can_receive_is_refused(echo: Command, bad: str) -> None:
    with pytest.raises(InvalidInput):
        echo.validate({"a": bad, "b": "x"})


@given(st.text(st.sampled_from("ab{}x"), max_size=12))
def test_a_template_either_says_what_is_wrong_or_gives_back_what_was_meant(text: str) -> None:
    try:
        template = Template.parse(text)
    except BadTemplate:
        return
    rendered = template.render(dict.fromkeys(template.names, "V"))
    assert rendered.count("V") == sum(not isinstance(part, str) for part in template.parts)
    escaped = Template.parse(text.replace("{", "{{").replace("}", "}}"))
    assert escaped.render({}) == text
