"""What routes ask for: the services, and the session of the signed-in admin."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from backend.errors import Forbidden, NotAuthenticated
from backend.models.api import ErrorAnswer
from backend.models.auth import Session, SignedIn
from backend.services import Services

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def get_services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def is_https(connection: HTTPConnection) -> bool:
    return connection.scope.get("forwarded_scheme", connection.url.scheme) in ("https", "wss")


def cookie_name(connection: HTTPConnection) -> str:
    """`__Host-` demands Secure, which plain http cannot have (RFC 6265bis §4.1.3.2)."""
    return "__Host-session" if is_https(connection) else "session"


def set_session_cookie(connection: HTTPConnection, response: Response, signed_in: SignedIn) -> None:
    response.set_cookie(
        cookie_name(connection), signed_in.token, expires=signed_in.expires_at, path="/", httponly=True,
        secure=is_https(connection), samesite="strict",
    )  # fmt: skip


def is_same_origin(connection: HTTPConnection, allowed_origins: list[str]) -> bool:
    """Whether a browser sent this from our own page or a listed origin. No `Origin`: not a cross-site write, since
    browsers send one with each of those (Fetch standard §3.2)."""
    if connection.headers.get("sec-fetch-site") in ("same-origin", "none"):
        return True
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site") is None
    return origin in allowed_origins or urlsplit(origin).netloc == connection.headers.get("host")


async def get_session(request: Request, services: ServicesDep) -> Session:
    """The admin's session, from a bearer token or the browser's cookie."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        session = await services.auth.authenticate(bearer.strip())
    elif token := request.cookies.get(cookie_name(request)):
        if request.method not in SAFE_METHODS and not is_same_origin(request, services.settings.cors_origins):
            raise Forbidden("This request came from another site and was refused.")
        session = await services.auth.authenticate(token)
    else:
        raise NotAuthenticated("Not authenticated")
    structlog.contextvars.bind_contextvars(user=session.email)
    return session


Admin = Annotated[Session, Depends(get_session)]


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI rows for a route's error answers; 401, 429 and 503 can come from any route that needs the admin."""
    return {status: {"model": ErrorAnswer, "description": _MEANING[status]} for status in sorted({429, 503, *statuses})}


_MEANING = {
    400: "It cannot be done in the present state; `detail` says why.",
    401: "Not signed in, or the session has ended.",
    403: "Refused: another site's request, or a token that is not valid.",
    404: "There is no such thing.",
    409: "It conflicts with something that exists.",
    413: "The body is too large.",
    422: "Bad input; `errors` names each field.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "Our fault; `request_id` finds it in the log.",
    502: "The FPL API failed.",
    503: "The database does not answer; try again in a moment.",
}
