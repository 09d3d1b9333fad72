"""What routes ask for: the services, and the session of the signed-in admin."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from backend.api.scopes import allows, needed
from backend.auth import cookies as auth_cookies
from backend.auth.passkeys import Site
from backend.auth.service import DEVICE_LIFETIME, Caller
from backend.errors import Forbidden, NotAuthenticated, StepUpNeeded
from backend.models.api import ErrorAnswer
from backend.models.auth import Session, SignedIn
from backend.services import Services
from backend.utils.clock import utc_now

DEVICE = "_device"
ANOTHER_SITE = "This request came from another site and was refused."
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def get_services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def is_https(connection: HTTPConnection) -> bool:
    return connection.scope.get("forwarded_scheme", connection.url.scheme) in ("https", "wss")


def cookie_name(connection: HTTPConnection, suffix: str = "") -> str:
    return auth_cookies.cookie_name(is_https(connection), connection.headers.get("host", ""), suffix)


def set_session_cookies(request: Request, response: Response, services: Services, signed_in: SignedIn) -> None:
    """The session, and for a device that was not known yet the cookie that keeps strangers from locking it out."""
    _set_cookie(request, response, "", services.auth.cookie_token(signed_in), signed_in.expires_at)
    present = request.cookies.get(cookie_name(request, DEVICE))
    if (device := services.auth.device_token(signed_in.email, present)) is not None:
        _set_cookie(request, response, DEVICE, device, utc_now() + DEVICE_LIFETIME)


def _set_cookie(request: Request, response: Response, suffix: str, value: str, expires: datetime) -> None:
    response.set_cookie(
        cookie_name(request, suffix), value, expires=expires, path="/", httponly=True, secure=is_https(request),
        samesite="strict",
    )  # fmt: skip


def get_address(request: Request) -> str:
    address: str = request.state.client_address
    return address


Address = Annotated[str, Depends(get_address)]


async def get_caller(request: Request, address: Address, services: ServicesDep) -> Caller:
    """For routes that sign somebody in: another site's page must not sign its visitor in as somebody else."""
    if not is_same_origin(request, services.settings.cors_origins):
        await note_other_site(request, services)
        raise Forbidden(ANOTHER_SITE)
    agent = "".join(sign for sign in request.headers.get("user-agent", "") if sign.isprintable())
    # A program that sends a bearer token keeps its session; a browser's new one takes the place of the one before.
    before = None if "authorization" in request.headers else request.cookies.get(cookie_name(request))
    return Caller(address, agent, request.cookies.get(cookie_name(request, DEVICE)), before)


CallerDep = Annotated[Caller, Depends(get_caller)]


def get_site(request: Request, services: ServicesDep) -> Site:
    """Where a passkey would belong to. BadRequest when they cannot work at this address."""
    return services.auth.passkeys.site(is_https(request), request.headers.get("host", ""))


SiteDep = Annotated[Site, Depends(get_site)]


def is_same_origin(connection: HTTPConnection, allowed_origins: list[str]) -> bool:
    """Whether a browser sent this from our own page or a listed origin. No `Origin`: not a cross-site write, since
    browsers send one with each of those (Fetch standard §3.2)."""
    if connection.headers.get("sec-fetch-site") in ("same-origin", "none"):
        return True
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site") is None
    if origin in allowed_origins:
        return True
    # A page over plain http is another origin than ours over https. The other way round is TLS in front of us that we
    # were not told of.
    downgraded = is_https(connection) and not origin.startswith("https:")
    return not downgraded and _host_of(origin) == connection.headers.get("host")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def note_other_site(connection: HTTPConnection, services: Services) -> None:
    """Anybody can send an Origin: what is kept of it is bounded."""
    why = f"another site: {connection.url.path[:200]}"
    await services.auth.refusals.note("request_refused", "", connection.state.client_address, why)


async def get_session(request: Request, services: ServicesDep, address: Address) -> Session:
    """Who asks, by a bearer token (a session's or an API token) or by the browser's cookie; and whether they may."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        session = await services.auth.authenticate(bearer.strip(), address)
    elif token := request.cookies.get(cookie_name(request)):
        if request.method not in SAFE_METHODS and not is_same_origin(request, services.settings.cors_origins):
            await note_other_site(request, services)
            raise Forbidden(ANOTHER_SITE)
        session = await services.auth.authenticate(token, address, browser=True)
    else:
        raise NotAuthenticated("Not authenticated")
    structlog.contextvars.bind_contextvars(user=session.email)
    if session.kind == "token":
        await _check_scope(request, services, session, address)
    return session


async def _check_scope(request: Request, services: Services, session: Session, address: str) -> None:
    level = needed(request.method, request.scope["route"].path)
    if allows(session.scope, level):
        return
    why = f"{session.method} ({session.scope}) at {request.method} {request.url.path[:200]}"
    await services.auth.refusals.note("request_refused", session.email, address, why)
    if level == "session":
        raise Forbidden("An API token cannot do this, whatever its scope. Sign in instead.")
    raise Forbidden(f"This API token has the scope {session.scope}; this needs {level}.")


Admin = Annotated[Session, Depends(get_session)]


async def require_recent(services: Services, session: Session) -> None:
    """Raises Forbidden with the code `step_up_needed`, or for an API token, which nobody can confirm."""
    if session.kind == "token":
        address = str(structlog.contextvars.get_contextvars().get("address", ""))
        why = f"{session.method} ({session.scope}) where a person has to confirm"
        await services.auth.refusals.note("request_refused", session.email, address, why)
        raise Forbidden("An API token cannot do this, since a person has to confirm it. Sign in instead.")
    if not services.auth.is_recent(session):
        raise StepUpNeeded


async def get_recent_session(session: Admin, services: ServicesDep) -> Session:
    await require_recent(services, session)
    return session


# For what must not happen at an unlocked screen or with a stolen cookie: signed in or confirmed within ten minutes.
RecentAdmin = Annotated[Session, Depends(get_recent_session)]


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI rows for a route's error answers; 401, 429 and 503 can come from any route that needs the admin."""
    return {status: {"model": ErrorAnswer, "description": _MEANING[status]} for status in sorted({429, 503, *statuses})}


_MEANING = {
    400: "It cannot be done in the present state; `detail` says why.",
    401: "Not signed in, or the session has ended.",
    403: "Refused: another site's request, a token that is not valid or lacks the scope, or (`code` `step_up_needed`) "
    "a confirmation by `POST /api/auth/confirm` is needed first.",
    404: "There is no such thing.",
    409: "It conflicts with something that exists.",
    413: "The body is too large.",
    422: "Bad input; `errors` names each field.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "Our fault; `request_id` finds it in the log.",
    502: "The FPL API failed.",
    503: "The database does not answer; try again in a moment.",
}
