"""Which secrets there may be, and which values."""

from __future__ import annotations

import re

from backend.errors import FieldError, InvalidInput
from backend.utils.masking import MIN_LENGTH

MAX_VALUE = 64 * 1024
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
# Given to a child these would change which code runs, or collide with what the console sets itself.
_RESERVED = re.compile(
    r"PATH|HOME|SHELL|IFS|ENV|BASH_ENV|PS4|LD_.*|DYLD_.*|PYTHON.*|NODE_OPTIONS|PERL5.*|RUBY.*|CONSOLE_.*|"
    r"JWT_SECRET|ENCRYPTION_KEY|MONGO_URL"
)
# Words that occur in ordinary output: masking them would make every log unreadable.
# fmt: off
_COMMON = frozenset((
    "password", "passwort", "secret", "admin", "administrator", "airsenal", "console", "default", "example",
    "changeme", "letmein", "welcome", "qwerty", "qwertz", "123456", "1234567", "12345678", "123456789",
    "1234567890", "111111", "000000", "abcdef", "abc123", "string", "integer", "number", "failed", "success",
    "completed", "running", "pending", "cancelled", "error", "warning", "python", "localhost",
))
# fmt: on

KNOWN: dict[str, str] = {
    "FPL_TEAM_ID": "Your FPL team's number: the one in the address of its Points page.",
    "FPL_LOGIN": "The e-mail address you sign in to Fantasy Premier League with.",
    "FPL_PASSWORD": "The password that goes with it.",
    "AIRSENAL_HOME": "A folder for AIrsenal's files, when not the console's own.",
    "APP_ADMIN_EMAIL": "The e-mail address you sign in to this console with.",
    "APP_ADMIN_PASSWORD_HASH": "The bcrypt hash of this console's password.",
}
# Sealed and write-only like the others, but no secret by nature: a masked team number would make its reports useless.
IDENTIFIERS = frozenset({"FPL_TEAM_ID", "AIRSENAL_HOME", "APP_ADMIN_EMAIL"})

_SHAPES = {
    "FPL_TEAM_ID": (re.compile(r"[1-9]\d{0,9}"), "a whole number, like 742663"),
    "AIRSENAL_HOME": (re.compile(r"/[^\n]*"), "an absolute path, like /srv/airsenal"),
    "FPL_LOGIN": (re.compile(r"[^@\s]+@[^@\s]+"), "an e-mail address"),
}


def check_name(key: str) -> None:
    if not _NAME.fullmatch(key):
        raise InvalidInput(
            [FieldError("key", "must be capital letters, digits and _, beginning with a letter, 64 at most")]
        )
    if _RESERVED.fullmatch(key):
        raise InvalidInput([FieldError("key", f"{key} is reserved: it would change how programs or the console run")])


def check_value(key: str, value: str) -> None:
    """Raises InvalidInput with the reason; the value itself is never repeated in it."""
    if reason := _refusal(key, value):
        raise InvalidInput([FieldError("value", reason)])


def _refusal(key: str, value: str) -> str | None:
    if not value.strip():
        return "must not be empty"
    if len(value.encode()) > MAX_VALUE:
        return "must be at most 64 KiB"
    if "\0" in value:
        return "must not contain NUL, which no environment variable can hold"
    if shape := _SHAPES.get(key):
        return None if shape[0].fullmatch(value) else f"must be {shape[1]}"
    return None if key in IDENTIFIERS else not_to_be_masked(value)


def not_to_be_masked(value: str) -> str | None:
    """Why a value cannot be kept out of what a job prints."""
    if len(value.strip()) < MIN_LENGTH:
        return f"must have at least {MIN_LENGTH} characters: shorter ones cannot be masked without spoiling the logs"
    if value.strip().casefold() in _COMMON:
        return "is a common word: masking it would spoil the logs, and anyone would guess it"
    return None
