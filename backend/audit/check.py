"""Looks through the whole chain for the first row that does not fit."""

from __future__ import annotations

import asyncio

from pydantic import ValidationError

from backend.models.audit import AuditRow, AuditState, Head
from backend.repositories.audit import AuditRepository

# Rows between two breaths: hashing thousands of rows must not hold up everything else.
_BREATH = 200


async def check_chain(rows: AuditRepository, noted: Head | None = None) -> AuditState:
    """`noted`: a head written down earlier. Without it rows that are missing at the end cannot be seen: what is left
    is a sound chain."""
    last = Head()
    async for row in rows.oldest_first():
        problem = _problem(row, last)
        if problem is None and noted and row.sequence == noted.sequence and row.hash != noted.hash:
            problem = "Its hash is not the one that was noted."
        if problem:
            return _broken(last, problem)
        last = Head(row.sequence, row.hash)
        if row.sequence % _BREATH == 0:
            await asyncio.sleep(0)
    if noted and last.sequence < noted.sequence:
        problem = f"Rows are missing at the end: row {noted.sequence} was noted, the last one is {last.sequence}."
        return _broken(last, problem)
    return AuditState(rows=last.sequence, head=last.hash, ok=True)


def _broken(last: Head, problem: str) -> AuditState:
    # The number that the row should have, not the one it claims.
    return AuditState(rows=last.sequence, head=last.hash, ok=False, broken_at=last.sequence + 1, problem=problem)


def _problem(row: AuditRow, last: Head) -> str | None:
    if row.sequence != last.sequence + 1:
        return f"Row {last.sequence + 1} is missing; the next one is {row.sequence}."
    try:
        sound = AuditRow.model_validate(row.model_dump(warnings=False))
    except ValidationError:
        return "It is damaged: fields are missing or of another type."
    if sound.previous != last.hash:
        return "It does not follow the row before: one of them was replaced."
    if sound.computed_hash() != sound.hash:
        return "Its content was changed after it was written."
    return None
