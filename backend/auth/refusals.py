"""Rows about refusals that anybody can cause as often as he likes: the first at once, the rest as a number."""

from __future__ import annotations

from backend.auth.events import Kind, SecurityEvents

TELL_SECONDS = 60.0
# Kinds of refusals, times addresses, between two tellings. Those above it are told together.
MOST = 20
_ELSEWHERE = "other addresses"


class Refusals:
    """At most two rows a minute for each reason and address, and forty in all, whatever the flood."""

    def __init__(self, events: SecurityEvents) -> None:
        self._events = events
        self._more: dict[tuple[Kind, str, str], int] = {}

    async def note(self, kind: Kind, who: str, address: str, why: str) -> None:
        key = (kind, address, why)
        if key not in self._more and len(self._more) >= MOST:
            key, address = (kind, _ELSEWHERE, ""), _ELSEWHERE
        first = key not in self._more
        self._more[key] = 0 if first else self._more[key] + 1
        if first:
            await self._events.record(kind, who, address, why)

    async def tell(self) -> None:
        """To be called every TELL_SECONDS."""
        more, self._more = self._more, {}
        for (kind, address, why), count in more.items():
            if count:
                await self._events.record(kind, "", address, f"{why or 'for several reasons'}, {count} times more")
