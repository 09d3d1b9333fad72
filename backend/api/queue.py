"""The queue as a whole."""

from __future__ import annotations

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.jobs import QueueState

router = Router(prefix="/api/queue", tags=["queue"])


@router.get("", summary="State of the queue", responses=errors(401))
async def queue_state(_: Admin, services: ServicesDep) -> QueueState:
    return await services.jobs.queue_state()


@router.post("/drain", summary="Start nothing new", responses=errors(401, 403))
async def drain_queue(_: Admin, services: ServicesDep) -> QueueState:
    """Running jobs go on to their end, waiting ones keep waiting, and the readiness probe turns red."""
    await services.audit.record("queue.drain", "Nothing is started any more.")
    services.jobs.queue.drain()
    services.events.changed("queue")
    return await services.jobs.queue_state()


@router.post("/resume", summary="Start jobs again", responses=errors(401, 403))
async def resume_queue(_: Admin, services: ServicesDep) -> QueueState:
    await services.audit.record("queue.resume", "Jobs are started again.")
    services.jobs.queue.resume()
    services.events.changed("queue")
    return await services.jobs.queue_state()
