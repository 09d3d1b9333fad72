"""Bodies and answers of the routes about sign-in methods, sessions and API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.models.api import Done
from backend.models.auth import PasskeyAnswer, Scope
from backend.models.body import Body

_CODE = "6 digits of the authenticator app, or one of the recovery codes."


class Confirmation(Body):
    """Either the password, with `otp` when two-step sign-in is on, or a passkey."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"password": "correct horse battery"}})

    password: str | None = Field(None, max_length=1_024)
    otp: str | None = Field(None, max_length=64, description=_CODE)
    passkey: PasskeyAnswer | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.password is None) == (self.passkey is None):
            raise ValueError("give either the password or a passkey")
        return self


class PasswordChange(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"current_password": "correct horse", "new_password": "battery staple lamp"}},
    )

    current_password: str = Field(max_length=1_024)
    new_password: str = Field(max_length=1_024)
    end_other_sessions: bool = True


class EmailChange(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"email": "admin@example.org"}})

    email: str = Field(max_length=254)


class Factors(BaseModel):
    """Which ways of signing in are on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "totp": True, "totp_since": "2026-02-05T12:00:00Z", "totp_readable": True, "recovery_codes": 10,
                "passkeys": 1, "passkeys_here": True, "passkeys_reason": None,
            }
        }
    )  # fmt: skip

    totp: bool
    totp_since: datetime | None
    totp_readable: bool = Field(description="False: its secret does not open with the present ENCRYPTION_KEY.")
    recovery_codes: int = Field(description="How many are left.")
    passkeys: int
    passkeys_here: bool = Field(description="Whether passkeys work at the address of this request.")
    passkeys_reason: str | None = Field(description="Why not.")


class TotpOffer(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"secret": "JBSWY3DPEHPK3PXP", "uri": "otpauth://totp/...", "qr": "data:image/svg+xml,..."}
        }
    )

    secret: str = Field(description="For typing it into an authenticator app.")
    uri: str
    qr: str = Field(description="The same as a picture, a `data:` address of an SVG.")


class TotpCode(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"code": "123456"}})

    code: str = Field(max_length=16)


class RecoveryCodes(BaseModel):
    """Shown once; only their hashes are kept."""

    model_config = ConfigDict(json_schema_extra={"example": {"codes": ["ABCDEF-GHIJKL-MNOPQR-STUVWX"]}})

    codes: list[str]


class PasskeyOptions(BaseModel):
    """Options for `navigator.credentials`, in the JSON form of WebAuthn level 3, and the challenge to send back."""

    model_config = ConfigDict(json_schema_extra={"example": {"challenge": "eyJ...", "options": {"rpId": "localhost"}}})

    challenge: str
    options: dict[str, Any]


class NewPasskey(PasskeyAnswer):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"challenge": "eyJ...", "credential": {"id": "..."}, "name": "Laptop"}},
    )

    name: str = Field(min_length=1, max_length=60)


class PasskeyInfo(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "AbC...", "name": "Laptop", "host": "console.example.org", "created_at": "2026-02-05T12:00:00Z",
                "last_used_at": None,
            }
        }
    )  # fmt: skip

    id: str
    name: str
    host: str = Field(description="The host name it was made for; it works nowhere else.")
    created_at: datetime
    last_used_at: datetime | None


class SessionInfo(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "3f2a...", "current": True, "device": "Mozilla/5.0 ...", "address": "203.0.113.5",
                "method": "password and code", "created_at": "2026-02-05T12:00:00Z",
                "last_seen_at": "2026-02-05T12:30:00Z", "expires_at": "2026-02-06T00:00:00Z",
            }
        }
    )  # fmt: skip

    id: str
    current: bool
    device: str = Field(description="The `User-Agent` it signed in with, at most 200 characters.")
    address: str
    method: str
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime


class SessionsEnded(Done):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "ended": 2}})

    ended: int


class ApiTokenIn(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "backup script", "scope": "read", "days": 90}}
    )

    name: str = Field(min_length=1, max_length=60)
    scope: Scope = Field("read", description="`read`; `run` also submits and cancels jobs; `admin` everything else.")
    days: int | None = Field(90, ge=1, le=3_650, description="Until it expires; null: never.")


class ApiTokenInfo(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "3f2a...", "name": "backup script", "scope": "read", "created_at": "2026-02-05T12:00:00Z",
                "expires_at": "2026-05-06T12:00:00Z", "expired": False, "last_used_at": None, "last_used_address": "",
            }
        }
    )  # fmt: skip

    id: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    expired: bool
    last_used_at: datetime | None
    last_used_address: str


class NewApiToken(ApiTokenInfo):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "3f2a...", "name": "backup script", "scope": "read", "created_at": "2026-02-05T12:00:00Z",
                "expires_at": "2026-05-06T12:00:00Z", "expired": False, "last_used_at": None, "last_used_address": "",
                "token": "aoc_...",
            }
        }
    )  # fmt: skip

    token: str = Field(description="Shown this once; only its hash is kept.")
