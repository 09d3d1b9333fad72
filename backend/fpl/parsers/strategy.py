"""`OPTIMUM STRATEGY`: the scores, a block for each gameweek, and the line-up of the first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from backend.fpl.parsers.lineup import Lineup, read_lineup
from backend.fpl.parsers.rows import NAME, Cursor, Drift, Log, Row
from backend.models.reports import Chip, GameweekPlan, Transfer

HEAD = re.compile(r"OPTIMUM STRATEGY")
NEEDLE = "OPTIMUM STRATEGY"
TEAM = re.compile(r"Team ID: (-?\d{1,12})")
BASELINE = re.compile(r"Baseline Score: (-?\d{1,5}\.\d)pts")
BEST = re.compile(r"Score with Strategy: (-?\d{1,5}\.\d)pts")
GAMEWEEK = re.compile(r"GAMEWEEK (\d{1,2}):")
TABLE = re.compile(r"\| Players Out +\| Players In +\|")
MOVE = re.compile(rf"\| ({NAME}) *\| ({NAME}) *\|")
CHIP = re.compile(r"Chip Played: (None|wildcard|free_hit|triple_captain|bench_boost)")
HIT = re.compile(r"Points Hit: (\d{1,3})pts")
BANK = re.compile(r"Bank: £(-?\d{1,4}\.\d)m")
POINTS = re.compile(r"Predicted Score: (-?\d{1,4}\.\d)pts")
LINEUP = re.compile(r"Starting Lineup for Gameweek (\d{1,2}):")
NEXT = re.compile(f"{GAMEWEEK.pattern}|{LINEUP.pattern}")
# Rows between two blocks that must not be passed over: they are part of one whose head is gone or reworded.
PART = re.compile(r"\||\+-|==|Chip |Points |Bank|Predicted |Team ID|Baseline|Score|\S.* \(\w{3}\)(?:\(V?C\))?$")
WHOLE_SQUAD: tuple[Chip, ...] = ("wildcard", "free_hit")


@dataclass(frozen=True)
class Week:
    plan: GameweekPlan
    moves: list[Transfer]
    first: int


@dataclass(frozen=True)
class Strategy:
    team_id: int
    baseline: float
    best: float
    weeks: list[Week]
    lineup: Lineup
    parts: list[tuple[int, int]] = field(default_factory=list)


def read_strategy(log: Log, head: Row) -> Strategy:
    cursor = Cursor(log, head.number + 1)
    team = int(cursor.take(TEAM, "`Team ID: 742663`")[1])
    baseline = float(cursor.take(BASELINE, "`Baseline Score: 163.2pts`")[1])
    best = float(cursor.take(BEST, "`Score with Strategy: 178.7pts`")[1])
    weeks = [_week(cursor)]
    end_of_weeks = cursor.at
    while True:
        row = cursor.skip_to(NEXT, PART, "`GAMEWEEK 26:` or `Starting Lineup for Gameweek 25:`")
        if LINEUP.fullmatch(row.text):
            break
        weeks.append(_week(cursor))
        end_of_weeks = cursor.at
    first_of_lineup = cursor.at
    gameweek = int(cursor.take(LINEUP, "`Starting Lineup for Gameweek 25:`")[1])
    if gameweek != weeks[0].plan.gameweek:
        raise Drift(first_of_lineup, f"the line-up of gameweek {weeks[0].plan.gameweek}", row.text)
    lineup = read_lineup(cursor)
    return Strategy(team, baseline, best, weeks, lineup, [(head.number, end_of_weeks), (first_of_lineup, lineup.end)])


def _week(cursor: Cursor) -> Week:
    found = cursor.take(GAMEWEEK, "the head of a gameweek, as `GAMEWEEK 25:`")
    first = cursor.at - 1
    cursor.take(TABLE, "the head `| Players Out | Players In |`")
    moves = _moves(cursor)
    chip = cursor.take(CHIP, "another transfer, or `Chip Played: None`")[1]
    hit = cursor.take(HIT, "`Points Hit: 4pts`")[1]
    bank = cursor.take(BANK, "`Bank: £2.0m`")[1]
    points = cursor.take(POINTS, "`Predicted Score: 50.1pts`")[1]
    plan = GameweekPlan.model_validate({
        "gameweek": int(found[1]),
        "transfers_out": [move.out for move in moves],
        "transfers_in": [move.in_ for move in moves],
        "hit": int(hit),
        "chip": None if chip == "None" else chip,
        "bank": float(bank),
        "expected_points": float(points),
    })  # fmt: skip
    return Week(plan, moves, first)


def _moves(cursor: Cursor) -> list[Transfer]:
    """Rows of the table. `None` and `None` is no move; None beside a name is nothing AIrsenal prints."""
    found = [cursor.take(MOVE, "a row of the table, as `| Foden | Rice |`")]
    while move := cursor.accept(MOVE):
        found.append(move)
    if len(found) == 1 and found[0][1].strip() == found[0][2].strip() == "None":
        return []
    moves = [(move[1].rstrip(), move[2].rstrip()) for move in found]
    if any("None" in move for move in moves) or len(set(moves)) < len(moves):
        raise Drift(cursor.at - 1, "a name on both sides, and each row once", found[-1][0])
    return [Transfer(out=gone, in_=come) for gone, come in moves]
