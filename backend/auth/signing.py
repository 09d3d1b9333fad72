"""Signed tokens: sessions, known devices, passkey challenges. Each has its own audience, so none passes for another."""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta
from typing import Any, Literal

import jwt
from cachetools import TTLCache

from backend.models.auth import Session
from backend.utils.clock import Clock

ALGORITHM = "HS256"
KNOWN_SECONDS = 60.0
_BROWSER = "browser"
Purpose = Literal["device", "passkey"]


class Signer:
    def __init__(self, secret: str, now: Clock) -> None:
        self._secret = secret
        self._now = now
        # Asked for twice a request. What ends a session is looked up each time, apart from this.
        self._known: TTLCache[str, tuple[str, bool]] = TTLCache(1_000, ttl=KNOWN_SECONDS, timer=time.monotonic)

    def session_token(self, session: Session) -> str:
        claims = {"sub": session.email, "jti": session.id, "iat": session.created_at, "exp": session.expires_at}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def for_cookie(self, token: str) -> str:
        """The same session for a browser's cookie. It says so itself: whoever sends it in another place is held to a
        browser's limits all the same."""
        claims = self._decode(token, None)
        assert claims is not None
        return jwt.encode({**claims, _BROWSER: True}, self._secret, algorithm=ALGORITHM)

    def session(self, token: str) -> tuple[str, bool] | None:
        """Which session a token claims to be, when it bears our signature and has not expired, and whether it was made
        for a browser's cookie. Session tokens have no audience, and PyJWT refuses one that has."""
        if known := self._known.get(token):
            return known
        claims = self._decode(token, None)
        if claims is None:
            return None
        self._known[token] = str(claims["jti"]), claims.get(_BROWSER) is True
        return self._known[token]

    def session_id(self, token: str) -> str | None:
        found = self.session(token)
        return found[0] if found else None

    def sign(self, purpose: Purpose, subject: str, lifetime: timedelta) -> tuple[str, datetime]:
        expires_at = self._now() + lifetime
        claims = {"aud": purpose, "sub": subject, "jti": secrets.token_urlsafe(16), "exp": expires_at}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), expires_at

    def read(self, purpose: Purpose, token: str) -> tuple[str, str] | None:
        """Subject and id of a token made by `sign` for the same purpose."""
        claims = self._decode(token, purpose)
        return (str(claims["sub"]), str(claims["jti"])) if claims else None

    def _decode(self, token: str, audience: str | None) -> dict[str, Any] | None:
        required = ["exp", "jti", "sub"] + (["aud"] if audience else [])
        try:
            return jwt.decode(
                token, self._secret, algorithms=[ALGORITHM], audience=audience, options={"require": required}
            )
        except jwt.InvalidTokenError:
            return None
