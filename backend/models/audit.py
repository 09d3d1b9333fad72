"""Rows of the audit log: what they hold, and how each is chained to the one before."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

# All fields of a row but its number and its time.
TEXTS = ("kind", "who", "address", "subject", "text", "request_id", "previous", "hash")
# What the first row names as the row before it.
GENESIS = "0" * 64
MAX_TEXT = 500
# Control and format characters (line ends, escapes, right-to-left marks), separators, surrogates: with them a text
# could look like another row in a terminal, a spreadsheet or a log.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Recorder(Protocol):
    """Writes one row and returns when it is stored. Raises Unavailable when it cannot be: then the caller must not act.

    Who and from where come from the request's logging context (`user`, `address`, `request_id`) unless given.
    """

    async def __call__(self, kind: str, text: str, *, subject: str = "", who: str | None = None) -> None: ...


def printable(text: str, at_most: int = MAX_TEXT) -> str:
    """One line of plain text: everything that could forge a second row is shown as an escape."""
    safe = "".join(_escaped(letter) if unicodedata.category(letter) in _UNSAFE else letter for letter in text)
    return safe if len(safe) <= at_most else safe[: at_most - 1] + "…"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True)
class AuditEntry:
    """A row that has no place in the chain yet. `event`: a name under which it may be written only once."""

    at: datetime
    kind: str
    text: str
    who: str = ""
    address: str = ""
    subject: str = ""
    request_id: str = ""
    event: str | None = None


class AuditRow(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "sequence": 2, "at": "2026-02-05T12:00:00.123Z", "kind": "secret.change", "who": "admin@example.org",
                "address": "203.0.113.5", "subject": "FPL_PASSWORD", "text": "New value, version 2.",
                "request_id": "27b89d68-86da-4d40-8641-c5108446140e", "previous": "1f0c" * 16, "hash": "9ab3" * 16,
            }
        }
    )  # fmt: skip

    sequence: int = Field(description="1, 2, 3 ... without a hole.")
    at: datetime
    kind: str = Field(description="What happened, such as `secret.change`.")
    who: str = Field(description="The signed-in admin, or the name that was given at a refused sign-in.")
    address: str
    subject: str = Field(description="What it was about: a job's id, a secret's name.")
    text: str
    request_id: str
    previous: str = Field(description="Hash of the row before.")
    hash: str = Field(description="SHA-256 of this row as canonical JSON, `previous` included.")

    def computed_hash(self) -> str:
        return row_hash(self.model_dump(exclude={"hash"}))


def row_hash(fields: Mapping[str, Any]) -> str:
    """Of everything in a row but the hash itself."""
    canonical = json.dumps(
        {**fields, "at": _moment(fields["at"])}, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )  # fmt: skip
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Head:
    """The newest row's place and hash: noted elsewhere, it proves later that nothing was cut off the end."""

    sequence: int = 0
    hash: str = GENESIS


def chained(entries: Iterable[AuditEntry], head: Head) -> list[AuditRow]:
    rows = []
    for entry in entries:
        row = AuditRow(
            sequence=head.sequence + 1, at=entry.at, kind=printable(entry.kind, 60), who=printable(entry.who, 254),
            address=printable(entry.address, 64), subject=printable(entry.subject, 200), text=printable(entry.text),
            request_id=printable(entry.request_id, 64), previous=head.hash, hash="",
        )  # fmt: skip
        row.hash = row.computed_hash()
        head = Head(row.sequence, row.hash)
        rows.append(row)
    return rows


class AuditState(BaseModel):
    """How far the chain was looked through, and whether every row up to there fits."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rows": 2, "head": "9ab3" * 16, "ok": True, "complete": True, "broken_at": None, "problem": None
            }
        }
    )  # fmt: skip

    rows: int = Field(description="The last row that was looked at.")
    head: str = Field(description="Its hash. Note it elsewhere: only against it a cut-off end shows.")
    ok: bool = Field(description="Whether every row up to there fits.")
    complete: bool = Field(True, description="False: there are more; ask again with `?after=<rows>:<head>`.")
    broken_at: int | None = Field(None, description="Sequence number of the first row that does not fit.")
    problem: str | None = None
