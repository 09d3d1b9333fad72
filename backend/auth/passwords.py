"""Password rules and bcrypt, off the event loop and never more than two hashes at a time."""

from __future__ import annotations

import asyncio
import re

import bcrypt

from backend.errors import FieldError, InvalidInput

MIN_LENGTH = 8
# bcrypt reads 72 bytes and ignores the rest; a longer password would be weaker than it looks, so it is refused.
MAX_BYTES = 72
ROUNDS = 12
_HASH = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")


def check_password(password: str, field: str = "password") -> None:
    """ASVS 5.0.0 6.2.1, 6.2.5, 6.2.8: length counts, composition does not. Raises InvalidInput."""
    if len(password) < MIN_LENGTH:
        raise InvalidInput([FieldError(field, f"must have at least {MIN_LENGTH} characters; 15 or more are better")])
    if len(password.encode()) > MAX_BYTES:
        message = f"must be at most {MAX_BYTES} bytes (bcrypt reads no further); accents and emoji count 2 to 4"
        raise InvalidInput([FieldError(field, message)])
    if "\0" in password:
        raise InvalidInput([FieldError(field, "must not contain NUL")])


def is_bcrypt_hash(text: str) -> bool:
    return _HASH.fullmatch(text) is not None


class PasswordHasher:
    def __init__(self, rounds: int = ROUNDS) -> None:
        self._rounds = rounds
        # Two cores' worth: more sign-ins at once wait here instead of starving everything else.
        self._turns = asyncio.Semaphore(2)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        async with self._turns:
            hashed = await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._rounds))
        return hashed.decode("ascii")

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Takes the same time whether there is a hash to compare with or not (ASVS 5.0.0 6.3.8)."""
        if password_hash is None and self._decoy is None:
            self._decoy = await self.hash("nobody's password")
        secret = password.encode()
        if len(secret) > MAX_BYTES or b"\0" in secret:
            secret, password_hash = b"-", None
        against = password_hash or self._decoy or await self.hash("nobody's password")
        async with self._turns:
            same = await asyncio.to_thread(bcrypt.checkpw, secret, against.encode("ascii"))
        return same and password_hash is not None
