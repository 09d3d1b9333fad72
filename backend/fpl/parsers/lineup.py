"""A squad as AIrsenal prints it: `== GK ==` to `=== Subs ===`, with captain and vice captain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from backend.fpl.parsers.rows import CLUB, NAME, Cursor, Drift
from backend.models.reports import LineupPlayer, Position

PLAYER = re.compile(rf"({NAME}) \(({CLUB})\)(?:\((C|VC)\))?")
SUBS = re.compile(r"=== Subs ===")
SUBS_TEXT = "=== Subs ==="
POSITIONS: tuple[Position, ...] = get_args(Position)
STARTING: Mapping[Position, range] = {"GK": range(1, 2), "DEF": range(3, 6), "MID": range(2, 6), "FWD": range(1, 4)}
SQUAD: Mapping[Position, int] = {"GK": 2, "DEF": 5, "MID": 5, "FWD": 3}


@dataclass(frozen=True)
class Lineup:
    starting: list[LineupPlayer]
    bench: list[LineupPlayer]
    end: int

    @property
    def everyone(self) -> list[LineupPlayer]:
        return self.starting + self.bench

    @property
    def captain(self) -> str:
        return next(player.name for player in self.starting if player.is_captain)

    @property
    def vice_captain(self) -> str:
        return next(player.name for player in self.starting if player.is_vice_captain)


def read_lineup(cursor: Cursor) -> Lineup:
    first = cursor.at
    starting = [player for position in POSITIONS for player in _group(cursor, position)]
    cursor.take(SUBS, f"eleven starters and then `{SUBS_TEXT}`")
    bench = []
    for place in range(1, 5):
        found = cursor.take(PLAYER, f"substitute {place} of 4, as `Janelt (BRE)`")
        if found[3]:
            raise Drift(cursor.at - 1, "a substitute who is not the captain", found[0])
        bench.append(_player(found, None))
    lineup = Lineup(starting, bench, cursor.at)
    _check(lineup, cursor, first)
    return lineup


def _group(cursor: Cursor, position: Position) -> list[LineupPlayer]:
    """Blank rows around the head are asked for: without them nobody can tell which side of it a player belongs to."""
    cursor.take(re.compile(f"== {position} =="), f"the head `== {position} ==`")
    if not cursor.log.stands_alone(cursor.at - 1):
        raise Drift(cursor.at - 1, f"`== {position} ==` between blank lines", cursor.log.texts[cursor.at - 1])
    players = []
    while found := cursor.accept(PLAYER):
        players.append(_player(found, position))
    if len(players) not in STARTING[position]:
        allowed = STARTING[position]
        cursor.fail(f"{allowed.start} to {allowed.stop - 1} starters at {position} and not {len(players)}")
    return players


def _player(found: re.Match[str], position: Position | None) -> LineupPlayer:
    return LineupPlayer(
        name=found[1],
        club=None if found[2] == "None" else found[2],
        position_group=position,
        is_captain=found[3] == "C",
        is_vice_captain=found[3] == "VC",
    )


def _check(lineup: Lineup, cursor: Cursor, first: int) -> None:
    """Contradictions: what is printed is then not what we take it for."""
    captains = sum(player.is_captain for player in lineup.starting)
    vices = sum(player.is_vice_captain for player in lineup.starting)
    people = {(player.name, player.club) for player in lineup.everyone}
    after = cursor.peek()
    if len(lineup.starting) != 11 or captains != 1 or vices != 1 or len(people) != 15:
        raise Drift(
            first,
            "15 players, eleven of them starters, with one captain and one vice captain",
            f"{len(people)} players, {len(lineup.starting)} starters, {captains} captains, {vices} vice captains",
        )
    if after and PLAYER.fullmatch(after.text):
        raise Drift(after.number, "four substitutes and no more", after.text)


def with_bench_positions(lineup: Lineup, known: Mapping[tuple[str, str | None], Position]) -> Lineup:
    """AIrsenal prints none for the bench. Filled in where the log tells elsewhere, or where only one is left."""
    bench = [
        player if (player.name, player.club) not in known
        else player.model_copy(update={"position_group": known[player.name, player.club]})
        for player in lineup.bench
    ]  # fmt: skip
    open_places = {
        position: SQUAD[position] - sum(player.position_group == position for player in lineup.starting + bench)
        for position in POSITIONS
    }
    left = [position for position, places in open_places.items() if places > 0]
    if len(left) == 1 and min(open_places.values()) >= 0:
        update = {"position_group": left[0]}
        bench = [player if player.position_group else player.model_copy(update=update) for player in bench]
    return Lineup(lineup.starting, bench, lineup.end)
