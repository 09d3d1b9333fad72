"""What the SQLite file adds to a report, two reports side by side, and a report as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from backend.fpl import players_csv
from backend.fpl.compare import compared
from backend.fpl.database import StoredPrediction
from backend.fpl.enriched import log_only, with_all_players, with_clubs
from backend.models.comparisons import Comparison
from backend.models.reports import (  # fmt: skip
    LineupPlayer,
    OptimisationReport,
    PredictedPlayer,
    PredictionReport,
    ReportHead,
)

NOW = datetime(2026, 2, 5, 12, tzinfo=UTC)


def _player(name: str, points: dict[int, float], **more: Any) -> PredictedPlayer:
    given = {"rank": 1, "player_id": None, "position": "MID", "club": "ARS", "price": 5.0, **more}
    return PredictedPlayer(player=name, expected_points=sum(points.values()), by_gameweek=points, **given)


def _report(*players: PredictedPlayer, **more: Any) -> PredictionReport:
    given: dict[str, Any] = {"gameweeks": [25, 26], "season": "2526", "tag": "tag", **more}
    return PredictionReport(
        generated_at=NOW, headline="", summary_text="", parser="test", players=list(players), **given
    )  # fmt: skip


def _from_log(*players: tuple[str, float], **more: Any) -> PredictionReport:
    logged = [
        PredictedPlayer(rank=1, player=name, position="MID", club="ARS", price=5.0, expected_points=points)
        for name, points in players
    ]
    return _report(*logged, season=None, tag=None, **more)


def _run(*players: PredictedPlayer, unplaced: tuple[str, ...] = ()) -> StoredPrediction:
    return StoredPrediction("tag", "2526", [25, 26], list(players), {"ARS": {25: ["LEE (H)"]}}, list(unplaced))


def test_a_log_that_agrees_gets_all_players() -> None:
    run = _run(_player("Rice", {25: 4.111, 26: 3.0}, player_id=7), _player("Gray", {25: 0.5}, player_id=8))
    full = with_all_players(_from_log(("Rice", 7.11)), run)
    assert (full.players, full.tag, full.season, full.fixtures) == (run.players, "tag", "2526", run.fixtures)
    assert full.warnings == []


def test_of_two_with_one_name_one_must_agree() -> None:
    run = _run(_player("Gray", {25: 1.0}), _player("Gray", {25: 2.0}), _player("Gray", {25: 3.0}, position="DEF"))
    assert with_all_players(_from_log(("Gray", 2.0)), run).tag == "tag"
    assert with_all_players(_from_log(("Gray", 3.0)), run).tag is None


def test_a_log_that_differs_from_the_file_is_marked_and_stays_alone() -> None:
    run = _run(_player("Rice", {25: 4.0, 26: 3.02}))
    cases = [
        (_from_log(("Rice", 7.0)), "Rice has 7.00 points in the log and 7.02 in the database"),
        (_from_log(("Palmer", 7.0)), "Palmer has 7.00 points in the log and nothing in the database"),
        (_from_log(("Rice", 7.02), gameweeks=[25]), "gameweek 25 and the newest prediction"),
        (_from_log(), "names no player"),
    ]
    for report, words in cases:
        marked = with_all_players(report, run)
        assert (marked.players, marked.tag) == (report.players, None)
        (warning,) = marked.warnings
        assert warning.code == "other"
        assert words in warning.message
        assert "only the best players" in warning.message
    assert with_all_players(_from_log(("Rice", 7.019)), run).tag == "tag", "the log rounds"


def test_players_that_cannot_be_placed_are_named() -> None:
    full = with_all_players(_from_log(("Rice", 1.0)), _run(_player("Rice", {25: 1.0}), unplaced=("Nobody",)))
    (warning,) = full.warnings
    assert (warning.code, "Nobody" in warning.message) == ("attributes_missing", True)


def test_an_optimisation_gets_its_run_and_only_certain_clubs() -> None:
    lineup = [LineupPlayer(name=name, position_group="MID") for name in ("Rice", "Gray", "Stranger")]
    lineup.append(LineupPlayer(name="Rice", club="CHE", position_group="MID"))
    report = OptimisationReport(
        generated_at=NOW, headline="", summary_text="", parser="test", starting_lineup=lineup, bench=lineup[:1],
        gameweeks=[25, 26],
    )  # fmt: skip
    rice, blank = _player("Rice", {25: 4.5, 26: 3.0}), _player("Raya", {26: 4.0})
    run = _run(rice, blank, _player("Gray", {25: 1.0}), _player("Gray", {25: 2.0}, club="CHE"))
    placed = with_clubs(report, run, run)
    assert [player.club for player in placed.starting_lineup] == ["ARS", None, None, "CHE"]
    assert [player.expected_points for player in placed.starting_lineup] == [4.5, None, None, None]
    assert (placed.bench[0].club, placed.tag, placed.season) == ("ARS", "tag", "2526")
    assert with_clubs(report, None, None) == report
    keeper = report.model_copy(update={"starting_lineup": [LineupPlayer(name="Raya", position_group="MID")]})
    assert with_clubs(keeper, _run(blank), _run(blank)).starting_lineup[0].expected_points is None, (
        "he has no match in that gameweek"
    )


def test_a_line_up_is_chosen_by_the_newest_prediction_whatever_was_asked_for() -> None:
    lineup = [LineupPlayer(name="Rice", position_group="MID")]
    report = OptimisationReport(
        generated_at=NOW, headline="", summary_text="", parser="test", starting_lineup=lineup, gameweeks=[25]
    )
    asked = replace(_run(_player("Rice", {25: 9.0})), tag="asked for")
    placed = with_clubs(report, asked, _run(_player("Rice", {25: 4.5})))
    assert (placed.tag, placed.starting_lineup[0].expected_points) == ("asked for", 4.5)
    (warning,) = placed.warnings
    assert "line-up and captain on the newest one" in warning.message


def _compare(old: PredictionReport, new: PredictionReport) -> Comparison:
    def head(name: str) -> ReportHead:
        return ReportHead(
            id=name, job_id=name, command="predict", type="prediction", completed_at=NOW, headline="", state="complete"
        )

    return compared(head("old"), old, head("new"), new)


def test_every_cause_of_a_change_is_said_in_words() -> None:
    fixtures = {"ARS": {25: ["LEE (H)"], 26: ["CHE (A)"]}, "CHE": {26: ["ARS (H)", "BUR (A)"]}}
    later = {"ARS": {25: ["LEE (H)"], 26: ["CHE (A)", "BUR (H)"]}, "CHE": {26: ["BUR (A)", "ARS (H)"]}}
    old = _report(
        _player("Up", {25: 1.0, 26: 1.0}, player_id=1), _player("Hurt", {25: 4.0}, player_id=2, price=6.1, club="CHE"),
        _player("Mover", {25: 2.0}, player_id=3, club="BRE"), _player("Gone", {25: 3.0}, player_id=4),
        _player("Same", {25: 2.0}, player_id=5, club="CHE", news="Old"),
        _player("Well", {25: 2.0}, player_id=6, club="CHE", news="Knock"), fixtures=fixtures,
    )  # fmt: skip
    new = _report(
        _player("Up", {25: 1.0, 26: 6.0}, player_id=1), _player("Mover", {25: 2.5}, player_id=3, club="CHE"),
        _player("Hurt", {25: 0.0}, player_id=2, price=6.0, club="CHE", news="Knee"),
        _player("New", {25: 0.5}, player_id=7, club="CHE"),
        _player("Same", {25: 2.001}, player_id=5, club="CHE", news="Old"),
        _player("Well", {25: 2.0}, player_id=6, club="CHE", news="Flu", price=5.2), fixtures=later,
    )  # fmt: skip
    found = _compare(old, new)
    assert [(change.player, round(change.difference, 3), change.reasons) for change in found.changes] == [
        ("Up", 5.0, ["Gameweek 26: BUR (H) and CHE (A), was CHE (A)."]),
        ("Hurt", -4.0, ["Price down £0.1m.", "News: Knee."]),
        ("Gone", -3.0, ["Not in the later prediction."]),
        ("Mover", 0.5, ["Moved from BRE to CHE."]),
        ("New", 0.5, ["Not in the earlier prediction."]),
        ("Well", 0.0, ["Price up £0.2m.", "News changed: Flu (was: Knock)."]),
    ]
    assert (found.gameweeks, found.note) == ([25, 26], None)
    gone, added = found.changes[2], found.changes[4]
    assert (gone.points_before, gone.points_after, added.points_before, added.points_after) == (3.0, None, None, 0.5)
    back = _compare(new, old)
    assert "News cleared (was: Knee)." in next(change for change in back.changes if change.player == "Hurt").reasons


def test_two_of_one_name_and_position_are_told_apart_by_their_ids() -> None:
    old = _report(_player("Neto", {25: 1.0}, player_id=1), _player("Neto", {25: 5.0}, player_id=2, club="CHE"))
    new = _report(_player("Neto", {25: 5.0}, player_id=2, club="CHE"), _player("Neto", {25: 1.5}, player_id=1))
    (change,) = _compare(old, new).changes
    assert (change.player_id, change.difference) == (1, 0.5)


def test_only_common_gameweeks_are_compared() -> None:
    old = _report(_player("Rice", {24: 9.0, 25: 1.0}, player_id=1), gameweeks=[24, 25])
    new = _report(_player("Rice", {25: 2.0, 26: 9.0}, player_id=1), gameweeks=[25, 26])
    found = _compare(old, new)
    (change,) = found.changes
    assert (found.gameweeks, change.points_before, change.points_after, change.difference) == ([25], 1.0, 2.0, 1.0)
    assert found.note
    assert "24 to 25 in the earlier, 25 to 26 in the later one" in found.note
    nothing = _compare(old, _report(_player("Rice", {27: 1.0}, player_id=1), gameweeks=[27]))
    assert (nothing.gameweeks, nothing.changes) == ([], [])
    assert nothing.note
    assert "no gameweek in common" in nothing.note
    other = _compare(old, _report(_player("Rice", {24: 1.0}, player_id=1), gameweeks=[24], season="2627"))
    assert (other.gameweeks, other.changes) == ([], [])
    assert other.note
    assert "2025/26, 2026/27" in other.note


def test_a_database_set_up_anew_does_not_mix_players_up() -> None:
    old = _report(_player("Rice", {25: 1.0}, player_id=1), _player("Gray", {25: 5.0}, player_id=2))
    new = _report(_player("Gray", {25: 5.5}, player_id=1), _player("Rice", {25: 1.0}, player_id=2))
    assert [(change.player, change.difference) for change in _compare(old, new).changes] == [("Gray", 0.5)]
    twins = _report(_player("Gray", {25: 1.0}, player_id=8), _player("Gray", {25: 2.0}, player_id=9, club="CHE"))
    reasons = [change.reasons for change in _compare(old, twins).changes if change.player == "Gray"]
    assert sorted(reasons) == [["Not in the earlier prediction."]] * 2 + [["Not in the later prediction."]]


def test_a_report_from_the_log_only_is_compared_in_part() -> None:
    full = _report(_player("Rice", {25: 1.0, 26: 1.5}, player_id=1, news="Knock"), _player("Gray", {25: 5.0}))
    found = _compare(full, _from_log(("Rice", 4.5)))
    (change,) = found.changes
    assert (change.player, change.difference, change.reasons) == ("Rice", 2.0, [])
    assert found.note
    assert "later one holds only the best players" in found.note
    apart = _compare(full, _from_log(("Rice", 4.5), gameweeks=[25]))
    assert (apart.gameweeks, apart.changes) == ([], [])
    assert apart.note
    assert "no points for single gameweeks" in apart.note


def test_log_only_says_why() -> None:
    (warning,) = log_only(_from_log(("Rice", 1.0)), "It is busy.").warnings
    assert warning.message.startswith("It is busy. This report holds only")


def test_csv_is_whole_and_cannot_be_a_formula() -> None:
    many = [_player(f"P{number}", {25: 0.0}, rank=number + 4) for number in range(500)]
    report = _report(
        _player("=HYPERLINK(1)", {25: 1.5, 26: -0.25}, news='Knock, "50 %"\nmore'),
        _player("João", {26: 2.0}, price=None, club=None, news="-5"), _player("@a", {}), *many,
    )  # fmt: skip
    pieces = list(players_csv.rows(report))
    assert len(pieces) > 2, "it comes in pieces"
    assert all(piece.endswith("\r\n") for piece in pieces)
    rows = list(csv.reader(io.StringIO("".join(pieces), newline="")))
    assert rows[0] == [
        "rank", "player", "position", "club", "price", "expected_points", "gameweek_25", "gameweek_26", "news"
    ]  # fmt: skip
    assert rows[1] == ["1", "'=HYPERLINK(1)", "MID", "ARS", "5.0", "1.25", "1.5", "-0.25", 'Knock, "50 %"\nmore']
    assert rows[2] == ["1", "João", "MID", "", "", "2.0", "", "2.0", "'-5"]
    assert rows[3][1] == "'@a"
    assert len(rows) == 504
