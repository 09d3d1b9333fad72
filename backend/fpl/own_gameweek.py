"""The gameweek that AIrsenal takes for the next one, which need not be the one whose deadline comes next."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from backend.fpl.season import season_of
from backend.fpl.sqlite_file import reading


def own_gameweek(path: Path, now: datetime) -> int | None:
    """As `get_next_gameweek` of AIrsenal 1.17.0 reckons it: by the kick-offs in its table of fixtures and the clock,
    not by deadlines. From a deadline to the first kick-off, 90 minutes, that is the gameweek which nobody can change
    any more; and with an old table any other. None: the table does not tell. Blocks."""
    with reading(path) as db:
        rows = db.execute(
            "SELECT date, gameweek FROM fixture WHERE season = ? ORDER BY fixture_id", (season_of(now),)
        ).fetchall()
    try:
        known = [(_moment(date), gameweek) for date, gameweek in rows if date and gameweek is not None]
    except ValueError:
        return None
    if not known:
        return None
    last = int(max(gameweek for _, gameweek in known)) + 1
    following: int = min((gameweek for date, gameweek in known if date > now), default=last)
    for date, gameweek in known:  # in the middle of a gameweek it is the one after
        if date < now and gameweek == following:
            following += 1
    return following


def _moment(text: str) -> datetime:
    """AIrsenal stores what the FPL API writes, and takes it for UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
