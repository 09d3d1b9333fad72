"""Reads what AIrsenal 1.17.0 printed. `parse` and `progress_reader` are the only doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.jobs.companion import ProgressReader
from backend.models.reports import AnyReport, Warning


@dataclass(frozen=True)
class Parsed:
    """`reports` are in the order of the log. `missing` says which closing line never came, in a sentence: then exit
    code 0 is no success. `warnings` are those of the whole run; each report repeats them."""

    reports: list[AnyReport] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    missing: str | None = None


def parse(parser: str, rows: Iterable[str], parameters: Mapping[str, Any], ended_at: datetime) -> Parsed:
    """`rows` as a terminal shows them: of a row drawn over and over only its last frame."""
    raise NotImplementedError


def progress_reader(parser: str, parameters: Mapping[str, Any]) -> ProgressReader:
    raise NotImplementedError
