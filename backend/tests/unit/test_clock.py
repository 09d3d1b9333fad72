"""Time in records and logs."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from backend.utils.clock import utc_now


def test_now_is_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """ASVS 5.0.0 16.2.2. On a machine whose zone is UTC a local time would go unnoticed."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        now = utc_now()
        assert now.utcoffset() == timedelta(0)
        assert abs(now.timestamp() - time.time()) < 60
    finally:
        monkeypatch.undo()
        time.tzset()
