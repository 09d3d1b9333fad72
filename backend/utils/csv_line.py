"""Rows of CSV as RFC 4180 has them, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); a quote in front makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_line(values: Iterable[object]) -> str:
    """With its line end. Only texts are made safe: a negative number stays a number."""
    line = io.StringIO()
    csv.writer(line).writerow([_defused(value) for value in values])
    return line.getvalue()


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
