"""Two-step sign-in and passkeys. A change of either ends every other session at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response

from backend.api.dependencies import (
    Address,
    Admin,
    CallerDep,
    RecentAdmin,
    ServicesDep,
    SiteDep,
    errors,
    get_site,
    set_session_cookies,
)
from backend.api.routing import Router
from backend.errors import BadRequest
from backend.models.api import Done
from backend.models.auth import Passkey, PasskeyAnswer, SignedIn
from backend.models.security import (
    Factors,
    NewPasskey,
    PasskeyInfo,
    PasskeyOptions,
    RecoveryCodes,
    TotpCode,
    TotpOffer,
)

router = Router(prefix="/api/auth", tags=["factors"])


@router.get("/factors", summary="Which ways of signing in are on", responses=errors(401))
async def factors(_: Admin, request: Request, services: ServicesDep) -> Factors:
    auth, reason = services.auth, None
    try:
        get_site(request, services)
    except BadRequest as error:
        reason = error.detail
    totp = await auth.two_step.state()
    return Factors(
        totp=totp is not None,
        totp_since=totp.created_at if totp else None,
        totp_readable=totp is None or auth.two_step.readable(totp),
        recovery_codes=await auth.two_step.codes_left(),
        passkeys=len(await auth.passkeys.all()),
        passkeys_here=reason is None,
        passkeys_reason=reason,
    )


# --- two-step sign-in ---


@router.post("/totp", summary="Begin two-step sign-in", responses=errors(401, 403))
async def offer_totp(session: RecentAdmin, services: ServicesDep) -> TotpOffer:
    """A secret for an authenticator app. Nothing is on until a code of it comes back, within 15 minutes."""
    secret, uri, picture = services.auth.two_step.offer(session.id, session.email)
    return TotpOffer(secret=secret, uri=uri, qr=picture)


@router.post("/totp/confirm", summary="Turn two-step sign-in on", responses=errors(400, 401, 403, 422))
async def confirm_totp(body: TotpCode, session: RecentAdmin, address: Address, services: ServicesDep) -> RecoveryCodes:
    """Replaces an authenticator that was on before, and its recovery codes."""
    totp = await services.auth.two_step.proven(session.id, body.code)
    await services.auth.events.record("totp_added", session.email, address)
    codes = await services.auth.two_step.enable(totp)
    await services.auth.end_other_sessions(session, address)
    return RecoveryCodes(codes=codes)


@router.delete("/totp", summary="Turn two-step sign-in off", responses=errors(400, 401, 403))
async def remove_totp(session: RecentAdmin, address: Address, services: ServicesDep) -> Done:
    """Its recovery codes go with it."""
    if await services.auth.two_step.state() is None:
        raise BadRequest("Two-step sign-in is not on.")
    await services.auth.events.record("totp_removed", session.email, address)
    await services.auth.two_step.disable()
    await services.auth.end_other_sessions(session, address)
    return Done()


@router.post("/recovery-codes", summary="New recovery codes", responses=errors(400, 401, 403))
async def new_recovery_codes(session: RecentAdmin, address: Address, services: ServicesDep) -> RecoveryCodes:
    """The old ones stop working."""
    if await services.auth.two_step.state() is None:
        raise BadRequest("Two-step sign-in is not on.")
    await services.auth.events.record("recovery_codes_made", session.email, address)
    return RecoveryCodes(codes=await services.auth.two_step.new_codes())


# --- passkeys ---


def _info(passkey: Passkey) -> PasskeyInfo:
    return PasskeyInfo(
        id=passkey.id, name=passkey.name, host=passkey.rp_id, created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
    )  # fmt: skip


@router.get("/passkeys", summary="List passkeys", responses=errors(401))
async def list_passkeys(_: Admin, services: ServicesDep) -> list[PasskeyInfo]:
    return [_info(passkey) for passkey in await services.auth.passkeys.all()]


@router.post("/passkeys/registration", summary="Begin a new passkey", responses=errors(400, 401, 403))
async def begin_passkey(session: RecentAdmin, site: SiteDep, services: ServicesDep) -> PasskeyOptions:
    challenge, options = await services.auth.passkeys.registration(site, session)
    return PasskeyOptions(challenge=challenge, options=options)


@router.post("/passkeys", summary="Add a passkey", responses=errors(400, 401, 403, 409, 422))
async def add_passkey(
    body: NewPasskey, session: RecentAdmin, site: SiteDep, address: Address, services: ServicesDep
) -> PasskeyInfo:
    passkey = await services.auth.passkeys.verified(site, session, body, body.name)
    await services.auth.events.record("passkey_added", session.email, address, passkey.name)
    await services.auth.passkeys.add(passkey)
    await services.auth.end_other_sessions(session, address)
    return _info(passkey)


@router.delete("/passkeys/{passkey_id}", summary="Remove a passkey", responses=errors(401, 403, 404, 422))
async def remove_passkey(
    passkey_id: Annotated[str, Path(max_length=2_000)], session: RecentAdmin, address: Address, services: ServicesDep
) -> Done:
    passkey = await services.auth.passkeys.get(passkey_id)
    await services.auth.events.record("passkey_removed", session.email, address, passkey.name)
    await services.auth.passkeys.remove(passkey_id)
    await services.auth.end_other_sessions(session, address)
    return Done()


@router.post("/passkeys/challenge", summary="Begin to use a passkey", responses=errors(400, 403))
async def passkey_challenge(_: CallerDep, site: SiteDep, services: ServicesDep) -> PasskeyOptions:
    """For signing in and for `POST /api/auth/confirm`. Works once, for five minutes."""
    challenge, options = await services.auth.passkeys.assertion(site)
    return PasskeyOptions(challenge=challenge, options=options)


@router.post("/passkeys/sign-in", summary="Sign in with a passkey", responses=errors(400, 401, 403, 422))
async def sign_in_with_passkey(
    body: PasskeyAnswer, request: Request, response: Response, caller: CallerDep, site: SiteDep, services: ServicesDep
) -> SignedIn:
    """Instead of password and code: the authenticator has checked the person."""
    signed_in = await services.auth.login_with_passkey(site, body, caller)
    set_session_cookies(request, response, services, signed_in)
    return signed_in
