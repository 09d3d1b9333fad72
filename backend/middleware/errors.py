"""Turns every error into the one shape: `{"detail", "code"?, "errors"?, "request_id"?}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from backend.database import DatabaseUnavailable
from backend.errors import AppError, FieldError, InvalidInput, NotAuthenticated, TooManyRequests, Unavailable

_PLAIN_WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request's body is larger than 1 MiB.",
}
# FastAPI's words for a body that is not even text; every other bad body is a 422.
_NOT_TEXT = "There was an error parsing the body"
log = structlog.get_logger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    for kind in DatabaseUnavailable:
        app.add_exception_handler(kind, _database_error)


def _answer(request: Request, error: AppError, headers: dict[str, str] | None = None) -> Response:
    body: dict[str, Any] = {"detail": error.detail}
    if error.code is not None:
        body["code"] = error.code
    if isinstance(error, InvalidInput):
        body["errors"] = [{"field": row.field, "message": row.message} for row in error.errors]
    if error.status >= 500:
        body["request_id"] = request.state.request_id
    if isinstance(error, NotAuthenticated) and _is_page(request):
        return RedirectResponse(f"/login?to={quote(request.url.path)}", 303)
    if isinstance(error, NotAuthenticated):
        headers = {"WWW-Authenticate": 'Bearer realm="console"'}
    if isinstance(error, TooManyRequests):
        headers = {"Retry-After": str(error.retry_after)}
    return JSONResponse(body, error.status, headers)


def _is_page(request: Request) -> bool:
    """Somebody went there with a browser: the sign-in says more than an answer in JSON."""
    return not request.url.path.startswith("/api") and "text/html" in request.headers.get("accept", "")


async def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return _answer(request, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _answer(request, InvalidInput(_field_errors(error.errors())))


def _field_errors(rows: Sequence[Any]) -> list[FieldError]:
    found = []
    for row in rows:
        # The first part says where it came from (body, query, path, header); clients know their fields without it.
        path = [str(part) for part in row["loc"][1:]] if len(row["loc"]) > 1 else [str(row["loc"][0])]
        if row["type"] == "json_invalid":
            path = ["body"]
        found.append(FieldError(".".join(path), str(row["msg"])))
    return found


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and error.detail == _NOT_TEXT:
        return _answer(request, InvalidInput([FieldError("body", "must be JSON in UTF-8")]))
    detail = _PLAIN_WORDS.get(error.status_code, str(error.detail))
    return JSONResponse({"detail": detail}, error.status_code, error.headers)


async def _database_error(request: Request, error: Exception) -> Response:
    log.warning("database does not answer", path=request.url.path, error=type(error).__name__)
    return _answer(request, Unavailable(), {"Retry-After": "3"})
