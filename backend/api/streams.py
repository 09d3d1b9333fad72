"""The WebSockets: a job's log, and what changes in the console."""

from __future__ import annotations

import re
from contextlib import suppress

import structlog
from fastapi import WebSocket, WebSocketDisconnect

from backend.api.dependencies import cookie_name, is_same_origin, note_other_site
from backend.api.routing import Router
from backend.errors import AppError, NotAuthenticated
from backend.jobs.websocket_manager import parse_format
from backend.models.auth import Session
from backend.services import Services

router = Router()
log = structlog.get_logger(__name__)
POLICY_VIOLATION = 1008


class _Channel:
    """The WebSocket as `jobs.websocket_manager.Channel`; a client that left is a ConnectionError."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def send_text(self, text: str) -> None:
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionError from error

    async def send_bytes(self, data: bytes) -> None:
        try:
            await self._websocket.send_bytes(data)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionError from error

    async def receive(self) -> str:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise ConnectionError
        return message.get("text") or ""

    async def close(self, code: int, reason: str) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.close(code, reason)


async def _session(websocket: WebSocket, services: Services) -> Session:
    """By token or single-use ticket in the address, bearer header, or the cookie together with our own Origin."""
    query, address = websocket.query_params, websocket.state.client_address
    if token := query.get("token"):
        return await services.auth.authenticate(token, address)
    if ticket := query.get("ticket"):
        return await services.auth.redeem(ticket)
    scheme, _, bearer = websocket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await services.auth.authenticate(bearer.strip(), address)
    cookie = websocket.cookies.get(cookie_name(websocket))
    if cookie and websocket.headers.get("origin"):
        if is_same_origin(websocket, services.settings.cors_origins):
            return await services.auth.authenticate(cookie, address, browser=True)
        await note_other_site(websocket, services)
    raise NotAuthenticated


async def _refuse(websocket: WebSocket, channel: _Channel, error: AppError) -> None:
    """Requests have a line in the log with their status; a socket that is not let in has this one."""
    log.warning("socket refused", path=websocket.url.path[:200], reason=error.detail)
    await channel.close(POLICY_VIOLATION, error.detail[:100])


@router.websocket("/ws/jobs/{job_id}")
async def watch_job(websocket: WebSocket, job_id: str) -> None:
    """A job's log and state, live. Closed with 1008 without a valid session, and for an unknown job."""
    services: Services = websocket.app.state.services
    # Accepted first: only an open WebSocket can be closed with a code that the client gets to see.
    await websocket.accept()
    channel = _Channel(websocket)
    try:
        session = await _session(websocket, services)
        known = await services.streams.exists(job_id)
    except AppError as error:
        await _refuse(websocket, channel, error)
        return
    if not known:
        await channel.close(POLICY_VIOLATION, "There is no such job.")
        return
    start = websocket.query_params.get("from", "0")
    await services.streams.serve(
        job_id,
        channel,
        style=parse_format(websocket.query_params.get("format")),
        start=int(start) if re.fullmatch(r"-?[0-9]{1,15}", start) else 0,
        allowed=lambda: services.auth.still_valid(session),
    )


@router.websocket("/ws/events")
async def watch_events(websocket: WebSocket) -> None:
    """What changes, live: states of jobs, and the names of other things to read again. Closed with 1008 without a
    valid session. `?after=<epoch>.<number>` goes on from the last message of an earlier connection."""
    services: Services = websocket.app.state.services
    await websocket.accept()
    channel = _Channel(websocket)
    try:
        session = await _session(websocket, services)
    except AppError as error:
        await _refuse(websocket, channel, error)
        return
    await services.events.serve(
        channel,
        after=websocket.query_params.get("after", ""),
        allowed=lambda: services.auth.still_valid(session),
    )
