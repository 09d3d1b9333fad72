"""Sealing of single values with Fernet.

Fernet has no associated data: a token copied into another record would open there. So the record's name, its version
and the id of the writing key travel inside the encrypted payload and are compared when it is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_PAYLOAD = {"name", "version", "key_id", "value"}


class SealError(Exception):
    """The token does not open here: wrong key, damaged, or moved from another record."""


def key_id(key: str) -> str:
    """A short public name of a key: tells which key sealed a value without telling anything about the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


class Sealer:
    """The first key seals, every key opens.

    `fresh` is asked before each use and returns the keys when they have changed: so a rotation reaches a running
    console, and always before the first record that is sealed with the new key does.
    """

    def __init__(self, keys: Sequence[str], fresh: Callable[[], Sequence[str] | None] = lambda: None) -> None:
        self._fresh = fresh
        self._use(keys)

    def _use(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._known_ids = {key_id(key) for key in keys}
        self.key_id = key_id(keys[0])

    def _refresh(self) -> None:
        if keys := self._fresh():
            self._use(keys)

    def seal(self, name: str, version: int, value: str) -> str:
        self._refresh()
        payload = {"name": name, "version": version, "key_id": self.key_id, "value": value}
        return self._fernet.encrypt(json.dumps(payload).encode()).decode("ascii")

    def open(self, token: str, name: str, version: int) -> str:
        """The value of `seal`. Raises SealError; never returns the token or part of it."""
        self._refresh()
        text = self._decrypted(token)
        if text is None:
            raise SealError("no key at hand opens it, or it is damaged")
        if (payload := _payload(text)) is None:
            raise SealError("it holds no name and version, so another program sealed it")
        if (payload["name"], payload["version"]) != (name, version):
            raise SealError("it was sealed for another record or version")
        if payload["key_id"] not in self._known_ids:
            raise SealError("it names a key that is not at hand")
        return str(payload["value"])

    def open_bare(self, token: str) -> str | None:
        """The text of a Fernet token without our payload, as older consoles wrote it; None when it is not one: a value
        that was sealed for a record must not come out as the old value of another."""
        self._refresh()
        text = self._decrypted(token)
        return text if text is not None and _payload(text) is None else None

    def _decrypted(self, token: str) -> str | None:
        try:
            return self._fernet.decrypt(token.encode("ascii")).decode()
        except (InvalidToken, ValueError):
            return None

    def sealed_by(self, token: str, name: str, version: int) -> str:
        """The id of the key that sealed it. Raises SealError as `open` does."""
        self.open(token, name, version)
        return str(json.loads(self._fernet.decrypt(token.encode("ascii")))["key_id"])


def _payload(text: str) -> dict[str, Any] | None:
    """What `seal` put in; None for a text of somebody else."""
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) and payload.keys() >= _PAYLOAD else None


def looks_sealed(text: str) -> bool:
    """Whether a stored text is a Fernet token of any key: version byte 0x80 in URL-safe base64 (Fernet spec)."""
    return text.startswith("gAAAA") and len(text) >= 100
