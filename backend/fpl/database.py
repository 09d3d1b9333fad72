"""AIrsenal's SQLite file, read only. All functions block: call them in a thread."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
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
    try:
        stat = path.stat()
    except OSError:
        return DatabaseState(exists=False, path=str(path))
    state = DatabaseState(
        exists=True, path=str(path), bytes=stat.st_size, changed_at=datetime.fromtimestamp(stat.st_mtime, UTC)
    )
    try:
        with closing(_open(path)) as db:
            rows = db.execute(
                "SELECT season, max(gameweek), count(DISTINCT player_id) FROM player_attributes GROUP BY 1 ORDER BY 1"
            ).fetchall()
            runs = db.execute("SELECT tag FROM player_prediction GROUP BY tag ORDER BY max(id)").fetchall()
    except sqlite3.Error as error:
        return state.model_copy(update={"integrity_detail": str(error)})
    found: dict[str, object] = {"seasons": [row[0] for row in rows], "predictions": len(runs)}
    if runs:
        found["newest_tag"] = runs[-1][0]
    if rows:
        found |= {"season": rows[-1][0], "next_gameweek": rows[-1][1], "players": rows[-1][2]}
    return state.model_copy(update=found)


def check_integrity(path: Path) -> str | None:
    """SQLite's own `integrity_check` and AIrsenal's tables. None: all is well; else what is wrong."""
    try:
        with closing(_open(path)) as db:
            problems = [str(row[0]) for row in db.execute("PRAGMA integrity_check(5)")]
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        return f"SQLite cannot read it: {error}."
    if problems != ["ok"]:
        return "SQLite finds damage: " + "; ".join(problems)
    return None if {"player", "fixture", "player_prediction"} <= tables else "It is empty or not AIrsenal's."


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
