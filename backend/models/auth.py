"""The admin, sessions, second factors and API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.models.body import Body

Scope = Literal["read", "run", "admin"]


class Account(BaseModel):
    """The one admin. The password is kept as its bcrypt hash only."""

    email: str
    password_hash: str
    email_changed_at: datetime
    password_changed_at: datetime


class Session(BaseModel):
    """Who a request comes from: a sign-in (`id` is its token's `jti`; without the record the token is worth nothing),
    or an API token, which was never confirmed by a person and so has no `confirmed_at`."""

    id: str
    email: str
    created_at: datetime
    expires_at: datetime
    kind: Literal["session", "token"] = "session"
    scope: Scope = "admin"
    browser: bool = False
    """Whether this request came with a browser's cookie. Of the request, not of the record."""
    confirmed_at: datetime | None = None
    last_seen_at: datetime | None = None
    address: str = ""
    device: str = ""
    method: str = ""


class SignedIn(BaseModel):
    """Answer of login and setup. Browsers get the same token in an HttpOnly cookie and need not keep this one."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"token": "eyJ...", "email": "admin@example.org", "expires_at": "2026-02-06T00:00:00Z"}
        }
    )

    token: str
    email: str
    expires_at: datetime


class ApiToken(BaseModel):
    """The record of an API token; the token itself is kept as its SHA-256 only (256 random bits need no salt)."""

    id: str
    hash: str = Field(repr=False)
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None
    last_used_address: str = ""


class Totp(BaseModel):
    """The authenticator app's secret, sealed, and the last 30-second step a code of which was taken."""

    sealed: str
    version: int
    created_at: datetime
    last_step: int


class Passkey(BaseModel):
    """`id` and `public_key` as base64url; `rp_id` is the host name it was made for and works at."""

    id: str
    name: str
    public_key: str
    sign_count: int
    rp_id: str
    created_at: datetime
    last_used_at: datetime | None = None
    transports: list[str] = Field(default_factory=list)


class PasskeyAnswer(Body):
    """What the browser's authenticator answered to a challenge of ours."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"challenge": "eyJ...", "credential": {"id": "..."}}}
    )

    challenge: str = Field(max_length=2_000, description="As it was given with the options.")
    credential: dict[str, Any] = Field(description="`PublicKeyCredential.toJSON()` of the browser.")
