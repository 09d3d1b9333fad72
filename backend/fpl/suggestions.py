"""The newest rows of AIrsenal's table `transfer_suggestion`, read only. Blocks: call it in a thread."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from backend.fpl.database import NAME, UNKNOWN, attributes_of
from backend.fpl.sqlite_file import reading

# AIrsenal looks for the newest run first, and then for what of it is of the team.
_NEWEST = "timestamp = (SELECT MAX(timestamp) FROM transfer_suggestion) AND fpl_team_id = :team"
_ROWS = f"""
SELECT t.player_id, {NAME}, in_or_out, gameweek, points_gain, timestamp, season, chip_played
FROM transfer_suggestion t JOIN player p USING (player_id) WHERE {_NEWEST} ORDER BY gameweek, t.id
"""  # noqa: S608


def with_club(name: str, club: str | None) -> str:
    return f"{name} ({club})" if club else name


@dataclass(frozen=True)
class Moved:
    """Two players may share a short name, so the club is part of it where it is known."""

    name: str
    club: str | None

    def __str__(self) -> str:
        return with_club(self.name, self.club)


@dataclass(frozen=True)
class Moves:
    out: list[Moved] = field(default_factory=list)
    come: list[Moved] = field(default_factory=list)


@dataclass(frozen=True)
class Suggestion:
    """What `make_transfers` would take. Of several gameweeks only the first one's moves are named here, with their
    clubs, `Semenyo (MCI)`; `by_gameweek` has all."""

    timestamp: str
    season: str
    gameweek: int
    transfers_out: list[str]
    transfers_in: list[str]
    points_gain: float
    chip: str | None
    team_id: int
    by_gameweek: dict[int, Moves] = field(default_factory=dict)


def read_suggestion(path: Path, team_id: int) -> Suggestion | None:
    """None as well when the newest run was for another team."""
    with reading(path) as db:
        return _suggestion(db, team_id)


def read_newest(path: Path) -> Suggestion | None:
    """Of whatever team."""
    with reading(path) as db:
        newest = db.execute("SELECT fpl_team_id FROM transfer_suggestion ORDER BY timestamp DESC LIMIT 1").fetchone()
        return _suggestion(db, newest[0]) if newest else None


def _suggestion(db: sqlite3.Connection, team_id: int) -> Suggestion | None:
    rows = db.execute(_ROWS, {"team": team_id}).fetchall()
    if not rows:
        return None
    _, _, _, first, gain, timestamp, season, chip = rows[0]
    known = attributes_of(db, f"transfer_suggestion WHERE {_NEWEST}", season, first, team=team_id)
    weeks: dict[int, Moves] = defaultdict(Moves)
    for player_id, name, in_or_out, gameweek, *_ in rows:
        moves = weeks[gameweek]
        (moves.come if in_or_out > 0 else moves.out).append(Moved(name, known.get(player_id, UNKNOWN).club))
    out, come = ([str(moved) for moved in moves] for moves in (weeks[first].out, weeks[first].come))
    return Suggestion(timestamp, season, first, out, come, gain, chip, team_id, dict(weeks))
