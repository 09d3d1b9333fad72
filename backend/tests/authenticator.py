"""A passkey authenticator in software: what a browser would send, and every way in which it could be wrong."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    def __init__(self, rp_id: str, origin: str) -> None:
        self.rp_id, self.origin = rp_id, origin
        self.verifies = True
        self.uses = 0
        self._id = secrets.token_bytes(16)
        self._key = ec.generate_private_key(ec.SECP256R1())

    def _flags(self) -> int:
        return PRESENT | (VERIFIED if self.verifies else 0)

    def _data(self, flags: int, attested: bytes = b"") -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4) + attested

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": text(self._id), "rawId": text(self._id), "type": "public-key", "response": response,
                "clientExtensionResults": {}}  # fmt: skip

    def create(self, offered: dict[str, Any]) -> dict[str, Any]:
        """The body of POST /api/auth/passkeys, but for the name."""
        point = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self._id).to_bytes(2) + self._id + cbor2.dumps(key)
        data = self._data(self._flags() | ATTESTED, attested)
        response = {
            "clientDataJSON": text(self._client_data("webauthn.create", offered["options"]["challenge"])),
            "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return {"challenge": offered["challenge"], "credential": self._credential(response)}

    def get(self, offered: dict[str, Any]) -> dict[str, Any]:
        """The body of POST /api/auth/passkeys/sign-in."""
        self.uses += 1
        data, client = self._data(self._flags()), self._client_data("webauthn.get", offered["options"]["challenge"])
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature)}
        return {"challenge": offered["challenge"], "credential": self._credential(response)}
