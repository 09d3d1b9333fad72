"""Everything that happens at the front door goes through here once, for the log and for whoever subscribes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import structlog

log = structlog.get_logger(__name__)

Kind = Literal[
    "admin_created", "admin_removed", "signed_in", "sign_in_refused", "signed_out", "session_ended", "confirmed",
    "confirmation_refused", "password_changed", "email_changed", "totp_added", "totp_removed", "recovery_codes_made",
    "recovery_code_used", "passkey_added", "passkey_removed", "token_made", "token_revoked", "token_first_used",
    "request_refused",
    "setup_refused",
]  # fmt: skip
_WARNINGS = frozenset(
    {"sign_in_refused", "confirmation_refused", "request_refused", "setup_refused", "recovery_code_used"}
)


@dataclass(frozen=True)
class SecurityEvent:
    """`who` is the account's e-mail address, or what was claimed to be one; `detail` never holds a secret."""

    kind: Kind
    who: str
    address: str
    detail: str = ""


Listener = Callable[[SecurityEvent], Awaitable[None]]


class SecurityEvents:
    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Called with every event before the action takes effect; an error of the listener stops the action."""
        self._listeners.append(listener)

    async def record(self, kind: Kind, who: str, address: str, detail: str = "") -> None:
        # Anybody may claim to be anybody: a name with line ends must not forge a line of its own.
        who = "".join(sign if sign.isprintable() else "?" for sign in who[:254])
        write = log.warning if kind in _WARNINGS else log.info
        write(kind.replace("_", " "), who=who, address=address, detail=detail)
        event = SecurityEvent(kind, who, address, detail)
        for listener in self._listeners:
            await listener(event)
