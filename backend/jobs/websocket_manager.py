"""Streams a job's state and log to watchers, in the three formats of the WebSocket API.

Each watcher pulls at its own pace from memory and archive. Nothing is queued for a slow one: when a single send does
not get through in time, it is told where to resume from and is disconnected.
"""

from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, Protocol

from backend.database import DatabaseUnavailable
from backend.jobs.feed import Feeds, JobFeed, Piece
from backend.jobs.log_lines import LineSplitter, Row, in_parts
from backend.jobs.log_reader import LogReader
from backend.models.jobs import ENDED, Job, JobView
from backend.repositories.jobs import JobRepository

Format = Literal["line", "batch", "binary"]

SEND_SECONDS = 20.0
# The session is looked at again this often, so that a logout closes the stream within five seconds.
RECHECK_SECONDS = 2.0
MAX_FRAME = 256 * 1024
# Bytes a binary client may have unacknowledged: a slow phone is paused here, not in our memory or the kernel's.
WINDOW = 1024 * 1024
LINES_PER_BATCH = 1_000
PARTIAL_SECONDS = 0.1
# A job that another process runs tells us nothing: then we look by ourselves.
ELSEWHERE_SECONDS = 1.0


class Channel(Protocol):
    """The WebSocket, as far as it is needed here. `receive` gives text frames and raises ConnectionError at the end."""

    async def send_text(self, text: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...
    async def receive(self) -> str: ...
    async def close(self, code: int, reason: str) -> None: ...


class WebSocketManager:
    def __init__(self, jobs: JobRepository, feeds: Feeds, reader: LogReader) -> None:
        self._jobs = jobs
        self._feeds = feeds
        self._reader = reader
        self._open: set[asyncio.Task[None]] = set()

    async def exists(self, job_id: str) -> bool:
        return await self._jobs.get(job_id) is not None

    async def serve(
        self, job_id: str, channel: Channel, *, style: Format, start: int, allowed: Callable[[], Awaitable[bool]]
    ) -> None:
        """Stream until the job has ended and all was sent, the client leaves, or its session ends.

        `start` is a line number, for the binary format a byte number.
        """
        with self._feeds.watch(job_id) as feed:
            stream = _Stream(job_id, channel, style, feed, self._jobs, self._reader, allowed)
            sending = asyncio.create_task(stream.send_all(start), name=f"watch {job_id}")
            listening = asyncio.create_task(stream.listen(), name=f"listen to watcher of {job_id}")
            # On its own clock: a stream that never pauses must end with its session too.
            guarding = asyncio.create_task(stream.until_to_be_ended(), name=f"guard of watcher of {job_id}")
            tasks = (sending, listening, guarding)
            self._open.add(sending)
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._open.discard(sending)
                ending = guarding.result() if guarding.done() else None
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        if ending:
            with suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(channel.close(*ending), 1)
            return
        error = sending.exception() if sending.done() and not sending.cancelled() else None
        if error and not isinstance(error, ConnectionError):
            raise error

    def close(self) -> None:
        """The console stops: end every stream; clients come back to the next one with their position."""
        for task in self._open:
            task.cancel()


class _Stream:
    def __init__(
        self, job_id: str, channel: Channel, style: Format, feed: JobFeed, jobs: JobRepository, reader: LogReader,
        allowed: Callable[[], Awaitable[bool]],
    ) -> None:  # fmt: skip
        self._job_id = job_id
        self._channel = channel
        self._style = style
        self._feed = feed
        self._jobs = jobs
        self._reader = reader
        self._allowed = allowed
        self._byte = 0
        self._splitter = LineSplitter(0)
        self._acked = 0
        self._ack = asyncio.Event()
        self._said: tuple[object, ...] = ()
        self._partial: str | None = None
        self._partial_at = 0.0
        self._partial_held = False
        # When each send under way began: an answer to a ping must not set the clock of what waits back.
        self._sending: list[float] = []
        self.position = 0

    async def listen(self) -> None:
        while True:
            text = await self._channel.receive()
            if text == "ping":
                await self._send("pong")
            elif self._style == "binary":
                with suppress(ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                    message = json.loads(text)
                    if message.get("type") == "ack":
                        self._acked = max(self._acked, int(message["offset"]))
                        self._ack.set()

    async def until_to_be_ended(self) -> tuple[int, str]:
        """Returns a close code and reason when the session has ended, or the client took nothing for too long.

        While the database is away nothing can be said against a session. One clock looks after all sends: a timer for
        each of them was a quarter of the work for fifty watchers.
        """
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            if self._sending and time.monotonic() - min(self._sending) > SEND_SECONDS:
                unit = "byte" if self._style == "binary" else "line"
                return 1013, f"too slow; resume from {unit} {self.position}"
            with suppress(*DatabaseUnavailable):
                if not await self._allowed():
                    return 1008, "the session has ended"

    async def send_all(self, start: int) -> None:
        await self._find_start(start)
        while True:
            change = self._feed.next_change()
            job = self._feed.job or await self._jobs.get(self._job_id)
            await self._send_log()
            if job is None:
                return await self._channel.close(1008, "the job is gone")
            await self._send_status(job)
            if job.status in ENDED:
                await self._send_end(job)
                return await self._channel.close(1000, "the job has ended")
            await self._wait(change)

    async def _wait(self, change: asyncio.Event) -> None:
        """For news of the job. Runs it in another process, or not at all yet, we look ourselves."""
        if self._feed.job and not self._partial_held:
            await change.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTIAL_SECONDS if self._partial_held else ELSEWHERE_SECONDS):
                await change.wait()

    async def _find_start(self, start: int) -> None:
        if self._style == "binary":
            self._byte = self._acked = self.position = max(0, start)
            return
        if start < 0:
            job = self._feed.job or await self._jobs.get(self._job_id)
            live = self._feed.log
            start = max(0, (live.lines if live else job.log_lines if job else 0) + start)
        self._byte, line = await self._reader.byte_of_line(self._job_id, start)
        self._splitter = LineSplitter(line)
        self.position = line

    async def _send_log(self) -> None:
        async for piece in self._reader.pieces(self._job_id, self._byte):
            if self._style == "binary":
                await self._send_binary(piece)
            elif self._style == "batch" and self._splitter.is_between_lines(piece):
                await self._send(self._feed.shared(piece, _whole_lines))
                self._splitter.skip(piece)
                self.position = self._splitter.number
            else:
                for part in in_parts(piece):
                    await self._send_lines(self._splitter.feed(part))
                    if part.end_byte < piece.end_byte:
                        await asyncio.sleep(0)  # others get their turn: what can be sent at once takes no break
            self._byte = piece.end_byte
        if self._style == "batch":
            await self._send_partial()

    async def _send_binary(self, piece: Piece) -> None:
        if piece.first_byte > self._byte:
            await self._send(json.dumps({"type": "gap", "from": self._byte, "to": piece.first_byte}))
            self._acked = max(self._acked, piece.first_byte)
        for at in range(0, len(piece.data), MAX_FRAME):
            data = piece.data[at : at + MAX_FRAME]
            first = piece.first_byte + at
            while first + len(data) - self._acked > WINDOW:
                self._ack.clear()
                await self._within_limit(self._ack.wait())
            await self._within_limit(self._channel.send_bytes(struct.pack(">Q", piece.stream << 56 | first) + data))
            self.position = first + len(data)

    async def _send_lines(self, lines: list[tuple[int, str, int]]) -> None:
        if self._style == "line":
            for number, text, _ in lines:
                await self._send(json.dumps({"type": "log", "message": text}, ensure_ascii=False))
                self.position = number + 1
            return
        for at in range(0, len(lines), LINES_PER_BATCH):
            part = lines[at : at + LINES_PER_BATCH]
            await self._send(_batch(part))
            self.position = part[-1][0] + 1

    async def _send_partial(self) -> None:
        """The unfinished last line, such as a progress bar, ten times a second at most."""
        rest = self._splitter.rest()
        text = rest[-1][1] if rest else None
        now = time.monotonic()
        if text is None or text == self._partial:
            self._partial_held = False
            return
        self._partial_held = now - self._partial_at < PARTIAL_SECONDS
        if self._partial_held:
            return
        self._partial, self._partial_at = text, now
        await self._send(json.dumps({"type": "partial", "from": rest[0][0], "line": text}, ensure_ascii=False))

    async def _send_status(self, job: Job) -> None:
        said = (job.status, job.attempt, job.retry_count, job.cancel_requested_at, job.cause)
        if said == self._said:
            return
        self._said = said
        message = JobView.of(job).model_dump(mode="json", exclude={"logs", "output", "parameters"})
        await self._send(json.dumps({"type": "status", **message}, ensure_ascii=False))

    async def _send_end(self, job: Job) -> None:
        if self._style != "binary":
            await self._send_lines(self._splitter.rest())
        if job.output is not None:
            await self._send(json.dumps({"type": "output", "payload": job.output}, ensure_ascii=False))
        await self._send(json.dumps({"type": "end", "lines": job.log_lines, "bytes": job.log_bytes}))

    async def _send(self, text: str) -> None:
        await self._within_limit(self._channel.send_text(text))

    async def _within_limit(self, action: Awaitable[object]) -> None:
        """Await what only the client can hold up; `until_to_be_ended` sees when it does."""
        began = time.monotonic()
        self._sending.append(began)
        await action
        self._sending.remove(began)


def _batch(lines: list[Row]) -> str:
    message = {"type": "logs", "from": lines[0][0], "lines": [text for _, text, _ in lines]}
    return json.dumps(message, ensure_ascii=False)


def _whole_lines(piece: Piece) -> str:
    return _batch(LineSplitter(piece.first_line).feed(piece))


def parse_format(text: str | None) -> Format:
    return text if text in ("batch", "binary") else "line"  # type: ignore[return-value]
