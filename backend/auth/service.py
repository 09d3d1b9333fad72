"""Who may in: the admin's account, sign-in, sessions and their tokens."""

from __future__ import annotations

import hmac
import re
import secrets
import time
import uuid
from datetime import datetime, timedelta

import jwt
import structlog
from cachetools import TTLCache

from backend.auth.passwords import PasswordHasher, check_password, is_bcrypt_hash
from backend.auth.throttle import Limit, Throttle
from backend.errors import BadRequest, Conflict, FieldError, Forbidden, InvalidInput, NotAuthenticated, StartError
from backend.models.auth import Account, Session, SignedIn
from backend.repositories.auth import AccountRepository, SessionRepository
from backend.utils.clock import Clock

log = structlog.get_logger(__name__)

SESSION_HOURS = 12
TICKET_SECONDS = 30
# How long a revoked token may still pass here, when another process revoked it; this process forgets it at once.
RECHECK_SECONDS = 4.0
VERIFIED_SECONDS = 60.0
# An account from everywhere, and an address whatever the account. Far above the limit of the two together: a stranger
# must not lock the admin out with a handful of tries, nor walk through e-mail addresses for ever.
_WIDE_FREE_TRIES = 50
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_ALGORITHM = "HS256"


class AuthService:
    def __init__(
        self, accounts: AccountRepository, sessions: SessionRepository, jwt_secret: str, now: Clock,
        hasher: PasswordHasher | None = None,
    ) -> None:  # fmt: skip
        self._accounts = accounts
        self._sessions = sessions
        self._secret = jwt_secret
        self._now = now
        self._hasher = hasher or PasswordHasher()
        self._throttle = Throttle()
        self._setup_token: str | None = None
        self._checked: TTLCache[str, Session] = TTLCache(1_000, ttl=RECHECK_SECONDS, timer=time.monotonic)
        # Asked for twice a request. What ends a session is looked up each time, apart from this.
        self._verified: TTLCache[str, str] = TTLCache(1_000, ttl=VERIFIED_SECONDS, timer=time.monotonic)
        self._revocations = 0
        self._tickets: TTLCache[str, Session] = TTLCache(1_000, ttl=TICKET_SECONDS, timer=time.monotonic)

    # --- the first admin ---

    async def setup_needed(self) -> bool:
        return await self._accounts.get() is None

    async def new_setup_token(self) -> str | None:
        """A one-time token for making the admin; None when there is one. Every start makes a new one."""
        self._setup_token = secrets.token_urlsafe(24) if await self.setup_needed() else None
        return self._setup_token

    async def make_admin(self, email: str, password_hash: str) -> None:
        """From APP_ADMIN_EMAIL and APP_ADMIN_PASSWORD_HASH at the first start; an existing admin stays as it is."""
        if not is_bcrypt_hash(password_hash):
            raise StartError("APP_ADMIN_PASSWORD_HASH is not a bcrypt hash ($2b$12$... of 60 characters).")
        await self._create(email, password_hash)

    async def remove_admin(self) -> None:
        """For a forgotten password; whoever can start the console can do this. Every session ends."""
        await self._accounts.delete()
        await self._sessions.delete_all()
        self._revocations += 1
        self._checked.clear()
        log.warning("admin removed, waiting for a new one")

    async def setup(self, token: str, email: str, password: str, address: str) -> SignedIn:
        """Make the admin and sign in. Raises Forbidden for a wrong token, Conflict when there is an admin."""
        limit = Limit(f"setup {address}")
        self._throttle.attempt(limit)
        if not await self.setup_needed():
            raise Conflict("The console is set up already. Sign in instead.")
        if self._setup_token is None or not hmac.compare_digest(token.encode(), self._setup_token.encode()):
            raise Forbidden("This set-up link is not valid (any more). The console prints a new one when it starts.")
        _check_email(email, "email")
        check_password(password)
        password_hash = await self._hasher.hash(password)
        if not await self._create(email, password_hash):
            raise Conflict("The console is set up already. Sign in instead.")
        self._setup_token = None
        self._throttle.succeeded(limit)
        return await self._sign_in(email)

    async def _create(self, email: str, password_hash: str) -> bool:
        now = self._now()
        created = await self._accounts.create(
            Account(email=email, password_hash=password_hash, email_changed_at=now, password_changed_at=now)
        )
        if created:
            log.info("admin created")
        return created

    # --- sign-in ---

    async def login(self, email: str, password: str, address: str) -> SignedIn:
        """Raises NotAuthenticated with the same words and after the same time for a wrong e-mail and password."""
        # Once for everything below: blanks or capitals must not count as another account.
        email = email.strip().casefold()
        limits = (
            Limit(f"account {email[:254]} at {address}"),
            Limit(f"account {email[:254]}", _WIDE_FREE_TRIES),
            Limit(f"address {address}", _WIDE_FREE_TRIES),
        )
        self._throttle.attempt(*limits)
        account = await self._accounts.get()
        known = account is not None and account.email.casefold() == email
        matches = await self._hasher.matches(password, account.password_hash if account and known else None)
        if account is None or not matches:
            log.warning("sign-in refused", address=address)
            raise NotAuthenticated("Invalid credentials")
        self._throttle.succeeded(*limits)
        log.info("signed in", address=address)
        return await self._sign_in(account.email)

    async def _sign_in(self, email: str) -> SignedIn:
        now = self._now()
        session = Session(
            id=str(uuid.uuid4()), email=email, created_at=now, expires_at=now + timedelta(hours=SESSION_HOURS)
        )
        await self._sessions.add(session)
        claims = {"sub": email, "jti": session.id, "iat": now, "exp": session.expires_at}
        token = jwt.encode(claims, self._secret, algorithm=_ALGORITHM)
        return SignedIn(token=token, email=email, expires_at=session.expires_at)

    async def authenticate(self, token: str) -> Session:
        """The session of a token. Raises NotAuthenticated when it is forged, expired or revoked."""
        session_id = self.session_id(token)
        if session_id is None:
            raise NotAuthenticated("Not authenticated")
        return await self._living(session_id)

    def session_id(self, token: str) -> str | None:
        """Which session a token claims to be, when it bears our signature and has not expired; no database call."""
        if known := self._verified.get(token):
            return known
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=[_ALGORITHM], options={"require": ["exp", "jti", "sub"]}
            )
        except jwt.InvalidTokenError:
            return None
        self._verified[token] = str(claims["jti"])
        return str(claims["jti"])

    async def _living(self, session_id: str) -> Session:
        revocations = self._revocations
        session = self._checked.get(session_id) or await self._sessions.get(session_id)
        if session is None or session.expires_at <= self._now():
            raise NotAuthenticated("The session has ended. Sign in again.")
        # A session that was revoked while we read it must not come back into the cache.
        if session_id not in self._checked and revocations == self._revocations:
            self._checked[session_id] = session
        return session

    async def still_valid(self, session: Session) -> bool:
        try:
            await self._living(session.id)
        except NotAuthenticated:
            return False
        return True

    async def logout(self, session: Session) -> None:
        await self._sessions.delete(session.id)
        self._revocations += 1
        self._checked.pop(session.id, None)

    # --- WebSocket tickets ---

    def new_ticket(self, session: Session) -> tuple[str, datetime]:
        """A single-use ticket for a WebSocket, so that no token needs to stand in an address."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = session
        return ticket, self._now() + timedelta(seconds=TICKET_SECONDS)

    async def redeem(self, ticket: str) -> Session:
        session = self._tickets.pop(ticket, None)
        if session is None:
            raise NotAuthenticated("The ticket is not valid (any more).")
        return await self._living(session.id)

    # --- the account's own settings ---

    async def hash_password(self, password: str) -> str:
        check_password(password)
        return await self._hasher.hash(password)

    async def email_changed_at(self) -> datetime | None:
        account = await self._accounts.get()
        return account.email_changed_at if account else None

    async def password_changed_at(self) -> datetime | None:
        account = await self._accounts.get()
        return account.password_changed_at if account else None

    async def change_email(self, email: str) -> None:
        _check_email(email, "value")
        if not await self._accounts.change_email(email, self._now()):
            raise BadRequest("There is no admin yet.")
        log.info("admin e-mail changed")

    async def change_password_hash(self, password_hash: str) -> None:
        """Takes effect at once; every session ends, so that a stolen one does not survive the change."""
        if not is_bcrypt_hash(password_hash):
            raise InvalidInput([FieldError("value", "must be a bcrypt hash; POST /api/auth/hash-password makes one")])
        if not await self._accounts.change_password(password_hash, self._now()):
            raise BadRequest("There is no admin yet.")
        await self._sessions.delete_all()
        self._revocations += 1
        self._checked.clear()
        log.info("admin password changed, all sessions ended")


def _check_email(email: str, field: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise InvalidInput([FieldError(field, "must be an e-mail address")])
