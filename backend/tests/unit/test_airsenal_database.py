"""AIrsenal's SQLite file, read: sound, strange, locked, cut off and damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backend.errors import NotFound, Unavailable
from backend.fpl import sqlite_file
from backend.fpl.database import check_integrity, read_played, read_prediction, read_state
from backend.fpl.sqlite_file import DatabaseDamaged, DatabaseUnreadable
from backend.fpl.suggestions import read_suggestion
from backend.models.reports import PredictedPlayer
from backend.tests.airsenal.database_file import DatabaseFile


@pytest.fixture
def file(tmp_path: Path) -> DatabaseFile:
    # A folder with everything in its name that a URI would take for something else.
    return DatabaseFile(tmp_path / "a b?mode=rw#%41" / "data.db")


def _filled(file: DatabaseFile) -> dict[str, int]:
    """Gameweek 25, and 26 in which ARS plays twice and CHE not at all; and an older run."""
    ids = {name: file.player(name) for name in ("Gabriel", "Palmer", "Raya")}
    file.attributes(ids["Gabriel"], 25, "ARS", "DEF", 70, news="Knock")
    file.attributes(ids["Palmer"], 24, "CHE", "MID", 104)
    file.attributes(ids["Raya"], 25, "ARS", "GK", 59, news="")
    first, second, third = (
        file.fixture(25, "ARS", "CHE"),
        file.fixture(26, "LEE", "ARS"),
        file.fixture(26, "ARS", "BUR"),
    )
    ids |= {"first": first, "second": second, "third": third}
    file.predict("old", ids["Gabriel"], first, 9.0)
    for name, points in {"Gabriel": (5.5, 2.25, 3.0), "Raya": (4.0, 1.0, 1.0)}.items():
        for fixture, expected in zip((first, second, third), points, strict=True):
            file.predict("new", ids[name], fixture, expected)
    file.predict("new", ids["Palmer"], first, 6.125)
    return ids


def _players(file: DatabaseFile, tag: str | None = None) -> dict[str, PredictedPlayer]:
    run = read_prediction(file.path, tag)
    assert run
    return {player.player: player for player in run.players}


def test_the_newest_run_has_every_player_in_every_gameweek(file: DatabaseFile) -> None:
    _filled(file)
    run = read_prediction(file.path)
    assert run
    assert (run.tag, run.season, run.gameweeks, run.unplaced) == ("new", "2526", [25, 26], [])
    assert [(player.rank, player.player, player.expected_points) for player in run.players] == [
        (1, "Gabriel", 10.75), (2, "Palmer", 6.125), (3, "Raya", 6.0)
    ]  # fmt: skip
    gabriel, palmer, raya = run.players
    assert gabriel.by_gameweek == {25: 5.5, 26: 5.25}, "both matches of the double gameweek"
    assert palmer.by_gameweek == {25: 6.125}, "no number where there is no match"
    assert (gabriel.position, gabriel.club, gabriel.price, gabriel.news) == ("DEF", "ARS", 7.0, "Knock")
    assert (palmer.price, raya.news) == (10.4, None)
    assert run.fixtures["ARS"] == {25: ["CHE (H)"], 26: ["LEE (A)", "BUR (H)"]}
    assert run.fixtures["CHE"] == {25: ["ARS (A)"]}


def test_a_run_is_found_by_its_tag(file: DatabaseFile) -> None:
    _filled(file)
    assert _players(file, "old")["Gabriel"].expected_points == 9.0
    assert read_prediction(file.path, "never") is None


def test_what_a_player_was_is_as_of_the_first_gameweek(file: DatabaseFile) -> None:
    """Then the nearest before; the season's newest; and of an earlier season the position only."""
    fixture = file.fixture(25, "ARS", "CHE")
    moved, early, late, veteran = (file.player(name) for name in ("Moved", "Early", "Late", "Veteran"))
    for gameweek, club, price in ((24, "CHE", 50), (25, "ARS", 55), (26, "LEE", 60)):
        file.attributes(moved, gameweek, club, "MID", price)
    file.attributes(moved, 30, "XXX", "FWD", 99, season="2627")
    file.attributes(early, 3, "BUR", "GK", 41)
    file.attributes(early, 20, "LEE", "GK", 40)
    file.attributes(late, 27, "BRE", "FWD", 71)
    file.attributes(late, 28, "FUL", "FWD", 72)
    file.attributes(veteran, 38, "IPS", "DEF", 49, season="2425", news="Left")
    for player in (moved, early, late, veteran):
        file.predict("tag", player, fixture, 1.0)
    players = _players(file)
    assert (players["Moved"].club, players["Moved"].price, players["Moved"].position) == ("ARS", 5.5, "MID")
    assert (players["Early"].club, players["Early"].price) == ("LEE", 4.0)
    assert (players["Late"].club, players["Late"].price) == ("FUL", 7.2)
    old = players["Veteran"]
    assert (old.position, old.club, old.price, old.news) == ("DEF", None, None, None)


def test_players_without_a_known_position_are_named_and_not_lost(file: DatabaseFile) -> None:
    fixture = file.fixture(25, "ARS", "CHE")
    nobody, manager, nameless = file.player("Nobody"), file.player("Manager"), file.player(None, "Full Name")
    file.attributes(manager, 25, "ARS", "MNG", 15)
    file.attributes(nameless, 25, "ARS", "MID", 45)
    for player in (nobody, manager, nameless):
        file.predict("tag", player, fixture, 1.0)
    run = read_prediction(file.path)
    assert run
    assert ([player.player for player in run.players], run.unplaced) == (["Full Name"], ["Manager", "Nobody"])


def test_two_players_of_one_name_stay_two(file: DatabaseFile) -> None:
    fixture = file.fixture(25, "ARS", "CHE")
    for club, points in (("ARS", 3.0), ("CHE", 4.0)):
        player = file.player("Gray")
        file.attributes(player, 25, club, "MID", 50)
        file.predict("tag", player, fixture, points)
    run = read_prediction(file.path)
    assert run
    assert [(player.club, player.expected_points) for player in run.players] == [("CHE", 4.0), ("ARS", 3.0)]


def test_the_suggestion_is_the_first_gameweek_of_the_newest_run(file: DatabaseFile) -> None:
    ids = _filled(file)
    file.suggest(ids["Palmer"], 1, 25, "2026-02-04 10:00:00.0")
    file.suggest(ids["Raya"], 1, 26, "2026-02-05 10:00:00.5")
    file.suggest(ids["Palmer"], -1, 25, "2026-02-05 10:00:00.5", chip="wildcard")
    file.suggest(ids["Gabriel"], 1, 25, "2026-02-05 10:00:00.5", chip="wildcard")
    found = read_suggestion(file.path, 1)
    assert found
    assert (found.transfers_out, found.transfers_in) == (["Palmer (CHE)"], ["Gabriel (ARS)"])
    assert (found.gameweek, found.season, found.points_gain, found.chip) == (25, "2526", 2.5, "wildcard")
    assert found.timestamp == "2026-02-05 10:00:00.5"
    assert read_suggestion(file.path, 2) is None
    file.suggest(ids["Palmer"], 1, 25, "2026-02-06 10:00:00.0", team=2)
    assert read_suggestion(file.path, 1) is None, "make_transfers would find nothing either"


def test_only_whole_gameweeks_count_as_played(file: DatabaseFile) -> None:
    ids = _filled(file)
    assert read_played(file.path, "new") == []
    for fixture, points, minutes in ((ids["first"], 6, 90), (ids["second"], 1, 10)):
        file.result(fixture)
        file.score(ids["Gabriel"], fixture, points, minutes)
    (row,) = read_played(file.path, "new")
    assert (row.player, row.position, row.club, row.gameweek) == ("Gabriel", "DEF", "ARS", 25)
    assert (row.expected_points, row.points, row.minutes) == (5.5, 6, 90)
    file.result(ids["third"])
    file.score(ids["Gabriel"], ids["third"], 8, 80)
    second = read_played(file.path, "new")[1]
    assert (second.gameweek, second.expected_points, second.points, second.minutes) == (26, 5.25, 9, 90)
    assert read_played(file.path, "never") == []


def test_the_state_counts_and_finds_the_missing_scores(file: DatabaseFile) -> None:
    ids = _filled(file)
    played = file.fixture(24, "ARS", "LEE", played=True)
    file.fixture(None, "CHE", "LEE")
    file.attributes(ids["Raya"], 38, "ARS", "GK", 50, season="2425")
    state = read_state(file.path)
    assert (state.exists, state.season, state.seasons, state.next_gameweek) == (True, "2526", ["2526", "2425"], 25)
    assert (state.players, state.predictions, state.newest_tag, state.integrity) == (3, 2, "new", "unknown")
    assert state.bytes == file.path.stat().st_size
    assert state.player_scores_missing
    file.score(ids["Gabriel"], played, 2, 90)
    assert not read_state(file.path).player_scores_missing
    for fixture in (ids["first"], ids["second"]):
        file.result(fixture)
    assert read_state(file.path).next_gameweek is None, "gameweek 26 is the last and has begun"
    assert check_integrity(file.path) is None


def test_a_fresh_file_is_empty_and_no_error(file: DatabaseFile) -> None:
    assert (read_prediction(file.path), read_suggestion(file.path, 1)) == (None, None)
    state = read_state(file.path)
    assert (state.exists, state.season, state.players, state.predictions, state.next_gameweek) == (
        True, None, None, 0, None
    )  # fmt: skip
    assert not state.player_scores_missing


READERS: list[Callable[[Path], object]] = [
    read_prediction, lambda path: read_suggestion(path, 1), lambda path: read_played(path, "tag")
]  # fmt: skip


def test_no_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    for read in READERS:
        with pytest.raises(NotFound, match="no database yet"):
            read(path)
    assert not read_state(path).exists
    assert check_integrity(path) == "AIrsenal has no database yet. Run its set-up first."
    assert not path.exists(), "looking must not make it"
    impossible = tmp_path / ("x" * 300)
    assert "cannot be looked for" in (check_integrity(impossible) or "")
    assert not read_state(impossible).exists


def test_an_empty_file_and_missing_tables_are_said(file: DatabaseFile, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    with closing(sqlite3.connect(file.path)) as db:
        for table in ("player_prediction", "transfer_suggestion"):
            db.execute(f"DROP TABLE {table}")
    for path in (empty, file.path):
        for read in READERS:
            with pytest.raises(DatabaseUnreadable, match="no such table"):
                read(path)
        state = read_state(path)
        assert (state.exists, state.integrity) == (True, "unknown")
        assert "no such table" in (state.integrity_detail or "")
    assert "lacks the table player" in (check_integrity(empty) or "")
    assert "lacks the table player_prediction" in (check_integrity(file.path) or "")


def test_a_missing_column_is_said(file: DatabaseFile) -> None:
    with closing(sqlite3.connect(file.path)) as db:
        db.execute("ALTER TABLE player_score RENAME COLUMN points TO total_points")
    assert "the columns points of player_score" in (check_integrity(file.path) or "")


def test_a_damaged_file_is_a_state_and_an_error_in_words(file: DatabaseFile, tmp_path: Path) -> None:
    _filled(file)
    text = tmp_path / "text.db"
    text.write_text("<html>not a database</html>" * 200)
    torn = bytearray(file.path.read_bytes())
    torn[8192:] = b"\xaa" * (len(torn) - 8192)
    file.path.write_bytes(torn)
    for path in (text, file.path):
        with pytest.raises(DatabaseDamaged, match="is damaged"):
            read_prediction(path)
        state = read_state(path)
        assert (state.exists, state.integrity) == (True, "damaged")
        assert check_integrity(path)


def test_a_locked_file_is_busy_and_not_damaged(file: DatabaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(file)
    assert sqlite_file.BUSY_SECONDS == 5
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(file.path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        for read in (*READERS, check_integrity):
            with pytest.raises(Unavailable, match="busy: a job, or another program"):
                read(file.path)
        assert read_state(file.path).integrity == "unknown"
    assert read_prediction(file.path)


def test_a_write_that_was_cut_off_is_said_and_left_alone(file: DatabaseFile, tmp_path: Path) -> None:
    """A journal of a dead writer: a reader may not roll it back, and must not take the half for the whole."""
    _filled(file)
    cut = tmp_path / "cut.db"
    with closing(sqlite3.connect(file.path, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute("UPDATE player_prediction SET predicted_points = 99")
        for number in range(2000):
            writer.execute("INSERT INTO player (name) VALUES (?)", ("x" * 90 + str(number),))
        cut.write_bytes(file.path.read_bytes())
        journal = Path(f"{file.path}-journal").read_bytes()
        Path(f"{cut}-journal").write_bytes(journal)
        writer.execute("ROLLBACK")
    with pytest.raises(DatabaseUnreadable, match="cut off"):
        read_prediction(cut)
    assert read_state(cut).integrity == "unknown"
    assert Path(f"{cut}-journal").read_bytes() == journal
    with closing(sqlite3.connect(cut)) as repaired:
        assert repaired.execute("SELECT MAX(predicted_points) FROM player_prediction").fetchone() == (9.0,)
    assert read_prediction(cut)


def test_reading_leaves_the_file_as_it_was(file: DatabaseFile) -> None:
    _filled(file)
    before = file.path.read_bytes()
    for read in READERS:
        read(file.path)
    read_state(file.path)
    check_integrity(file.path)
    assert file.path.read_bytes() == before
    assert [path.name for path in file.path.parent.iterdir()] == ["data.db"]
