"""Expected points of the newest prediction, put beside the players of the squad.

AIrsenal has ids of its own, so players are matched by name and club. AIrsenal shows the short name that FPL gives a
player (for those without one, the full name), and FPL's three letters of the club. Both have to be the same, letter
case aside, and of one player only on either side; else the player gets no expected points. Nothing is guessed: a
player who has changed clubs since the prediction is not in it.
"""

from __future__ import annotations

from collections import Counter

from backend.models.reports import PredictedPlayer, PredictionReport, StoredReport
from backend.models.team import CurrentTeam, PredictionUsed, TeamPlayer

Key = tuple[str, str]


def with_expected_points(team: CurrentTeam, season: str, newest: StoredReport | None) -> CurrentTeam:
    if newest is None or not isinstance(newest.report, PredictionReport):
        return team
    report, coming = newest.report, team.next_gameweek
    of_this_season = report.season in (None, season)
    covers = coming is not None and of_this_season and coming.id in report.gameweeks
    used = PredictionUsed(
        report_id=newest.head.id, completed_at=newest.head.completed_at, gameweeks=report.gameweeks, covers_next=covers
    )
    if coming is None or not covers:
        return team.model_copy(update={"prediction": used})
    by_key = _unambiguous(report.players)
    twice = {key for key, times in Counter(_key(player) for player in team.players).items() if times > 1}
    players = []
    for player in team.players:
        key = _key(player)
        found = by_key.get(key) or by_key.get((player.full_name.casefold(), key[1]))
        players.append(player if found is None or key in twice else _joined(player, found, report, coming.id))
    return team.model_copy(update={"prediction": used, "players": players})


def _key(player: TeamPlayer) -> Key:
    return player.name.casefold(), player.team.casefold()


def _unambiguous(players: list[PredictedPlayer]) -> dict[Key, PredictedPlayer]:
    keys = [(player.player.casefold(), player.club.casefold()) if player.club else None for player in players]
    times = Counter(keys)
    return {key: player for key, player in zip(keys, players, strict=True) if key is not None and times[key] == 1}


def _joined(player: TeamPlayer, found: PredictedPlayer, report: PredictionReport, coming: int) -> TeamPlayer:
    by_gameweek = {week: points for week, points in found.by_gameweek.items() if week >= coming}
    if not found.by_gameweek and report.gameweeks == [coming]:
        by_gameweek = {coming: found.expected_points}  # read from the log, which has sums only
    expected = by_gameweek.get(coming)
    if expected is None and found.by_gameweek and all(fixture.gameweek != coming for fixture in player.fixtures):
        expected = 0.0  # no match, no row
    return player.model_copy(update={"expected_points": expected, "expected_by_gameweek": by_gameweek})
