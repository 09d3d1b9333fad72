"""Slows down guessing: after a few failures each further try has to wait, twice as long each time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache

from backend.errors import TooManyRequests

FREE_TRIES = 5
MAX_WAIT_SECONDS = 900.0


@dataclass
class _Tries:
    count: int = 0
    not_before: float = 0.0


class Throttle:
    """Keys are whatever is to be limited, e.g. an account and an address. Tries in flight count as failures until
    `succeeded`, so a burst in parallel gains nothing. Memory is bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: TTLCache[str, _Tries] = TTLCache(10_000, ttl=4 * MAX_WAIT_SECONDS, timer=clock)

    def attempt(self, *keys: str) -> None:
        """Count a try. Raises TooManyRequests when one of the keys has to wait; then the try is not counted."""
        now = self._clock()
        wait = max((self._tries[key].not_before - now for key in keys if key in self._tries), default=0.0)
        if wait > 0:
            raise TooManyRequests("Too many sign-in attempts. Wait a moment, then try again.", wait)
        for key in keys:
            tries = self._tries.get(key) or _Tries()
            tries.count += 1
            if tries.count > FREE_TRIES:
                tries.not_before = now + min(2.0 ** (tries.count - FREE_TRIES), MAX_WAIT_SECONDS)
            self._tries[key] = tries

    def succeeded(self, *keys: str) -> None:
        for key in keys:
            self._tries.pop(key, None)
