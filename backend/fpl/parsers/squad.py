"""A squad from scratch: what make_squad prints, and an optimisation that finds no team to improve."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from backend.fpl.parsers.lineup import SQUAD, Lineup, read_lineup, with_bench_positions
from backend.fpl.parsers.prediction import check_weeks
from backend.fpl.parsers.rows import CLUB, NAME, Cursor, Drift, Log, Row
from backend.fpl.parsers.run import Run
from backend.models.reports import Position

HEAD = re.compile(r"Optimised total score \(gameweeks (\d{1,2}) to (\d{1,2})\): (-?\d{1,5}\.\d\d)")
NEEDLE = "Optimised total score"
POINTS = re.compile(r"Expected points for gameweek (\d{1,2}): (-?\d{1,4}\.\d\d)")
BEST = re.compile(r"Best score: -?\d[\d.e+-]* pts")
BEST_NEEDLE = "Best score: "
BOUGHT = re.compile(rf"(GK|DEF|MID|FWD) ({NAME}?) (?:({CLUB}) )?(\d{{1,3}}\.\d)")
BANK = re.compile(r"£(-?\d{1,4}\.\d)m in the bank")
SQUAD_SIZE = 15


@dataclass(frozen=True)
class NewSquad:
    weeks: list[int]
    total: float
    points: float
    bank: float
    names: list[str]
    lineup: Lineup
    first: int


def read_squad(run: Run, head: Row) -> NewSquad:
    """The list of purchases stands before the head, the line-up behind it."""
    found = HEAD.fullmatch(head.text)
    assert found is not None
    first, last = int(found[1]), int(found[2])
    weeks = list(range(first, last + 1))
    check_weeks(run, weeks or [0], head.number)
    start, bought, bank = _purchases(run.log, head)
    cursor = Cursor(run.log, head.number + 1)
    points = cursor.take(POINTS, f"`Expected points for gameweek {first}: 58.49`")
    lineup = read_lineup(cursor)
    names = [name for _, name in bought]
    _check(found, points, names, lineup, head)
    counts = Counter(names)
    positions = {name: position for position, name in bought if counts[name] == 1}
    known = {(player.name, player.club): positions[player.name] for player in lineup.bench if player.name in positions}
    lineup = with_bench_positions(lineup, known)
    return NewSquad(weeks, float(found[3]), float(points[2]), bank, names, lineup, start)


def _purchases(log: Log, head: Row) -> tuple[int, list[tuple[Position, str]], float]:
    best = log.last(BEST, BEST_NEEDLE)
    if best is None or best.number > head.number:
        raise Drift(head.number, "`Best score: 186.3 pts` and the purchases before this", head.text)
    cursor = Cursor(log, best.number + 1)
    bought: list[tuple[Position, str]] = []
    for position, count in SQUAD.items():
        for _ in range(count):
            player = cursor.take(BOUGHT, f"{count} purchases at {position}, as `GK Raya ARS 5.5`")
            if player[1] != position:
                raise Drift(cursor.at - 1, f"{count} purchases at {position}", player[0])
            bought.append((position, player[2]))
    bank = float(cursor.take(BANK, "`£12.1m in the bank`")[1])
    if cursor.peek() != head:
        cursor.fail("the head `Optimised total score (gameweeks 25 to 27): 186.30`")
    return best.number, bought, bank


def _check(found: re.Match[str], points: re.Match[str], names: list[str], lineup: Lineup, head: Row) -> None:
    if points[1] != found[1]:
        raise Drift(head.number + 1, f"the points of gameweek {found[1]}", points[0])
    if Counter(names) != Counter(player.name for player in lineup.everyone):
        raise Drift(head.number, "the line-up to be made of the purchases", head.text)
    weeks = int(found[2]) - int(found[1]) + 1
    if not 0.2 * float(points[2]) <= float(found[3]) <= 4.0 * weeks * max(float(points[2]), 10):
        raise Drift(head.number, f"a total that fits {points[2]} points in the first gameweek", head.text)
