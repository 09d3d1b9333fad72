"""Who may in: the admin's account, sign-in, and confirming that it is still the same person."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.auth.api_tokens import ApiTokens, is_api_token
from backend.auth.events import Kind, SecurityEvents
from backend.auth.passkeys import Passkeys, Site
from backend.auth.passwords import PasswordHasher, check_password, is_bcrypt_hash
from backend.auth.refusals import Refusals
from backend.auth.sessions import LeftAlone, Sessions
from backend.auth.signing import Signer
from backend.auth.throttle import Limit, Throttle
from backend.auth.two_step import TwoStep
from backend.errors import (
    AppError,
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    StartError,
    TooManyRequests,
)
from backend.models.auth import Account, PasskeyAnswer, Session, SignedIn
from backend.repositories.auth import AccountRepository
from backend.utils.addresses import one_client
from backend.utils.clock import Clock

# An account from everywhere, and an address whatever the account. Far above the limit of the two together: a stranger
# must not lock the admin out with a handful of tries, nor walk through e-mail addresses for ever.
_WIDE_FREE_TRIES = 50
# How long a sign-in or a confirmation is good for what asks again (ASVS 5.0.0 7.5.1).
RECENT = timedelta(minutes=10)
DEVICE_LIFETIME = timedelta(days=365)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


@dataclass(frozen=True)
class Caller:
    """Where a sign-in comes from. `device` is what the cookie of a known device holds, `session` that of the session
    this browser had until now."""

    address: str
    agent: str = ""
    device: str | None = None
    session: str | None = None


@dataclass(frozen=True)
class Parts:
    """What the front door is made of."""

    sessions: Sessions
    tokens: ApiTokens
    two_step: TwoStep
    passkeys: Passkeys
    events: SecurityEvents


class AuthService:
    def __init__(
        self, accounts: AccountRepository, parts: Parts, signer: Signer, now: Clock,
        hasher: PasswordHasher | None = None,
    ) -> None:  # fmt: skip
        self._accounts = accounts
        self.sessions = parts.sessions
        self.tokens = parts.tokens
        self.two_step = parts.two_step
        self.passkeys = parts.passkeys
        self.events = parts.events
        self._signer = signer
        self._now = now
        self._hasher = hasher or PasswordHasher()
        self._throttle = Throttle()
        self.refusals = Refusals(parts.events)
        self._setup_token: str | None = None

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
        if await self._create(email, password_hash):
            await self.events.record("admin_created", email, "local", "from the settings")

    async def remove_admin(self) -> None:
        """For a forgotten password; whoever can start the console can do this. Everything that let the former admin in
        goes: password, second factors, passkeys, API tokens, sessions."""
        await self.events.record("admin_removed", "", "local", "--new-admin")
        await self._accounts.delete()
        await self.two_step.disable()
        await self.passkeys.remove_all()
        await self.tokens.revoke_all()
        await self.sessions.end_others(None)

    async def setup(self, token: str, email: str, password: str, caller: Caller) -> SignedIn:
        """Make the admin and sign in. Raises Forbidden for a wrong token, Conflict when there is an admin."""
        limit = Limit(f"setup {one_client(caller.address)}")
        await self._attempt("setup_refused", email, caller.address, limit)
        if not await self.setup_needed():
            raise Conflict("The console is set up already. Sign in instead.")
        if self._setup_token is None or not hmac.compare_digest(token.encode(), self._setup_token.encode()):
            await self.events.record("setup_refused", email, caller.address, "wrong set-up token")
            raise Forbidden("This set-up link is not valid (any more). The console prints a new one when it starts.")
        _check_email(email, "email")
        check_password(password, email=email)
        password_hash = await self._hasher.hash(password)
        if not await self._create(email, password_hash):
            raise Conflict("The console is set up already. Sign in instead.")
        self._setup_token = None
        self._throttle.succeeded(limit)
        await self.events.record("admin_created", email, caller.address, "through the set-up link")
        return await self._sign_in(email, caller, "set-up link", await self.sessions.sweeps())

    async def _create(self, email: str, password_hash: str) -> bool:
        now = self._now()
        return await self._accounts.create(
            Account(email=email, password_hash=password_hash, email_changed_at=now, password_changed_at=now)
        )

    # --- sign-in ---

    async def login(self, email: str, password: str, caller: Caller, otp: str | None = None) -> SignedIn:
        """Raises NotAuthenticated with the same words and after the same time for a wrong e-mail and password; only
        who knows both learns that a second step is asked for."""
        # Once for everything below: blanks or capitals must not count as another account.
        email = email.strip().casefold()
        limits = self._limits(email, caller)
        await self._attempt("sign_in_refused", email, caller.address, *limits)
        sweeps = await self.sessions.sweeps()
        try:
            account, method = await self._verify(email, password, otp)
        except NotAuthenticated as error:
            await self.events.record("sign_in_refused", email, caller.address, error.code or "wrong e-mail or password")
            raise
        self._throttle.succeeded(*limits)
        return await self._sign_in(account.email, caller, method, sweeps)

    async def _attempt(self, kind: Kind, who: str, address: str, *limits: Limit) -> None:
        try:
            self._throttle.attempt(*limits)
        except TooManyRequests:
            await self.refusals.note(kind, who, address, "too many tries")
            raise

    def _limits(self, email: str, caller: Caller) -> tuple[Limit, ...]:
        """A device that signed in before has tries of its own: strangers cannot use them up, and it gains no others."""
        known = self._signer.read("device", caller.device) if caller.device else None
        if known and hmac.compare_digest(known[0].encode(), email.encode()):
            return (Limit(f"device {known[1]}"),)
        return (
            Limit(f"account {email[:254]} at {one_client(caller.address)}"),
            Limit(f"account {email[:254]}", _WIDE_FREE_TRIES),
            Limit(f"address {one_client(caller.address)}", _WIDE_FREE_TRIES),
        )

    async def _verify(self, email: str, password: str, otp: str | None) -> tuple[Account, str]:
        """The account, and by what it was proven."""
        account = await self._accounts.get()
        # Compared whatever the e-mail address is: the same hash takes the same time (ASVS 5.0.0 6.3.8).
        matches = await self._hasher.matches(password, account.password_hash if account else None)
        if account is None or account.email.casefold() != email or not matches:
            raise NotAuthenticated("Invalid credentials")
        totp = await self.two_step.state()
        if totp is None:
            return account, "password"
        return account, f"password and {await self.two_step.check(totp, otp)}"

    async def login_with_passkey(self, site: Site, answer: PasskeyAnswer, caller: Caller) -> SignedIn:
        limit = Limit(f"passkey {one_client(caller.address)}", _WIDE_FREE_TRIES)
        await self._attempt("sign_in_refused", "", caller.address, limit)
        sweeps = await self.sessions.sweeps()
        try:
            passkey = await self.passkeys.check(site, answer)
            account = await self._account()
        except AppError as error:
            await self.events.record("sign_in_refused", "", caller.address, f"passkey: {error.detail}")
            raise
        self._throttle.succeeded(limit)
        return await self._sign_in(account.email, caller, f"passkey {passkey.name}", sweeps)

    async def _account(self) -> Account:
        if (account := await self._accounts.get()) is None:
            raise NotAuthenticated("There is no admin yet.")
        return account

    async def _sign_in(self, email: str, caller: Caller, method: str, sweeps: int) -> SignedIn:
        """`sweeps` as it was before anything was checked: a password or factor that was changed meanwhile, at any
        console on this database, lets nobody in."""
        await self.events.record("signed_in", email, caller.address, method)
        if method.endswith("recovery code"):
            await self.events.record("recovery_code_used", email, caller.address)
        if caller.session and (before := self._signer.session_id(caller.session)):
            await self._end_if_there(before, email, caller.address, "a new sign-in took its place")
        signed_in = await self.sessions.start(email, address=caller.address, device=caller.agent, method=method)
        if await self.sessions.sweeps() != sweeps:
            await self.sessions.end(self._signer.session_id(signed_in.token) or "")
            raise NotAuthenticated("The account was changed in this moment. Sign in again.")
        return signed_in

    async def _end_if_there(self, session_id: str, who: str, address: str, why: str) -> bool:
        try:
            await self.sessions.living(session_id)
        except NotAuthenticated:
            return False
        await self.events.record("session_ended", who, address, why)
        return await self.sessions.end(session_id)

    async def end_session(self, session_id: str, by: Session, address: str) -> None:
        if not await self._end_if_there(session_id, by.email, address, session_id):
            raise NotFound("There is no such session (any more).")

    def device_token(self, email: str, present: str | None) -> str | None:
        """For the cookie that makes a device a known one; None when it is one already."""
        known = self._signer.read("device", present) if present else None
        if known and known[0] == email.casefold():
            return None
        return self._signer.sign("device", email.casefold(), DEVICE_LIFETIME)[0]

    def cookie_token(self, signed_in: SignedIn) -> str:
        return self._signer.for_cookie(signed_in.token)

    async def authenticate(self, token: str, address: str = "", *, browser: bool = False) -> Session:
        """Of a session's JWT or an API token. Raises NotAuthenticated."""
        if is_api_token(token) and not browser:
            return await self.tokens.authenticate(token, address)
        try:
            return await self.sessions.authenticate(token, browser=browser)
        except LeftAlone as left:
            if await self.sessions.end(left.session.id):
                await self.events.record("session_ended", left.session.email, address, "left alone too long")
            raise

    def identify(self, token: str) -> str | None:
        """Whose token it claims to be, as far as that is known without the database."""
        return self.tokens.known_id(token) if is_api_token(token) else self._signer.session_id(token)

    async def still_valid(self, session: Session) -> bool:
        """Asked again and again while a socket of it is open. That is no request: a browser's session that is left
        alone ends under its sockets too."""
        try:
            living = await self._living(session)
        except NotAuthenticated:
            return False
        return not (session.browser and self.sessions.is_left_alone(living))

    async def _living(self, session: Session) -> Session:
        return await (self.tokens if session.kind == "token" else self.sessions).living(session.id)

    async def redeem(self, ticket: str) -> Session:
        asked = self.sessions.redeem(ticket)
        return (await self._living(asked)).model_copy(update={"browser": asked.browser})

    async def logout(self, session: Session, address: str = "") -> None:
        await self.events.record("signed_out", session.email, address)
        await self.sessions.end(session.id)

    # --- confirming that it is still the same person ---

    def is_recent(self, session: Session) -> bool:
        """Whether a person proved to be the admin in this session within RECENT. An API token never is."""
        confirmed = session.confirmed_at or session.created_at
        return session.kind == "session" and self._now() - confirmed <= RECENT

    async def confirm(
        self, session: Session, address: str, *, password: str | None = None, otp: str | None = None,
        passkey: tuple[Site, PasskeyAnswer] | None = None,
    ) -> Session:  # fmt: skip
        """All factors again, as at sign-in. Raises Forbidden, not NotAuthenticated: the session itself is fine."""
        limit = Limit(f"confirm {session.id}")
        await self._attempt("confirmation_refused", session.email, address, limit)
        try:
            if passkey is not None:
                method = f"passkey {(await self.passkeys.check(*passkey)).name}"
            else:
                method = (await self._verify(session.email.casefold(), password or "", otp))[1]
        except BadRequest as error:
            await self.events.record("confirmation_refused", session.email, address, f"passkey: {error.detail}")
            raise
        except NotAuthenticated as error:
            why = error.code or ("wrong password" if passkey is None else f"passkey: {error.detail}")
            await self.events.record("confirmation_refused", session.email, address, why)
            refused = Forbidden("That is not your password." if error.detail == "Invalid credentials" else error.detail)
            refused.code = error.code
            raise refused from error
        self._throttle.succeeded(limit)
        await self.events.record("confirmed", session.email, address, method)
        return await self.sessions.confirm(session)

    # --- the account's own settings ---

    async def hash_password(self, password: str) -> str:
        account = await self._accounts.get()
        check_password(password, email=account.email if account else "")
        return await self._hasher.hash(password)

    async def change_password(
        self, session: Session, current: str, new: str, address: str, *, end_others: bool
    ) -> None:  # fmt: skip
        account = await self._account()
        limit = Limit(f"confirm {session.id}")
        await self._attempt("confirmation_refused", session.email, address, limit)
        if not await self._hasher.matches(current, account.password_hash):
            await self.events.record("confirmation_refused", session.email, address, "wrong password")
            raise InvalidInput([FieldError("current_password", "is not your present password")])
        self._throttle.succeeded(limit)
        check_password(new, "new_password", email=account.email)
        if new == current:
            raise InvalidInput([FieldError("new_password", "is the present one; nothing was changed")])
        hashed = await self._hasher.hash(new)
        await self.events.record("password_changed", session.email, address)
        await self._accounts.change_password(hashed, self._now())
        if end_others:
            await self.end_other_sessions(session, address)

    async def end_other_sessions(self, session: Session, address: str) -> int:
        """All but this one; their sockets close within RECHECK_SECONDS."""
        await self.events.record("session_ended", session.email, address, "all others")
        return await self.sessions.end_others(session.id)

    async def email_changed_at(self) -> datetime | None:
        account = await self._accounts.get()
        return account.email_changed_at if account else None

    async def password_changed_at(self) -> datetime | None:
        account = await self._accounts.get()
        return account.password_changed_at if account else None

    async def change_email(self, email: str, field: str = "value", address: str = "") -> None:
        email = email.strip()
        _check_email(email, field)
        account = await self._accounts.get()
        if account is None:
            raise BadRequest("There is no admin yet.")
        await self.events.record("email_changed", account.email, address, f"now {email}")
        await self._accounts.change_email(email, self._now())
        await self.sessions.rename(email)
        self.tokens.forget()

    async def change_password_hash(self, password_hash: str) -> None:
        """Takes effect at once; every session ends, so that a stolen one does not survive the change."""
        if not is_bcrypt_hash(password_hash):
            raise InvalidInput([FieldError("value", "must be a bcrypt hash; POST /api/auth/hash-password makes one")])
        account = await self._accounts.get()
        if account is None:
            raise BadRequest("There is no admin yet.")
        await self.events.record("password_changed", account.email, "", "through APP_ADMIN_PASSWORD_HASH")
        await self._accounts.change_password(password_hash, self._now())
        await self.sessions.end_others(None)


def _check_email(email: str, field: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise InvalidInput([FieldError(field, "must be an e-mail address")])
