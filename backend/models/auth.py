"""The admin, sessions, and what the auth API answers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Account(BaseModel):
    """The one admin. The password is kept as its bcrypt hash only."""

    email: str
    password_hash: str
    email_changed_at: datetime
    password_changed_at: datetime


class Session(BaseModel):
    """One sign-in. `id` is the token's `jti`: deleting the record revokes the token."""

    id: str
    email: str
    created_at: datetime
    expires_at: datetime


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
