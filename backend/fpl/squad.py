"""The FPL API's answers as one squad: numbers become names, tenths become £m."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from backend.errors import UpstreamFailed
from backend.fpl.gameweeks import Gameweeks, info
from backend.models.fpl import Bootstrap, Element, Entry, Fixture, Pick, Picks
from backend.models.reports import Chip, Position
from backend.models.team import CurrentTeam, EntrySummary, NextFixture, TeamPlayer

AHEAD = 5
_FAR = datetime.max.replace(tzinfo=UTC)
# A fifth type, managers, came and went with a chip of 2024/25: it is no part of a line-up.
_POSITIONS: dict[int, Position] = {1: "GK", 2: "DEF", 3: "MID", 4: "FWD"}
CHIP_NAMES: dict[str, Chip] = {
    "wildcard": "wildcard", "freehit": "free_hit", "3xc": "triple_captain", "bboost": "bench_boost",
}  # fmt: skip
Status = Literal["available", "doubtful", "injured", "suspended", "unavailable", "not_in_squad"]
_STATUS: dict[str, Status] = {
    "a": "available", "d": "doubtful", "i": "injured", "s": "suspended", "u": "unavailable", "n": "not_in_squad",
}  # fmt: skip


def make_team(
    bootstrap: Bootstrap, fixtures: Sequence[Fixture], entry: Entry, picks: Picks, weeks: Gameweeks, at: datetime
) -> CurrentTeam:
    """Of the current gameweek, without expected points. Raises UpstreamFailed when the answers contradict."""
    assert weeks.current is not None
    elements = {element.id: element for element in bootstrap.elements}
    clubs = {club.id: club.short_name for club in bootstrap.teams}
    try:
        ahead = _fixtures_ahead(fixtures, clubs, weeks.next.id if weeks.next else None)
        picked = [(pick, elements[pick.element]) for pick in sorted(picks.picks, key=lambda pick: pick.position)]
        players = [
            _player(pick, element, clubs[element.team], ahead[element.team])
            for pick, element in picked if element.element_type in _POSITIONS
        ]  # fmt: skip
    except KeyError as missing:
        raise UpstreamFailed(
            f"The FPL API's answers do not fit together (number {missing} is in one and not in another), as happens "
            "while it is updated. Nothing was changed. Try again in a few minutes.",
            "fpl_contradiction",
        ) from None
    history = picks.entry_history
    return CurrentTeam(
        team_id=entry.id,
        team_name=entry.name,
        manager=f"{entry.player_first_name} {entry.player_last_name}".strip(),
        fetched_at=at,
        stale=False,
        stale_reason=None,
        gameweek=info(weeks.current),
        next_gameweek=weeks.next_info,
        active_chip=CHIP_NAMES.get(picks.active_chip or ""),
        players=players,
        entry_summary=EntrySummary(
            bank=history.bank / 10,
            team_value=history.value / 10,
            total_points=history.total_points,
            event_points=history.points,
            event_transfers=history.event_transfers,
            event_transfers_cost=history.event_transfers_cost,
            points_on_bench=history.points_on_bench,
        ),
        prediction=None,
    )  # fmt: skip


def _player(pick: Pick, element: Element, club: str, fixtures: list[NextFixture]) -> TeamPlayer:
    return TeamPlayer(
        position_slot=pick.position,
        player_id=element.id,
        name=element.web_name,
        full_name=f"{element.first_name} {element.second_name}",
        team=club,
        position=_POSITIONS[element.element_type],
        multiplier=pick.multiplier,
        is_captain=pick.is_captain,
        is_vice_captain=pick.is_vice_captain,
        now_cost=element.now_cost / 10,
        points_per_game=element.points_per_game,
        event_points=element.event_points,
        form=element.form,
        total_points=element.total_points,
        status=_STATUS.get(element.status, "unavailable"),
        chance_of_playing=element.chance_of_playing_next_round,
        news=element.news,
        fixtures=fixtures,
        expected_points=None,
    )


def _fixtures_ahead(
    fixtures: Sequence[Fixture], clubs: dict[int, str], first: int | None
) -> dict[int, list[NextFixture]]:
    """By club, in the order they are played. Those without a gameweek are put off: nobody knows where they go."""
    found: dict[int, list[NextFixture]] = defaultdict(list)
    for fixture in sorted(fixtures, key=lambda fixture: (fixture.event or 0, fixture.kickoff_time or _FAR)):
        if first is None or fixture.event is None or not first <= fixture.event < first + AHEAD:
            continue
        home, away = fixture.team_h, fixture.team_a
        for own, other, at_home, difficulty in (
            (home, away, True, fixture.team_h_difficulty), (away, home, False, fixture.team_a_difficulty),
        ):  # fmt: skip
            found[own].append(
                NextFixture(gameweek=fixture.event, opponent=clubs[other], at_home=at_home, difficulty=difficulty)
            )
    return found
