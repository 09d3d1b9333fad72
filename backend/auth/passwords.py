"""Password rules and bcrypt, off the event loop and never more than two hashes at a time."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from pathlib import Path

import bcrypt

from backend.errors import FieldError, InvalidInput

MIN_LENGTH = 8
# bcrypt reads 72 bytes and ignores the rest; a longer password would be weaker than it looks, so it is refused.
MAX_BYTES = 72
ROUNDS = 12
_HASH = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")
_COMMON = Path(__file__).with_name("common_passwords.txt")
# What somebody who knows this console would try first (ASVS 5.0.0 6.1.2, 6.2.11).
PRODUCT_WORDS = (
    "airsenal", "arsenal", "ops", "console", "fantasy", "premier", "league", "premierleague", "fpl", "football",
    "admin", "administrator", "password", "passwort",
)  # fmt: skip
_BUILT_OF_PRODUCT_WORDS = re.compile(f"(?:{'|'.join(PRODUCT_WORDS)})+")


def check_password(password: str, field: str = "password", *, email: str = "") -> None:
    """ASVS 5.0.0 6.2.1, 6.2.4, 6.2.5, 6.2.8, 6.2.11: length counts, composition does not. Raises InvalidInput."""
    if reason := _refusal(password, email):
        raise InvalidInput([FieldError(field, reason)])


def _refusal(password: str, email: str) -> str | None:
    if len(password) < MIN_LENGTH:
        return f"must have at least {MIN_LENGTH} characters; 15 or more are better"
    if len(password.encode()) > MAX_BYTES:
        return f"must be at most {MAX_BYTES} bytes (bcrypt reads no further); accents and emoji count 2 to 4"
    if "\0" in password:
        return "must not contain NUL"
    if password.casefold() in _common():
        return "is one of the passwords that guessing programs try first; three or four unrelated words are better"
    letters = re.sub(r"[\W\d_]+", "", password.casefold())
    if not letters and len(set(password)) <= 2:
        return "repeats one or two characters; three or four unrelated words are better"
    if _BUILT_OF_PRODUCT_WORDS.fullmatch(letters):
        return "is made of this product's own words, which is what a guesser tries; take unrelated words"
    if email and _is_email(letters, password.casefold(), email.casefold()):
        return "is made of your e-mail address, which is no secret; take unrelated words"
    return None


def _is_email(letters: str, password: str, email: str) -> bool:
    name, _, domain = email.partition("@")
    parts = {re.sub(r"[\W\d_]+", "", part) for part in (email, name, domain, domain.partition(".")[0])} - {""}
    return letters in parts or password in (email, name, domain)


@lru_cache(1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").casefold().splitlines())


def is_bcrypt_hash(text: str) -> bool:
    return _HASH.fullmatch(text) is not None


class PasswordHasher:
    def __init__(self, rounds: int = ROUNDS) -> None:
        self._rounds = rounds
        # Two cores' worth: more sign-ins at once wait here instead of starving everything else.
        self._turns = asyncio.Semaphore(2)
        # In the form of a hash of as many rounds; nobody's, so it need not be random.
        self._decoy = f"$2b${rounds:02}${'.' * 53}"

    async def hash(self, password: str) -> str:
        async with self._turns:
            hashed = await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._rounds))
        return hashed.decode("ascii")

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Without a hash, or for a password that bcrypt cannot read whole, it is False after as much work."""
        secret = password.encode()
        if len(secret) > MAX_BYTES or b"\0" in secret:
            secret, password_hash = b"-", None
        async with self._turns:
            same = await asyncio.to_thread(bcrypt.checkpw, secret, (password_hash or self._decoy).encode("ascii"))
        return same and password_hash is not None
