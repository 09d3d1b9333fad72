"""Two-step sign-in: codes of an authenticator app (RFC 6238), each good once, and recovery codes for a lost phone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time

import pyotp
from cachetools import TTLCache

from backend.errors import BadRequest, FieldError, InvalidInput, NotAuthenticated
from backend.models.auth import Totp
from backend.repositories.factors import RecoveryCodeRepository, TotpRepository
from backend.utils.clock import Clock
from backend.utils.encryption import Sealer, SealError

# The record's name inside its sealed payload.
SEALED_NAME = "auth/totp"
STEP_SECONDS = 30
RECOVERY_CODES = 10
_ENROLMENT_SECONDS = 900
_ISSUER = "AIrsenal Ops Console"


class SecondStepNeeded(NotAuthenticated):
    code = "second_factor_needed"
    detail = "The password is right. Now a code of your authenticator app is needed, or a recovery code (field otp)."


class SecondStepRefused(NotAuthenticated):
    code = "second_factor_refused"
    detail = (
        "That code is not valid (any more). Codes work once and for 30 seconds; wait for the next one. If none works, "
        "let phone and server set their clocks by the network."
    )


class SecondStepUnreadable(NotAuthenticated):
    code = "second_factor_unreadable"
    detail = (
        "The authenticator's secret cannot be read with the present ENCRYPTION_KEY, so no code can be checked. Bring "
        "the former key back, or sign in with a recovery code and set two-step sign-in up again."
    )


class TwoStep:
    def __init__(self, totps: TotpRepository, codes: RecoveryCodeRepository, sealer: Sealer, now: Clock) -> None:
        self._totps = totps
        self._codes = codes
        self._sealer = sealer
        self._now = now
        # Secrets that were shown and not yet confirmed by a code, by session.
        self._offers: TTLCache[str, str] = TTLCache(100, ttl=_ENROLMENT_SECONDS, timer=time.monotonic)

    async def state(self) -> Totp | None:
        return await self._totps.get()

    def readable(self, totp: Totp) -> bool:
        try:
            self._open(totp)
        except SecondStepUnreadable:
            return False
        return True

    def _open(self, totp: Totp) -> str:
        try:
            return self._sealer.open(totp.sealed, SEALED_NAME, totp.version)
        except SealError as error:
            raise SecondStepUnreadable from error

    # --- turning it on and off ---

    def offer(self, session_id: str, email: str) -> tuple[str, str, str]:
        """A new secret as text, as an `otpauth://` address and as a QR picture (`data:` address). Nothing is on yet."""
        import segno  # here, since a console needs it once in its life

        self._offers[session_id] = secret = pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)
        picture = segno.make(uri, error="m").svg_data_uri(scale=4, border=4, light="#fff")
        return secret, uri, picture

    async def proven(self, session_id: str, code: str) -> Totp:
        """What `enable` turns on, once `code` proved that the app holds the offered secret."""
        secret = self._offers.get(session_id)
        if secret is None:
            raise BadRequest("The picture was shown too long ago, or never. Begin again for a new one.")
        step = self._matching_step(secret, _digits(code) or "")
        if step is None:
            message = "is not the code that the app shows now; check that the phone's clock is set by itself"
            raise InvalidInput([FieldError("code", message)])
        present = await self._totps.get()
        version = present.version + 1 if present else 1
        sealed = self._sealer.seal(SEALED_NAME, version, secret)
        self._offers.pop(session_id, None)
        return Totp(sealed=sealed, version=version, created_at=self._now(), last_step=step)

    async def enable(self, totp: Totp) -> list[str]:
        """The new recovery codes. They are stored first: a crash in between leaves it off, not on without them."""
        codes = await self.new_codes()
        await self._totps.put(totp)
        return codes

    async def disable(self) -> bool:
        """Recovery codes go with it: alone they would open nothing."""
        removed = await self._totps.delete()
        await self._codes.replace([], self._now())
        return removed

    async def new_codes(self) -> list[str]:
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        await self._codes.replace([_code_digest(code) for code in codes], self._now())
        return codes

    async def codes_left(self) -> int:
        return await self._codes.count()

    # --- signing in ---

    async def check(self, totp: Totp, otp: str | None) -> str:
        """Takes a code out of use and says which kind it was. Raises one of the three errors above."""
        if not otp or not otp.strip():
            raise SecondStepNeeded
        if (digits := _digits(otp)) is None:
            if not await self._codes.take(_code_digest(otp)):
                raise SecondStepRefused
            return "recovery code"
        step = self._matching_step(self._open(totp), digits)
        if step is None or not await self._totps.take_step(step):
            raise SecondStepRefused
        return "code"

    def _matching_step(self, secret: str, digits: str) -> int | None:
        """By the server's clock alone, so a code lives 30 seconds (ASVS 5.0.0 6.5.5)."""
        step = int(self._now().timestamp()) // STEP_SECONDS
        return step if hmac.compare_digest(pyotp.HOTP(secret).at(step), digits) else None


def _digits(text: str) -> str | None:
    """The six digits of an app's code, however they were grouped; None for anything else."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch(r"[0-9]{6}", digits) else None


def _new_code() -> str:
    """120 random bits: enough for a plain hash (ASVS 5.0.0 6.5.2 asks for 112). Four groups, no 0, 1, 8, 9."""
    text = base64.b32encode(secrets.token_bytes(15)).decode("ascii")
    return "-".join(text[at : at + 6] for at in range(0, 24, 6))


def _code_digest(code: str) -> str:
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).hexdigest()
