"""The `argv:` of a command, and the rules that keep values out of places where they would be run or seen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import PurePath

import yaml

from backend.commands.argv import Argv, Group
from backend.commands.template import BUILTIN_NAMES, BadTemplate, Template
from backend.commands.yaml_nodes import Reader
from backend.models.commands import Parameter

MAX_ARGUMENTS = 200
MAX_TEMPLATE = 4_000
# Programs that run a text, the option behind which it comes, and those options that have another value behind them.
_INTERPRETERS = [
    (re.compile(program), re.compile(script), re.compile(valued))
    for program, script, valued in (
        (r"(ba|da|a|z|k|fi)?sh", r"-[A-Za-z]*c", r"[-+][A-Za-z]*[oO]"),
        (r"python[0-9.]*", r"-[A-Za-z]*c", r"-[A-Za-z]*[WX]"),
        (r"perl|ruby", r"-[a-z0-9]*[eE]", r"-[Ir]"),
        (r"node", r"-[a-z]*[ep]|--eval|--print", r"-r|--require|--import"),
        (r"php", r"-[BrRE]", r"-[cd]"),
    )
]


def read_template(
    reader: Reader, node: yaml.Node, what: str, parameters: Mapping[str, Parameter], *, empty: bool = False
) -> Template | None:
    """A text with placeholders, all of them known."""
    text = reader.text(node, what, MAX_TEMPLATE, empty=empty)
    if text is None:
        return None
    try:
        template = Template.parse(text)
    except BadTemplate as error:
        reader.problem(node, f"{what} {error}")
        return None
    for name in sorted(template.names - parameters.keys() - BUILTIN_NAMES):
        reader.problem(node, f"{what} uses {{{name}}}, but there is no parameter '{name}': add it under 'parameters'")
    return template


def read_argv(reader: Reader, node: yaml.Node, parameters: Mapping[str, Parameter]) -> Argv | None:
    items: list[Template | Group] = []
    for entry in reader.sequence(node, "'argv'", MAX_ARGUMENTS):
        item = _read_item(reader, entry, parameters)
        if item is not None:
            items.append(item)
            _check_item(reader, entry, item, parameters)
    if not items:
        reader.problem(node, "'argv' needs at least the program to run")
        return None
    first = items[0]
    if isinstance(first, Group) or first.names & parameters.keys():
        reader.problem(node, "'argv' must begin with the program, named without a parameter")
        return None
    argv = Argv(tuple(items))
    _check_scripts(reader, node, argv.templates, parameters)
    return argv


def may_be_left_out(parameter: Parameter) -> bool:
    return not parameter.required and (parameter.default is None or parameter.not_given is not None)


def _read_item(reader: Reader, node: yaml.Node, parameters: Mapping[str, Parameter]) -> Template | Group | None:
    if isinstance(node, yaml.SequenceNode):
        return _read_group(reader, node, None, parameters)
    if not isinstance(node, yaml.MappingNode):
        return read_template(reader, node, "an argument", parameters, empty=True)
    if not {key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)} & {"when", "argv"}:
        return read_template(reader, node, "an argument", parameters)  # an unquoted {name}: says so
    fields = reader.mapping(node, "an argument with 'when'", ("when", "argv"))
    if fields.keys() != {"when", "argv"}:
        reader.problem(node, "an argument with 'when' needs both 'when' (a bool parameter) and 'argv' (a list)")
        return None
    when = reader.text(fields["when"], "'when'", 64)
    if when is None:
        return None
    if when not in parameters or parameters[when].type != "bool":
        reader.problem(fields["when"], f"'when' names '{when}', which is not a parameter of type bool")
        return None
    return _read_group(reader, fields["argv"], when, parameters)


def _read_group(reader: Reader, node: yaml.Node, when: str | None, parameters: Mapping[str, Parameter]) -> Group | None:
    entries = reader.sequence(node, "a group of arguments", MAX_ARGUMENTS)
    found = [read_template(reader, entry, "an argument", parameters, empty=True) for entry in entries]
    arguments = tuple(argument for argument in found if argument is not None)
    group = Group(arguments, when)
    if not arguments:
        return None
    if when is None and not group.names & parameters.keys():
        reader.problem(node, "a group without a parameter in it is always there: write its arguments without the list")
    return group


def _check_item(reader: Reader, node: yaml.Node, item: Template | Group, parameters: Mapping[str, Parameter]) -> None:
    for name in sorted(item.names & parameters.keys()):
        if parameters[name].type == "secret":
            reader.problem(
                node,
                f"the secret parameter '{name}' must not be in argv, which every user of the machine can read: "
                "pass it in 'env' or 'stdin'",
            )
        elif isinstance(item, Template) and may_be_left_out(parameters[name]):
            reader.problem(
                node,
                f"parameter '{name}' may be left out, so its arguments must be a nested list, "
                f"e.g. [--option, \"{{{name}}}\"], or it needs a default or 'required: true'",
            )


def _check_scripts(
    reader: Reader, node: yaml.Node, flat: Sequence[Template], parameters: Mapping[str, Parameter]
) -> None:
    """`sh -c "echo {name}"` would run what somebody typed. `sh -c 'echo "$1"' sh {name}` does not."""
    for script in filter(None, (_script_of(flat[index:]) for index in range(len(flat)))):
        for name in sorted(script.names & parameters.keys()):
            reader.problem(
                node,
                f"parameter '{name}' inside a script would be run as code: pass it as an argument after the "
                f'script, e.g. [sh, -c, \'echo "$1"\', sh, "{{{name}}}"]',
            )


def _script_of(arguments: Sequence[Template]) -> Template | None:
    """The text that an interpreter at the head of these arguments is told to run."""
    program = "python" if arguments[0].names == {"python"} else PurePath(arguments[0].literal).name
    for interpreter, script_option, valued_option in _INTERPRETERS:
        if interpreter.fullmatch(program):
            return _behind(script_option, valued_option, arguments[1:])
    return None


def _behind(option: re.Pattern[str], valued: re.Pattern[str], arguments: Sequence[Template]) -> Template | None:
    is_value = False
    for flag, script in pairwise(arguments):
        if option.fullmatch(flag.literal):
            return script
        if not is_value and not flag.literal.startswith(("-", "+")):
            return None
        is_value = not is_value and valued.fullmatch(flag.literal) is not None
    return None
