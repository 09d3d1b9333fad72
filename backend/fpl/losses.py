"""What the present database has and an older one has not, in words. Blocks: call it in a thread."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.fpl.gameweeks import named
from backend.fpl.season import in_words

_SEASONS = "SELECT DISTINCT season FROM player_attributes"
_PREDICTIONS = """SELECT p.tag, group_concat(DISTINCT f.gameweek) FROM player_prediction p
    JOIN fixture f USING (fixture_id) GROUP BY p.tag"""
_SUGGESTIONS = "SELECT DISTINCT timestamp, fpl_team_id FROM transfer_suggestion"
_PRICES = "SELECT DISTINCT season, gameweek FROM player_attributes"
_RESULTS = "SELECT f.season, f.gameweek, count(*) FROM result JOIN fixture f USING (fixture_id) GROUP BY 1, 2"
_SCORES = "SELECT f.season, f.gameweek, count(*) FROM player_score JOIN fixture f USING (fixture_id) GROUP BY 1, 2"
_TRANSFERS = 'SELECT fpl_team_id, season, gameweek, player_id, bought_or_sold, time FROM "transaction"'


@dataclass(frozen=True)
class _Content:
    seasons: set[str]
    predictions: dict[str, list[int]]
    suggestions: set[tuple[str, int]]
    prices: set[tuple[str, int]]
    results: set[tuple[str, int, int]]
    scores: set[tuple[str, int, int]]
    transfers: set[tuple[object, ...]]


def losses(present: Path, copy: Path) -> list[str]:
    """Raises sqlite3.Error when one of the two cannot be read."""
    now, then = _content(present), _content(copy)
    gone = now.seasons - then.seasons
    lost = [f"Season {in_words(season)}, the whole of it." for season in sorted(gone)]
    lost += _runs([weeks for tag, weeks in now.predictions.items() if tag not in then.predictions])
    if suggestions := sorted(now.suggestions - then.suggestions):
        newest = suggestions[-1][0][:16]
        lost.append(f"{_many(len(suggestions), 'set')} of suggested transfers, the newest of {newest}.")
    for what, weeks in (
        ("Match results", now.results - then.results),
        ("Player scores", now.scores - then.scores),
        ("Prices and injury news", {(*row, 0) for row in now.prices - then.prices}),
    ):
        by_season: dict[str, set[int]] = {}
        for season, week, *_ in weeks:
            if season not in gone and week is not None:
                by_season.setdefault(season, set()).add(week)
        lost += [f"{what} of {named(sorted(found))} ({in_words(season)})."
                 for season, found in sorted(by_season.items())]  # fmt: skip
    if transfers := len(now.transfers - then.transfers):
        lost.append(f"{_many(transfers, 'recorded transfer')} of your team; an update fetches them again.")
    return lost


def _runs(runs: list[list[int]]) -> list[str]:
    if not runs:
        return []
    return [f"{_many(len(runs), 'prediction')}, the newest for {named(runs[-1])}."]


def _content(path: Path) -> _Content:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
        # Tags are random names; the order of their first rows is the order of the runs.
        order = dict(_rows(database, "SELECT tag, min(id) FROM player_prediction GROUP BY 1"))
        runs = {tag: _numbers(weeks) for tag, weeks in _rows(database, _PREDICTIONS)}
        return _Content(
            seasons={season for (season,) in _rows(database, _SEASONS)},
            predictions=dict(sorted(runs.items(), key=lambda run: order[run[0]])),
            suggestions=set(_rows(database, _SUGGESTIONS)),
            prices=set(_rows(database, _PRICES)),
            results=set(_rows(database, _RESULTS)),
            scores=set(_rows(database, _SCORES)),
            transfers=set(_rows(database, _TRANSFERS)),
        )


def _rows(database: sqlite3.Connection, query: str) -> list[Any]:
    try:
        return database.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        # A table that this database has not got yet; everything else is for the caller.
        if "no such" in str(error):
            return []
        raise


def _numbers(weeks: str | None) -> list[int]:
    return sorted(int(week) for week in (weeks or "").split(",") if week)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
