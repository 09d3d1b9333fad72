"""AIrsenal's SQLite file, read only. All functions block: call them in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.models.airsenal import DatabaseState
from backend.models.reports import PlayedPlayer, PredictedPlayer


@dataclass(frozen=True)
class StoredPrediction:
    """Every player of one run, best first. `fixtures`: what each club plays, `{"ARS": {25: ["LEE (H)"]}}`."""

    tag: str
    season: str
    gameweeks: list[int]
    players: list[PredictedPlayer]
    fixtures: dict[str, dict[int, list[str]]]


@dataclass(frozen=True)
class Suggestion:
    """The newest rows of `transfer_suggestion` of one run."""

    timestamp: str
    season: str
    gameweek: int
    transfers_out: list[str]
    transfers_in: list[str]
    points_gain: float
    chip: str | None
    team_id: int


def read_prediction(path: Path, tag: str | None = None) -> StoredPrediction | None:
    """The run of this tag, or the newest. None when there is none."""
    raise NotImplementedError


def read_suggestion(path: Path, team_id: int) -> Suggestion | None:
    raise NotImplementedError


def read_played(path: Path, tag: str) -> list[PlayedPlayer]:
    """Expected against scored, for each player and played gameweek of the run."""
    raise NotImplementedError


def read_state(path: Path) -> DatabaseState:
    """What it holds; `integrity` stays unknown, see `check_integrity`. A damaged file is a state, not an error."""
    raise NotImplementedError


def check_integrity(path: Path) -> str | None:
    """SQLite's own `integrity_check` and AIrsenal's tables. None: all is well; else what is wrong."""
    raise NotImplementedError
