"""Carries an attempt's output from its spool into the log archive, and shows it to watchers on the way.

The spool is on disk before anything is shown, so watchers need not wait for the database: after a crash the next
console reads the same bytes again and gives them the same numbers.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress

import structlog

from backend.database import DatabaseError, patiently
from backend.jobs.executor import Execution
from backend.jobs.feed import JobFeed, LiveLog
from backend.jobs.spool import MUCH_BYTES, SEGMENT_BYTES, STDOUT, Frame, SpoolReader
from backend.models.jobs import Attempt, Job
from backend.repositories.job_logs import JobLogs
from backend.repositories.log_chunks import LogChunk, LogChunkRepository
from backend.utils.clock import Clock

log = structlog.get_logger(__name__)

# A document costs the console about 0.5 ms however large it is; above 512 KiB reading a single line back gets slow.
CHUNK_BYTES = 512 * 1024
IN_FLIGHT = 4
READ_BYTES = 1024 * 1024
# A slow job's output reaches the archive (and other API processes) after this long at the latest.
FLUSH_SECONDS = 2.0
# Times are kept this fine: a mark per line of a chatty job would outweigh its text.
MARK_MS = 100


def _without_hole(chunks: list[LogChunk]) -> list[LogChunk]:
    whole = chunks[:1]
    for chunk in chunks[1:]:
        if chunk.first_byte != whole[-1].end_byte:
            break
        whole.append(chunk)
    return whole


class LogWriter:
    """One attempt's writer. `follow` returns when the runner has ended and every byte is stored."""

    def __init__(
        self,
        job: Job,
        feed: JobFeed,
        chunks: LogChunkRepository,
        logs: JobLogs,
        now: Clock,
        max_bytes: int,
        *,
        found_again: bool,
    ) -> None:
        """`found_again`: an earlier console may have stored a part of this attempt."""
        self._found_again = found_again
        self._job = job
        self._feed = feed
        self._chunks = chunks
        self._logs = logs
        self._now = now
        self._tail_bytes = max(max_bytes // 2, 2 * IN_FLIGHT * CHUNK_BYTES)
        self._head_bytes = max(max_bytes - self._tail_bytes, CHUNK_BYTES)
        self._dropped_until = 0
        self._open: list[bytes] = []
        self._open_size = 0
        self._open_since = 0.0
        self._marks: list[tuple[int, int, int]] = []
        self._spool_end = 0
        self._freed = 0
        self._chunk_byte = 0
        self._chunk_line = 0
        self._stores: deque[tuple[LogChunk, asyncio.Task[None]]] = deque()
        self._first_byte = 0
        self._first_line = 0

    async def follow(self, execution: Execution) -> None:
        self._noting = asyncio.create_task(asyncio.sleep(0))
        await self._resume()
        reader = SpoolReader(execution.folder, self._spool_end)
        try:
            while True:
                execution.changed.clear()
                ended = execution.ended.is_set()
                much = reader.has_much()
                frames = await asyncio.to_thread(reader.read, READ_BYTES) if much else reader.read(MUCH_BYTES)
                if frames:
                    self._take(frames)
                    await self._store_due(reader)
                elif ended:
                    break
                else:
                    await self._wait(execution, reader)
            self._seal(whole=True)
            await self._settle_stores(reader, 0)
        finally:
            reader.close()
            self._noting.cancel()
            for _, task in self._stores:
                task.cancel()

    def ranges(self, attempt: Attempt) -> Attempt:
        """The attempt with the part of the log that is its own."""
        live = self._live
        return attempt.model_copy(
            update={
                "first_line": self._first_line,
                "first_byte": self._first_byte,
                "lines": live.lines - self._first_line,
                "bytes": live.end_byte - self._first_byte,
            }
        )

    @property
    def _live(self) -> LiveLog:
        assert self._feed.log is not None
        return self._feed.log

    async def _resume(self) -> None:
        """Find where the stored log ends. Chunks are stored four at a time, so a crash can leave a hole near the end:
        what lies behind the hole is deleted and comes again from the spool."""
        attempt = self._job.attempts[-1]
        fresh = attempt.number == 1 and not self._found_again
        last = [] if fresh else await patiently(lambda: self._chunks.last(self._job.id, IN_FLIGHT + 1))
        whole = _without_hole(last)
        if len(whole) < len(last):
            hole = whole[-1].end_byte
            await patiently(lambda: self._chunks.delete_range(self._job.id, hole, 2**62))
        end = whole[-1] if whole else None
        live = LiveLog(end.end_byte if end else 0, end.first_line + end.newlines if end else 0)
        live.ends_with_newline = not end or end.data.endswith(b"\n")
        self._chunk_byte, self._chunk_line = live.end_byte, live.end_line
        self._feed.log = live
        if end and end.attempt == attempt.number:
            self._spool_end = end.spool_end
            self._first_byte, self._first_line = end.end_byte - end.spool_end, attempt.first_line
        else:
            if not live.ends_with_newline:
                # The attempt before stopped inside a line; this one's first line must not be glued to it.
                self._append(b"\n", time.time_ns() // 1_000_000, STDOUT)
            self._first_byte, self._first_line = live.end_byte, live.end_line

    def _take(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._append(frame.data, frame.time_us // 1000, frame.stream)
            self._spool_end = frame.offset + len(frame.data)
        self._feed.wake()

    def _append(self, data: bytes, time_ms: int, stream: int) -> None:
        if not self._open:
            self._open_since = time.monotonic()
        last = self._marks[-1] if self._marks else None
        if last is None or last[2] != stream or time_ms - last[1] >= MARK_MS:
            self._marks.append((self._open_size, time_ms, stream))
        self._open.append(data)
        self._open_size += len(data)
        self._live.append(data, time_ms, stream)

    async def _wait(self, execution: Execution, reader: SpoolReader) -> None:
        """Until there is more, or the open chunk is due. The time-out also covers a lost file event."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await execution.changed.wait()
        if await self._store_due(reader) and self._noting.done():
            # Not waited for: the next line must not be late because the database is.
            self._noting = asyncio.create_task(self._note_size(), name=f"log size of {self._job.id}")

    async def _note_size(self) -> None:
        with suppress(DatabaseError):
            await self._logs.set_size(self._job.id, self._live.lines, self._live.end_byte)

    async def _store_due(self, reader: SpoolReader) -> bool:
        """Store what is open when it is large or old enough; whether there was anything to store."""
        large = self._open_size >= CHUNK_BYTES
        if not large and not (self._open and time.monotonic() - self._open_since >= FLUSH_SECONDS):
            return False
        self._seal(whole=not large)
        await self._settle_stores(reader, IN_FLIGHT - 1)
        return True

    def _seal(self, *, whole: bool) -> None:
        """Make a chunk of the open bytes and start to store it; if not `whole`, only to the last line end in it."""
        if not self._open:
            return
        data = b"".join(self._open)
        size = len(data) if whole else data.rfind(b"\n") + 1 or len(data)
        rest = data[size:]
        inside = [mark for mark in self._marks if mark[0] < size]
        marks = [(offset - size, ms, stream) for offset, ms, stream in self._marks if offset >= size]
        if rest and (not marks or marks[0][0] > 0):
            marks.insert(0, (0, inside[-1][1], inside[-1][2]))
        chunk = LogChunk(
            job_id=self._job.id,
            first_byte=self._chunk_byte,
            first_line=self._chunk_line,
            # The rest begins behind a line end and holds none, so every one counted so far is in this chunk.
            newlines=self._live.end_line - self._chunk_line,
            data=data[:size],
            attempt=self._job.attempt,
            spool_end=self._spool_end - len(rest),
            marks=inside,
        )
        self._open, self._open_size, self._marks = [rest] if rest else [], len(rest), marks
        self._chunk_byte += size
        self._chunk_line = self._live.end_line
        self._open_since = time.monotonic()
        task = asyncio.create_task(self._store(chunk), name=f"store log of {self._job.id}")
        self._stores.append((chunk, task))

    async def _store(self, chunk: LogChunk) -> None:
        await patiently(lambda: self._chunks.store(chunk, self._now()))

    async def _settle_stores(self, reader: SpoolReader, most: int) -> None:
        """Wait until at most `most` stores are under way; then free what is stored without a hole."""
        settled: LogChunk | None = None
        while self._stores and (len(self._stores) > most or self._stores[0][1].done()):
            chunk, task = self._stores.popleft()
            await task
            settled = chunk
        if settled:
            self._live.stored_until(settled.end_byte)
            if settled.spool_end - self._freed >= SEGMENT_BYTES:
                await asyncio.to_thread(reader.delete_before, settled.spool_end)
                self._freed = settled.spool_end
            await self._drop_middle(settled.end_byte)

    async def _drop_middle(self, stored: int) -> None:
        """Over the limit the log keeps its beginning and its end. Readers see the hole as a gap and say so."""
        until = stored - self._tail_bytes
        if until - max(self._dropped_until, self._head_bytes) >= CHUNK_BYTES:
            await patiently(lambda: self._chunks.delete_range(self._job.id, self._head_bytes, until))
            self._dropped_until = until
