"""AIrsenal's SQLite file, read only. All functions block: call them in a thread."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from backend.errors import AppError, NotFound
from backend.fpl.sqlite_file import DatabaseDamaged, DatabaseUnreadable, reading
from backend.models.airsenal import DatabaseState
from backend.models.comparisons import PlayedPlayer
from backend.models.reports import Position, PredictedPlayer

Fixtures = dict[str, dict[int, list[str]]]
POSITIONS: tuple[Position, ...] = get_args(Position)

# What this console reads. A file without one of these is not AIrsenal's, or is of a version we do not know.
_NEEDED = {
    "player": {"player_id", "name", "display_name"},
    "player_attributes": {"id", "player_id", "season", "gameweek", "price", "team", "position", "news"},
    "fixture": {"fixture_id", "gameweek", "home_team", "away_team", "season"},
    "result": {"result_id", "fixture_id"},
    "player_score": {"player_id", "fixture_id", "points", "minutes", "player_team"},
    "player_prediction": {"id", "fixture_id", "predicted_points", "tag", "player_id"},
    "transfer_suggestion": {
        "player_id", "in_or_out", "gameweek", "points_gain", "timestamp", "season", "fpl_team_id", "chip_played"
    },
}  # fmt: skip

NAME = "COALESCE(NULLIF(p.display_name, ''), p.name)"

_PREDICTED = f"""
SELECT pp.player_id, {NAME}, f.gameweek, SUM(pp.predicted_points)
FROM player_prediction pp JOIN fixture f USING (fixture_id) JOIN player p USING (player_id)
WHERE pp.tag = :tag AND f.season = :season AND f.gameweek IS NOT NULL GROUP BY pp.player_id, f.gameweek
"""  # noqa: S608

# The row of that gameweek, else the nearest before it, else the season's newest, else the newest of all seasons.
_ATTRIBUTES = """
SELECT a.player_id, a.season, a.position, a.team, a.price, a.news
FROM (SELECT DISTINCT player_id FROM {ids}) ids JOIN player_attributes a ON a.id = (
    SELECT b.id FROM player_attributes b WHERE b.player_id = ids.player_id
    ORDER BY b.season = :season DESC, b.season = :season AND b.gameweek <= :gameweek DESC, b.season DESC,
             b.gameweek DESC LIMIT 1)
"""

_PLAYED = f"""
SELECT pp.player_id, {NAME}, f.gameweek, SUM(pp.predicted_points), SUM(s.points), SUM(s.minutes), MAX(s.player_team)
FROM player_prediction pp JOIN fixture f USING (fixture_id) JOIN player p USING (player_id)
JOIN player_score s ON s.player_id = pp.player_id AND s.fixture_id = pp.fixture_id
WHERE pp.tag = :tag AND f.season = :season GROUP BY pp.player_id, f.gameweek
"""  # noqa: S608


@dataclass(frozen=True)
class StoredPrediction:
    """Every player of one run, best first. `fixtures`: what each club plays, `{"ARS": {25: ["LEE (H)"]}}`.

    A player without a match in a gameweek has no number for it. `unplaced`: players that the run has points for, and
    of whom the file knows no position.
    """

    tag: str
    season: str
    gameweeks: list[int]
    players: list[PredictedPlayer]
    fixtures: Fixtures
    unplaced: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Attributes:
    position: Position | None
    club: str | None
    price: float | None
    news: str | None


UNKNOWN = Attributes(None, None, None, None)


def read_prediction(path: Path, tag: str | None = None) -> StoredPrediction | None:
    """The run of this tag, or the newest. None when there is none."""
    with reading(path) as db:
        run = _run(db, tag)
        return _prediction(db, *run) if run else None


def _run(db: sqlite3.Connection, tag: str | None) -> tuple[str, str] | None:
    """Tag and season. The newest run is the one of the highest id: the table has no times."""
    row = db.execute(
        "SELECT pp.tag, f.season FROM player_prediction pp JOIN fixture f USING (fixture_id) "
        "WHERE :tag IS NULL OR pp.tag = :tag ORDER BY pp.id DESC LIMIT 1",
        {"tag": tag},
    ).fetchone()
    return (row[0], row[1]) if row else None


def _prediction(db: sqlite3.Connection, tag: str, season: str) -> StoredPrediction:
    names: dict[int, str] = {}
    points: dict[int, dict[int, float]] = defaultdict(dict)
    for player_id, name, gameweek, expected in db.execute(_PREDICTED, {"tag": tag, "season": season}):
        names[player_id] = name
        points[player_id][gameweek] = expected
    gameweeks = sorted({gameweek for row in points.values() for gameweek in row})
    known = attributes_of(db, "player_prediction WHERE tag = :tag", season, gameweeks[0] if gameweeks else 1, tag=tag)
    players = [
        _player(player_id, names[player_id], points[player_id], attributes)
        for player_id in names
        if (attributes := known.get(player_id, UNKNOWN)).position
    ]
    players.sort(key=lambda player: (-player.expected_points, player.player))
    ranked = [player.model_copy(update={"rank": rank}) for rank, player in enumerate(players, 1)]
    unplaced = sorted(names[player_id] for player_id in names if not known.get(player_id, UNKNOWN).position)
    return StoredPrediction(tag, season, gameweeks, ranked, _fixtures(db, season, gameweeks), unplaced)


def _player(player_id: int, name: str, points: dict[int, float], attributes: Attributes) -> PredictedPlayer:
    assert attributes.position
    return PredictedPlayer(
        rank=0, player=name, player_id=player_id, position=attributes.position, club=attributes.club,
        price=attributes.price, expected_points=sum(points[gameweek] for gameweek in sorted(points)),
        by_gameweek=dict(sorted(points.items())), news=attributes.news,
    )  # fmt: skip


def attributes_of(
    db: sqlite3.Connection, ids: str, season: str, gameweek: int, **values: object
) -> dict[int, Attributes]:  # fmt: skip
    """Of the players in `ids`, which is ours and not input. An earlier season tells the position and nothing else."""
    rows = db.execute(_ATTRIBUTES.format(ids=ids), {"season": season, "gameweek": gameweek, **values})
    found = {}
    for player_id, of_season, position, club, price, news in rows:
        place = position if position in POSITIONS else None
        found[player_id] = Attributes(place, None, None, None)
        if of_season == season:
            found[player_id] = Attributes(place, club, price / 10, news or None)
    return found


def _fixtures(db: sqlite3.Connection, season: str, gameweeks: list[int]) -> Fixtures:
    found: Fixtures = {}
    rows = db.execute(
        "SELECT gameweek, home_team, away_team FROM fixture WHERE season = ? AND gameweek BETWEEN ? AND ? "
        "ORDER BY gameweek, date, fixture_id",
        (season, min(gameweeks, default=0), max(gameweeks, default=-1)),
    )
    for gameweek, home, away in rows:
        if gameweek in gameweeks:
            found.setdefault(home, {}).setdefault(gameweek, []).append(f"{away} (H)")
            found.setdefault(away, {}).setdefault(gameweek, []).append(f"{home} (A)")
    return found


def read_played(path: Path, tag: str) -> list[PlayedPlayer]:
    """Expected against scored, for each player and played gameweek of the run: of the matches that were predicted.
    A gameweek counts as played when each of its matches has a result."""
    with reading(path) as db:
        run = _run(db, tag)
        if not run:
            return []
        season = run[1]
        finished = _finished(db, season)
        rows = [row for row in db.execute(_PLAYED, {"tag": tag, "season": season}) if row[2] in finished]
        first = min((row[2] for row in rows), default=1)
        known = attributes_of(db, "player_prediction WHERE tag = :tag", season, first, tag=tag)
    return [
        PlayedPlayer(
            player=name, player_id=player_id, position=position, club=club, gameweek=gameweek,
            expected_points=expected, points=points, minutes=minutes,
        )
        for player_id, name, gameweek, expected, points, minutes, club in rows
        if (position := known.get(player_id, UNKNOWN).position)
    ]  # fmt: skip


def _finished(db: sqlite3.Connection, season: str) -> set[int]:
    rows = db.execute(
        "SELECT f.gameweek FROM fixture f LEFT JOIN result r USING (fixture_id) "
        "WHERE f.season = ? AND f.gameweek IS NOT NULL GROUP BY f.gameweek HAVING COUNT(*) = COUNT(r.result_id)",
        (season,),
    )
    return {gameweek for (gameweek,) in rows}


def read_state(path: Path) -> DatabaseState:
    """What it holds; `integrity` stays unknown, see `check_integrity`. A damaged file is a state, not an error.

    What only others can know is left open: whether the season is current, and when a job last updated it.
    """
    try:
        stat = path.stat()
    except OSError:
        return DatabaseState(exists=False, path=str(path))
    state: dict[str, Any] = {
        "exists": True, "path": str(path), "bytes": stat.st_size,
        "changed_at": datetime.fromtimestamp(stat.st_mtime, UTC),
    }  # fmt: skip
    try:
        with reading(path) as db:
            state |= _contents(db)
    except AppError as error:
        damaged = isinstance(error, DatabaseDamaged)
        state |= {"integrity": "damaged" if damaged else "unknown", "integrity_detail": error.detail}
    return DatabaseState(**state)


def _contents(db: sqlite3.Connection) -> dict[str, Any]:
    seasons = db.execute(
        "SELECT season, MAX(gameweek), COUNT(DISTINCT player_id) FROM player_attributes GROUP BY season "
        "ORDER BY season DESC"
    ).fetchall()
    run = _run(db, None)
    found: dict[str, Any] = {
        "seasons": [season for season, *_ in seasons],
        "predictions": db.execute("SELECT COUNT(DISTINCT tag) FROM player_prediction").fetchone()[0],
        "newest_tag": run[0] if run else None,
    }
    if seasons:
        season, newest_gameweek, players = seasons[0]
        found |= {"season": season, "players": players, "next_gameweek": _next_gameweek(db, season, newest_gameweek)}
        found["player_scores_missing"] = _scores_missing(db, season)
    return found


def _next_gameweek(db: sqlite3.Connection, season: str, newest_prices: int) -> int | None:
    """As the file knows it, whatever the clock says: AIrsenal files prices under the gameweek that comes next, and
    results may be in that are newer than these. None after the last one."""
    played, last = db.execute(
        "SELECT MAX(CASE WHEN r.result_id IS NOT NULL THEN f.gameweek END), MAX(f.gameweek) "
        "FROM fixture f LEFT JOIN result r USING (fixture_id) WHERE f.season = ?",
        (season,),
    ).fetchone()
    following = max((played or 0) + 1, newest_prices)
    return int(following) if last and following <= last else None


def _scores_missing(db: sqlite3.Connection, season: str) -> bool:
    """AIrsenal 1.16 and 1.17 may skip the scores of a season whose results are in (its pull request 839)."""
    results, scores = db.execute(
        "SELECT EXISTS (SELECT 1 FROM fixture JOIN result USING (fixture_id) WHERE season = :season), "
        "EXISTS (SELECT 1 FROM fixture JOIN player_score USING (fixture_id) WHERE season = :season)",
        {"season": season},
    ).fetchone()
    return bool(results and not scores)


def check_integrity(path: Path) -> str | None:
    """SQLite's own `integrity_check` and AIrsenal's tables. None: all is well; else what is wrong. Raises Unavailable
    while somebody writes into it."""
    try:
        with reading(path) as db:
            problems = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
            if problems != ["ok"]:
                return "SQLite finds damage: " + "; ".join(problems)
            for table, columns in _NEEDED.items():
                there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
                if missing := columns - there:
                    what = f"the columns {', '.join(sorted(missing))} of {table}" if there else f"the table {table}"
                    return f"It lacks {what}: it is empty, not AIrsenal's, or of another version."
    except (DatabaseUnreadable, NotFound) as error:
        return error.detail
    return None
