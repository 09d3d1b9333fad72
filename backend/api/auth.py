"""Sign-in, sessions, and the first admin."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, status

from backend.api.dependencies import Admin, ServicesDep, cookie_name, errors, set_session_cookie
from backend.models.api import Check, Done, Login, PasswordHash, PasswordIn, Setup, SetupState, Ticket
from backend.models.auth import SignedIn

router = APIRouter(prefix="/api/auth", tags=["auth"])


@router.post("/login", summary="Sign in", responses=errors(401, 422))
async def login(body: Login, request: Request, response: Response, services: ServicesDep) -> SignedIn:
    """The token is for API clients; browsers use the HttpOnly cookie that comes with it."""
    signed_in = await services.auth.login(body.email, body.password, request.state.client_address)
    set_session_cookie(request, response, signed_in)
    return signed_in


@router.get("/check", summary="Who am I", responses=errors(401))
async def check(session: Admin) -> Check:
    return Check(email=session.email, expires_at=session.expires_at)


@router.post("/logout", summary="Sign out", responses=errors(401, 403))
async def logout(session: Admin, request: Request, response: Response, services: ServicesDep) -> Done:
    """Revokes the token it came with, at once and everywhere."""
    await services.auth.logout(session)
    response.delete_cookie(cookie_name(request), path="/")
    return Done()


@router.get("/setup", summary="Is there an admin yet", responses=errors())
async def setup_state(services: ServicesDep) -> SetupState:
    return SetupState(setup_needed=await services.auth.setup_needed())


@router.post(
    "/setup", summary="Make the admin", status_code=status.HTTP_200_OK, responses=errors(403, 409, 422)
)  # fmt: skip
async def setup(body: Setup, request: Request, response: Response, services: ServicesDep) -> SignedIn:
    """Once, with the one-time token from the link that the console prints when it starts without an admin."""
    address = request.state.client_address
    signed_in = await services.auth.setup(body.setup_token, body.email, body.password, address)
    set_session_cookie(request, response, signed_in)
    return signed_in


@router.post("/hash-password", summary="Hash a password", responses=errors(401, 403, 422))
async def hash_password(body: PasswordIn, _: Admin, services: ServicesDep) -> PasswordHash:
    """A bcrypt hash, for the secret `APP_ADMIN_PASSWORD_HASH`."""
    return PasswordHash(hash=await services.auth.hash_password(body.password))


@router.post("/ws-ticket", summary="Ticket for a WebSocket", responses=errors(401, 403))
async def ws_ticket(session: Admin, services: ServicesDep) -> Ticket:
    """Single use, 30 seconds: `/ws/jobs/{id}?ticket=...` keeps long-lived tokens out of addresses."""
    ticket, expires_at = services.auth.new_ticket(session)
    return Ticket(ticket=ticket, expires_at=expires_at)
