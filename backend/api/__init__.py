"""The HTTP and WebSocket edge. Every module here with a `router` is mounted by itself."""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import APIRouter, FastAPI

# Its catch-all route must come after everything else.
_LAST = "pages"


def mount_all(app: FastAPI) -> None:
    """The routes themselves become the app's: `include_router` would build each of them a second time, and have the
    first request wait for it, some 300 ms.
    """
    names = sorted((module.name for module in pkgutil.iter_modules(__path__)), key=lambda name: (name == _LAST, name))
    for name in names:
        router = getattr(importlib.import_module(f"{__name__}.{name}"), "router", None)
        if isinstance(router, APIRouter):
            app.router.routes.extend(router.routes)
