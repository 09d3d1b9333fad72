"""Reads what AIrsenal 1.17.0 printed. `parse` and `progress_reader` are the doors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from backend.fpl.parsers import endings
from backend.fpl.parsers.parsed import Parsed
from backend.fpl.parsers.progress import READERS, Silent
from backend.fpl.parsers.rows import Log
from backend.fpl.parsers.run import Run, is_cut, read_from
from backend.fpl.parsers.signs import read_warnings
from backend.jobs.companion import ProgressReader

__all__ = ["PARSERS", "Parsed", "is_cut", "parse", "progress_reader", "read_from"]

PARSERS: Mapping[str, Callable[[Run], Parsed]] = {
    "airsenal.setup": endings.setup,
    "airsenal.update": endings.update,
    "airsenal.prediction": endings.prediction,
    "airsenal.optimisation": endings.optimisation,
    "airsenal.squad": endings.squad,
    "airsenal.pipeline": endings.pipeline,
    "airsenal.check_data": endings.check_data,
    "airsenal.lineup": endings.lineup,
    "airsenal.transfers": endings.transfers,
    "airsenal.login": endings.login,
}


def parse(parser: str, rows: Iterable[str], parameters: Mapping[str, Any], ended_at: datetime) -> Parsed:
    """`rows` as a terminal shows them: of a row drawn over and over only its last frame. KeyError: no such parser."""
    read = PARSERS[parser]
    log = Log(rows)
    return read(Run(parser, log, parameters, ended_at, read_warnings(log)))


def progress_reader(parser: str, parameters: Mapping[str, Any]) -> ProgressReader:
    return READERS.get(parser, Silent)(parameters)
