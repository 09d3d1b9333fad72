"""Values as they come in a request: JSON, strict."""

from __future__ import annotations

import math
import time

import pytest

from backend.commands.values import BadValue, check_value
from backend.models.commands import Parameter, ParameterType


def parameter(type_: ParameterType, **more: object) -> Parameter:
    return Parameter.model_validate({"name": "p", "type": type_, "label": "P", **more})


GOOD: list[tuple[Parameter, object, object]] = [
    (parameter("int"), 3, 3),
    (parameter("int"), -(2**63), -(2**63)),
    (parameter("int", min=1, max=3), 3, 3),
    (parameter("float"), 3.0, 3.0),
    (parameter("float"), 3, 3.0),
    (parameter("float", min=0), 0, 0.0),
    (parameter("bool"), True, True),
    (
        parameter("text"),
        'it\'s "fine"; $(rm -rf /) `x` \\ ü 🎉\n\tnext',
        'it\'s "fine"; $(rm -rf /) `x` \\ ü 🎉\n\tnext',
    ),
    (parameter("text", max_length=3), "äöü", "äöü"),
    (parameter("text", pattern="[a-z]+|[0-9]+"), "42", "42"),
    (parameter("secret"), "-----BEGIN KEY-----\nabc\n", "-----BEGIN KEY-----\nabc\n"),
    (parameter("choice", choices=("a", "b")), "b", "b"),
]

BAD: list[tuple[Parameter, object, str]] = [
    (parameter("int"), True, "must be a whole number"),
    (parameter("int"), "3", "must be a whole number"),
    (parameter("int"), 3.0, "must be a whole number"),
    (parameter("int"), [3], "must be a whole number"),
    (parameter("int"), 2**63, "too large"),
    (parameter("int", min=1), 0, "must be at least 1"),
    (parameter("int", max=38), 39, "must be at most 38"),
    (parameter("int", min=1, max=38), 39, "must be from 1 to 38"),
    (parameter("float"), False, "must be a number"),
    (parameter("float"), "0.9", "must be a number"),
    (parameter("float"), math.nan, "finite"),
    (parameter("float"), math.inf, "finite"),
    (parameter("float"), 10**400, "finite"),
    (parameter("float", min=0, max=1), 1.1, "must be from 0 to 1"),
    (parameter("bool"), 1, "must be true or false"),
    (parameter("bool"), "true", "must be true or false"),
    (parameter("text"), 3, "must be text"),
    (parameter("text"), "x" * 1001, "at most 1,000 characters, not 1,001"),
    (parameter("text"), "a\0b", "control character"),
    (parameter("text"), "a\x1b[31mb", "control character"),
    (parameter("text"), "a\rb", "control character"),
    (parameter("text"), "a\x85b", "control character"),
    (parameter("text"), "a\ud800b", "control character"),
    (parameter("text", pattern="[a-z]+"), "abc\n", "must match the pattern"),
    (parameter("text", pattern="a|b"), "ab", "must match the pattern"),
    (parameter("text", pattern="^a$"), "a\nb", "must match the pattern"),
    (parameter("secret"), "a\0b", "control character"),
    (parameter("choice", choices=("3", "b")), 3, "must be one of: 3, b"),
    (parameter("choice", choices=("a", "b")), "A", "must be one of"),
]


@pytest.mark.parametrize(("spec", "value", "expected"), GOOD)
def test_good_values_pass_unchanged(spec: Parameter, value: object, expected: object) -> None:
    found = check_value(spec, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("spec", "value", "reason"), BAD)
def test_bad_values_are_refused_with_the_reason(spec: Parameter, value: object, reason: str) -> None:
    with pytest.raises(BadValue, match=reason):
        check_value(spec, value)


def test_no_pattern_and_text_can_hang_the_console() -> None:
    spec = parameter("text", pattern="(a|a)*(a+)+b", max_length=32_000)
    start = time.monotonic()
    with pytest.raises(BadValue):
        check_value(spec, "a" * 32_000)
    assert time.monotonic() - start < 1
