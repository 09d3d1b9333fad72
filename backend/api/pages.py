"""The web console's built files, on the API's own origin."""

from __future__ import annotations

import asyncio
import secrets
from functools import lru_cache
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from backend.api.routing import Router
from backend.config.settings import PROJECT_FOLDER
from backend.errors import NotFound

router = Router()
DIST = PROJECT_FOLDER / "frontend" / "dist"
# What `default-src` does not stand in for is named too (ASVS 5.0.0 3.4.3, 3.4.6).
_NOTHING_ELSE = "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
# Ours are far shorter; to resolve one of thousands of folders takes half a second.
_LONGEST_PATH = 300
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
NOT_BUILT = "<!doctype html><title>AIrsenal Ops Console</title><p>The pages are not built: start it with run.py."
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def page_policy(nonce: str) -> str:
    """No inline script, nothing from elsewhere; styles need this response's nonce."""
    return (
        f"default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; "
        f"{_NOTHING_ELSE}; form-action 'self'"
    )


@router.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def page(path: str, request: Request) -> Response:
    """A built file, or the page itself for every address that the browser's own router knows."""
    if path.startswith(("api/", "ws/")):
        raise NotFound("There is nothing at this address.")
    file = await asyncio.to_thread(_built_file, path)
    if file is None:
        if path.startswith("assets/"):
            raise NotFound("There is no such file; the console was probably updated. Reload the page.")
        return await _index()
    return await asyncio.to_thread(_file_answer, file, path, request.headers.get("accept-encoding", ""))


def _built_file(path: str) -> Path | None:
    """The file in the built folder, never one outside it. Pages need a nonce, and some of them the admin."""
    if not path or len(path) > _LONGEST_PATH or path.endswith(".html") or "\0" in path:
        return None
    try:
        file = (DIST / path).resolve()
        return file if file.is_relative_to(DIST) and file.is_file() else None
    except (OSError, ValueError):  # a name of 300 characters, a lone surrogate
        return None


def _file_answer(file: Path, path: str, accepted: str) -> Response:
    headers = {"Vary": "Accept-Encoding", "Content-Security-Policy": f"default-src 'self'; {_NOTHING_ELSE}"}
    # Built assets carry a hash in their name, so a name never changes its content.
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
    media_type = _TYPES.get(file.suffix)
    for encoding, ending in _ENCODINGS:
        packed = file.with_name(file.name + ending)
        if encoding in accepted and packed.is_file():
            return FileResponse(packed, headers={**headers, "Content-Encoding": encoding}, media_type=media_type)
    return FileResponse(file, headers=headers, media_type=media_type)


async def _index() -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    file = DIST / "index.html"
    try:
        template = await asyncio.to_thread(read_page, file)
    except OSError:
        return HTMLResponse(NOT_BUILT, 503)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": page_policy(nonce)}
    return HTMLResponse(template.replace("__CSP_NONCE__", nonce), headers=headers)


def read_page(file: Path) -> str:
    """A built page, read again only when it changed. Raises OSError when it was not built."""
    return _template(file, file.stat().st_mtime_ns)


@lru_cache(8)
def _template(file: Path, _changed: int) -> str:
    return file.read_text(encoding="utf-8")
