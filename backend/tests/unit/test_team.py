"""What is worked out of the FPL API's answers: the gameweek it is, and which prediction belongs to which player."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.fpl.expected import with_expected_points
from backend.fpl.gameweeks import Gameweeks, season_of
from backend.models.fpl import Entry, Event
from backend.models.reports import PredictedPlayer, PredictionReport, ReportHead, StoredReport
from backend.models.team import CurrentTeam, EntrySummary, GameweekInfo, NextFixture, TeamPlayer

FIRST = datetime(2025, 8, 15, 17, 30, tzinfo=UTC)


def _events(current: int | None, *, finished: bool = False) -> list[Event]:
    """Three gameweeks, a week apart; the API's marks as they are while `current` is the current one."""
    return [
        Event(
            id=number, name=f"Gameweek {number}", deadline_time=FIRST + timedelta(weeks=number - 1),
            finished=number < (current or 0) or (finished and number == current), is_current=number == current,
            is_next=number == (current or 0) + 1,
        )
        for number in (1, 2, 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("current", "finished", "days", "state", "coming"),
    [
        (None, False, -1, "before", 1),
        (None, False, 0.01, "running", 2),  # the deadline has passed, the API's marks have not moved
        (1, False, 1, "running", 2),
        (1, True, 4, "between", 2),
        (1, True, 7.01, "between", 3),
        (3, False, 15, "running", None),
        (3, True, 18, "over", None),
        (1, False, 400, "running", 2),  # a clock far off: what the API says is left
    ],
)
def test_the_gameweek_is_known_all_through_the_season(
    current: int | None, finished: bool, days: float, state: str, coming: int | None
) -> None:
    weeks = Gameweeks(_events(current, finished=finished), FIRST + timedelta(days=days))
    assert (weeks.state, weeks.next.id if weeks.next else None) == (state, coming)


def test_a_season_is_named_as_airsenal_names_it() -> None:
    assert season_of(_events(1)) == "2526"


def _player(name: str, club: str, full_name: str = "", gameweeks: tuple[int, ...] = (2, 3)) -> TeamPlayer:
    return TeamPlayer(
        position_slot=1, player_id=1, name=name, full_name=full_name, team=club, position="MID", multiplier=1,
        is_captain=False, is_vice_captain=False, now_cost=5.5, points_per_game=3, event_points=2, form=3,
        total_points=60, status="available", chance_of_playing=None, news="", expected_points=None,
        fixtures=[NextFixture(gameweek=week, opponent="LIV", at_home=True, difficulty=4) for week in gameweeks],
    )  # fmt: skip


def _team(*players: TeamPlayer) -> CurrentTeam:
    now = GameweekInfo(id=1, name="Gameweek 1", deadline=FIRST, is_current=True)
    coming = GameweekInfo(id=2, name="Gameweek 2", deadline=FIRST + timedelta(weeks=1), is_current=False)
    return CurrentTeam(
        team_id=7, team_name="AIrsenal", manager="", fetched_at=FIRST, stale=False, stale_reason=None, gameweek=now,
        next_gameweek=coming, active_chip=None, players=list(players), prediction=None,
        entry_summary=EntrySummary(
            bank=0, team_value=100, total_points=0, event_points=0, event_transfers=0, event_transfers_cost=0,
            points_on_bench=0,
        ),
    )  # fmt: skip


def _predicted(name: str, club: str | None, **by_gameweek: float) -> PredictedPlayer:
    points = {int(week[1:]): value for week, value in by_gameweek.items()}
    return PredictedPlayer(
        rank=1, player=name, position="MID", club=club, price=None, expected_points=sum(points.values()),
        by_gameweek=points,
    )  # fmt: skip


def _stored(
    *players: PredictedPlayer, gameweeks: tuple[int, ...] = (2, 3), season: str | None = "2526"
) -> StoredReport:
    report = PredictionReport(
        generated_at=FIRST, headline="", summary_text="", parser="test 1", season=season, gameweeks=list(gameweeks),
        players=list(players),
    )  # fmt: skip
    head = ReportHead(
        id="r", job_id="j", command="predict", type="prediction", completed_at=FIRST, headline="", state="complete",
        gameweeks=list(gameweeks),
    )  # fmt: skip
    return StoredReport(head=head, report=report)


def _expected(team: CurrentTeam) -> list[float | None]:
    return [player.expected_points for player in team.players]


def test_players_are_matched_by_name_and_club_and_never_guessed() -> None:
    team = _team(
        _player("Neto", "CHE"), _player("Mané", "NFO"), _player("Gabriel", "ARS"), _player("B.Fernandes", "MUN"),
        _player("Cherki", "MCI", "Rayan Cherki"), _player("Palmer", "CHE"),
    )  # fmt: skip
    newest = _stored(
        _predicted("Neto", "BOU", w2=1), _predicted("Neto", "CHE", w2=4.5, w3=3), _predicted("mané", "NFO", w2=2),
        _predicted("Gabriel", "ARS", w2=5), _predicted("Gabriel", "ARS", w2=1),  # two of one name in one club
        _predicted("B.Fernandes", "LIV", w2=6),  # he has changed clubs since
        _predicted("Rayan Cherki", "MCI", w2=3), _predicted("Palmer", None, w2=9),
    )  # fmt: skip
    joined = with_expected_points(team, "2526", newest)
    assert _expected(joined) == [4.5, 2, None, None, 3, None]
    assert joined.players[0].expected_by_gameweek == {2: 4.5, 3: 3}
    assert joined.prediction is not None
    assert joined.prediction.covers_next


def test_two_players_of_one_name_and_club_in_the_squad_get_nothing() -> None:
    team = _team(_player("Neto", "CHE"), _player("Neto", "CHE"))
    assert _expected(with_expected_points(team, "2526", _stored(_predicted("Neto", "CHE", w2=4)))) == [None, None]


@pytest.mark.parametrize(("gameweeks", "season"), [((1,), "2526"), ((2, 3), "2425")])
def test_a_prediction_of_other_gameweeks_or_of_another_season_gives_none(
    gameweeks: tuple[int, ...], season: str
) -> None:
    newest = _stored(_predicted("Neto", "CHE", w1=3, w2=4), gameweeks=gameweeks, season=season)
    joined = with_expected_points(_team(_player("Neto", "CHE")), "2526", newest)
    assert _expected(joined) == [None]
    assert joined.prediction is not None
    assert not joined.prediction.covers_next


def test_no_match_means_no_points_and_a_sum_counts_for_one_gameweek_only() -> None:
    blank = _team(_player("Neto", "CHE", gameweeks=(3,)))
    assert _expected(with_expected_points(blank, "2526", _stored(_predicted("Neto", "CHE", w3=4)))) == [0]
    from_log = _predicted("Neto", "CHE", w2=4).model_copy(update={"by_gameweek": {}})
    team = _team(_player("Neto", "CHE"))
    assert _expected(with_expected_points(team, "2526", _stored(from_log, gameweeks=(2,)))) == [4]
    assert _expected(with_expected_points(team, "2526", _stored(from_log))) == [None]


def test_a_teams_name_is_what_can_be_seen_and_typed() -> None:
    assert Entry.model_validate({"id": 1, "name": " The  Boys\u00a0FC "}).name == "The Boys FC"
