"""Passkeys (WebAuthn). The authenticator checks the person, so one is a whole sign-in and not only a second step."""

from __future__ import annotations

import asyncio
import importlib
import ipaddress
import json
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cachetools import TTLCache

from backend.errors import BadRequest, Conflict, FieldError, InvalidInput, NotAuthenticated, NotFound
from backend.models.auth import Passkey, PasskeyAnswer, Session
from backend.repositories.factors import PasskeyRepository
from backend.utils.clock import Clock

if TYPE_CHECKING:
    from backend.auth.signing import Signer

CHALLENGE_SECONDS = 300
MOST = 50
_NAME = "AIrsenal Ops Console"
_REGISTERED = "This passkey is registered already."
_REFUSED = "The passkey was not accepted. Try again, or sign in another way."


@dataclass(frozen=True)
class Site:
    """Where a passkey belongs to: a host name, and the origin that the browser says it was used at."""

    rp_id: str
    origin: str


class Passkeys:
    """`webauthn` is imported where it is used: it brings OpenSSL bindings and would cost every start 0.15 s."""

    def __init__(self, repository: PasskeyRepository, signer: Signer, now: Clock, hosts: list[str]) -> None:
        self._passkeys = repository
        self._signer = signer
        self._now = now
        self._hosts = {host.lower() for host in hosts}
        # Challenges that came back once. They are signed, so only those have to be remembered.
        # A console that starts knows none of them: what the one before it gave out is worth nothing here.
        self._life = secrets.token_urlsafe(9)
        self._spent: TTLCache[str, bool] = TTLCache(10_000, ttl=CHALLENGE_SECONDS, timer=time.monotonic)

    def site(self, https: bool, host: str) -> Site:
        """Raises BadRequest with the reason when passkeys cannot work at this address."""
        name = _name_of(host)
        if name != "localhost" and name not in self._hosts:
            if _is_address(name):
                raise BadRequest("Passkeys need a host name: open the console as localhost, or by a name over https.")
            raise BadRequest("Passkeys are off for this host name: add it to PASSKEY_HOSTS.")
        if not https and name != "localhost":
            raise BadRequest("Passkeys need https.")
        return Site(name, f"{'https' if https else 'http'}://{host.lower()}")

    async def all(self) -> list[Passkey]:
        return await self._passkeys.all()

    # --- making one ---

    async def registration(self, site: Site, session: Session) -> tuple[str, dict[str, Any]]:
        await _library()
        from webauthn import generate_registration_options, options_to_json
        from webauthn.helpers import base64url_to_bytes
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            PublicKeyCredentialDescriptor,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        challenge, random = self._challenge(f"register {session.id}")
        # The user's id is random each time: two consoles on one host must not overwrite each other's passkeys.
        options = generate_registration_options(
            rp_id=site.rp_id, rp_name=_NAME, user_name=session.email, challenge=random,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.id))
                for passkey in await self._passkeys.all()
                if passkey.rp_id == site.rp_id
            ],
        )  # fmt: skip
        return challenge, json.loads(options_to_json(options))

    async def verified(self, site: Site, session: Session, answer: PasskeyAnswer, name: str) -> Passkey:
        """A new passkey, proven and not yet stored."""
        await _library()
        from webauthn import verify_registration_response
        from webauthn.helpers import bytes_to_base64url

        name = name.strip()
        if not name or not name.isprintable():
            raise InvalidInput([FieldError("name", "must be a word or a few, without line ends")])
        if len(await self._passkeys.all()) >= MOST:
            raise Conflict(f"There are {MOST} passkeys already. Remove those you do not use any more.")
        random = self._spend(answer.challenge, f"register {session.id}")
        try:
            proof = verify_registration_response(
                credential=answer.credential, expected_challenge=random, expected_rp_id=site.rp_id,
                expected_origin=site.origin, require_user_verification=True,
            )  # fmt: skip
        except Exception as error:
            # The library parses what came from outside; whatever it trips over, the answer is the same.
            raise BadRequest("The passkey could not be checked, so it was not added. Try again.") from error
        passkey_id = bytes_to_base64url(proof.credential_id)
        if await self._passkeys.get(passkey_id) is not None:
            raise Conflict(_REGISTERED)
        response = answer.credential.get("response")
        transports = response.get("transports") if isinstance(response, dict) else None
        return Passkey(
            id=passkey_id, name=name, sign_count=proof.sign_count, rp_id=site.rp_id,
            public_key=bytes_to_base64url(proof.credential_public_key), created_at=self._now(),
            transports=[str(transport)[:20] for transport in transports[:10]] if isinstance(transports, list) else [],
        )  # fmt: skip

    async def add(self, passkey: Passkey) -> None:
        if not await self._passkeys.add(passkey):
            raise Conflict(_REGISTERED)

    async def get(self, passkey_id: str) -> Passkey:
        if (passkey := await self._passkeys.get(passkey_id)) is None:
            raise NotFound("There is no such passkey (any more).")
        return passkey

    async def remove(self, passkey_id: str) -> None:
        await self._passkeys.delete(passkey_id)

    async def remove_all(self) -> None:
        await self._passkeys.delete_all()

    # --- using one ---

    async def assertion(self, site: Site) -> tuple[str, dict[str, Any]]:
        """Options without a list of passkeys: the browser offers those it has, and we tell nobody which exist."""
        await _library()
        from webauthn import generate_authentication_options, options_to_json
        from webauthn.helpers.structs import UserVerificationRequirement

        challenge, random = self._challenge("assert")
        options = generate_authentication_options(
            rp_id=site.rp_id, challenge=random, user_verification=UserVerificationRequirement.REQUIRED
        )
        return challenge, json.loads(options_to_json(options))

    async def check(self, site: Site, answer: PasskeyAnswer) -> Passkey:
        """The passkey that answered. NotAuthenticated, or BadRequest for a challenge that is none (any more)."""
        await _library()
        from webauthn import verify_authentication_response
        from webauthn.helpers import base64url_to_bytes

        random = self._spend(answer.challenge, "assert")
        passkey = await self._passkeys.get(str(answer.credential.get("id", ""))[:2_000])
        if passkey is None or passkey.rp_id != site.rp_id:
            raise NotAuthenticated("This console does not know that passkey. Sign in another way.")
        try:
            proof = verify_authentication_response(
                credential=answer.credential, expected_challenge=random, expected_rp_id=site.rp_id,
                expected_origin=site.origin, credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count, require_user_verification=True,
            )  # fmt: skip
        except Exception as error:
            raise NotAuthenticated(_REFUSED) from error
        await self._passkeys.used(passkey.id, proof.new_sign_count, self._now())
        return passkey

    def _challenge(self, purpose: str) -> tuple[str, bytes]:
        from webauthn.helpers import bytes_to_base64url, generate_challenge

        random = generate_challenge()
        subject = f"{bytes_to_base64url(random)} {self._life} {purpose}"
        return self._signer.sign("passkey", subject, timedelta(seconds=CHALLENGE_SECONDS))[0], random

    def _spend(self, challenge: str, purpose: str) -> bytes:
        from webauthn.helpers import base64url_to_bytes

        read = self._signer.read("passkey", challenge)
        random, _, made_for = read[0].partition(" ") if read else ("", "", "")
        if read is None or made_for != f"{self._life} {purpose}" or read[1] in self._spent:
            raise BadRequest("That took too long, or was sent twice. Try again.")
        self._spent[read[1]] = True
        return base64url_to_bytes(random)


async def _library() -> None:
    """The first import, beside the loop: everybody else would wait for it."""
    await asyncio.to_thread(importlib.import_module, "webauthn")


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:  # such as [::1
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
