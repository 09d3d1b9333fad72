"""Sign-in, the first admin, and the account itself."""

from __future__ import annotations

from fastapi import Request, Response, status

from backend.api.dependencies import (
    Address,
    Admin,
    CallerDep,
    RecentAdmin,
    ServicesDep,
    cookie_name,
    errors,
    get_site,
    set_session_cookies,
)
from backend.api.routing import Router
from backend.models.api import Check, Done, Login, PasswordHash, PasswordIn, Setup, SetupState, Ticket
from backend.models.auth import SignedIn
from backend.models.security import Confirmation, EmailChange, PasswordChange

router = Router(prefix="/api/auth", tags=["auth"])


@router.post("/login", summary="Sign in", responses=errors(401, 403, 422))
async def login(
    body: Login, request: Request, response: Response, caller: CallerDep, services: ServicesDep
) -> SignedIn:
    """The token is for API clients; browsers use the HttpOnly cookie that comes with it.

    With two-step sign-in a right password alone is a 401 with the code `second_factor_needed`: send it with `otp`.
    """
    signed_in = await services.auth.login(body.email, body.password, caller, body.otp)
    set_session_cookies(request, response, services, signed_in)
    return signed_in


@router.get("/check", summary="Who am I", responses=errors(401))
async def check(session: Admin) -> Check:
    return Check(email=session.email, expires_at=session.expires_at)


@router.post("/logout", summary="Sign out", responses=errors(401, 403))
async def logout(
    session: Admin, request: Request, response: Response, address: Address, services: ServicesDep
) -> Done:  # fmt: skip
    """Revokes the token it came with, at once and everywhere."""
    await services.auth.logout(session, address)
    response.delete_cookie(cookie_name(request), path="/")
    return Done()


@router.get("/setup", summary="Is there an admin yet", responses=errors())
async def setup_state(services: ServicesDep) -> SetupState:
    return SetupState(setup_needed=await services.auth.setup_needed())


@router.post(
    "/setup", summary="Make the admin", status_code=status.HTTP_200_OK, responses=errors(403, 409, 422)
)  # fmt: skip
async def setup(
    body: Setup, request: Request, response: Response, caller: CallerDep, services: ServicesDep
) -> SignedIn:
    """Once, with the one-time token from the link that the console prints when it starts without an admin."""
    signed_in = await services.auth.setup(body.setup_token, body.email, body.password, caller)
    set_session_cookies(request, response, services, signed_in)
    return signed_in


@router.post("/confirm", summary="Confirm that it is you", responses=errors(400, 401, 403, 422))
async def confirm(
    body: Confirmation, session: Admin, request: Request, address: Address, services: ServicesDep
) -> Check:
    """After an answer with the code `step_up_needed`. Good for ten minutes, for this session only."""
    passkey = (get_site(request, services), body.passkey) if body.passkey else None
    confirmed = await services.auth.confirm(
        session, address, password=body.password, otp=body.otp, passkey=passkey
    )  # fmt: skip
    return Check(email=confirmed.email, expires_at=confirmed.expires_at)


@router.post("/password", summary="Change the password", responses=errors(401, 403, 422))
async def change_password(body: PasswordChange, session: RecentAdmin, address: Address, services: ServicesDep) -> Done:
    """The present session goes on; the others end at once unless `end_other_sessions` is false."""
    await services.auth.change_password(
        session, body.current_password, body.new_password, address, end_others=body.end_other_sessions
    )
    return Done()


@router.post("/email", summary="Change the e-mail address", responses=errors(400, 401, 403, 422))
async def change_email(body: EmailChange, _: RecentAdmin, address: Address, services: ServicesDep) -> Done:
    """The one to sign in with. No mail is sent."""
    await services.auth.change_email(body.email, "email", address)
    return Done()


@router.post("/hash-password", summary="Hash a password", responses=errors(401, 403, 422))
async def hash_password(body: PasswordIn, _: Admin, services: ServicesDep) -> PasswordHash:
    """A bcrypt hash, for the secret `APP_ADMIN_PASSWORD_HASH`."""
    return PasswordHash(hash=await services.auth.hash_password(body.password))


@router.post("/ws-ticket", summary="Ticket for a WebSocket", responses=errors(401, 403))
async def ws_ticket(session: Admin, services: ServicesDep) -> Ticket:
    """Single use, 30 seconds: `/ws/jobs/{id}?ticket=...` keeps long-lived tokens out of addresses."""
    ticket, expires_at = services.auth.sessions.new_ticket(session)
    return Ticket(ticket=ticket, expires_at=expires_at)
