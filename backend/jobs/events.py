"""One stream of what changed, for open pages: states of jobs, and the names of other things that should be read again.

Nothing is queued for a watcher: each keeps a number, its place in a short common memory, and pulls from there. One that
falls behind is told to read everything again, which costs a job nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cached_property
from typing import Literal

from backend.database import DatabaseUnavailable
from backend.jobs.websocket_manager import RECHECK_SECONDS, SEND_SECONDS, Channel
from backend.models.jobs import Job, JobView

# What a page holds beside single jobs.
Topic = Literal["jobs", "queue", "secrets", "airsenal"]

# Changes that a watcher who was away for a moment can still catch up with.
KEEP = 500
# At most four messages a second to each watcher, the first of them at once.
PAUSE_SECONDS = 0.25
# With more jobs changed within one pause it is cheaper for both sides to read the lists again.
MOST_JOBS = 50
# A silent connection looks the same as a dead one: a watcher that hears nothing for longer connects again.
BEAT_SECONDS = 15.0
_PLACE = re.compile(r"([0-9a-f]{12})\.([0-9]{1,15})")


class Change:
    def __init__(self, number: int, *, job: Job | None = None, topic: Topic | None = None) -> None:
        self.number = number
        self.job = job
        self.topic = topic

    @cached_property
    def text(self) -> str:
        """The job as JSON: made once for all watchers, and not at all while nobody watches."""
        assert self.job
        return JobView.of(self.job).model_dump_json(exclude={"logs", "output"})


class Events:
    def __init__(self) -> None:
        # Names this start of the console: numbers of an earlier one mean nothing here.
        self.epoch = uuid.uuid4().hex[:12]
        self.number = 0
        self._recent: deque[Change] = deque(maxlen=KEEP)
        self._event = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()

    def job_changed(self, job: Job) -> None:
        # The parsed output is not told and may be large: it must not be kept alive from here.
        job = job if job.output is None else job.model_copy(update={"output": None})
        self._add(Change(self.number + 1, job=job))

    def changed(self, topic: Topic) -> None:
        self._add(Change(self.number + 1, topic=topic))

    def _add(self, change: Change) -> None:
        self.number = change.number
        self._recent.append(change)
        self._event.set()
        self._event = asyncio.Event()

    def next_change(self) -> asyncio.Event:
        """Take this before looking at what is new, then wait for it: no change can slip in between."""
        return self._event

    def since(self, number: int) -> list[Change] | None:
        """The changes after that one; None when some of them are forgotten."""
        missing = self.number - number
        if not 0 <= missing <= len(self._recent):
            return None
        return list(self._recent)[len(self._recent) - missing :]

    def place(self, text: str) -> int | None:
        """`<epoch>.<number>` of the last message a watcher has; None when it cannot go on from there."""
        found = _PLACE.fullmatch(text)
        if not found or found[1] != self.epoch or self.since(int(found[2])) is None:
            return None
        return int(found[2])

    async def serve(self, channel: Channel, *, after: str, allowed: Callable[[], Awaitable[bool]]) -> None:
        """Until the client leaves, is too slow, or its session ends."""
        sending = asyncio.create_task(self._send_all(channel, after), name="events")
        listening = asyncio.create_task(_listen(channel), name="listen to watcher of events")
        guarding = asyncio.create_task(_until_not_allowed(allowed), name="session of watcher of events")
        tasks = (sending, listening, guarding)
        self._open.add(sending)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(sending)
            ended_by_session = guarding.done()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        code, reason = (1008, "the session has ended") if ended_by_session else (1013, "connect again")
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1):
                await channel.close(code, reason)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, ConnectionError | TimeoutError):
                raise result

    def close(self) -> None:
        """The console stops; pages connect again to the next one and read everything anew."""
        for task in self._open:
            task.cancel()

    async def _send_all(self, channel: Channel, after: str) -> None:
        place = self.place(after)
        number = self.number if place is None else place
        hello = {"type": "hello", "epoch": self.epoch, "number": number, "resumed": place is not None}
        await _send(channel, json.dumps(hello))
        while True:
            change = self.next_change()
            if number == self.number:
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_SECONDS):
                        await change.wait()
            changes = self.since(number)
            number = self.number
            await _send(channel, _message(number, changes))
            await asyncio.sleep(PAUSE_SECONDS)


def _message(number: int, changes: list[Change] | None) -> str:
    """Of each job only the newest state; `reset` when the watcher has missed too much to be told one by one."""
    if changes is None:
        return json.dumps({"type": "reset", "number": number})
    jobs = {change.job.id: change for change in changes if change.job}
    topics = {change.topic for change in changes if change.topic}
    if len(jobs) > MOST_JOBS:
        jobs = {}
        topics.add("jobs")
    texts = ",".join(change.text for change in jobs.values())
    return f'{{"type":"changes","number":{number},"jobs":[{texts}],"topics":{json.dumps(sorted(topics))}}}'


async def _send(channel: Channel, text: str) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await channel.send_text(text)


async def _listen(channel: Channel) -> None:
    """Clients say nothing but `ping`; listening is how their leaving is noticed."""
    while True:
        if await channel.receive() == "ping":
            await _send(channel, "pong")


async def _until_not_allowed(allowed: Callable[[], Awaitable[bool]]) -> None:
    """Returns when the session has ended. While the database is away nothing can be said against it."""
    still = True
    while still:
        await asyncio.sleep(RECHECK_SECONDS)
        with suppress(*DatabaseUnavailable):
            still = await allowed()
