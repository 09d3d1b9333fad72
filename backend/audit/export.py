"""Audit rows as text for other programs."""

from __future__ import annotations

import csv
import io
import json

from backend.models.audit import AuditRow

COLUMNS = ("sequence", "at", "kind", "who", "address", "subject", "text", "request_id", "previous", "hash")
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); a quote in front makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json_line(row: AuditRow) -> str:
    return json.dumps(row.model_dump(mode="json", warnings=False), ensure_ascii=True, separators=(",", ":")) + "\n"


def csv_head() -> str:
    return ",".join(COLUMNS) + "\r\n"


def as_csv_line(row: AuditRow) -> str:
    values = row.model_dump(mode="json", warnings=False)
    line = io.StringIO()
    csv.writer(line).writerow([_defused(values.get(column, "")) for column in COLUMNS])
    return line.getvalue()


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
