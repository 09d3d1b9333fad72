"""How a check before a change of the real team comes out, and what both commands ask."""

from __future__ import annotations

from typing import Literal

from backend.fpl.apply_facts import Facts
from backend.models.airsenal import Check
from backend.models.team import GameweekInfo

CheckName = Literal[
    "installed", "team", "login", "suggestion", "gameweek", "newer", "deadline", "chip", "lane", "database", "hit"
]
OPTIMISE, PREDICT = 'Run "Optimise transfers" again', 'Run "Predict points" again'


def ok(name: CheckName, detail: str) -> Check:
    return Check(name=name, state="ok", detail=detail)


def warning(name: CheckName, detail: str) -> Check:
    return Check(name=name, state="warning", detail=detail)


def stop(name: CheckName, detail: str) -> Check:
    return Check(name=name, state="stop", detail=detail)


def other_gameweek(facts: Facts, coming: GameweekInfo) -> Check | None:
    """AIrsenal takes transfers and line-up of the gameweek that is the next by its own reckoning."""
    if facts.own_gameweek in (None, coming.id):
        return None
    return stop(
        "gameweek",
        f"AIrsenal would act for gameweek {facts.own_gameweek}, and {coming.name} is next: it goes by the kick-offs in "
        "its database, not by deadlines. Wait until the first match after the last deadline has begun. If that was "
        "long ago, update the database. Then predict and optimise again.",
    )
