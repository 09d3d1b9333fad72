"""The admin's account, the sessions and the API tokens in MongoDB."""

from __future__ import annotations

from datetime import datetime

from backend.database import Document, Duplicate, Mongo
from backend.models.auth import Account, ApiToken, Session

_ADMIN = "admin"
_SWEEPS = "sweeps"


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
        self._counts = db["accounts"]

    async def create_indexes(self) -> None:
        await self._sessions.create_index("expires_at", expireAfterSeconds=0)

    async def add(self, session: Session) -> None:
        document = session.model_dump(exclude={"id", "kind", "scope", "browser"})
        await self._sessions.insert_one({"_id": session.id, **document})

    async def get(self, session_id: str) -> Session | None:
        document = await self._sessions.find_one({"_id": session_id})
        return _session(document) if document else None

    async def all(self) -> list[Session]:
        """Newest first."""
        return [_session(row) for row in await self._sessions.find().sort("created_at", -1).to_list(1_000)]

    async def seen(self, session_id: str, now: datetime) -> None:
        await self._sessions.update_one({"_id": session_id}, {"$set": {"last_seen_at": now}})

    async def confirmed(self, session_id: str, now: datetime) -> None:
        await self._sessions.update_one({"_id": session_id}, {"$set": {"confirmed_at": now}})

    async def rename(self, email: str) -> None:
        await self._sessions.update_many({}, {"$set": {"email": email}})

    async def delete(self, session_id: str) -> bool:
        result = await self._sessions.delete_one({"_id": session_id})
        return result.deleted_count == 1

    async def sweeps(self) -> int:
        """How often `delete_others` was called, by whatever console on this database."""
        document = await self._counts.find_one({"_id": _SWEEPS})
        return int(document["count"]) if document else 0

    async def delete_others(self, session_id: str | None) -> int:
        """All but that one; all when it is None."""
        # Before the records go: a sign-in under way must see it, or be among them.
        await self._counts.update_one({"_id": _SWEEPS}, {"$inc": {"count": 1}}, upsert=True)
        result = await self._sessions.delete_many({"_id": {"$ne": session_id}})
        return result.deleted_count


def _session(document: Document) -> Session:
    return Session.model_validate({**document, "id": document["_id"]})


class ApiTokenRepository:
    def __init__(self, db: Mongo) -> None:
        self._tokens = db["api_tokens"]

    async def add(self, token: ApiToken) -> None:
        await self._tokens.insert_one({"_id": token.id, **token.model_dump(exclude={"id"})})

    async def get(self, token_id: str) -> ApiToken | None:
        document = await self._tokens.find_one({"_id": token_id})
        return _token(document) if document else None

    async def all(self) -> list[ApiToken]:
        return [_token(row) for row in await self._tokens.find().sort("created_at", -1).to_list(1_000)]

    async def used(self, token_id: str, now: datetime, address: str) -> None:
        change = {"last_used_at": now, "last_used_address": address}
        await self._tokens.update_one({"_id": token_id}, {"$set": change})

    async def delete(self, token_id: str) -> bool:
        result = await self._tokens.delete_one({"_id": token_id})
        return result.deleted_count == 1

    async def delete_all(self) -> None:
        await self._tokens.delete_many({})


def _token(document: Document) -> ApiToken:
    return ApiToken.model_validate({**document, "id": document["_id"]})
