"""How many strategies AIrsenal's optimiser tries, and how much work that is.

The same tree as `count_expected_outputs` and `next_week_transfers` of AIrsenal 1.17.0 grow, without growing it: nodes
that have the same choices ahead of them are counted together, so ten gameweeks with all chips take milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.models.reports import Chip

MOST_SAVED = 5
SQUAD_CHIPS: tuple[Chip, ...] = ("wildcard", "free_hit")
ANY_WEEK, NOT_PLAYED = 0, -1
# Work of one node in units of a search for the best two transfers, the dear one: measured on AIrsenal 1.17.0 in
# processor seconds (0: 0.01, 1: 0.1, 2: 12.5, 3 or 4 at 100 iterations: 4, a new squad at 100: 25, at 20: 1). How many
# gameweeks are left makes no difference, since the players' points are read once. What new squads cost is counted
# apart, since that is measured apart, too.
_NOTHING, _SINGLE, _DOUBLE, _RANDOM, _SQUAD = 0.001, 0.01, 1.0, 0.35, 2.0


@dataclass(frozen=True)
class Limits:
    max_transfers: int
    max_hit: int
    allow_unused: bool
    num_iterations: int = 100


@dataclass(frozen=True)
class SearchSize:
    strategies: int
    squads: int
    """Strategies with a whole new squad in them."""
    work: float
    """All but what new squads cost."""
    squad_work: float


@dataclass(frozen=True)
class _Node:
    """What the choices below a node depend on. `squad`: whether a new squad is on the way to it."""

    free: int
    hit: int
    played: frozenset[Chip]
    squad: bool
    idle: bool
    """No transfer and no chip so far: the path to the baseline."""


@dataclass(frozen=True)
class _Choice:
    transfers: int
    chip: Chip | None


def search_size(
    gameweeks: Sequence[int], chips: Mapping[Chip, int], free_transfers: int, limits: Limits
) -> SearchSize:  # fmt: skip
    """`chips`: -1 not played, 0 any week, N gameweek N. No strategy at all: AIrsenal fails then."""
    nodes = Counter({_Node(free_transfers, 0, frozenset(), False, True): 1})
    work = squad_work = 0.0
    for gameweek in gameweeks:
        below: Counter[_Node] = Counter()
        for node, count in nodes.items():
            for choice in _choices(node, gameweek, chips, limits):
                below[_next(node, choice)] += count
                if choice.chip in SQUAD_CHIPS:
                    squad_work += count * _squad_work(limits.num_iterations)
                else:
                    work += count * _work(choice.transfers, limits.num_iterations)
        nodes = below
    strategies = nodes.total()
    if strategies and not any(node.idle for node in nodes):
        strategies += 1  # the baseline, which is then worked out apart
    squads = sum(count for node, count in nodes.items() if node.squad)
    return SearchSize(strategies, squads, work, squad_work)


def _choices(node: _Node, gameweek: int, chips: Mapping[Chip, int], limits: Limits) -> list[_Choice]:
    least = 1 if not limits.allow_unused and node.free == MOST_SAVED else 0
    numbers = [n for n in range(least, limits.max_transfers + 1) if node.hit + _hit(n, node.free) <= limits.max_hit]
    forced: Chip | None = next((chip for chip, week in chips.items() if week == gameweek), None)
    if forced:
        return _with_chip(forced, numbers)
    choices = [_Choice(number, None) for number in numbers]
    for chip, week in chips.items():
        if week == ANY_WEEK and chip not in node.played:
            choices += _with_chip(chip, numbers)
    return choices


def _with_chip(chip: Chip, numbers: list[int]) -> list[_Choice]:
    return [_Choice(0, chip)] if chip in SQUAD_CHIPS else [_Choice(number, chip) for number in numbers]


def _next(node: _Node, choice: _Choice) -> _Node:
    squad = choice.chip in SQUAD_CHIPS
    return _Node(
        free=node.free if squad else max(1, min(MOST_SAVED, 1 + node.free - choice.transfers)),
        hit=node.hit + (0 if squad else _hit(choice.transfers, node.free)),
        played=node.played | {choice.chip} if choice.chip else node.played,
        squad=node.squad or squad,
        idle=node.idle and choice == _Choice(0, None),
    )


def _hit(transfers: int, free: int) -> int:
    return max(0, 4 * (transfers - free))


def _work(transfers: int, iterations: int) -> float:
    return (_NOTHING, _SINGLE, _DOUBLE)[transfers] if transfers <= 2 else _RANDOM * iterations / 100


def _squad_work(iterations: int) -> float:
    return _SQUAD * (iterations / 100) ** 2  # so many generations of so many squads
