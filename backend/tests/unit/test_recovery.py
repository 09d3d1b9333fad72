"""Q5: who is lost is told by beats that stand still, not by clocks alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.jobs.recovery import Silences

HOUR_AGO = datetime(2026, 2, 5, 11, tzinfo=UTC)


def test_a_clock_that_is_an_hour_off_makes_no_living_console_a_lost_one() -> None:
    seconds = [0.0]
    silences = Silences(lambda: seconds[0])
    for beat in range(20):
        seconds[0] = beat * 5.0
        beats = {"living": HOUR_AGO + timedelta(seconds=beat * 5), "dead": HOUR_AGO}
        silent = silences.of(beats)
        assert silent == {"living": 0.0, "dead": seconds[0]}
    assert silences.of({}) == {}
    assert silences.of({"dead": HOUR_AGO}) == {"dead": 0.0}
