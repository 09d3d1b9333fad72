"""A small SQLite file with AIrsenal's tables, made with the statements that AIrsenal 1.17.0 made them with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE player (player_id INTEGER NOT NULL, fpl_api_id INTEGER, name VARCHAR(100) NOT NULL,
    display_name VARCHAR(100), opta_code VARCHAR, PRIMARY KEY (player_id));
CREATE TABLE fixture (fixture_id INTEGER NOT NULL, date VARCHAR(100), gameweek INTEGER, home_team VARCHAR(100) NOT NULL,
    away_team VARCHAR(100) NOT NULL, season VARCHAR(100) NOT NULL, tag VARCHAR(100) NOT NULL, PRIMARY KEY (fixture_id));
CREATE INDEX ix_fixture_season_gameweek ON fixture (season, gameweek);
CREATE TABLE transfer_suggestion (id INTEGER NOT NULL, player_id INTEGER NOT NULL, in_or_out INTEGER NOT NULL,
    gameweek INTEGER NOT NULL, points_gain DOUBLE NOT NULL, timestamp VARCHAR(100) NOT NULL,
    season VARCHAR(100) NOT NULL, fpl_team_id INTEGER NOT NULL, chip_played VARCHAR(100), PRIMARY KEY (id));
CREATE TABLE player_attributes (id INTEGER NOT NULL, player_id INTEGER NOT NULL, season VARCHAR(100) NOT NULL,
    gameweek INTEGER NOT NULL, price INTEGER NOT NULL, team VARCHAR(100) NOT NULL, position VARCHAR(100) NOT NULL,
    chance_of_playing_next_round INTEGER, news VARCHAR(100), return_gameweek INTEGER, transfers_balance INTEGER,
    selected INTEGER, transfers_in INTEGER, transfers_out INTEGER, PRIMARY KEY (id),
    CONSTRAINT uq_player_attributes_player_season_gw UNIQUE (player_id, season, gameweek),
    FOREIGN KEY(player_id) REFERENCES player (player_id));
CREATE INDEX ix_player_attributes_player_season_gw ON player_attributes (player_id, season, gameweek);
CREATE TABLE result (result_id INTEGER NOT NULL, fixture_id INTEGER NOT NULL, home_score INTEGER NOT NULL,
    away_score INTEGER NOT NULL, PRIMARY KEY (result_id), FOREIGN KEY(fixture_id) REFERENCES fixture (fixture_id));
CREATE TABLE player_prediction (id INTEGER NOT NULL, fixture_id INTEGER NOT NULL, predicted_points DOUBLE NOT NULL,
    tag VARCHAR(100) NOT NULL, player_id INTEGER NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(fixture_id) REFERENCES fixture (fixture_id), FOREIGN KEY(player_id) REFERENCES player (player_id));
CREATE TABLE player_score (id INTEGER NOT NULL, player_team VARCHAR(100) NOT NULL, opponent VARCHAR(100) NOT NULL,
    points INTEGER NOT NULL, goals INTEGER NOT NULL, assists INTEGER NOT NULL, bonus INTEGER NOT NULL,
    conceded INTEGER NOT NULL, minutes INTEGER NOT NULL, player_id INTEGER NOT NULL, result_id INTEGER NOT NULL,
    fixture_id INTEGER NOT NULL, PRIMARY KEY (id), FOREIGN KEY(player_id) REFERENCES player (player_id),
    FOREIGN KEY(result_id) REFERENCES result (result_id), FOREIGN KEY(fixture_id) REFERENCES fixture (fixture_id));
CREATE INDEX ix_player_score_fixture_id ON player_score (fixture_id);
CREATE INDEX ix_player_score_player_fixture ON player_score (player_id, fixture_id);
"""
SEASON = "2526"


class DatabaseFile:
    """Each call writes and closes, as if one of AIrsenal's programs had run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as db:
            db.executescript("PRAGMA synchronous = OFF;" + SCHEMA)

    def _insert(self, statement: str, *values: object) -> int:
        with closing(sqlite3.connect(self.path)) as db:
            db.execute("PRAGMA synchronous = OFF")
            row = db.execute(statement, values).lastrowid
            db.commit()
        assert row
        return row

    def player(self, name: str | None, full_name: str = "Of The Register") -> int:
        return self._insert("INSERT INTO player (name, display_name) VALUES (?, ?)", full_name, name)

    def attributes(
        self, player: int, gameweek: int, club: str, position: str, price: int, *, news: str | None = None,
        season: str = SEASON,
    ) -> None:  # fmt: skip
        self._insert(
            "INSERT INTO player_attributes (player_id, season, gameweek, price, team, position, news) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            player, season, gameweek, price, club, position, news,
        )  # fmt: skip

    def fixture(
        self, gameweek: int | None, home: str, away: str, *, season: str = SEASON, played: bool = False,
        date: str | None = None,
    ) -> int:  # fmt: skip
        fixture = self._insert(
            "INSERT INTO fixture (date, gameweek, home_team, away_team, season, tag) VALUES (?, ?, ?, ?, ?, 'latest')",
            date or f"2026-02-{gameweek or 28:02}T15:00:00Z", gameweek, home, away, season,
        )  # fmt: skip
        if played:
            self.result(fixture)
        return fixture

    def result(self, fixture: int) -> int:
        return self._insert("INSERT INTO result (fixture_id, home_score, away_score) VALUES (?, 1, 0)", fixture)

    def predict(self, tag: str, player: int, fixture: int, points: float) -> None:
        self._insert(
            "INSERT INTO player_prediction (fixture_id, predicted_points, tag, player_id) VALUES (?, ?, ?, ?)",
            fixture, points, tag, player,
        )  # fmt: skip

    def score(self, player: int, fixture: int, points: int, minutes: int, club: str = "ARS") -> None:
        self._insert(
            "INSERT INTO player_score (player_team, opponent, points, goals, assists, bonus, conceded, minutes, "
            "player_id, result_id, fixture_id) VALUES (?, 'XXX', ?, 0, 0, 0, 0, ?, ?, 0, ?)",
            club, points, minutes, player, fixture,
        )  # fmt: skip

    def suggest(
        self, player: int, in_or_out: int, gameweek: int, timestamp: str, *, team: int = 1, chip: str | None = None
    ) -> None:  # fmt: skip
        self._insert(
            "INSERT INTO transfer_suggestion (player_id, in_or_out, gameweek, points_gain, timestamp, season, "
            "fpl_team_id, chip_played) VALUES (?, ?, ?, 2.5, ?, ?, ?, ?)",
            player, in_or_out, gameweek, timestamp, SEASON, team, chip,
        )  # fmt: skip
