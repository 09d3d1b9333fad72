"""The vault: the only door to stored secrets. Values go in, and come out only for a job that names them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from backend.errors import Conflict, NotFound, SecretUnreadable
from backend.models.audit import Recorder
from backend.models.secrets import SecretInfo, StoredSecret
from backend.repositories.secrets import SecretRepository
from backend.utils.clock import Clock
from backend.utils.encryption import Sealer, SealError, looks_sealed
from backend.utils.masking import patterns
from backend.vault.rules import IDENTIFIERS, KNOWN, check_name, check_value

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ForeignKey:
    """A key of the secrets API that another part of the console keeps, such as the admin's e-mail address."""

    changed_at: Callable[[], Awaitable[datetime | None]]
    change: Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Unsealed:
    """Values for one child, and what to mask in its output."""

    environment: dict[str, str]
    masks: list[bytes]

    def __repr__(self) -> str:
        return f"Unsealed({', '.join(self.environment)})"


class Vault:
    def __init__(
        self, repository: SecretRepository, sealer: Sealer, now: Clock, foreign: Mapping[str, ForeignKey],
        audit: Recorder,
    ) -> None:  # fmt: skip
        self._secrets = repository
        self._sealer = sealer
        self._now = now
        self._foreign = foreign
        self._audit = audit
        # By key: version and value of what `identifier` has read.
        self._identifiers: dict[str, tuple[int, str]] = {}

    async def infos(self) -> list[SecretInfo]:
        """Every known key and every stored one, sorted; known ones first in the order people meet them."""
        stored = {secret.key: secret for secret in await self._secrets.all()}
        infos = [await self._info(key, stored.pop(key, None)) for key in KNOWN]
        return infos + [await self._info(key, secret) for key, secret in stored.items()]

    async def _info(self, key: str, secret: StoredSecret | None) -> SecretInfo:
        if foreign := self._foreign.get(key):
            changed_at = await foreign.changed_at()
            is_set, readable = changed_at is not None, True
        else:
            changed_at = secret.updated_at if secret else None
            is_set = secret is not None and bool(secret.sealed or secret.value)
            readable = secret is None or self._readable(secret)
        return SecretInfo(
            key=key,
            is_set=is_set,
            masked_value="***" if is_set else "",
            updated_at=changed_at,
            version=secret.version if secret else 0,
            readable=readable,
            masked_in_logs=key not in IDENTIFIERS,
            description=KNOWN.get(key, ""),
            last_used_at=secret.last_used_at if secret else None,
            last_used_by=secret.last_used_by if secret else None,
        )

    async def names_set(self) -> set[str]:
        return {secret.key for secret in await self._secrets.all() if secret.sealed or secret.value}

    async def put(self, key: str, value: str) -> None:
        """Create or replace. Raises InvalidInput naming `key` or `value`; an old value stays when that happens.

        Its row in the audit log comes first: a change that cannot be recorded does not happen.
        """
        check_name(key)
        check_value(key, value)
        await self._audit("secret.change", "A new value is set.", subject=key)
        if foreign := self._foreign.get(key):
            await foreign.change(value)
            return
        for _ in range(5):
            stored = await self._secrets.get(key)
            if await self._write(key, value, stored.version if stored else 0):
                return
        raise Conflict(f"{key} is being changed by somebody else at this moment; nothing was changed by you.")

    async def _write(self, key: str, value: str, version: int) -> bool:
        sealed = await asyncio.to_thread(self._sealer.seal, key, version + 1, value)
        return await self._secrets.replace(key, sealed, version=version + 1, now=self._now())

    async def delete(self, key: str) -> None:
        if key in self._foreign:
            raise Conflict(f"{key} is your way in: it can be changed, not deleted.")
        if not await self._secrets.get(key):
            raise NotFound(f"There is no secret {key[:64]}.")
        await self._audit("secret.delete", "It is deleted.", subject=key)
        await self._secrets.delete(key)

    async def unseal(
        self, required: Iterable[str], optional: Iterable[str] = (), *, job_id: str, by: str
    ) -> Unsealed:  # fmt: skip
        """The values a command names. Raises SecretUnreadable or Conflict naming the secret at fault: a job never
        starts with a missing secret or with ciphertext in its place. Raises Unavailable when the use cannot be
        recorded: then nothing is handed out."""
        found: list[StoredSecret] = []
        for key, must in [(key, True) for key in required] + [(key, False) for key in optional]:
            stored = await self._secrets.get(key)
            if stored and (stored.sealed or stored.value):
                found.append(stored)
            elif must:
                raise Conflict(f"The secret {key} is not set. Set it on the Secrets page, then run the job again.")
        environment = {stored.key: await self._open(stored) for stored in found}
        if environment:
            await self._note_use(list(environment), job_id, by)
        hidden = [value for key, value in environment.items() if key not in IDENTIFIERS]
        return Unsealed(environment, patterns(hidden))

    async def identifier(self, key: str) -> str | None:
        """A value that the console itself works with; None: it is not set. Only for those that are no secret by nature.

        Each version is opened once, with its row in the audit log, and kept in memory: pages ask every few minutes.
        """
        assert key in IDENTIFIERS
        stored = await self._secrets.get(key)
        if stored is None or not (stored.sealed or stored.value):
            return None
        known = self._identifiers.get(key)
        if known and stored.sealed is not None and known[0] == stored.version:
            return known[1]
        await self._audit("secret.read", "Read by the console itself.", subject=key)
        value = await self._open(stored)
        self._identifiers[key] = stored.version, value
        return value

    async def _note_use(self, names: list[str], job_id: str, by: str) -> None:
        text = f"Given to the job: {', '.join(names)}."
        await self._audit("secret.use", text, subject=job_id, who=by)
        await self._secrets.note_use(names, job_id, self._now())

    async def _open(self, stored: StoredSecret) -> str:
        if stored.sealed is None:
            return await self._seal_legacy(stored)
        try:
            return self._sealer.open(stored.sealed, stored.key, stored.version)
        except SealError as error:
            raise SecretUnreadable(
                f"The secret {stored.key} cannot be read: {error}. Bring the former ENCRYPTION_KEY back, or set the "
                "secret again. Nothing was overwritten."
            ) from error

    async def _seal_legacy(self, stored: StoredSecret) -> str:
        """A value from before encryption (or sealed without our payload): read it and seal it now."""
        text = stored.value or ""
        value = self._sealer.open_bare(text) if looks_sealed(text) else text
        if value is None:
            raise SecretUnreadable(
                f"The secret {stored.key} cannot be read: an older console sealed it with a key not at hand, or it "
                "was sealed for another record. Set it again. Nothing was overwritten."
            )
        await self._write(stored.key, value, stored.version)
        log.info("legacy secret sealed", key=stored.key)
        return value

    def _readable(self, stored: StoredSecret) -> bool:
        try:
            if stored.sealed is not None:
                self._sealer.open(stored.sealed, stored.key, stored.version)
            elif looks_sealed(stored.value or ""):
                return self._sealer.open_bare(stored.value or "") is not None
        except SealError:
            return False
        return True

    async def unreadable(self) -> list[str]:
        """Names of secrets that do not open with the keys at hand, for the start-up check."""
        return [secret.key for secret in await self._secrets.all() if not self._readable(secret)]

    # --- values of single jobs (parameters of type secret) ---

    def seal_for_job(self, job_id: str, name: str, value: str) -> str:
        return self._sealer.seal(f"job/{job_id}/{name}", 1, value)

    def open_for_job(self, job_id: str, name: str, sealed: str) -> str:
        try:
            return self._sealer.open(sealed, f"job/{job_id}/{name}", 1)
        except SealError as error:
            raise SecretUnreadable(f"The secret parameter {name} of this job cannot be read: {error}.") from error
