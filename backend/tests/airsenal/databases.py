"""Small SQLite files with AIrsenal's tables, for tests of what the console does with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

# As AIrsenal 1.17.0 makes them, without the columns that nobody here reads.
SCHEMA = """
CREATE TABLE player (player_id INTEGER PRIMARY KEY, fpl_api_id INTEGER, name VARCHAR NOT NULL, display_name VARCHAR);
CREATE TABLE player_attributes (id INTEGER PRIMARY KEY, player_id INTEGER, season VARCHAR, gameweek INTEGER,
    price INTEGER, team VARCHAR, position VARCHAR, news VARCHAR);
CREATE TABLE fixture (fixture_id INTEGER PRIMARY KEY, date VARCHAR, gameweek INTEGER, home_team VARCHAR,
    away_team VARCHAR, season VARCHAR, tag VARCHAR);
CREATE TABLE result (result_id INTEGER PRIMARY KEY, fixture_id INTEGER, home_score INTEGER, away_score INTEGER);
CREATE TABLE player_score (id INTEGER PRIMARY KEY, player_team VARCHAR, points INTEGER, minutes INTEGER,
    player_id INTEGER, result_id INTEGER, fixture_id INTEGER);
CREATE TABLE player_prediction (id INTEGER PRIMARY KEY, fixture_id INTEGER, predicted_points DOUBLE, tag VARCHAR,
    player_id INTEGER);
CREATE TABLE transfer_suggestion (id INTEGER PRIMARY KEY, player_id INTEGER, in_or_out INTEGER, gameweek INTEGER,
    points_gain DOUBLE, timestamp VARCHAR, season VARCHAR, fpl_team_id INTEGER, chip_played VARCHAR);
CREATE TABLE "transaction" (id INTEGER PRIMARY KEY, player_id INTEGER, gameweek INTEGER, bought_or_sold INTEGER,
    season VARCHAR, time VARCHAR, tag VARCHAR, price INTEGER, free_hit INTEGER, fpl_team_id INTEGER);
"""
SEASON = "2526"


def build(path: Path, *, gameweek: int = 24, tags: Sequence[str] = ()) -> Path:
    """Twenty players on the eve of that gameweek, and a prediction per tag."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
        for player in range(1, 21):
            db.execute("INSERT INTO player VALUES (?, ?, ?, ?)", (player, player, f"Player {player}", f"P{player}"))
        for week in range(1, 39):
            fixture = (week, f"2026-01-{week % 28 + 1:02}T15:00:00Z", week, "ARS", "LEE", SEASON, "latest")
            db.execute("INSERT INTO fixture VALUES (?, ?, ?, ?, ?, ?, ?)", fixture)
        db.commit()
    update(path, gameweek)
    for tag in tags:
        predict(path, tag, gameweek)
    return path


def update(path: Path, gameweek: int) -> None:
    """Prices of this gameweek, results and scores of the one before."""
    with closing(sqlite3.connect(path)) as db:
        for player in range(1, 21):
            row = (player, SEASON, gameweek, 40 + player, "ARS", ("GK", "DEF", "MID", "FWD")[player % 4])
            db.execute("INSERT INTO player_attributes VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL)", row)
        db.execute("INSERT INTO result VALUES (?, ?, 2, 1)", (gameweek - 1, gameweek - 1))
        db.execute("INSERT INTO player_score VALUES (NULL, 'ARS', 6, 90, 1, ?, ?)", (gameweek - 1, gameweek - 1))
        db.commit()


def predict(path: Path, tag: str, gameweek: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        for player in range(1, 21):
            for week in range(gameweek, gameweek + 3):
                row = (week, player / 3, tag, player)
                db.execute("INSERT INTO player_prediction VALUES (NULL, ?, ?, ?, ?)", row)
        db.commit()


def suggest(path: Path, timestamp: str, gameweek: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        for player, moved in ((1, -1), (2, 1)):
            row = (player, moved, gameweek, 4.5, timestamp, SEASON, 742663)
            db.execute("INSERT INTO transfer_suggestion VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, NULL)", row)
        db.execute(
            "INSERT INTO \"transaction\" VALUES (NULL, 2, ?, 1, ?, ?, 'x', 42, 0, 742663)",
            (gameweek, SEASON, timestamp),
        )
        db.commit()


def tags_in(path: Path) -> list[str]:
    """The runs in it, which tell one state of the file from another. Raises when the file isn't whole."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [row[0] for row in db.execute("SELECT tag FROM player_prediction GROUP BY tag ORDER BY min(id)")]


def damage(path: Path) -> None:
    """Overwrites the middle of the file, as a failing disk may."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xa5" * 8192)
