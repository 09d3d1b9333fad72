"""What came out of AIrsenal's jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.api import Reports
from backend.models.comparisons import Comparison, Played
from backend.models.reports import NewestReports, ReportHead, ReportType, StoredReport
from backend.utils.clock import storable

router = Router(prefix="/api/reports", tags=["reports"])
ReportId = Annotated[str, Path(max_length=100)]


@router.get("/latest", summary="Newest reports", responses=errors(401))
async def latest_reports(_: Admin, services: ServicesDep) -> Reports:
    """The newest prediction and optimisation of a completed job; null where there is none yet."""
    return Reports(
        prediction=await services.reports.latest("prediction"),
        optimisation=await services.reports.latest("optimisation"),
    )


@router.get("/newest", summary="Newest reports, heads only", responses=errors(401))
async def newest_reports(_: Admin, services: ServicesDep) -> NewestReports:
    """Of the same jobs as `latest`, in the shape of the list: what a failed job left does not count."""
    return await services.reports.newest_heads()


@router.get("", summary="All reports", responses=errors(401, 422))
async def list_reports(
    _: Admin,
    services: ServicesDep,
    type: ReportType | None = None,
    job_id: Annotated[str | None, Query(max_length=100, description="Those of this job only.")] = None,
    before: Annotated[
        AwareDatetime | None, Query(description="The `completed_at` of the last one of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[ReportHead]:
    """Newest first, of all jobs. A job's reports are never parted, so that a page may have a few more than `limit`."""
    return await services.reports.page(type, before and storable(before), limit, job_id)


@router.get("/compare", summary="Compare two predictions", responses=errors(400, 401, 404, 409, 422))
async def compare_reports(
    _: Admin,
    services: ServicesDep,
    before: Annotated[str, Query(max_length=100)],
    after: Annotated[str, Query(max_length=100)],
) -> Comparison:
    """Players whose points, price, news, fixtures or club changed, in the gameweeks that both predictions have."""
    return await services.reports.compare(before, after)


@router.get("/{report_id}", summary="One report", responses=errors(401, 404, 409, 422))
async def get_report(report_id: ReportId, _: Admin, services: ServicesDep) -> StoredReport:
    """With every player of a prediction, in every gameweek."""
    return await services.reports.get(report_id)


@router.get("/{report_id}/played", summary="Predicted against actual", responses=errors(400, 401, 404, 409, 422))
async def played_report(report_id: ReportId, _: Admin, services: ServicesDep) -> Played:
    """Of the players that were predicted, in the gameweeks that have been played by now."""
    return await services.reports.played(report_id)


@router.get(
    "/{report_id}/players.csv",
    summary="A prediction as CSV",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}}, "description": "One row a player."},
        **errors(400, 401, 404, 409, 422),
    },
)
async def report_csv(report_id: ReportId, _: Admin, services: ServicesDep) -> StreamingResponse:
    """A column for each gameweek. Texts that a spreadsheet would take for a formula begin with a quote."""
    stored = await services.reports.get(report_id)
    name = f"prediction-{stored.head.completed_at:%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(services.reports.csv(stored), media_type="text/csv; charset=utf-8", headers=headers)
