"""Whom of two players of one short name an optimisation means."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.fpl.moved import DIFFERENT, with_moves
from backend.fpl.suggestions import read_newest
from backend.models.reports import GameweekPlan, LineupPlayer, OptimisationReport
from backend.tests.airsenal.database_file import DatabaseFile

NAMES = ["Anderson", "Anderson", "Neto", "Neto", "Rice"]


def optimised(*weeks: tuple[int, list[str], list[str]], **more: Any) -> OptimisationReport:
    plan = [
        GameweekPlan(
            gameweek=week, transfers_out=out, transfers_in=come, hit=0, chip=None, bank=1.0, expected_points=50.0
        )
        for week, out, come in weeks
    ]  # fmt: skip
    captain = LineupPlayer(name="Neto", club="CHE", position_group="MID", is_captain=True)
    given: dict[str, Any] = {"headline": "as parsed", "starting_lineup": [captain], "captain": "Neto", **more}
    return OptimisationReport(
        generated_at=datetime(2026, 2, 5, tzinfo=UTC), summary_text="", parser="", plan=plan, **given
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> DatabaseFile:
    made = DatabaseFile(tmp_path / "data.db")
    for name, club in (("Anderson", "NFO"), ("Anderson", "SUN"), ("Neto", "BOU"), ("Neto", "CHE"), ("Rice", "ARS")):
        made.attributes(made.player(name), 25, club, "MID", 60)
    for player, in_or_out, gameweek in ((2, -1, 25), (4, 1, 25), (1, -1, 26), (5, 1, 26)):
        made.suggest(player, in_or_out, gameweek, "2026-02-05 12:00:00.1")
    return made


def test_the_database_tells_whom_of_two_it_means(file: DatabaseFile) -> None:
    report = optimised((25, ["Anderson"], ["Neto"]), (26, ["Anderson"], ["Rice"]))
    placed = with_moves(report, read_newest(file.path), NAMES)
    assert [(week.clubs_out, week.clubs_in) for week in placed.plan] == [(["SUN"], ["CHE"]), (["NFO"], ["ARS"])]
    assert placed.headline == "Sell Anderson (SUN), buy Neto (CHE), captain Neto (CHE)"
    assert placed.warnings == []
    unique = with_moves(report, read_newest(file.path), ["Anderson", "Neto", "Rice"])
    assert unique.headline == "Sell Anderson, buy Neto, captain Neto"


def test_a_log_that_says_another_thing_is_marked(file: DatabaseFile) -> None:
    """A row or a gameweek that the log lost, say: nothing in it contradicts that."""
    for lost in (
        optimised((25, ["Anderson"], ["Neto"])),
        optimised((25, ["Anderson"], ["Rice"]), (26, ["Anderson"], ["Rice"])),
        optimised((25, ["Anderson"], ["Neto"]), (26, [], [])),
        optimised((25, ["Anderson"], ["Neto"]), (26, ["Anderson"], ["Rice"]), points_gain=4.0),
    ):
        marked = with_moves(lost, read_newest(file.path), NAMES)
        assert marked.warnings == [DIFFERENT]
        assert (marked.plan, marked.headline) == (lost.plan, lost.headline)


def test_rows_of_an_earlier_run_are_not_those_of_one_that_moves_nobody(file: DatabaseFile) -> None:
    still = optimised((25, [], []), (26, [], []))
    assert with_moves(still, read_newest(file.path), NAMES) == still


def test_a_squad_from_a_later_gameweek_on_has_its_rows_under_the_next_one(file: DatabaseFile) -> None:
    for player in (1, 4):
        file.suggest(player, 1, 25, "2026-02-05 13:00:00.1")
    later = optimised((27, [], ["Anderson", "Neto"]), new_squad=True)
    placed = with_moves(later, read_newest(file.path), NAMES)
    assert (placed.warnings, placed.plan[0].clubs_in) == ([], ["NFO", "CHE"])
    other = optimised((27, [], ["Anderson", "Rice"]), new_squad=True)
    assert with_moves(other, read_newest(file.path), NAMES).warnings == [DIFFERENT]
