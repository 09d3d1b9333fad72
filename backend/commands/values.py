"""One submitted value against one parameter. JSON types are strict: `true` is no number and "3" is no integer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

from backend.models.commands import Parameter, ParameterType, ParameterValue

DEFAULT_MAX_LENGTH = 1_000
LONGEST_TEXT = 32_000  # Linux takes at most 128 KiB in one argument, and a character has up to four bytes
_INT64 = 2**63
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class BadValue(ValueError):
    """The message is a sentence for the person who filled in the form."""


@cache
def compile_pattern(pattern: str) -> TypeAdapter[str]:
    """A matcher of whole texts in linear time (pydantic's Rust engine), so that no text can hang the console.

    Raises `ValueError` for what this engine does not know: look-around and back references.
    """
    try:
        TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])  # alone first: "a)|(b" is only valid wrapped
        return TypeAdapter(Annotated[str, StringConstraints(strict=True, pattern=rf"\A(?:{pattern})\z")])
    except SchemaError as error:
        raise ValueError(str(error).strip().splitlines()[-1].removeprefix("error: ")) from error


def is_left_out(parameter: Parameter, value: object) -> bool:
    """Null always means 'not given', and so does the parameter's own value for it. An empty text field is empty."""
    if value is None or (value == "" and parameter.type in ("text", "secret")):
        return True
    return parameter.not_given is not None and type(value) is type(parameter.not_given) and value == parameter.not_given


def check_value(parameter: Parameter, value: object) -> ParameterValue:
    return _CHECKS[parameter.type](parameter, value)


def to_text(value: ParameterValue) -> str:
    """How a value looks in an argument."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _check_bool(_: Parameter, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadValue("must be true or false")
    return value


def _check_int(parameter: Parameter, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue("must be a whole number")
    if not -_INT64 <= value < _INT64:
        raise BadValue("is too large a number")
    _check_range(parameter, value)
    return value


def _check_float(parameter: Parameter, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue("must be a number")
    if not -_INT64 <= value < _INT64 or not math.isfinite(value):
        raise BadValue("must be a finite number of ordinary size")
    _check_range(parameter, value)
    return float(value)


def _check_range(parameter: Parameter, value: int | float) -> None:
    low, high = parameter.min, parameter.max
    if (low is None or value >= low) and (high is None or value <= high):
        return
    if low is not None and high is not None:
        raise BadValue(f"must be from {low} to {high}")
    raise BadValue(f"must be at least {low}" if low is not None else f"must be at most {high}")


def _check_text(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str):
        raise BadValue("must be text")
    longest = parameter.max_length or DEFAULT_MAX_LENGTH
    if len(value) > longest:
        raise BadValue(f"must have at most {longest:,} characters, not {len(value):,}")
    if _CONTROL.search(value):
        raise BadValue("holds a control character: only tabs and line breaks are allowed")
    if parameter.pattern is not None:
        try:
            compile_pattern(parameter.pattern).validate_python(value)
        except ValidationError as error:
            raise BadValue(f"must match the pattern {parameter.pattern}") from error
    return value


def _check_choice(parameter: Parameter, value: object) -> str:
    choices = parameter.choices or ()
    if not isinstance(value, str) or value not in choices:
        raise BadValue("must be one of: " + ", ".join(choices))
    return value


_CHECKS: Mapping[ParameterType, Callable[[Parameter, object], ParameterValue]] = {
    "bool": _check_bool,
    "int": _check_int,
    "float": _check_float,
    "text": _check_text,
    "secret": _check_text,
    "choice": _check_choice,
}
