"""The admin's account and the sessions in MongoDB."""

from __future__ import annotations

from datetime import datetime

from backend.database import Duplicate, Mongo
from backend.models.auth import Account, Session

_ADMIN = "admin"


class AccountRepository:
    def __init__(self, db: Mongo) -> None:
        self._accounts = db["accounts"]

    async def get(self) -> Account | None:
        document = await self._accounts.find_one({"_id": _ADMIN})
        return Account.model_validate(document) if document else None

    async def create(self, account: Account) -> bool:
        """False when there is an admin already: of two setups at once one wins."""
        try:
            await self._accounts.insert_one({"_id": _ADMIN, **account.model_dump()})
        except Duplicate:
            return False
        return True

    async def delete(self) -> None:
        await self._accounts.delete_one({"_id": _ADMIN})

    async def change_email(self, email: str, now: datetime) -> bool:
        result = await self._accounts.update_one({"_id": _ADMIN}, {"$set": {"email": email, "email_changed_at": now}})
        return result.matched_count == 1

    async def change_password(self, password_hash: str, now: datetime) -> bool:
        change = {"password_hash": password_hash, "password_changed_at": now}
        result = await self._accounts.update_one({"_id": _ADMIN}, {"$set": change})
        return result.matched_count == 1


class SessionRepository:
    def __init__(self, db: Mongo) -> None:
        self._sessions = db["sessions"]

    async def create_indexes(self) -> None:
        await self._sessions.create_index("expires_at", expireAfterSeconds=0)

    async def add(self, session: Session) -> None:
        document = session.model_dump(exclude={"id"})
        await self._sessions.insert_one({"_id": session.id, **document})

    async def get(self, session_id: str) -> Session | None:
        document = await self._sessions.find_one({"_id": session_id})
        return Session.model_validate({**document, "id": document["_id"]}) if document else None

    async def delete(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})

    async def delete_all(self) -> None:
        await self._sessions.delete_many({})
