"""The gameweek AIrsenal acts for, held against AIrsenal 1.17.0's own code (`get_next_gameweek`) by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from backend.fpl.own_gameweek import own_gameweek
from backend.tests.airsenal.databases import SCHEMA, SEASON

MATCHES = [
    ("2026-02-06T20:00:00Z", 25), ("2026-02-08T16:30:00Z", 25), ("2026-02-10T19:30:00Z", 26),
    ("2026-02-12T20:00:00Z", 26), (None, 24), ("2026-03-01T15:00:00Z", None),
]  # fmt: skip


def file(folder: Path, matches: list[tuple[str | None, int | None]]) -> Path:
    path = folder / "data.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(SCHEMA)
        for date, gameweek in matches:
            db.execute("INSERT INTO fixture VALUES (NULL, ?, ?, 'ARS', 'LEE', ?, 'latest')", (date, gameweek, SEASON))
    return path


@pytest.mark.parametrize(
    ("now", "gameweek"),
    [
        ("2026-02-06T12:00:00+00:00", 25),
        ("2026-02-06T18:31:00+00:00", 25),  # the deadline was a minute ago, and AIrsenal does not know
        ("2026-02-06T20:01:00+00:00", 26),
        ("2026-02-10T18:01:00+00:00", 26),
        ("2026-02-11T12:00:00+00:00", 27),
        ("2026-02-13T12:00:00+00:00", 27),
    ],
)
def test_it_goes_by_the_kick_offs(tmp_path: Path, now: str, gameweek: int) -> None:
    assert own_gameweek(file(tmp_path, MATCHES), datetime.fromisoformat(now)) == gameweek


def test_a_postponed_match_that_kept_its_gameweek_does_not_hold_it_back(tmp_path: Path) -> None:
    late = [*MATCHES, ("2026-03-04T20:00:00Z", 25)]
    assert own_gameweek(file(tmp_path, late), datetime.fromisoformat("2026-02-09T12:00:00+00:00")) == 26


def test_what_is_no_date_is_no_failure(tmp_path: Path) -> None:
    path = file(tmp_path, [*MATCHES, ("next Saturday", 27)])
    assert own_gameweek(path, datetime.fromisoformat("2026-02-06T12:00:00+00:00")) is None


def test_without_fixtures_of_this_season_it_is_not_known(tmp_path: Path) -> None:
    path = file(tmp_path, MATCHES)
    assert own_gameweek(path, datetime.fromisoformat("2026-07-09T12:00:00+00:00")) is None
