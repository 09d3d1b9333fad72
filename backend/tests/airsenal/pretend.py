"""Programs that act as AIrsenal's do, in a second and without a gigabyte: they write the same tables and say the same.

For tests of pages. What the real AIrsenal does is tested with the real one (e2e/test_airsenal.py). `install` puts them
where the console looks for AIrsenal.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
import uuid
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from backend.tests.airsenal.this_week import NEXT, TEAM, ThisWeek

CAPTURES = Path(__file__).with_name("captures")
PROGRAMS = ("setup_initial_db", "update_db", "run_prediction", "run_optimization", "make_transfers", "set_lineup")
PROJECT = Path(__file__).parents[3]
# Sums over the gameweeks 25 to 27, as a real run had them; others get less.
BEST = {
    "Raya": 17.29, "Sánchez": 12.83, "José Sá": 12.27, "Pickford": 11.34, "Martinez": 11.26, "Gabriel": 20.87,
    "J.Timber": 18.84, "Saliba": 17.74, "Chalobah": 16.01, "Senesi": 13.14, "Rice": 19.48, "Semenyo": 17.84,
    "B.Fernandes": 16.72, "Trossard": 16.11, "Mbeumo": 15.01, "Mané": 16.31, "Haaland": 14.77, "Bowen": 14.7,
    "Thiago": 14.44, "João Pedro": 13.55,
}  # fmt: skip
STRATEGIES = 26


def install(data_dir: Path, pace: float = 0.15) -> None:
    """`pace`: seconds between two frames of a progress bar."""
    home = data_dir / "tools" / "airsenal"
    (home / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        path = home / "bin" / f"airsenal_{program}"
        code = f"from backend.tests.airsenal.pretend import main\nsys.exit(main({program!r}, sys.argv[1:], {pace}))\n"
        path.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(PROJECT)!r})\n{code}")
        path.chmod(0o755)
    (home / "bin" / "python").symlink_to(sys.executable)
    ThisWeek().write_database(home / "seed.db")
    (home / "installed.json").write_text(
        json.dumps({"airsenal": "1.17.0", "installed_at": datetime.now(UTC).isoformat()})
    )


def main(program: str, arguments: list[str], pace: float) -> int:
    database = Path(os.environ["AIRSENAL_DB_FILE"])
    if program == "setup_initial_db":
        _replay("setup_initial_db", 0.002)
        seed = Path(sys.argv[0]).parent.parent / "seed.db"
        with closing(sqlite3.connect(seed)) as source, closing(sqlite3.connect(database)) as target:
            source.backup(target)
        return 0
    with closing(sqlite3.connect(database)) as db, db:
        if program == "run_prediction":
            return _predict(db, arguments, pace)
        if program == "run_optimization":
            return _optimise(db, pace)
        return _update() if program == "update_db" else _send()


def _replay(name: str, seconds: float) -> None:
    """A captured run, line by line."""
    for line in (CAPTURES / f"{name}.log").read_text(encoding="utf-8").split("\n"):
        print(line, flush=True)
        time.sleep(seconds)


def _update() -> int:
    _replay("update_db", 0.0005)
    return 0


def _bar(label: str, done: int, total: int) -> None:
    frame = (
        f"\r{label}: {100 * done // total:3}%|{'█' * (10 * done // total):10}| {done}/{total} [00:01<00:01, 9.9it/s]"
    )
    print(frame, end="", file=sys.stderr, flush=True)


def _predict(db: sqlite3.Connection, arguments: list[str], pace: float) -> int:
    weeks = [NEXT + week for week in range(_option(arguments, "weeks_ahead", 3))]
    print("Fitting team model...", flush=True)
    for done in range(0, 1501, 75):
        _bar("sample", done, 1500)
        time.sleep(pace)
    print(file=sys.stderr, flush=True)
    print("Calculating fixture score probabilities...", flush=True)
    if _runs(db):  # the second run knows more than the first
        db.execute("UPDATE player_attributes SET news = 'Knee injury - 25% chance of playing' "
                   "WHERE gameweek = ? AND player_id = (SELECT player_id FROM player WHERE display_name = 'Haaland')",
                   (NEXT,))  # fmt: skip
    _write_prediction(db, weeks)
    db.commit()
    print("Finished adding predictions to db", flush=True)
    _print_best(db, weeks)
    return 0


def _runs(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT COUNT(DISTINCT tag) FROM player_prediction").fetchone()[0])


def _write_prediction(db: sqlite3.Connection, weeks: list[int]) -> None:
    tag, later = str(uuid.uuid4()), _runs(db)
    form = {one["web_name"]: float(one["ep_next"] or 0) for one in ThisWeek().data["elements"]}
    rows = db.execute(
        "SELECT p.player_id, p.display_name, a.news, f.fixture_id, f.gameweek FROM player p "
        "JOIN player_attributes a ON a.player_id = p.player_id AND a.gameweek = ? "
        "JOIN fixture f ON a.team IN (f.home_team, f.away_team) WHERE f.gameweek BETWEEN ? AND ? "
        "ORDER BY p.player_id, f.fixture_id",
        (NEXT, weeks[0], weeks[-1]),
    ).fetchall()
    for player, name, news, fixture, gameweek in rows:
        points = BEST.get(name, min(form[name], 3.0)) / 3 if name in BEST else min(form[name], 3.0)
        points *= 0.4 if later and news and name == "Haaland" else 1.1 if later and name == "Palmer" else 1
        db.execute(
            "INSERT INTO player_prediction (fixture_id, predicted_points, tag, player_id) VALUES (?, ?, ?, ?)",
            (fixture, points * (1 + 0.05 * (26 - gameweek)), tag, player),
        )


def _print_best(db: sqlite3.Connection, weeks: list[int]) -> None:
    best = db.execute(
        "SELECT a.position, p.display_name, SUM(pp.predicted_points), a.price / 10.0, a.team FROM player_prediction pp "
        "JOIN player p USING (player_id) JOIN player_attributes a ON a.player_id = p.player_id AND a.gameweek = ? "
        "WHERE pp.tag = (SELECT tag FROM player_prediction ORDER BY id DESC LIMIT 1) "
        "GROUP BY p.player_id ORDER BY SUM(pp.predicted_points) DESC",
        (NEXT,),
    ).fetchall()
    groups = defaultdict(list)
    for position, *player in best:
        groups[position].append(player)
    print(f"{'=' * 50}\nPREDICTED TOP 5 PLAYERS FOR GAMEWEEK(S) {weeks}:\n{'=' * 50}")
    for position in ("GK", "DEF", "MID", "FWD"):
        print(f"{position}:")
        for rank, (name, points, price, club) in enumerate(groups[position][:5], 1):
            print(f"{rank}. {name}, {points:.2f}pts (£{price:.1f}m, {club})")
        print("-" * 25)


def _optimise(db: sqlite3.Connection, pace: float) -> int:
    print(f"Running optimization with fpl_team_id {TEAM}\nStarting with 1 free transfers", flush=True)
    for done in range(STRATEGIES + 1):
        _bar("Total progress", done, STRATEGIES)
        time.sleep(pace)
    print(file=sys.stderr, flush=True)
    time.sleep(0.2)  # so that the bar's end comes first, as it does there
    moves = {"Foden": (-1, 25), "Keane": (-1, 25), "Rice": (1, 25), "J.Timber": (1, 25), "Cherki": (-1, 26),
             "Semenyo": (1, 26), "Chalobah": (1, 27)}  # fmt: skip
    now = datetime.now(UTC).astimezone().replace(tzinfo=None).isoformat()
    for name, (in_or_out, gameweek) in moves.items():
        db.execute(
            "INSERT INTO transfer_suggestion (player_id, in_or_out, gameweek, points_gain, timestamp, season, "
            "fpl_team_id, chip_played) SELECT player_id, ?, ?, 15.5, ?, ?, ?, NULL FROM player WHERE display_name = ?",
            (in_or_out, gameweek, now, ThisWeek().season, TEAM, name),
        )
    db.execute(
        "INSERT INTO transfer_suggestion (player_id, in_or_out, gameweek, points_gain, timestamp, season, fpl_team_id, "
        "chip_played) SELECT player_id, -1, 27, 15.5, ?, ?, ?, NULL FROM player WHERE display_name = 'J.Timber'",
        (now, ThisWeek().season, TEAM),
    )
    db.commit()
    text = (CAPTURES / "run_optimization.log").read_text(encoding="utf-8")
    print(text[text.index("================\nOPTIMUM STRATEGY") :], flush=True)
    return 0


def _send() -> int:
    """The real team: said, and not done."""
    program = Path(sys.argv[0]).name.removeprefix("airsenal_")
    _replay(f"{program}_confirm", 0.01)
    return 0


def _option(arguments: list[str], name: str, default: int) -> int:
    """`--name=3` and `--name 3`."""
    for at, argument in enumerate(arguments):
        if argument.startswith(f"--{name}="):
            return int(argument.partition("=")[2])
        if argument == f"--{name}":
            return int(arguments[at + 1])
    return default
