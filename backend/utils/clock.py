"""Time as the console keeps it: UTC in whole milliseconds, as MongoDB stores it, so that values compare equal."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
# For what need not wait. "Now" would make it wait for an hour when the clock is set back by one.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def storable(moment: datetime) -> datetime:
    """Within what the database can hold and subtract, for a moment that somebody sent."""
    return moment if 1 < moment.year < 9999 else moment.replace(year=min(max(moment.year, 2), 9998))


class Sequence:
    """Strictly increasing numbers that also follow the clock, so that they keep their order over restarts."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return self._last
