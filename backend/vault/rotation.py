"""Sealing everything again with a new key, while the console runs.

Both keys are readable from the first moment to the last, so every record is good whether it is done or not, and a
rotation that was killed is simply run again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.repositories.secrets import FactorSecretRepository, JobSecretRepository, SecretRepository
from backend.utils.clock import utc_now
from backend.utils.encryption import Sealer, SealError, looks_sealed


@dataclass(frozen=True)
class SealedRecord:
    """One sealed value, wherever it is stored: `name` and `version` are what it was sealed for."""

    place: str
    id: str
    name: str
    version: int
    sealed: str | None
    plain: str | None = None
    """A value from before encryption; sealed too."""


class RotationStopped(Exception):
    """A value changed under the rotation into one that no key opens. What was done stays good; the message says what to
    do."""


class SealedPlace(Protocol):
    """A collection with sealed values. What is sealed anywhere must be reachable by one of these."""

    def records(self) -> AsyncIterator[SealedRecord]: ...

    async def reseal(self, record: SealedRecord, sealed: str) -> bool:
        """Replace exactly this value. False: it was changed meanwhile, so it is newer than the rotation or is seen
        again."""


class StoredSecrets:
    def __init__(self, repository: SecretRepository) -> None:
        self._secrets = repository

    async def records(self) -> AsyncIterator[SealedRecord]:
        for stored in await self._secrets.all():
            if stored.sealed:
                yield SealedRecord("secret", stored.key, stored.key, stored.version, stored.sealed)
            elif stored.value:
                yield SealedRecord("secret", stored.key, stored.key, stored.version + 1, None, stored.value)

    async def reseal(self, record: SealedRecord, sealed: str) -> bool:
        if record.sealed is None:
            return await self._secrets.replace(record.id, sealed, version=record.version, now=utc_now())
        return await self._secrets.reseal(record.id, record.sealed, sealed)


class JobSecrets:
    def __init__(self, repository: JobSecretRepository) -> None:
        self._jobs = repository

    async def records(self) -> AsyncIterator[SealedRecord]:
        async for job_id, name, sealed in self._jobs.all():
            yield SealedRecord("parameter", f"{job_id}/{name}", f"job/{job_id}/{name}", 1, sealed)

    async def reseal(self, record: SealedRecord, sealed: str) -> bool:
        job_id, _, name = record.id.partition("/")
        return await self._jobs.reseal(job_id, name, record.sealed or "", sealed)


class FactorSecrets:
    def __init__(self, repository: FactorSecretRepository) -> None:
        self._factors = repository

    async def records(self) -> AsyncIterator[SealedRecord]:
        async for factor, version, sealed in self._factors.all():
            yield SealedRecord("factor", factor, f"auth/{factor}", version, sealed)

    async def reseal(self, record: SealedRecord, sealed: str) -> bool:
        return await self._factors.reseal(record.id, record.sealed or "", sealed)


class Rotation:
    def __init__(self, places: Sequence[SealedPlace], sealer: Sealer) -> None:
        self._places = places
        self._sealer = sealer

    async def unreadable(self) -> list[str]:
        """Names of values that no key at hand opens. With one of these a rotation must not begin."""
        bad = []
        for place in self._places:
            async for record in place.records():
                if self._value(record) is None:
                    bad.append(f"{record.place} {record.id}")
        return bad

    async def waiting(self) -> int:
        """How many values the first key has not sealed."""
        count = 0
        for place in self._places:
            async for record in place.records():
                count += not self._done(record)
        return count

    async def run(self) -> AsyncIterator[str]:
        """Seal again what the first key has not sealed; the name of each as it is done. Ends when a whole look finds
        nothing more: what the console saves meanwhile is sealed with the first key already."""
        while await self.waiting():
            for place in self._places:
                async for record in place.records():
                    if not self._done(record) and await self._one(place, record):
                        yield f"{record.place} {record.id}"

    async def _one(self, place: SealedPlace, record: SealedRecord) -> bool:
        value = self._value(record)
        if value is None:
            raise RotationStopped(
                f"Stopped at the {record.place} {record.id}: while this ran it was replaced by a value that no key at "
                "hand opens. It was not touched, and everything else stays readable with the keys that are there. Set "
                "it again or delete it, then run `rotate` once more."
            )
        return await place.reseal(record, self._sealer.seal(record.name, record.version, value))

    def _done(self, record: SealedRecord) -> bool:
        if record.sealed is None:
            return False
        try:
            return self._sealer.sealed_by(record.sealed, record.name, record.version) == self._sealer.key_id
        except SealError:
            return False

    def _value(self, record: SealedRecord) -> str | None:
        if record.sealed is None:
            text = record.plain or ""
            return self._sealer.open_bare(text) if looks_sealed(text) else text
        try:
            return self._sealer.open(record.sealed, record.name, record.version)
        except SealError:
            return None
