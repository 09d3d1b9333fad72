"""AIrsenal beside its jobs: how it is set up, its database, the cost of a search, the guard before the real team."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query

from backend.api.dependencies import Admin, RecentAdmin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.airsenal import (
    AirsenalStatus,
    ApplyPreview,
    ApplyRequest,
    ChipWeek,
    DatabaseCare,
    RestorePreview,
    RestoreRequest,
    SearchCost,
)  # fmt: skip
from backend.models.jobs import JobView

router = Router(prefix="/api/airsenal", tags=["airsenal"])
CopyId = Annotated[str, Path(max_length=100)]
Week = Annotated[int, Query(ge=-1, le=38, description="-1 not played, 0 any week, N gameweek N.")]
ApplyCommand = Literal["make_transfers", "set_lineup"]


@router.get("/status", summary="State of AIrsenal", responses=errors(401))
async def airsenal_status(_: Admin, services: ServicesDep) -> AirsenalStatus:
    """The steps of the wizard, what to do next, and what has moved on."""
    return await services.setup.status()


@router.get("/database", summary="The database and its copies", responses=errors(401))
async def database_care(_: Admin, services: ServicesDep) -> DatabaseCare:
    return await services.airsenal_database()


@router.post("/database/check", summary="Check the database now", responses=errors(400, 401, 403))
async def check_database(_: Admin, services: ServicesDep) -> DatabaseCare:
    """SQLite's integrity check of the kept file."""
    await services.care.check()
    return await services.airsenal_database()


@router.get("/database/copies/{copy_id}", summary="What a restore would lose", responses=errors(401, 404, 422))
async def preview_restore(copy_id: CopyId, _: Admin, services: ServicesDep) -> RestorePreview:
    return await services.care.preview(copy_id)


@router.post("/database/restore", summary="Restore a copy", responses=errors(400, 401, 403, 404, 409, 422))
async def restore_database(body: RestoreRequest, session: RecentAdmin, services: ServicesDep) -> DatabaseCare:
    """The present database becomes a copy itself, so this can be undone. Refused while a job of its lane runs."""
    return await services.restore_airsenal_database(body.id, session.email)


@router.get("/search-cost", summary="Cost of a search", responses=errors(401, 422))
async def search_cost(
    _: Admin,
    services: ServicesDep,
    weeks_ahead: Annotated[int, Query(ge=1, le=10)] = 3,
    wildcard: Week = -1,
    free_hit: Week = -1,
    triple_captain: Week = -1,
    bench_boost: Week = -1,
    max_transfers: Annotated[int, Query(ge=0, le=5)] = 2,
    max_hit: Annotated[int, Query(ge=0, le=100)] = 8,
    allow_unused: bool = False,
    free_transfers: Annotated[int | None, Query(ge=0, le=5)] = None,
    num_thread: Annotated[int, Query(ge=1, le=64)] = 2,
    num_iterations: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> SearchCost:
    chips = [
        ChipWeek(chip="wildcard", week=wildcard), ChipWeek(chip="free_hit", week=free_hit),
        ChipWeek(chip="triple_captain", week=triple_captain), ChipWeek(chip="bench_boost", week=bench_boost),
    ]  # fmt: skip
    return await services.chips.cost(
        weeks_ahead, chips, max_transfers, max_hit, allow_unused, free_transfers, num_thread, num_iterations
    )


@router.get("/apply/{command}", summary="What would be sent", responses=errors(401, 404, 422, 502))
async def preview_apply(command: ApplyCommand, _: Admin, services: ServicesDep) -> ApplyPreview:
    return await services.guard.preview(command)


@router.post("/apply/{command}", summary="Change the real team", responses=errors(400, 401, 403, 404, 409, 422, 502))
async def apply(command: ApplyCommand, body: ApplyRequest, session: RecentAdmin, services: ServicesDep) -> JobView:
    """The only door to `make_transfers` and `set_lineup`. Never tried twice."""
    return await services.guard.apply(command, body, session.email)
