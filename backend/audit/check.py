"""Looks through the chain for the first row that does not fit."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.models.audit import GENESIS, TEXTS, AuditState, Head, printable, row_hash
from backend.repositories.audit import AuditRepository

# Read and hashed in one go, in a thread.
_BATCH = 2_000
_FIELDS = {"_id", "at", *TEXTS}
# A name under which the row may be written once, for the database's index; no part of what the row says.
_BESIDE = {"event"}
HEAD_PATTERN = r"^\d{1,15}:[0-9a-f]{64}$"


def head_of(text: str) -> Head:
    """Of `17:9f86d081...`. Raises ValueError."""
    if not re.fullmatch(HEAD_PATTERN, text):
        raise ValueError("a head looks like 17:9f86d081..., as `verify` prints it")
    sequence, _, digest = text.partition(":")
    return Head(int(sequence), digest)


async def check_chain(
    rows: AuditRepository, noted: Head | None = None, *, after: Head | None = None, seconds: float | None = None
) -> AuditState:
    """`noted`: a head written down earlier. Without it rows that are missing at the end cannot be seen: what is left
    is a sound chain. `seconds`: roughly when to stop in the middle; `after` goes on from there."""
    began, last = time.monotonic(), Head()
    if after is not None and after.sequence > 0:
        last = Head(after.sequence - 1, "" if after.sequence > 1 else GENESIS)
    async for batch in rows.batches(last.sequence + 1, _BATCH):
        last, problem = await asyncio.to_thread(_look, batch, last, (after, noted))
        if problem:
            return _broken(last, problem)
        if seconds is not None and time.monotonic() - began >= seconds and len(batch) == _BATCH:
            return AuditState(rows=last.sequence, head=last.hash, ok=True, complete=False)
    for head in (after, noted):
        if head and last.sequence < head.sequence:
            problem = f"Rows are missing at the end: row {head.sequence} was noted, the last one is {last.sequence}."
            return _broken(last, problem)
    return AuditState(rows=last.sequence, head=last.hash, ok=True)


def _broken(last: Head, problem: str) -> AuditState:
    # The number that the row should have, not the one it claims.
    return AuditState(rows=last.sequence, head=last.hash, ok=False, broken_at=last.sequence + 1, problem=problem)


def _look(batch: Sequence[Mapping[str, Any]], last: Head, known: Sequence[Head | None]) -> tuple[Head, str | None]:
    """The last row that fits, and what is wrong with the one behind it."""
    hashes = {head.sequence: head.hash for head in known if head}
    for row in batch:
        if problem := _problem(row, last):
            return last, problem
        if hashes.get(row["_id"], row["hash"]) != row["hash"]:
            return last, "Its hash is not the one that was noted."
        last = Head(int(row["_id"]), row["hash"])
    return last, None


def _problem(row: Mapping[str, Any], last: Head) -> str | None:
    if row["_id"] != last.sequence + 1 or not isinstance(row["_id"], int):
        return f"Row {last.sequence + 1} is missing; the next one is {printable(str(row['_id']), 60)}."
    texts = {name: row.get(name) for name in TEXTS}
    whole = all(isinstance(text, str) for text in texts.values()) and isinstance(row.get("at"), datetime)
    if not whole or row.keys() - _BESIDE != _FIELDS:
        return "It is damaged: fields are missing, too many or of another type."
    # Without a hash only where a check goes on: that row is compared with what the check had noted.
    if last.hash and row["previous"] != last.hash:
        return "It does not follow the row before: one of them was replaced."
    hashed = texts.pop("hash")
    if row_hash({**texts, "sequence": last.sequence + 1, "at": row["at"]}) != hashed:
        return "Its content was changed after it was written."
    return None
