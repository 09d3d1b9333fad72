"""Where the admin is signed in, and the keys of scripts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from backend.api.dependencies import Address, Admin, RecentAdmin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.api import Done
from backend.models.auth import ApiToken
from backend.models.security import ApiTokenIn, ApiTokenInfo, NewApiToken, SessionInfo, SessionsEnded
from backend.services import Services

router = Router(prefix="/api/auth", tags=["sessions and tokens"])
Id = Annotated[str, Path(max_length=64)]


@router.get("/sessions", summary="Where you are signed in", responses=errors(401))
async def list_sessions(session: Admin, services: ServicesDep) -> list[SessionInfo]:
    """Newest first."""
    return [
        SessionInfo(current=other.id == session.id, **other.model_dump())
        for other in await services.auth.sessions.all()
    ]


@router.post("/sessions/end-others", summary="Sign out everywhere else", responses=errors(401, 403))
async def end_other_sessions(session: RecentAdmin, address: Address, services: ServicesDep) -> SessionsEnded:
    """At once; open WebSockets of those sessions close within five seconds."""
    return SessionsEnded(ended=await services.auth.end_other_sessions(session, address))


@router.delete("/sessions/{session_id}", summary="End a session", responses=errors(401, 403, 404, 422))
async def end_session(session_id: Id, session: RecentAdmin, address: Address, services: ServicesDep) -> Done:
    await services.auth.end_session(session_id, session, address)
    return Done()


def _info(services: Services, token: ApiToken) -> ApiTokenInfo:
    return ApiTokenInfo(expired=services.auth.tokens.expired(token), **token.model_dump(exclude={"hash"}))


@router.get("/tokens", summary="List API tokens", responses=errors(401, 403))
async def list_tokens(_: Admin, services: ServicesDep) -> list[ApiTokenInfo]:
    """Newest first; no call ever returns a token again."""
    return [_info(services, token) for token in await services.auth.tokens.all()]


@router.post("/tokens", summary="Make an API token", responses=errors(401, 403, 409, 422))
async def make_token(body: ApiTokenIn, session: RecentAdmin, address: Address, services: ServicesDep) -> NewApiToken:
    """The answer is the only one that holds the token."""
    token, secret = await services.auth.tokens.make(body.name, body.scope, body.days, session, address)
    return NewApiToken(token=secret, **_info(services, token).model_dump())


@router.delete("/tokens/{token_id}", summary="Revoke an API token", responses=errors(401, 403, 404, 422))
async def revoke_token(token_id: Id, session: RecentAdmin, address: Address, services: ServicesDep) -> Done:
    """It stops working at once."""
    await services.auth.tokens.revoke(token_id, session, address)
    return Done()
