"""Seasons as AIrsenal writes them, `2526`, and as people do, `2025/26`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

# AIrsenal's own rule: the new season begins on 1 June, whatever the FPL site says.
_FIRST_MONTH = 6
# From kick-off to a final whistle that is sure to be over.
_MATCH = timedelta(hours=2, minutes=30)


def season_of(day: datetime) -> str:
    year = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{year % 100:02d}{(year + 1) % 100:02d}"


def in_words(season: str) -> str:
    """What is no season is left as it is."""
    return f"20{season[:2]}/{season[2:]}" if len(season) == 4 and season.isdecimal() else season


def gameweek_played_since(path: Path, season: str, since: datetime, now: datetime) -> int | None:
    """The newest gameweek whose last match ended in between. None, too, when the file does not tell. Blocks."""
    query = (
        "SELECT MAX(gameweek) FROM "
        "(SELECT gameweek, MAX(date) AS last FROM fixture WHERE season = ? GROUP BY gameweek) "
        "WHERE last > ? AND last <= ?"
    )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as database:
            row = database.execute(query, (season, _text(since - _MATCH), _text(now - _MATCH))).fetchone()
    except sqlite3.Error:
        return None
    return row[0] if row else None


def _text(moment: datetime) -> str:
    """As the FPL API writes kick-offs, which is how AIrsenal stores them."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
