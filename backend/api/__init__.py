"""The HTTP and WebSocket edge. Every module here with a `router` is mounted by itself."""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import APIRouter, FastAPI

# Its catch-all route must come after everything else.
_LAST = "pages"


def mount_all(app: FastAPI) -> None:
    names = sorted((module.name for module in pkgutil.iter_modules(__path__)), key=lambda name: (name == _LAST, name))
    for name in names:
        router = getattr(importlib.import_module(f"{__name__}.{name}"), "router", None)
        if isinstance(router, APIRouter):
            app.include_router(router)
