from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.jobs.retry import backoff


@pytest.mark.parametrize(("retry", "seconds"), [(0, 60), (1, 120), (2, 240), (5, 1920), (6, 3600), (500, 3600)])
def test_the_delay_doubles_to_a_cap_and_is_spread_by_a_fifth(retry: int, seconds: float) -> None:
    """Q7."""
    delays = [backoff(retry, 60).total_seconds() for _ in range(300)]
    assert min(delays) >= seconds * 0.8
    assert max(delays) <= seconds * 1.2
    assert max(delays) - min(delays) > seconds * 0.1


def test_no_delay_stays_no_delay() -> None:
    assert backoff(3, 0) == timedelta(0)
    assert datetime.now(UTC) + backoff(40, 86_400) < datetime.now(UTC) + timedelta(hours=2)
