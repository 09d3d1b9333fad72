"""Slows down guessing: after a few failures each further try has to wait, twice as long each time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache

from backend.errors import TooManyRequests

FREE_TRIES = 5
MAX_WAIT_SECONDS = 900.0


@dataclass(frozen=True)
class Limit:
    """What is limited, e.g. an account or an address, and how often it may fail before it has to wait."""

    key: str
    free_tries: int = FREE_TRIES


@dataclass
class _Tries:
    count: int = 0
    not_before: float = 0.0


class Throttle:
    """Tries in flight count as failures until `succeeded`, so a burst in parallel gains nothing. Memory is bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: TTLCache[str, _Tries] = TTLCache(10_000, ttl=4 * MAX_WAIT_SECONDS, timer=clock)

    def attempt(self, *limits: Limit) -> None:
        """Count a try. Raises TooManyRequests when one of the limits has to wait; then the try is not counted."""
        now = self._clock()
        known = (self._tries.get(limit.key) for limit in limits)
        wait = max((tries.not_before - now for tries in known if tries), default=0.0)
        if wait > 0:
            raise TooManyRequests("Too many sign-in attempts. Wait a moment, then try again.", wait)
        for limit in limits:
            tries = self._tries.get(limit.key) or _Tries()
            tries.count += 1
            over = tries.count - limit.free_tries
            if over > 0:
                tries.not_before = now + min(2.0 ** min(over, 60), MAX_WAIT_SECONDS)
            self._tries[limit.key] = tries

    def succeeded(self, *limits: Limit) -> None:
        for limit in limits:
            self._tries.pop(limit.key, None)
