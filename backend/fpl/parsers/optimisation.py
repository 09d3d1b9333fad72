"""The report of an optimisation or of make_squad, in either of the two forms that AIrsenal prints."""

from __future__ import annotations

import re

from backend.fpl.parsers import squad, strategy
from backend.fpl.parsers.advice import advice, advice_new_squad, chip_warning
from backend.fpl.parsers.bars import search_size
from backend.fpl.parsers.lineup import SUBS_TEXT, Lineup, with_bench_positions
from backend.fpl.parsers.rows import Cursor, Drift, Row
from backend.fpl.parsers.run import Run
from backend.fpl.parsers.strategy_checks import check_strategy
from backend.models.reports import GameweekPlan, OptimisationReport, PredictionReport, Transfer

STARTING_WITH = re.compile(r"Starting with (\d{1,2}) free transfers")
RUNNING_FOR = re.compile(r"Running optimization with fpl_team_id (-?\d{1,12})")
# Of a result whose head is gone: enough to know that there was one.
REMAINS = (SUBS_TEXT, "Starting Lineup for", "Score with Strategy:", "Predicted Score:", "Chip Played:", "Players Out",
           squad.NEEDLE, strategy.NEEDLE, "== FWD ==", "Baseline Score:", "Expected points for gameweek")  # fmt: skip


def read_optimisation(run: Run, prediction: PredictionReport | None = None) -> OptimisationReport | None:
    """None: no result came. `prediction`: of the same log; it tells positions that the bench does not."""
    heads = [
        (row, read)
        for row, read in (
            (run.log.last(strategy.HEAD, strategy.NEEDLE), _of_strategy),
            (run.log.last(squad.HEAD, squad.NEEDLE), _of_squad),
        )
        if row
    ]
    try:
        if not heads:
            return _headless(run)
        head, read = max(heads, key=lambda pair: pair[0].number)
        return read(run, head, prediction)
    except Drift as drift:
        return run.not_understood(OptimisationReport, drift)


def _headless(run: Run) -> OptimisationReport | None:
    remains = [at for text in REMAINS if (at := run.log.where(text)) is not None]
    if not remains:
        return None
    known = [at + 1 for text in ("Starting with ", squad.BEST_NEEDLE) if (at := run.log.where(text)) is not None]
    last_bar = max((at for at, raw in enumerate(run.log.raw) if "%|" in raw), default=-1)
    start = min(max([last_bar + 1, *known]), min(remains))
    Cursor(run.log, start).fail("`OPTIMUM STRATEGY` or `Optimised total score (gameweeks 25 to 27): 186.30`")
    return None


def _check_last(run: Run, lineup: Lineup) -> None:
    """A newer result whose head is reworded must not leave an earlier one as the newest."""
    behind = [at for text in REMAINS if (at := run.log.where(text, lineup.end)) is not None]
    if behind:
        Cursor(run.log, min(behind)).fail("nothing of another result behind this one")


def _of_strategy(run: Run, head: Row, prediction: PredictionReport | None) -> OptimisationReport:
    found = strategy.read_strategy(run.log, head)
    free = _free_transfers(run, head, found.team_id)
    check_strategy(run, found, free)
    _check_last(run, found.lineup)
    known = {(player.player, player.club): player.position for player in prediction.players} if prediction else {}
    lineup = with_bench_positions(found.lineup, known)
    first, moves = found.weeks[0].plan, found.weeks[0].moves
    size = search_size(run.log.raw)
    report = _report(run, lineup, [week.plan for week in found.weeks], moves)
    if first.chip:
        report.warnings.append(chip_warning(first.chip, found.weeks[0].first))
    return report.model_copy(
        update={
            "team_id": found.team_id,
            "headline": advice(first, lineup.captain),
            "summary_text": "\n\n".join(run.log.text(*part) for part in found.parts),
            "baseline_points": found.baseline,
            "best_points": found.best,
            "points_gain": round(found.best - found.baseline, 1),
            "free_transfers": free,
            "strategies": size[0] if size else None,
            "seconds": size[1] if size else None,
        }
    )


def _free_transfers(run: Run, head: Row, team_id: int) -> int:
    starting = run.log.last(STARTING_WITH, "Starting with ")
    running = run.log.last(RUNNING_FOR, "Running optimization with ")
    found = STARTING_WITH.fullmatch(starting.text) if starting and starting.number < head.number else None
    if found is None:
        raise Drift(head.number, "`Starting with 1 free transfers` before this", head.text)
    asked = RUNNING_FOR.fullmatch(running.text) if running else None
    if asked and int(asked[1]) != team_id:
        raise Drift(head.number, f"the strategy of team {asked[1]}", f"that of team {team_id}")
    return int(found[1])


def _of_squad(run: Run, head: Row, _: PredictionReport | None) -> OptimisationReport:
    found = squad.read_squad(run, head)
    _check_last(run, found.lineup)
    plan = [
        GameweekPlan(
            gameweek=found.weeks[0], transfers_out=[], transfers_in=found.names, hit=0, chip=None, bank=found.bank,
            expected_points=found.points,
        )
    ]  # fmt: skip
    no_team = any(warning.code == "new_team" for warning in run.warnings)
    report = _report(run, found.lineup, plan, [Transfer(out=None, in_=name) for name in found.names])
    return report.model_copy(
        update={
            "headline": advice_new_squad(found.weeks[0], found.lineup.captain, found.points, no_team),
            "summary_text": run.log.text(found.first, found.lineup.end),
            "new_squad": True,
            "gameweeks": found.weeks,
            "best_points": found.total,
        }
    )


def _report(run: Run, lineup: Lineup, plan: list[GameweekPlan], moves: list[Transfer]) -> OptimisationReport:
    first = plan[0]
    return OptimisationReport(
        **run.head(),
        headline="",
        summary_text="",
        gameweeks=[week.gameweek for week in plan],
        transfers=moves,
        captain=lineup.captain,
        vice_captain=lineup.vice_captain,
        expected_points=first.expected_points,
        chip=first.chip,
        hit=first.hit,
        bank=first.bank,
        plan=plan,
        starting_lineup=lineup.starting,
        bench=lineup.bench,
    )
