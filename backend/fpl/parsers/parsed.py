"""What is handed on of one attempt's log."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.models.reports import AnyReport, TeamChange, Warning


@dataclass(frozen=True)
class Parsed:
    """`reports` are in the order of the log. `missing` says which closing line never came, in a sentence: then exit
    code 0 is no success. `warnings` are those of the whole run; each report repeats them. `stages`: of a pipeline.
    `sent`: of what changes the real team, whether or not it came to its end."""

    reports: list[AnyReport] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    missing: str | None = None
    stages: list[str] = field(default_factory=list)
    sent: TeamChange | None = None
