"""API tokens: named, scoped, expiring keys for scripts. Shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime, timedelta

from cachetools import TTLCache

from backend.auth.events import SecurityEvents
from backend.auth.sessions import RECHECK_SECONDS, SEEN_SECONDS
from backend.errors import Conflict, FieldError, InvalidInput, NotAuthenticated, NotFound
from backend.models.auth import ApiToken, Scope, Session
from backend.repositories.auth import AccountRepository, ApiTokenRepository
from backend.utils.clock import Clock

# Secret scanners, and people who find one in a file, know by it what it is.
PREFIX = "aoc_"
MOST = 100
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def is_api_token(text: str) -> bool:
    return text.startswith(PREFIX)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _id(digest: str) -> str:
    """Half of the hash names the record, so that a lookup needs no index of its own."""
    return digest[:32]


class ApiTokens:
    def __init__(
        self, repository: ApiTokenRepository, accounts: AccountRepository, events: SecurityEvents, now: Clock
    ) -> None:
        self._tokens = repository
        self._accounts = accounts
        self._events = events
        self._now = now
        self._checked: TTLCache[str, tuple[ApiToken, str]] = TTLCache(1_000, ttl=RECHECK_SECONDS, timer=time.monotonic)
        self._revocations = 0

    async def all(self) -> list[ApiToken]:
        return await self._tokens.all()

    def expired(self, token: ApiToken) -> bool:
        return token.expires_at is not None and token.expires_at <= self._now()

    async def make(self, name: str, scope: Scope, days: int | None, by: Session, address: str) -> tuple[ApiToken, str]:
        name = name.strip()
        if not name or not name.isprintable():
            raise InvalidInput([FieldError("name", "must be a word or a few, without line ends")])
        present = await self._tokens.all()
        if any(token.name == name for token in present):
            raise Conflict(f"There is a token named {name} already. Revoke it first, or take another name.")
        if len(present) >= MOST:
            raise Conflict(f"There are {MOST} tokens already. Revoke those that nothing uses any more.")
        secret = PREFIX + secrets.token_urlsafe(32)
        digest, now = _digest(secret), self._now()
        token = ApiToken(
            id=_id(digest), hash=digest, name=name, scope=scope, created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )  # fmt: skip
        await self._events.record("token_made", by.email, address, f"{name} ({scope})")
        await self._tokens.add(token)
        return token, secret

    async def revoke(self, token_id: str, by: Session, address: str) -> None:
        found = next((token for token in await self._tokens.all() if token.id == token_id), None)
        if found is None:
            raise NotFound("There is no such API token (any more).")
        await self._events.record("token_revoked", by.email, address, found.name)
        await self._tokens.delete(token_id)
        self._revocations += 1
        self._checked.pop(token_id, None)

    async def revoke_all(self) -> None:
        await self._tokens.delete_all()
        self.forget()

    def forget(self) -> None:
        """What is cached is out of date."""
        self._revocations += 1
        self._checked.clear()

    def known_id(self, text: str) -> str | None:
        """The id of a token that was good a moment ago; no database call."""
        digest = _digest(text)
        known = self._checked.get(_id(digest))
        return known[0].id if known and hmac.compare_digest(known[0].hash, digest) else None

    async def authenticate(self, text: str, address: str) -> Session:
        digest = _digest(text)
        session, token = await self._living(_id(digest))
        if not hmac.compare_digest(token.hash, digest):
            raise NotAuthenticated("The API token is not valid.")
        await self._note_use(token, session.email, address)
        return session

    async def living(self, token_id: str) -> Session:
        return (await self._living(token_id))[0]

    async def _living(self, token_id: str) -> tuple[Session, ApiToken]:
        revocations = self._revocations
        token, email = self._checked.get(token_id) or await self._read(token_id)
        if self.expired(token):
            raise NotAuthenticated(f"The API token {token.name} has expired. Make a new one in the console's settings.")
        if token_id not in self._checked and revocations == self._revocations:
            self._checked[token_id] = (token, email)
        session = Session(
            id=token.id, email=email, created_at=token.created_at, expires_at=token.expires_at or _NEVER, kind="token",
            scope=token.scope, method=f"API token {token.name}",
        )  # fmt: skip
        return session, token

    async def _read(self, token_id: str) -> tuple[ApiToken, str]:
        token, account = await self._tokens.get(token_id), await self._accounts.get()
        if token is None or account is None:
            raise NotAuthenticated("The API token is not valid.")
        return token, account.email

    async def _note_use(self, token: ApiToken, email: str, address: str) -> None:
        now = self._now()
        if token.last_used_at is None:
            await self._events.record("token_first_used", email, address, token.name)
        elif (now - token.last_used_at).total_seconds() < SEEN_SECONDS:
            return
        await self._tokens.used(token.id, now, address)
        if token.id in self._checked:
            change = {"last_used_at": now, "last_used_address": address}
            self._checked[token.id] = (token.model_copy(update=change), email)
