"""What AIrsenal's table of suggestions adds to an optimisation: whom of several players of one short name it means, and
whether log and database say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.fpl.parsers.advice import advice
from backend.fpl.suggestions import Moved, Moves, Suggestion, with_club
from backend.models.reports import GameweekPlan, OptimisationReport, Warning

# The report knows totals to a tenth of a point, so their difference to two tenths at most.
POINTS_APART = 0.21
DIFFERENT = Warning(
    code="other",
    message="The log and AIrsenal's database differ in these transfers. Optimise again before relying on them.",
)


def with_moves(report: OptimisationReport, rows: Suggestion | None, names: Iterable[str]) -> OptimisationReport:
    """`names`: of all players, to know which of them are ambiguous. A run that moves nobody writes no rows: those that
    are there are an earlier run's then."""
    if rows is None or not any(week.transfers_in or week.transfers_out for week in report.plan):
        return report
    moves = rows.by_gameweek
    if report.new_squad and len(moves) == 1:
        # Such rows stand under the gameweek that comes next, also of a squad that was asked for from a later one on.
        moves = {report.plan[0].gameweek: next(iter(moves.values()))}
    plan = [_placed(week, moves.get(week.gameweek, Moves())) for week in report.plan]
    whole = [week for week in plan if week]
    elsewhere = moves.keys() - {week.gameweek for week in report.plan}
    if len(whole) < len(plan) or elsewhere or not same_gain(report, rows):
        return report.model_copy(update={"warnings": [*report.warnings, DIFFERENT]})
    changes: dict[str, object] = {"plan": whole}
    if not report.new_squad:
        changes["headline"] = _headline(report, whole[0], names)
    return report.model_copy(update=changes)


def same_gain(report: OptimisationReport, rows: Suggestion) -> bool:
    """Of a squad from scratch the rows have another number there, its points in the first gameweek."""
    gain = report.points_gain
    return gain is None or abs(gain - rows.points_gain) <= POINTS_APART


def _placed(week: GameweekPlan, moves: Moves) -> GameweekPlan | None:
    """None: the rows say another thing."""
    out, come = _clubs(week.transfers_out, moves.out), _clubs(week.transfers_in, moves.come)
    if out is None or come is None:
        return None
    return week.model_copy(update={"clubs_out": out, "clubs_in": come})


def _clubs(names: Sequence[str], moved: Sequence[Moved]) -> list[str | None] | None:
    if Counter(names) != Counter(one.name for one in moved):
        return None
    left = list(moved)
    clubs = []
    for name in names:
        found = next(one for one in left if one.name == name)
        left.remove(found)
        clubs.append(found.club)
    return clubs


def _headline(report: OptimisationReport, first: GameweekPlan, names: Iterable[str]) -> str:
    times = Counter(names)

    def told(name: str, club: str | None) -> str:
        return with_club(name, club) if times[name] > 1 else name

    captain = next((player for player in report.starting_lineup if player.is_captain), None)
    said = first.model_copy(
        update={
            "transfers_out": list(map(told, first.transfers_out, first.clubs_out)),
            "transfers_in": list(map(told, first.transfers_in, first.clubs_in)),
        }
    )
    return advice(said, told(captain.name, captain.club) if captain else report.captain or "")
