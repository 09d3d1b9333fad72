"""Does the strategy agree with itself, with what was asked for, and with the rules of the game?"""

from __future__ import annotations

from backend.fpl.parsers.prediction import check_weeks
from backend.fpl.parsers.rows import Drift
from backend.fpl.parsers.run import Run
from backend.fpl.parsers.strategy import WHOLE_SQUAD, Strategy, Week

POINTS_A_TRANSFER = 4
MOST_FREE = 5
# Of `get_discount_factor`.
DISCOUNT = 14 / 15


def check_strategy(run: Run, strategy: Strategy, free_transfers: int) -> None:
    head = strategy.parts[0][0]
    weeks = [week.plan.gameweek for week in strategy.weeks]
    if weeks != list(range(weeks[0], weeks[0] + len(weeks))):
        raise Drift(head, "gameweeks that follow each other", f"gameweeks {weeks}")
    check_weeks(run, weeks, head)
    asked = run.number("fpl_team_id")
    if asked is not None and strategy.team_id != asked:
        raise Drift(head, f"the strategy of team {asked}", f"that of team {strategy.team_id}")
    _check_squad(strategy)
    _check_hits(run, strategy.weeks, free_transfers)
    _check_points(strategy, head)


def _check_squad(strategy: Strategy) -> None:
    """Who comes in is in the squad that is printed. Who goes out may share his name with one who stays."""
    names = {player.name for player in strategy.lineup.everyone}
    first = strategy.weeks[0]
    absent = [name for name in first.plan.transfers_in if name not in names]
    if absent:
        raise Drift(first.first, "all who are bought in the squad", f"{', '.join(absent)} missing there")


def _check_hits(run: Run, weeks: list[Week], free: int) -> None:
    """Exact in the first gameweek. Later only the least it can be: AIrsenal prints fewer rows than it counts as
    transfers when it finds nobody better, and its random search for more than two does so in the first one too."""
    for number, week in enumerate(weeks):
        plan, moves = week.plan, len(week.moves)
        whole = plan.chip in WHOLE_SQUAD
        least = 0 if whole else POINTS_A_TRANSFER * max(0, moves - free)
        exact = whole or (number == 0 and (run.number("max_transfers") or 2) <= 2)
        if plan.hit < least or (exact and plan.hit != least) or plan.hit % POINTS_A_TRANSFER:
            raise Drift(week.first, f"{moves} transfers with {free} free ones to cost {least} points", f"{plan.hit}pts")
        free = free if whole else max(1, min(MOST_FREE, 1 + free - moves))


def _check_points(strategy: Strategy, head: int) -> None:
    """The score is the sum of the gameweeks, of which each counts a little less than the one before. All of them are
    rounded to a tenth. Of the baseline only the size can be compared."""
    points = [week.plan.expected_points for week in strategy.weeks]
    total = sum(one * DISCOUNT**ahead for ahead, one in enumerate(points))
    rounded = 0.05 * (len(points) + 1) + 0.01
    if abs(strategy.best - total) > rounded or not -20 <= strategy.baseline <= 2 * abs(total) + 20:
        raise Drift(head, f"a score that fits the predicted points, about {total:.1f}", f"{strategy.best}pts")
