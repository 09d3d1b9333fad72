"""`PREDICTED TOP 5 PLAYERS FOR GAMEWEEK(S) [25, 26, 27]:` and its four tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from backend.fpl.parsers.rows import CLUB, NAME, Cursor, Drift, Log, Row
from backend.fpl.parsers.run import Run
from backend.models.reports import Position, PredictedPlayer, PredictionReport

HEAD = re.compile(r"PREDICTED TOP (\d{1,2}) PLAYERS FOR GAMEWEEK\(S\) \[(\d{1,2}(?:, \d{1,2})*)\]:")
NEEDLE = "PREDICTED TOP"
EXPECTED_HEAD = "the head `PREDICTED TOP 5 PLAYERS FOR GAMEWEEK(S) [25, 26]:`"
CLOSING = "Finished adding predictions to db"
PLAYER = re.compile(
    rf"(\d{{1,2}})\. ({NAME}), (-?\d{{1,4}}\.\d\d)pts \(£(\d{{1,3}}(?:\.\d)?|UNKNOWN_PRICE)m, ({CLUB})\)"
)
DISCORD = re.compile(
    r"Discord webhook sent.*|Not sent with .*|Warning: Discord webhook url is malformed!.*| https?://.*"
)
POSITIONS: tuple[Position, ...] = get_args(Position)
LAST_GAMEWEEK = 38
MOST_POINTS = 40  # of one player in one gameweek; two matches of the best come nowhere near


@dataclass(frozen=True)
class Top:
    gameweeks: list[int]
    players: list[PredictedPlayer]
    first: int
    end: int


def read_prediction(run: Run) -> PredictionReport | None:
    """None: nothing of it came. A drift in the log is a report that says so."""
    head = run.log.last(HEAD, NEEDLE)
    try:
        if head is None:
            return _headless(run)
        top = read_top(run.log, head)
        _check_window(run, top)
    except Drift as drift:
        return run.not_understood(PredictionReport, drift)
    best = max(top.players, key=lambda player: player.expected_points)
    return PredictionReport(
        **run.head(),
        headline=f"{best.player} leads {in_gameweeks(top.gameweeks)} with {best.expected_points:.1f} expected points",
        summary_text=run.log.text(top.first, top.end),
        gameweeks=top.gameweeks,
        players=top.players,
    )


def in_gameweeks(weeks: list[int]) -> str:
    return f"gameweek {weeks[0]}" if len(weeks) == 1 else f"gameweeks {weeks[0]} to {weeks[-1]}"


def _headless(run: Run) -> PredictionReport | None:
    """The head is not there. Its words, or the closing line, tell a new wording from a run that never got there."""
    for text in (NEEDLE, CLOSING):
        at = run.log.where(text)
        if at is not None:
            Cursor(run.log, at + (text == CLOSING)).fail(EXPECTED_HEAD)
    first = next((at for at, text in enumerate(run.log.texts) if PLAYER.fullmatch(text)), None)
    if first is not None:
        raise Drift(first, EXPECTED_HEAD, run.log.texts[first])
    return None


def read_top(log: Log, head: Row) -> Top:
    found = HEAD.fullmatch(head.text)
    assert found is not None
    weeks = [int(week) for week in found[2].split(", ")]
    if weeks != list(range(weeks[0], weeks[0] + len(weeks))):
        raise Drift(head.number, "gameweeks that follow each other", head.text)
    cursor = Cursor(log, head.number + 1)
    players = [player for position in POSITIONS for player in _table(cursor, position, int(found[1]), weeks)]
    end = cursor.at
    row = cursor.peek()
    if row and PLAYER.fullmatch(row.text):
        raise Drift(row.number, f"{found[1]} players in each position", row.text)
    return Top(weeks, players, head.number, end)


def _table(cursor: Cursor, position: Position, count: int, weeks: list[int]) -> list[PredictedPlayer]:
    while cursor.accept(DISCORD):
        pass
    cursor.take(re.compile(f"{position}:"), f"the head `{position}:`")
    players: list[PredictedPlayer] = []
    for rank in range(1, count + 1):
        start = cursor.at
        found = cursor.take(PLAYER, f"number {rank} of {position}, as `1. Raya, 17.29pts (£5.9m, ARS)`")
        player = _player(found, position, weeks)
        above = players[-1].expected_points if players else MOST_POINTS * len(weeks)
        seen = any((other.player, other.club) == (player.player, player.club) for other in players)
        if player.rank != rank or player.expected_points > above or seen:
            raise Drift(start, f"number {rank} of {position}, once each and sorted by points", found[0])
        players.append(player)
    return players


def _player(found: re.Match[str], position: Position, weeks: list[int]) -> PredictedPlayer:
    points = float(found[3])
    return PredictedPlayer(
        rank=int(found[1]),
        player=found[2],
        position=position,
        club=None if found[5] == "None" else found[5],
        price=None if found[4] == "UNKNOWN_PRICE" else float(found[4]),
        expected_points=points,
        by_gameweek={weeks[0]: points} if len(weeks) == 1 else {},
    )


def _check_window(run: Run, top: Top) -> None:
    check_weeks(run, top.gameweeks, top.first)


def check_weeks(run: Run, weeks: list[int], row: int) -> None:
    """As many as were asked for; the season's end may cut them short. AIrsenal then says so, but not for a squad."""
    ahead, of_squad = run.number("weeks_ahead"), run.number("num_gameweeks")
    asked = ahead or of_squad
    start = run.number("gameweek_start")
    cut = run.log.where("WARN: Last gameweek set to") is not None or (ahead is None and weeks[-1] == LAST_GAMEWEEK)
    wrong_count = asked is not None and len(weeks) != asked and not (cut and len(weeks) < asked)
    if wrong_count or (start is not None and weeks[0] != start):
        raise Drift(row, f"{asked or 'the'} gameweek(s) asked for", f"gameweeks {weeks}")
