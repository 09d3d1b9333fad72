"""The audit log: look, export, check. Nothing here can change it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.routing import Router
from backend.audit.check import HEAD_PATTERN, check_chain, head_of
from backend.audit.export import as_csv_line, as_json_line, csv_head
from backend.models.audit import AuditRow, AuditState
from backend.repositories.audit import AuditFilter
from backend.services import Services
from backend.utils.clock import storable

router = Router(prefix="/api/audit", tags=["audit"])
FARTHEST = 2**53
CHECK_SECONDS = 5.0


def _chosen(
    kind: Annotated[
        str | None, Query(max_length=60, description="`secret.change`, or `secret` for all of them.")
    ] = None,
    who: Annotated[str | None, Query(max_length=254)] = None,
    text: Annotated[str | None, Query(max_length=200, description="In text, subject or address.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="From this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment.")] = None,
) -> AuditFilter:
    return AuditFilter(kind, who, text, since and storable(since), until and storable(until))


Chosen = Annotated[AuditFilter, Depends(_chosen)]


@router.get("", summary="Newest audit rows", responses=errors(401, 422))
async def list_audit(
    _: Admin,
    services: ServicesDep,
    chosen: Chosen,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[int | None, Query(ge=1, le=FARTHEST, description="`sequence` of the last row seen.")] = None,
) -> list[AuditRow]:
    """Newest first. Sign-ins and refusals, secrets changed and used, jobs started and cancelled, settings changed."""
    return await services.audit.rows.newest(chosen, limit=limit, before=before)


@router.get("/check", summary="Check the chain", responses=errors(401, 422))
async def check_audit(
    _: Admin,
    services: ServicesDep,
    after: Annotated[
        str | None, Query(max_length=80, pattern=HEAD_PATTERN, description="Go on behind it: `<rows>:<head>`.")
    ] = None,
) -> AuditState:
    """Looks through every row, as far as five seconds go; `complete` says whether that was to the end. Compare `head`
    with one that you noted: only so does a cut-off end show."""
    return await check_chain(services.audit.rows, after=head_of(after) if after else None, seconds=CHECK_SECONDS)


@router.get(
    "/export",
    summary="Export audit rows",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/x-ndjson": {}, "text/csv": {}}, "description": "Oldest first."},
        **errors(401, 422),
    },
)
async def export_audit(
    _: Admin,
    services: ServicesDep,
    chosen: Chosen,
    format_: Annotated[Literal["ndjson", "csv"], Query(alias="format")] = "ndjson",
) -> StreamingResponse:
    """One row a line, with the hashes. In CSV, cells that a spreadsheet would take for a formula begin with a quote."""
    await services.audit.record("audit.export", f"Exported as {format_}.")
    kind = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}[format_]
    disposition = f'attachment; filename="audit.{format_}"'
    return StreamingResponse(
        _lines(services, chosen, csv=format_ == "csv"), media_type=kind, headers={"Content-Disposition": disposition}
    )


async def _lines(services: Services, chosen: AuditFilter, *, csv: bool) -> AsyncIterator[str]:
    if csv:
        yield csv_head()
    line = as_csv_line if csv else as_json_line
    async for rows in services.audit.rows.oldest_first(chosen):
        yield await asyncio.to_thread(lambda few: "".join(map(line, few)), rows)
