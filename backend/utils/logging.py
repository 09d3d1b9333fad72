"""Our own log: structlog as JSON or coloured text on stderr, with everything other libraries log in the same shape."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

# Names under which a secret could reach a log call by mistake. Values under them never leave the process.
_SECRET_NAMES = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|credential|otp|ticket|encryption_key", re.I
)
# `?token=` of the WebSocket contract, and a user name and password in a URL.
_SECRET_IN_TEXT = re.compile(r"((?:token|ticket)=)[^&\s'\"]+|(://)[^/@\s:]+:[^/@\s]+@", re.I)


_OF_SEVERAL_LINES = frozenset({"exception", "stack"})


def _redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str) and value:
            event[name] = "***" if _SECRET_NAMES.search(name) else _SECRET_IN_TEXT.sub(r"\1\2***", value)
    return event


def _harmless(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Anybody may ask for a path with terminal commands in it. JSON escapes them by itself."""
    for name, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            kept = "\n\t" if name in _OF_SEVERAL_LINES else ""
            event[name] = "".join(
                sign if sign.isprintable() or sign in kept else sign.encode("unicode_escape").decode() for sign in value
            )
    return event


def configure_logging(level: str, style: Literal["json", "text"]) -> None:
    """Idempotent. Binds context variables (request_id, job_id, user) into every line; times are RFC 3339 UTC."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: list[structlog.typing.Processor]
    if style == "json":
        renderer = [structlog.processors.JSONRenderer()]
    else:
        renderer = [
            _harmless,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                pad_event_to=34,
                # By default it prints tracebacks with all local variables as soon as somebody installs `rich`.
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # A traceback is text like any other: made before secrets are taken out.
                structlog.processors.format_exc_info,
                _redact,
                *renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("pymongo", "asyncio", "uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        # uvicorn's start and stop lines repeat what the console itself says, in other words.
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).setLevel(logging.WARNING)
