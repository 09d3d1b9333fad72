"""The plain sentence that says what to do."""

from __future__ import annotations

from backend.models.reports import Chip, GameweekPlan, Warning

CHIPS: dict[Chip, str] = {
    "wildcard": "wildcard",
    "free_hit": "free hit",
    "triple_captain": "triple captain",
    "bench_boost": "bench boost",
}
MOST_NAMES = 5


def advice(first: GameweekPlan, captain: str) -> str:
    todo = f"{_transfers(first)}, captain {captain}"
    if first.chip:
        return f"Play your {CHIPS[first.chip]} on the FPL site first, then {todo[0].lower()}{todo[1:]}"
    return todo


def advice_new_squad(gameweek: int, captain: str, points: float, no_team: bool) -> str:
    todo = f"ick this new squad of 15 for gameweek {gameweek} ({points:.1f} points expected), captain {captain}"
    return f"No team was found to improve; if there is none yet, p{todo}" if no_team else f"P{todo}"


def chip_warning(chip: Chip, line: int) -> Warning:
    return Warning(
        code="chip_by_hand",
        message=f"AIrsenal does not play chips: play your {CHIPS[chip]} on the FPL site before any of these transfers.",
        line=line,
    )


def listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _transfers(first: GameweekPlan) -> str:
    if not first.transfers_in:
        return "Make no transfer"
    hit = f" ({first.hit} points hit)" if first.hit else ""
    if len(first.transfers_in) > MOST_NAMES:
        return f"Change {len(first.transfers_in)} players as listed{hit}"
    return f"Sell {listed(first.transfers_out)}, buy {listed(first.transfers_in)}{hit}"
