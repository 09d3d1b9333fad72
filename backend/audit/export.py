"""Audit rows as text for other programs."""

from __future__ import annotations

import json

from backend.models.audit import AuditRow
from backend.utils.csv_line import csv_line

COLUMNS = ("sequence", "at", "kind", "who", "address", "subject", "text", "request_id", "previous", "hash")


def as_json_line(row: AuditRow) -> str:
    return json.dumps(row.model_dump(mode="json", warnings=False), ensure_ascii=True, separators=(",", ":")) + "\n"


def csv_head() -> str:
    return csv_line(COLUMNS)


def as_csv_line(row: AuditRow) -> str:
    values = row.model_dump(mode="json", warnings=False)
    return csv_line([values.get(column, "") for column in COLUMNS])
