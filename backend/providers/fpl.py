"""The FPL API. Nothing else in the console asks it.

Answers are kept for a while, one request at a time goes out for each of them, and whoever asks meanwhile gets its
answer. When the API asks for a pause, everything waits, not only the path that was asked for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog
from cachetools import LRUCache
from pydantic import TypeAdapter, ValidationError

from backend.errors import NotFound, UpstreamFailed
from backend.models.fpl import Bootstrap, ChipsPlayed, Entry, Fixture, Picks
from backend.providers.fpl_call import Answer, FplCall, Patience
from backend.providers.fpl_failures import PauseAsked, missing, not_json, wrong_shape
from backend.utils.clock import Clock

T = TypeVar("T")
log = structlog.get_logger(__name__)

BOOTSTRAP_AGE = timedelta(minutes=10)
FIXTURES_AGE = timedelta(hours=1)
TEAM_AGE = timedelta(minutes=2)
# So long a failure is the answer: pages that ask together, or at once again, must not become a storm.
FAILURE_AGE = timedelta(seconds=5)
# Teams looked up by number; a fixed few are all that a console needs.
KEPT_ANSWERS = 64
# With a 404 here it is not the question that is wrong.
_ALWAYS_THERE = ("bootstrap-static", "fixtures")

_BOOTSTRAP, _FIXTURES = TypeAdapter(Bootstrap), TypeAdapter(list[Fixture])
_ENTRY, _PICKS, _CHIPS = TypeAdapter(Entry), TypeAdapter(Picks), TypeAdapter(ChipsPlayed)


@dataclass(frozen=True)
class Fetched(Generic[T]):
    value: T
    at: datetime


@dataclass
class _Slot:
    """What is known of one path."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    good: Fetched[Any] | None = None
    etag: str | None = None
    failure: Fetched[UpstreamFailed | NotFound] | None = None


class FplApi:
    def __init__(
        self, base_url: str, now: Clock, patience: Patience | None = None, failure_age: timedelta = FAILURE_AGE
    ) -> None:  # fmt: skip
        self._call = FplCall(base_url, now, patience or Patience())
        self._now, self._failure_age = now, failure_age
        self._slots: LRUCache[str, _Slot] = LRUCache(KEPT_ANSWERS)
        self._pause: tuple[PauseAsked, datetime] | None = None

    @property
    def patience(self) -> Patience:
        return self._call.patience

    async def bootstrap(self) -> Fetched[Bootstrap]:
        return await self._get("bootstrap-static", _BOOTSTRAP, BOOTSTRAP_AGE)

    async def fixtures(self) -> Fetched[list[Fixture]]:
        return await self._get("fixtures", _FIXTURES, FIXTURES_AGE)

    async def entry(self, team_id: int) -> Fetched[Entry]:
        """Raises NotFound when no team has this number."""
        return await self._get(f"entry/{team_id}", _ENTRY, TEAM_AGE)

    async def picks(self, team_id: int, gameweek: int) -> Fetched[Picks]:
        """Raises NotFound when the team has no public squad of that gameweek."""
        return await self._get(f"entry/{team_id}/event/{gameweek}/picks", _PICKS, TEAM_AGE)

    async def chips_played(self, team_id: int) -> Fetched[ChipsPlayed]:
        """Raises NotFound when no team has this number."""
        return await self._get(f"entry/{team_id}/history", _CHIPS, TEAM_AGE)

    async def close(self) -> None:
        await self._call.close()

    async def _get(self, path: str, shape: TypeAdapter[T], age: timedelta) -> Fetched[T]:
        """Raises UpstreamFailed, or NotFound for a 404."""
        slot = self._slots.setdefault(path, _Slot())
        async with slot.lock:
            if slot.good and self._now() - slot.good.at < age:
                return slot.good
            if slot.failure and self._now() - slot.failure.at < self._failure_age:
                raise slot.failure.value.with_traceback(None)
            self._check_pause()
            try:
                fresh = await self._fetch(path, shape, slot)
            except (UpstreamFailed, NotFound) as error:
                slot.failure = Fetched(error, self._now())
                self._note(path, error)
                raise
            slot.failure, slot.good = None, fresh
            return fresh

    async def _fetch(self, path: str, shape: TypeAdapter[T], slot: _Slot) -> Fetched[T]:
        answer = await self._call.get(path, slot.etag if slot.good else None)
        at = self._now()
        if answer.status == 404 and path in _ALWAYS_THERE:
            raise missing(path)
        if answer.status == 404:
            raise NotFound(f"The FPL API has nothing at {path}.")
        if answer.status == 304 and slot.good:
            return Fetched(slot.good.value, at)
        value = await asyncio.to_thread(_read, path, answer, shape)  # 2 MB of JSON: 30 ms
        slot.etag = answer.etag
        return Fetched(value, at)

    def _check_pause(self) -> None:
        if self._pause is None:
            return
        asked, until = self._pause
        if (left := (until - self._now()).total_seconds()) > 0:
            raise asked.again(left)
        self._pause = None

    def _note(self, path: str, error: UpstreamFailed | NotFound) -> None:
        if isinstance(error, PauseAsked):
            until = self._now() + timedelta(seconds=error.seconds)
            if self._pause is None or until > self._pause[1]:  # of several answers under way the longest pause counts
                self._pause = error, until
        if isinstance(error, UpstreamFailed):
            log.warning("the FPL API failed", path=path, how=error.code)


def _read(path: str, answer: Answer, shape: TypeAdapter[T]) -> T:
    try:
        return shape.validate_json(answer.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        raise not_json()
    raise wrong_shape(path, ".".join(str(part) for part in first["loc"]) or "its beginning")
