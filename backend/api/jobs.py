"""Jobs: submit, look, cancel, logs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Header, Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from backend.api.dependencies import Admin, ServicesDep, errors, require_recent
from backend.api.routing import Router
from backend.models.api import JobDone, JobIn, JobOutput, LogLines, LogsCleared, PinIn
from backend.models.history import JobFilter, JobSummary
from backend.models.jobs import JobStatus, JobView
from backend.services import Services

router = Router(prefix="/api/jobs", tags=["jobs"])
JobId = Annotated[str, Path(max_length=100, description="The job's UUID.")]
MAX_RAW = 4 * 1024 * 1024
# The database holds 64 bits and a browser's numbers are exact up to here.
FARTHEST = 2**53


@router.post("", summary="Submit a job", responses=errors(400, 401, 403, 409, 422))
async def submit_job(
    body: JobIn,
    session: Admin,
    services: ServicesDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> JobView:
    """Accepted means stored: the job survives a crash of the console right after this answer."""
    if services.catalogue.is_irreversible(body.command):
        await require_recent(services, session)
    return await services.jobs.submit(
        body.command,
        body.parameters,
        by=session.email,
        confirm=body.confirm,
        priority=body.priority,
        idempotency_key=idempotency_key,
    )


@router.get("", summary="Newest jobs", responses=errors(401, 404, 422))
async def list_jobs(
    _: Admin,
    services: ServicesDep,
    status_: Annotated[JobStatus | None, Query(alias="status")] = None,
    command: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=100, description="Id of the last job of the page before.")] = None,
    search: Annotated[
        str, Query(max_length=100, description="Part of a command's title or id, or the beginning of a job's id.")
    ] = "",
    created_from: Annotated[AwareDatetime | None, Query(description="Submitted then or later.")] = None,
    created_before: Annotated[AwareDatetime | None, Query(description="Submitted before.")] = None,
    ended_from: Annotated[AwareDatetime | None, Query(description="Ended then or later.")] = None,
) -> list[JobView]:
    """Newest first, without log lines: one noisy job must not slow the list down."""
    chosen = JobFilter(
        status=status_,
        commands=(command,) if command else None,
        created_from=created_from,
        created_before=created_before,
        ended_from=ended_from,
    )
    return await services.history.page(chosen, search=search, limit=limit, before=before)


@router.get("/summary", summary="Counts of jobs", responses=errors(401, 422))
async def summarise_jobs(
    _: Admin,
    services: ServicesDep,
    days: Annotated[int, Query(ge=1, le=90)] = 14,
    timezone: Annotated[
        str, Query(max_length=64, description="Where a day begins; a name of the IANA database.")
    ] = "UTC",
) -> JobSummary:
    """What runs and waits now, what failed lately, and how the jobs of each day ended."""
    return await services.history.summary(days, timezone)


@router.delete("/logs", summary="Clear all logs", responses=errors(401, 403))
async def clear_logs(_: Admin, services: ServicesDep) -> LogsCleared:
    """Of ended jobs; waiting and running ones keep theirs."""
    cleared = await services.jobs.clear_all_logs()
    services.events.changed("jobs")
    return LogsCleared(cleared=cleared)


@router.get("/{job_id}", summary="One job", responses=errors(401, 404, 422))
async def get_job(job_id: JobId, _: Admin, services: ServicesDep, logs: bool = True) -> JobView:
    """With the last 2,000 lines of its log, unless `logs=false`."""
    return await services.jobs.get(job_id, with_logs=logs)


@router.post("/{job_id}/cancel", summary="Cancel a job", responses=errors(400, 401, 403, 404, 422))
async def cancel_job(job_id: JobId, session: Admin, services: ServicesDep, force: bool = False) -> JobDone:
    """Asks the job's processes to end, and kills them ten seconds later; with `force` at once."""
    await services.jobs.cancel(job_id, by=session.email, force=force)
    return JobDone(job_id=job_id)


@router.post("/{job_id}/close", summary="Mark a job as ended", responses=errors(400, 401, 403, 404, 422))
async def close_job(job_id: JobId, session: Admin, services: ServicesDep) -> JobDone:
    """For a job that nothing else ends: a damaged record, a host that will not come back. It counts as lost."""
    await services.jobs.close(job_id, by=session.email)
    return JobDone(job_id=job_id)


@router.post("/{job_id}/pin", summary="Keep a job's log", responses=errors(401, 403, 404, 422))
async def pin_job(job_id: JobId, body: PinIn, _: Admin, services: ServicesDep) -> JobDone:
    """A pinned job's log is kept whatever its age, until it is unpinned or cleared by hand."""
    await services.jobs.pin(job_id, body.pinned)
    return JobDone(job_id=job_id)


@router.delete("/{job_id}/logs", summary="Clear a job's log", responses=errors(400, 401, 403, 404, 422))
async def clear_job_log(job_id: JobId, _: Admin, services: ServicesDep) -> JobDone:
    await services.jobs.clear_log(job_id)
    services.events.changed("jobs")
    return JobDone(job_id=job_id)


@router.get("/{job_id}/output", summary="Parsed output", responses=errors(401, 404, 422))
async def get_output(job_id: JobId, _: Admin, services: ServicesDep) -> JobOutput:
    job = await services.jobs.get(job_id, with_logs=False)
    return JobOutput.model_validate(job.model_dump())


@router.get("/{job_id}/log", summary="Lines of a log", responses=errors(401, 404, 422))
async def get_log(
    job_id: JobId,
    _: Admin,
    services: ServicesDep,
    from_: Annotated[
        int, Query(alias="from", ge=-FARTHEST, le=FARTHEST, description="First line; negative counts from the end.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000,
    search: Annotated[str | None, Query(min_length=1, max_length=200, description="Only lines with this text.")] = None,
    attempt: Annotated[int | None, Query(ge=1, le=FARTHEST, description="Count lines within this attempt.")] = None,
) -> LogLines:
    """A line drawn over and over with carriage returns is given as it was drawn last; the download has every byte."""
    page, job, first = await services.jobs.log_page(
        job_id, from_line=from_, limit=limit, search=search, attempt=attempt
    )  # fmt: skip
    return LogLines.model_validate(
        {
            "lines": page.lines,
            "numbers": page.numbers if search else None,
            "times": page.times,
            "from": first,
            "next": page.next,
            "total": job.log_lines,
            "complete": job.completed_at is not None and page.next >= job.log_lines,
        }
    )


@router.get(
    "/{job_id}/log/download",
    summary="The whole log",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/plain": {}}, "description": "The log as stored, masked."},
        **errors(401, 404, 422),
    },
)
async def download_log(job_id: JobId, _: Admin, services: ServicesDep) -> StreamingResponse:
    job = await services.jobs.get(job_id, with_logs=False)
    await services.audit.record("log.export", f"{job.title}: its log is downloaded.", subject=job_id)
    return StreamingResponse(
        _whole_log(services, job_id),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{job.command}-{job.id[:8]}.log"'},
    )


async def _whole_log(services: Services, job_id: str) -> AsyncIterator[bytes]:
    last = b"\n"
    async for piece in services.jobs.log_bytes(job_id, 0):
        yield piece.data
        last = piece.data[-1:]
    if last != b"\n":
        yield b"\n"


@router.get(
    "/{job_id}/log/raw",
    summary="Bytes of a log",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "Masked bytes; `X-Log-From` and "
               "`X-Log-Total` say which."}, **errors(401, 404, 422)},
)  # fmt: skip
async def get_raw_log(
    job_id: JobId,
    _: Admin,
    services: ServicesDep,
    from_: Annotated[int, Query(alias="from", ge=0, le=FARTHEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_RAW)] = 256 * 1024,
) -> Response:
    """Begins later than asked for where the log's middle was dropped."""
    job = await services.jobs.get(job_id, with_logs=False)
    data, first = bytearray(), from_
    async for piece in services.jobs.log_bytes(job_id, from_):
        if not data:
            first = piece.first_byte
        elif piece.first_byte != first + len(data):
            break
        data += piece.data
        if len(data) >= limit:
            break
    headers = {"X-Log-From": str(first), "X-Log-Total": str(job.log_bytes)}
    return Response(bytes(data[:limit]), media_type="application/octet-stream", headers=headers)
