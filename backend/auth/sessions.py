"""Sign-ins that are alive: made, looked up with every request, seen, ended."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from cachetools import TTLCache

from backend.auth.signing import Signer
from backend.errors import NotAuthenticated
from backend.models.auth import Session, SignedIn
from backend.repositories.auth import SessionRepository
from backend.utils.clock import Clock

SESSION_HOURS = 12
TICKET_SECONDS = 30
# How long a revoked token may still pass here, when another process revoked it; this process forgets it at once. With
# the time between two looks at an open socket it must stay below five seconds.
RECHECK_SECONDS = 2.5
# A request every second must not be a write every second.
SEEN_SECONDS = 60.0


class LeftAlone(NotAuthenticated):
    """A browser's session without a request for too long; it is still there, for the caller to end."""

    def __init__(self, session: Session) -> None:
        super().__init__("The session has ended, since nothing was done for a long time. Sign in again.")
        self.session = session


class Sessions:
    def __init__(
        self, repository: SessionRepository, signer: Signer, now: Clock, idle: timedelta,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._sessions = repository
        self._signer = signer
        self._now = now
        self._idle = idle
        self._checked: TTLCache[str, Session] = TTLCache(1_000, ttl=RECHECK_SECONDS, timer=time.monotonic)
        self._revocations = 0
        self._tickets: TTLCache[str, Session] = TTLCache(1_000, ttl=TICKET_SECONDS, timer=timer)

    async def start(self, email: str, *, address: str, device: str, method: str) -> SignedIn:
        now = self._now()
        session = Session(
            id=secrets.token_hex(16), email=email, created_at=now, expires_at=now + timedelta(hours=SESSION_HOURS),
            confirmed_at=now, last_seen_at=now, address=address, device=device[:200], method=method,
        )  # fmt: skip
        await self._sessions.add(session)
        return SignedIn(token=self._signer.session_token(session), email=email, expires_at=session.expires_at)

    async def authenticate(self, token: str, *, browser: bool = False) -> Session:
        """The session of a token. Raises NotAuthenticated when it is forged, expired or revoked, LeftAlone when it came
        in a browser's cookie, or was taken out of one, after a time without a request."""
        found = self._signer.session(token)
        if found is None:
            raise NotAuthenticated("Not authenticated")
        session_id, browser = found[0], browser or found[1]
        session = await self.living(session_id)
        if browser and self.is_left_alone(session):
            raise LeftAlone(session)
        now = self._now()
        if (now - (session.last_seen_at or session.created_at)).total_seconds() >= SEEN_SECONDS:
            await self._sessions.seen(session_id, now)
            session = self._remember(session.model_copy(update={"last_seen_at": now}))
        return session.model_copy(update={"browser": True}) if browser else session

    def is_left_alone(self, session: Session) -> bool:
        return self._now() - (session.last_seen_at or session.created_at) > self._idle

    async def living(self, session_id: str) -> Session:
        revocations = self._revocations
        session = self._checked.get(session_id) or await self._sessions.get(session_id)
        if session is None or session.expires_at <= self._now():
            raise NotAuthenticated("The session has ended. Sign in again.")
        # A session that was revoked while we read it must not come back into the cache.
        if session_id not in self._checked and revocations == self._revocations:
            self._checked[session_id] = session
        return session

    def _remember(self, session: Session) -> Session:
        """Replaces what is cached; what was revoked meanwhile is not there and stays away."""
        if session.id in self._checked:
            self._checked[session.id] = session
        return session

    async def confirm(self, session: Session) -> Session:
        now = self._now()
        await self._sessions.confirmed(session.id, now)
        return self._remember(session.model_copy(update={"confirmed_at": now, "browser": False}))

    async def all(self) -> list[Session]:
        now = self._now()
        return [session for session in await self._sessions.all() if session.expires_at > now]

    async def rename(self, email: str) -> None:
        await self._sessions.rename(email)
        self._checked.clear()

    async def end(self, session_id: str) -> bool:
        """Its token is worth nothing from now on; sockets notice within RECHECK_SECONDS."""
        ended = await self._sessions.delete(session_id)
        self._revocations += 1
        self._checked.pop(session_id, None)
        return ended

    async def sweeps(self) -> int:
        """How often all others were ended, here or at another console; what was proven before the last time is proven
        no more."""
        return await self._sessions.sweeps()

    async def end_others(self, session_id: str | None) -> int:
        ended = await self._sessions.delete_others(session_id)
        self._revocations += 1
        self._checked.clear()
        return ended

    # --- WebSocket tickets ---

    def new_ticket(self, session: Session) -> tuple[str, datetime]:
        """A single-use ticket for a WebSocket, so that no token needs to stand in an address."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = session
        return ticket, self._now() + timedelta(seconds=TICKET_SECONDS)

    def redeem(self, ticket: str) -> Session:
        """Whose ticket it was; whether that session still lives is for the caller to ask."""
        session = self._tickets.pop(ticket, None)
        if session is None:
            raise NotAuthenticated("The ticket is not valid (any more).")
        return session
