"""Which gameweek it is, by the FPL API's word and by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from backend.models.fpl import Event
from backend.models.team import GameweekInfo


class Gameweeks:
    def __init__(self, events: Sequence[Event], now: datetime) -> None:
        self._events = sorted(events, key=lambda event: event.id)
        self.current = next((event for event in self._events if event.is_current), None)
        # After a deadline the API takes up to an hour to move its marks, so the clock decides. Its mark counts where
        # the clock finds nothing ahead.
        ahead = [event for event in self._events if event.deadline_time > now]
        self.next = next(iter(ahead), None) or next((event for event in self._events if event.is_next), None)
        self.later = ahead[1:]
        self._begun = self.current is not None or self._events[0].deadline_time <= now

    def of(self, gameweek: int) -> Event | None:
        return next((event for event in self._events if event.id == gameweek), None)

    @property
    def next_info(self) -> GameweekInfo | None:
        return info(self.next) if self.next else None

    @property
    def state(self) -> Literal["before", "running", "between", "over"]:
        if not self._begun:
            return "before"
        if self.current is None or not self.current.finished:
            return "running"
        return "between" if self.next else "over"


def info(event: Event) -> GameweekInfo:
    return GameweekInfo(id=event.id, name=event.name, deadline=event.deadline_time, is_current=event.is_current)


def span(gameweeks: Sequence[int]) -> str:
    """`25 to 27`, `24, 26`, `none`."""
    if len(gameweeks) > 1 and list(gameweeks) == list(range(gameweeks[0], gameweeks[-1] + 1)):
        return f"{gameweeks[0]} to {gameweeks[-1]}"
    return ", ".join(map(str, gameweeks)) or "none"


def named(gameweeks: Sequence[int]) -> str:
    """`gameweek 25`, `gameweeks 25 to 27`, `no gameweek`."""
    if not gameweeks:
        return "no gameweek"
    return f"gameweek{'s' * (len(gameweeks) > 1)} {span(gameweeks)}"


def season_of(events: Sequence[Event]) -> str:
    """As AIrsenal writes it: `2526`, by the year of the first deadline."""
    year = min(event.deadline_time for event in events).year
    return f"{year % 100:02d}{(year + 1) % 100:02d}"
