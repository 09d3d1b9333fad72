"""When the bytes of a log were written. The live stream carries bytes only; times are asked for by part."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.jobs import FARTHEST, JobId
from backend.api.routing import Router
from backend.models.api import LogTimes

router = Router(prefix="/api/jobs", tags=["jobs"])
MAX_RANGE = 1024 * 1024


@router.get("/{job_id}/log/times", summary="When a log was written", responses=errors(401, 404, 422))
async def get_log_times(
    job_id: JobId,
    _: Admin,
    services: ServicesDep,
    from_: Annotated[int, Query(alias="from", ge=0, le=FARTHEST, description="First byte.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_RANGE, description="How many bytes.")] = 128 * 1024,
) -> LogTimes:
    """As (byte, milliseconds since 1970): each time holds until the next one's byte, and the last one until `next`."""
    await services.jobs.get(job_id, with_logs=False)
    marks: list[tuple[int, int]] = []
    end = from_
    async for piece in services.jobs.log_bytes(job_id, from_):
        if piece.first_byte >= from_ + limit:
            break
        if not marks or marks[-1][1] != piece.time_ms:
            marks.append((piece.first_byte, piece.time_ms))
        end = min(piece.end_byte, from_ + limit)
    return LogTimes.model_validate({"from": from_, "next": end, "marks": marks})
