"""What an error in the log may show."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from backend.utils.logging import configure_logging


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize("style", ["text", "json"])
def test_what_strangers_send_commands_no_terminal_and_forges_no_line(
    style: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    """ASVS 5.0.0 16.4.1: a path such as /%1b[2J is logged as it was asked for."""
    configure_logging("INFO", style)
    ugly = "/\x1b[2Jgone\x9b31m\r\n2026-01-01\u202e"
    structlog.get_logger("access").info("request", path="/\x1b[2Jgone", other=ugly)
    logging.getLogger("foreign").warning("said %s", ugly)
    try:
        raise ValueError(ugly)
    except ValueError:
        structlog.get_logger("test").exception("request failed")
    shown = capsys.readouterr().err
    assert "gone" in shown
    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    assert len([line for line in shown.splitlines() if "said" in line and "2026-01-01" in line]) == 1


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_traceback_shows_neither_local_variables_nor_tokens(
    style: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    """`rich` is installed beside the tests, and structlog would use it and print every local."""
    configure_logging("INFO", style)
    local_secret = "canary-in-a-local-variable"
    try:
        raise ValueError("cannot read /ws/jobs/1?token=canary-in-a-message", len(local_secret))
    except ValueError:
        structlog.get_logger("test").exception("request failed")
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert "request failed" in shown
    assert "canary" not in shown
