"""Second factors in MongoDB: the authenticator app, recovery codes and passkeys."""

from __future__ import annotations

from datetime import datetime

from backend.database import Duplicate, Mongo
from backend.models.auth import Passkey, Totp

_TOTP = "totp"


class TotpRepository:
    """One document. It exists exactly while two-step sign-in is on, whether or not its secret can be read."""

    def __init__(self, db: Mongo) -> None:
        self._factors = db["factors"]

    async def get(self) -> Totp | None:
        document = await self._factors.find_one({"_id": _TOTP})
        return Totp.model_validate(document) if document else None

    async def put(self, totp: Totp) -> None:
        await self._factors.replace_one({"_id": _TOTP}, totp.model_dump(), upsert=True)

    async def take_step(self, step: int) -> bool:
        """Mark this 30-second step as used. False: it or a later one was used before."""
        result = await self._factors.update_one(
            {"_id": _TOTP, "last_step": {"$lt": step}}, {"$set": {"last_step": step}}
        )
        return result.modified_count == 1

    async def delete(self) -> bool:
        result = await self._factors.delete_one({"_id": _TOTP})
        return result.deleted_count == 1


class RecoveryCodeRepository:
    """SHA-256 of each code as the document's id; a used code is a deleted one."""

    def __init__(self, db: Mongo) -> None:
        self._codes = db["recovery_codes"]

    async def replace(self, digests: list[str], now: datetime) -> None:
        await self._codes.delete_many({})
        if digests:
            await self._codes.insert_many([{"_id": digest, "created_at": now} for digest in digests])

    async def take(self, digest: str) -> bool:
        result = await self._codes.delete_one({"_id": digest})
        return result.deleted_count == 1

    async def count(self) -> int:
        return await self._codes.count_documents({})


class PasskeyRepository:
    def __init__(self, db: Mongo) -> None:
        self._passkeys = db["passkeys"]

    async def add(self, passkey: Passkey) -> bool:
        try:
            await self._passkeys.insert_one({"_id": passkey.id, **passkey.model_dump(exclude={"id"})})
        except Duplicate:
            return False
        return True

    async def get(self, passkey_id: str) -> Passkey | None:
        document = await self._passkeys.find_one({"_id": passkey_id})
        return Passkey.model_validate({**document, "id": document["_id"]}) if document else None

    async def all(self) -> list[Passkey]:
        rows = await self._passkeys.find().sort("created_at", 1).to_list(1_000)
        return [Passkey.model_validate({**row, "id": row["_id"]}) for row in rows]

    async def used(self, passkey_id: str, sign_count: int, now: datetime) -> None:
        await self._passkeys.update_one(
            {"_id": passkey_id}, {"$set": {"sign_count": sign_count, "last_used_at": now}}
        )  # fmt: skip

    async def delete(self, passkey_id: str) -> bool:
        result = await self._passkeys.delete_one({"_id": passkey_id})
        return result.deleted_count == 1

    async def delete_all(self) -> None:
        await self._passkeys.delete_many({})
