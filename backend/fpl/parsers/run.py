"""What all parsers share: one attempt's log, and how a report begins, whole or not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from backend.fpl.parsers.rows import LOG_ENDS, Drift, Log
from backend.models.reports import ReportBase, Warning

VERSION = 1
MOST_LINES, LONGEST_LINE = 200, 2000
Report = TypeVar("Report", bound=ReportBase)


def read_from(line: int, *, cut: bool) -> str:
    """The headline of what was not understood. `line` is counted from 0, as in reports; people count from 1."""
    why = "The log ends in the middle of the result" if cut else "AIrsenal's wording has changed"
    return f"{why}: read the log from line {line + 1}"


def is_cut(report: ReportBase) -> bool:
    """Whether a report was not understood because the log just stops, as after a crash."""
    return bool(report.warnings) and report.warnings[-1].message.endswith(LOG_ENDS)


@dataclass(frozen=True)
class Run:
    parser: str
    log: Log
    parameters: Mapping[str, Any]
    ended_at: datetime
    warnings: list[Warning] = field(default_factory=list)

    def head(self) -> dict[str, Any]:
        return {
            "generated_at": self.ended_at,
            "parameters": dict(self.parameters),
            "parser": f"{self.parser} {VERSION}",
            "warnings": list(self.warnings),
        }

    def number(self, name: str) -> int | None:
        value = self.parameters.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def not_understood(self, kind: type[Report], drift: Drift) -> Report:
        """Nothing but the head and the raw lines: half a report looks like a whole one."""
        raw = self.log.raw
        first = min(drift.row, max(len(raw) - 1, 0))
        head = self.head()
        head["warnings"].append(Warning(code="other", message=str(drift), line=first))
        text = "\n".join(line[:LONGEST_LINE] for line in raw[first : first + MOST_LINES])
        return kind(
            **head,
            headline=read_from(first, cut=drift.at_end),
            summary_text=text,
            state="not_understood",
            not_understood_from=first,
            not_understood_text=text,
        )
