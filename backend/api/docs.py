"""Four views of the API's description, each a page of its own with a policy of its own, all from local files."""

from __future__ import annotations

import asyncio
import secrets

from fastapi.responses import HTMLResponse

from backend.api.dependencies import Admin
from backend.api.pages import DIST, NOT_BUILT, page_policy, read_page
from backend.api.routing import Router
from backend.errors import NotFound

router = Router(prefix="/docs", include_in_schema=False)

_BASE = "default-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
_INLINE_STYLES = f"{_BASE}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'"
# Scripts come from files of this origin only, on every one of them, and nothing is compiled from text. All but Swagger
# UI write styles into the page.
_POLICIES = {
    "swagger": "",
    "redoc": f"{_INLINE_STYLES}; worker-src 'self' blob:",  # its search is a worker made from text
    "rapidoc": _INLINE_STYLES,
    "scalar": _INLINE_STYLES,
}


@router.get("/{viewer}")
async def api_viewer(viewer: str, _: Admin) -> HTMLResponse:
    if viewer not in _POLICIES:
        raise NotFound("There is no such view of the API.")
    nonce = secrets.token_urlsafe(16)
    try:
        template = await asyncio.to_thread(read_page, DIST / "docs" / f"{viewer}.html")
    except OSError:
        return HTMLResponse(NOT_BUILT, 503)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICIES[viewer] or page_policy(nonce)}
    return HTMLResponse(template.replace("__CSP_NONCE__", nonce), headers=headers)
