"""Background tasks that are named, kept alive and watched: one that dies says so in the log."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class TaskGroup:
    """Tasks that end together. Unlike `asyncio.TaskGroup`, one failure does not end the others."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        # A context of its own: a task started by a request must not log under that request's id for ever.
        task = asyncio.create_task(coroutine, name=name, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task died", task=task.get_name(), exc_info=error)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def repeat(action: Callable[[], Awaitable[object]], every: float, name: str) -> None:
    """Run `action` for ever, `every` seconds apart. An error is logged and the next round goes ahead."""
    while True:
        try:
            await action()
        except Exception as error:
            log.warning("periodic task failed, will try again", task=name, every=every, error=repr(error))
        await asyncio.sleep(every)
