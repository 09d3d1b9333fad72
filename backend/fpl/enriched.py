"""What the SQLite file adds to a report that was read from a log: all players and gameweeks, and a check of the two."""

from __future__ import annotations

from collections import defaultdict

from backend.fpl.database import StoredPrediction
from backend.fpl.gameweeks import named
from backend.models.reports import LineupPlayer, OptimisationReport, PredictedPlayer, PredictionReport, Warning

# The log rounds to a hundredth.
TOLERANCE = 0.01
_LOG_ONLY = "This report holds only the best players that the log names."

SCORES_MISSING = Warning(
    code="player_scores_missing",
    message="AIrsenal's database has results of this season, but no player's points or minutes: a known fault of its "
    "versions 1.16 and 1.17 when they are set up in mid-season. Predictions come out far too low. Do not follow "
    "them before AIrsenal is upgraded and its database set up anew.",
)

_BY_ANOTHER = Warning(
    code="other",
    message="The transfers rest on the earlier prediction that was asked for, and line-up and captain on the newest "
    "one: AIrsenal chooses them by that whatever it is told.",
)


def with_all_players(report: PredictionReport, run: StoredPrediction) -> PredictionReport:
    """The report as it was, with a warning, when log and file do not agree."""
    if problem := disagreement(report, run):
        return log_only(report, f"{problem} Predict again before relying on it.")
    return report.model_copy(
        update={
            "players": run.players, "tag": run.tag, "season": run.season, "gameweeks": run.gameweeks,
            "fixtures": run.fixtures, "warnings": [*report.warnings, *_unplaced(run)],
        }
    )  # fmt: skip


def log_only(report: PredictionReport, reason: str) -> PredictionReport:
    return report.model_copy(update={"warnings": [*report.warnings, _other(f"{reason} {_LOG_ONLY}")]})


def disagreement(report: PredictionReport, run: StoredPrediction) -> str | None:
    """The first thing in which the log and the file differ, as a sentence."""
    if not report.players:
        return "The log names no player, so the newest prediction in AIrsenal's database cannot be checked against it."
    if report.gameweeks and report.gameweeks != run.gameweeks:
        return (
            f"The log speaks of {named(report.gameweeks)} and the newest prediction in AIrsenal's database is of "
            f"{named(run.gameweeks)}."
        )
    stored = by_name(run.players)
    for player in report.players:
        same = stored.get((player.player, player.position), [])
        if not any(abs(one.expected_points - player.expected_points) <= TOLERANCE for one in same):
            there = ", ".join(f"{one.expected_points:.2f}" for one in same) or "nothing"
            return (
                f"The log and AIrsenal's database differ: {player.player} has {player.expected_points:.2f} points in "
                f"the log and {there} in the database."
            )
    return None


def with_clubs(
    report: OptimisationReport, run: StoredPrediction | None, newest: StoredPrediction | None
) -> OptimisationReport:
    """The run it rests on, and what the log leaves out of a player: club, position and the points expected of him in
    the first gameweek, where only one can be meant. AIrsenal chooses the line-up by its newest prediction, also when
    it was told to take another one for the transfers."""
    if run is None or newest is None:
        return report
    first = report.plan[0].gameweek if report.plan else next(iter(report.gameweeks), None)

    def placed(player: LineupPlayer) -> LineupPlayer:
        same = [
            one for one in newest.players
            if one.player == player.name and player.club in (None, one.club)
            and player.position_group in (None, one.position)
        ]  # fmt: skip
        if len(same) != 1:
            return player
        points = None if first is None else same[0].by_gameweek.get(first)
        known = {"club": same[0].club, "position_group": same[0].position, "expected_points": points}
        return player.model_copy(update=known)

    return report.model_copy(
        update={
            "tag": run.tag, "season": run.season,
            "starting_lineup": [placed(player) for player in report.starting_lineup],
            "bench": [placed(player) for player in report.bench],
            "warnings": report.warnings if run.tag == newest.tag else [*report.warnings, _BY_ANOTHER],
        }
    )  # fmt: skip


def by_name(players: list[PredictedPlayer]) -> dict[tuple[str, str], list[PredictedPlayer]]:
    """By name and position: two players may share a short name."""
    found: dict[tuple[str, str], list[PredictedPlayer]] = defaultdict(list)
    for player in players:
        found[player.player, player.position].append(player)
    return found


def _unplaced(run: StoredPrediction) -> list[Warning]:
    if not run.unplaced:
        return []
    named = ", ".join(run.unplaced[:10]) + (", …" if len(run.unplaced) > 10 else "")
    message = f"AIrsenal knows no position of {named}: left out here. Update its data."
    return [Warning(code="attributes_missing", message=message)]


def _other(message: str) -> Warning:
    return Warning(code="other", message=message)
