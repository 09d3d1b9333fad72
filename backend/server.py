"""The application: services opened and closed around one FastAPI app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from backend import __version__
from backend.api import mount_all
from backend.api.dependencies import get_session
from backend.auth.cookies import PRODUCT
from backend.config.keys import Keys
from backend.config.settings import Settings
from backend.middleware.body_size import MAX_BODY_BYTES, BodySize
from backend.middleware.context import RequestContext, TrustedProxies
from backend.middleware.errors import install_error_handlers
from backend.middleware.hosts import KnownHosts
from backend.middleware.rate_limit import RateLimit
from backend.models.auth import Session
from backend.services import open_services

log = structlog.get_logger(__name__)

DESCRIPTION = """Runs command-line jobs: typed parameters in, live log out, with retries and encrypted secrets.

Sign in with `POST /api/auth/login` and send the token as `Authorization: Bearer`, or send an API token (`aoc_...`) made
in the settings. Errors are `{"detail": ...}`.
Logs are streamed by the WebSocket `/ws/jobs/{id}` (formats `line`, `batch`, `binary`).
What changes in the console is told by the WebSocket `/ws/events`: first `{"type": "hello", "epoch", "number",
"resumed"}`, then `{"type": "changes", "number", "jobs", "topics"}` with whole jobs (without log and output) and the
names of other things to read again (`jobs`, `queue`, `secrets`); `{"type": "reset", "number"}` says that too much was
missed. Connect again with `?after=<epoch>.<number>`; with `"resumed": false` read everything anew. An empty `changes`
comes every 15 s."""


def create_app(
    settings: Settings, keys: Keys, mongo_url: str, *, address: str | None = None, new_admin: bool = False
) -> FastAPI:
    """`address` is where people reach the console; with it the one-time set-up link is printed when one is due.

    `new_admin` removes the admin first, for somebody who forgot the password and can start the console.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = services = await open_services(settings, keys, mongo_url, new_admin=new_admin)
        if address and services.setup_token:
            print(f"\n  Make the admin (once):  {address}/setup#token={services.setup_token}\n", flush=True)
        try:
            yield
        finally:
            await services.close()

    app = FastAPI(
        title="AIrsenal Ops Console",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages load from a CDN
        redoc_url=None,
        openapi_url=None,
    )
    install_error_handlers(app)
    _add_schema_route(app)
    mount_all(app)

    def identify(token: str) -> str | None:
        found: str | None = app.state.services.auth.identify(token)
        return found

    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(BodySize)
    if settings.rate_limit_enabled:
        app.add_middleware(RateLimit, per_minute=settings.rate_limit_per_minute, identify=identify)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After", "X-Log-From", "X-Log-Total"],
        )

    async def refused(address: str) -> None:
        await app.state.services.auth.refusals.note("request_refused", "", address, "a name that is not the console's")

    proxies = TrustedProxies(settings.trusted_proxies)
    names = [settings.host, *settings.allowed_hosts, *settings.passkey_hosts]
    app.add_middleware(
        KnownHosts, names=names, only_names=bool(settings.allowed_hosts), proxies=proxies, refused=refused
    )
    app.add_middleware(RequestContext, proxies=proxies)
    return app


def _add_schema_route(app: FastAPI) -> None:
    @app.get("/api/openapi.json", include_in_schema=False)
    async def schema(_: Annotated[Session, Depends(get_session)]) -> JSONResponse:
        return JSONResponse(openapi_schema(app))


def openapi_schema(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the ways to sign in, which FastAPI cannot know from our dependency."""
    schema = app.openapi()
    schema["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        # With the port behind it when it is not the scheme's own, and `__Host-` before it over https.
        "cookie": {"type": "apiKey", "in": "cookie", "name": PRODUCT},
    }
    from backend.api.public import PUBLIC_ROUTES

    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            public = (method.upper(), path) in PUBLIC_ROUTES
            operation["security"] = [] if public else [{"bearer": []}, {"cookie": []}]
    return schema
