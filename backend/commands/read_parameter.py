"""One entry under `parameters:`."""

from __future__ import annotations

import re

import yaml

from backend.commands.template import BUILTIN_NAMES
from backend.commands.values import DEFAULT_MAX_LENGTH, LONGEST_TEXT, BadValue, check_value, compile_pattern
from backend.commands.yaml_nodes import Reader
from backend.models.commands import Parameter, ParameterType, ParameterValue

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TYPES: tuple[ParameterType, ...] = ("int", "float", "bool", "text", "choice", "secret")
_COMMON = frozenset({"name", "type", "label", "help", "default", "required"})
_EXTRA: dict[str, frozenset[str]] = {
    "int": frozenset({"min", "max", "not_given"}),
    "float": frozenset({"min", "max", "not_given"}),
    "bool": frozenset(),
    "text": frozenset({"pattern", "max_length", "not_given"}),
    "choice": frozenset({"choices", "not_given"}),
    "secret": frozenset({"pattern", "max_length"}),
}
_ALL = _COMMON.union(*_EXTRA.values())


def read_parameter(reader: Reader, node: yaml.Node) -> Parameter | None:
    """None when anything about it is wrong; the reader then has the reasons."""
    before = len(reader.problems)
    fields = reader.mapping(node, "a parameter", _ALL)
    name = _read_name(reader, node, fields)
    what = f"parameter '{name}'" if name else "a parameter"
    kind = _read_type(reader, node, fields, what)
    if name is None or kind is None:
        return None
    for key in sorted(fields.keys() - _COMMON - _EXTRA[kind]):
        reader.problem(fields[key], f"{what} is of type {kind}, which has no '{key}': remove it")
    if len(reader.problems) > before:
        return None
    parameter = Parameter(
        name=name,
        type=kind,
        label=_text(reader, fields, "label", what, 80) or name.replace("_", " ").capitalize(),
        help=_text(reader, fields, "help", what, 500) or "",
        required=bool("required" in fields and reader.boolean(fields["required"], f"'required' of {what}")),
        min=reader.number(fields["min"], f"'min' of {what}") if "min" in fields else None,
        max=reader.number(fields["max"], f"'max' of {what}") if "max" in fields else None,
        pattern=_read_pattern(reader, fields, what),
        max_length=_read_max_length(reader, fields, kind, what),
        choices=_read_choices(reader, node, fields, what) if kind == "choice" else None,
    )
    _check_range(reader, fields, parameter)
    if len(reader.problems) > before:
        return None
    parameter = parameter.model_copy(
        update={key: _literal(reader, fields[key], parameter, key) for key in ("default", "not_given") if key in fields}
    )
    _check_default(reader, fields, parameter)
    return parameter if len(reader.problems) == before else None


def _read_name(reader: Reader, node: yaml.Node, fields: dict[str, yaml.Node]) -> str | None:
    if "name" not in fields:
        reader.problem(node, "a parameter has no 'name': add one")
        return None
    name = reader.text(fields["name"], "'name'", 64)
    if name is None:
        return None
    if not NAME.fullmatch(name):
        reader.problem(fields["name"], f"parameter name '{name}' must be small letters, digits and _, a letter first")
        return None
    if name in BUILTIN_NAMES:
        reader.problem(fields["name"], f"parameter name '{name}' is one the console fills itself: choose another")
        return None
    return name


def _read_type(reader: Reader, node: yaml.Node, fields: dict[str, yaml.Node], what: str) -> ParameterType | None:
    if "type" not in fields:
        reader.problem(node, f"{what} has no 'type': add one of {', '.join(_TYPES)}")
        return None
    found = reader.one_of(fields["type"], f"'type' of {what}", _TYPES)
    return next((kind for kind in _TYPES if kind == found), None)


def _text(reader: Reader, fields: dict[str, yaml.Node], key: str, what: str, longest: int) -> str | None:
    return reader.text(fields[key], f"'{key}' of {what}", longest, empty=True) if key in fields else None


def _read_pattern(reader: Reader, fields: dict[str, yaml.Node], what: str) -> str | None:
    if "pattern" not in fields:
        return None
    pattern = reader.text(fields["pattern"], f"'pattern' of {what}", 500)
    if pattern is not None:
        try:
            compile_pattern(pattern)
        except ValueError as error:
            reader.problem(fields["pattern"], f"'pattern' of {what} is not a usable regular expression: {error}")
    return pattern


def _read_max_length(reader: Reader, fields: dict[str, yaml.Node], kind: ParameterType, what: str) -> int | None:
    if "max_length" in fields:
        return reader.integer(fields["max_length"], f"'max_length' of {what}", 1, LONGEST_TEXT)
    return DEFAULT_MAX_LENGTH if kind in ("text", "secret") else None


def _read_choices(reader: Reader, node: yaml.Node, fields: dict[str, yaml.Node], what: str) -> tuple[str, ...] | None:
    if "choices" not in fields:
        reader.problem(node, f"{what} is a choice without 'choices': list them")
        return None
    entries = reader.sequence(fields["choices"], f"'choices' of {what}", 200)
    choices = tuple(filter(None, (reader.text(entry, f"a choice of {what}", 200) for entry in entries)))
    if not entries:
        reader.problem(fields["choices"], f"'choices' of {what} needs at least one entry")
    elif len(set(choices)) < len(choices):
        reader.problem(fields["choices"], f"'choices' of {what} names the same choice twice")
    return choices


def _check_range(reader: Reader, fields: dict[str, yaml.Node], parameter: Parameter) -> None:
    low, high = parameter.min, parameter.max
    for key, bound in (("min", low), ("max", high)):
        if isinstance(bound, float) and parameter.type == "int":
            reader.problem(fields[key], f"'{key}' of the int parameter '{parameter.name}' must be a whole number")
    if low is not None and high is not None and low > high:
        reader.problem(fields["min"], f"'min' of parameter '{parameter.name}' is above its 'max'")


def _literal(reader: Reader, node: yaml.Node, parameter: Parameter, key: str) -> ParameterValue | None:
    """`default` or `not_given`, of the parameter's own type."""
    what = f"'{key}' of parameter '{parameter.name}'"
    if parameter.type == "bool":
        return reader.boolean(node, what)
    if parameter.type == "int":
        return reader.integer(node, what, -(2**63), 2**63 - 1)
    if parameter.type == "float":
        number = reader.number(node, what)
        return None if number is None else float(number)
    return reader.text(node, what, LONGEST_TEXT)


def _check_default(reader: Reader, fields: dict[str, yaml.Node], parameter: Parameter) -> None:
    if parameter.default is None:
        return
    what = f"parameter '{parameter.name}'"
    if parameter.type == "secret":
        reader.problem(fields["default"], f"{what} is secret and must not have a default: remove it")
    elif parameter.required:
        reader.problem(fields["default"], f"{what} has a default, so it is never missing: remove 'required'")
    elif parameter.default != parameter.not_given:
        try:
            check_value(parameter, parameter.default)
        except BadValue as error:
            reader.problem(fields["default"], f"the default of {what} {error}")
