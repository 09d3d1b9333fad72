"""Reads a job's log, wherever it is: the newest end from memory, the rest from the archive."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backend.jobs.companion import Rows
from backend.jobs.feed import Feeds, LiveLog, Piece
from backend.jobs.log_lines import LineSplitter, Row, aside
from backend.repositories.log_chunks import LogChunk, LogChunkRepository

MAX_PAGE_BYTES = 4 * 1024 * 1024
# How far back the end of a log is looked for: 2,000 lines may be gigabytes, each cut to MAX_LINE in the end.
TAIL_BYTES = 32 * 1024 * 1024
# What a companion gets to read at once: in memory it takes up to twenty times as much, and AIrsenal prints some MB.
MAX_ROWS_BYTES = 32 * 1024 * 1024


@dataclass
class LogPage:
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    next: int = 0
    size: int = 0

    def add(self, number: int, text: str, time_ms: int, needle: str | None) -> bool:
        self.next = number + 1
        if needle is not None and needle not in text.casefold():
            return False
        self.lines.append(text)
        self.numbers.append(number)
        self.times.append(datetime.fromtimestamp(time_ms / 1000, UTC))
        self.size += len(text)
        return True

    def take(self, rows: list[Row], limit: int, needle: str | None, end: int | None) -> bool:
        """Add the rows before line `end` that match; whether the page is done."""
        for number, text, time_ms in rows:
            if end is not None and number >= end:
                return True
            if self.add(number, text, time_ms, needle) and self.full(limit):
                return True
        return False

    def full(self, limit: int) -> bool:
        return len(self.lines) >= limit or self.size >= MAX_PAGE_BYTES


class LogReader:
    def __init__(self, chunks: LogChunkRepository, feeds: Feeds) -> None:
        self._chunks = chunks
        self._feeds = feeds

    async def pieces(self, job_id: str, from_byte: int) -> AsyncIterator[Piece]:
        """What there is from `from_byte` on, in order, until the present end. A piece may begin later than asked for:
        then what lies between was dropped because the log was over its limit."""
        position = from_byte
        async for chunk in self._archived(job_id, position):
            for piece in _pieces_of(chunk, position):
                yield piece
            position = chunk.end_byte
        if live := self._live(job_id):
            for piece in list(live.pieces_from(position)):
                yield _cut_front(piece, position)
                position = piece.end_byte

    async def _archived(self, job_id: str, position: int) -> AsyncIterator[LogChunk]:
        """Stored chunks from there on, as far as memory does not have what follows."""
        while True:
            # First of all: a watcher of a running job is served from memory, without a word to the database.
            if (live := self._live(job_id)) and position >= live.start_byte:
                return
            began = position
            async for chunk in self._chunks.from_byte(job_id, position):
                if (live := self._live(job_id)) and position >= live.start_byte:
                    return
                yield chunk
                position = chunk.end_byte
            if self._live(job_id) is None or position == began:
                return

    def _live(self, job_id: str) -> LiveLog | None:
        feed = self._feeds.get(job_id)
        return feed.log if feed else None

    async def byte_of_line(self, job_id: str, line: int) -> tuple[int, int]:
        """Where a line starts, as (byte, line). Of a dropped line: the first after the gap. Past the end: the end."""
        live = self._live(job_id)
        if line <= 0:
            return 0, 0
        chunk = await self._chunks.with_start_of_line(job_id, line)
        if chunk and chunk.first_line <= line <= chunk.first_line + chunk.newlines:
            skip = line - chunk.first_line
            return chunk.first_byte + _after_newlines(chunk.data, skip), line
        if chunk and chunk.first_line > line:
            # It lay in the dropped part.
            return chunk.first_byte + _after_newlines(chunk.data, 1), chunk.first_line + 1
        if live:
            for piece in live.pieces_from(0):
                found = piece.data.count(b"\n")
                if piece.first_line < line <= piece.first_line + found:
                    return piece.first_byte + _after_newlines(piece.data, line - piece.first_line), line
            return live.end_byte, live.end_line
        end = await self._chunks.last(job_id, 1)
        return (end[-1].end_byte, end[-1].first_line + end[-1].newlines) if end else (0, 0)

    async def missing(self, job_id: str, from_byte: int, texts: Sequence[str]) -> list[str]:
        """Those of `texts` that the log does not hold from there on. Case and colours count."""
        wanted = {text: text.encode() for text in texts}
        overlap = max(map(len, wanted.values()), default=1) - 1
        tail = b""
        async for piece in self.pieces(job_id, from_byte):
            data = tail + piece.data
            wanted = {text: form for text, form in wanted.items() if form not in data}
            if not wanted:
                break
            tail = data[len(data) - overlap :] if overlap else b""
            await asyncio.sleep(0)
        return list(wanted)

    async def rows(self, job_id: str, from_byte: int, from_line: int, end_byte: int) -> Rows:
        """The lines between, all at once: of more than MAX_ROWS_BYTES the first and the last half."""
        splitter = LineSplitter(from_line)
        rows = Rows([], [(0, from_line)])

        def work(piece: Piece) -> bool:
            for number, text, _ in splitter.feed(piece):
                if number != rows.line(len(rows.texts)):
                    rows.jumps.append((len(rows.texts), number))
                rows.texts.append(text)
            return piece.end_byte >= first_end

        first_end = from_byte + MAX_ROWS_BYTES // 2
        last_start = max(first_end, end_byte - MAX_ROWS_BYTES // 2)
        async for piece in self.pieces(job_id, from_byte):
            if await aside(work, piece):
                last_start = max(last_start, piece.end_byte)
                break
        else:
            last_start = -1
        if last_start >= 0:
            async for piece in self.pieces(job_id, last_start):
                await aside(work, piece)
        rows.texts.extend(text for _, text, _ in splitter.rest())
        return rows

    async def page(
        self, job_id: str, from_line: int, limit: int, search: str | None = None, *, end: int | None = None
    ) -> LogPage:
        """Up to `limit` lines from `from_line` on and before `end`, or the matching ones among them.

        `next` is where the following page starts.
        """
        byte, line = await self.byte_of_line(job_id, from_line)
        page = LogPage(next=line)
        splitter = LineSplitter(line)
        needle = search.casefold() if search else None

        def work(piece: Piece) -> bool:
            return page.take(splitter.feed(piece), limit, needle, end)

        async for piece in self.pieces(job_id, byte):
            if await aside(work, piece):
                return page
        for number, text, time_ms in splitter.rest():
            page.add(number, text, time_ms, needle)
        return page

    async def tail(self, job_id: str, lines: int, size: int, count: int) -> list[str]:
        """The last `count` lines of a log of so many lines and bytes; fewer when they are over MAX_PAGE_BYTES."""
        line_start, _ = await self.byte_of_line(job_id, max(0, lines - count))
        byte = max(line_start, size - TAIL_BYTES)
        end = _Tail(count)
        splitter = LineSplitter(0)

        def work(piece: Piece) -> bool:
            return end.add(splitter.feed(piece))

        async for piece in self.pieces(job_id, byte):
            await aside(work, piece)
        end.add(splitter.rest())
        # Begun in the middle of a line: that rest of one is no line.
        return end.lines(skip=1 if byte > line_start else 0)


class _Tail:
    """The newest rows, at most `count` of them and MAX_PAGE_BYTES, but always one."""

    def __init__(self, count: int) -> None:
        self._texts: deque[str] = deque()
        self._count = count
        self._size = 0
        self._dropped = False

    def add(self, rows: list[Row]) -> bool:
        for _, text, _ in rows:
            self._texts.append(text)
            self._size += len(text)
            while len(self._texts) > 1 and (len(self._texts) > self._count or self._size > MAX_PAGE_BYTES):
                self._size -= len(self._texts.popleft())
                self._dropped = True
        return False

    def lines(self, skip: int) -> list[str]:
        """All of them, without the first `skip` unless these fell out already or nothing else is left."""
        whole = self._dropped or len(self._texts) <= skip
        return list(self._texts)[0 if whole else skip :]


def _after_newlines(data: bytes, count: int) -> int:
    """Where the text behind the `count`-th line end begins. By halves: a chunk may be nothing but line ends."""
    start, end = 0, len(data)
    while count and end - start > 1:
        middle = (start + end) // 2
        found = data.count(b"\n", start, middle)
        if found >= count:
            end = middle
        else:
            start, count = middle, count - found
    return end if count else 0


def _cut_front(piece: Piece, byte: int) -> Piece:
    skip = byte - piece.first_byte
    if skip <= 0:
        return piece
    return Piece(
        byte, piece.first_line + piece.data.count(b"\n", 0, skip), piece.data[skip:], piece.time_ms, piece.stream
    )


def _pieces_of(chunk: LogChunk, from_byte: int) -> list[Piece]:
    """The chunk cut where its time marks are."""
    pieces = []
    line = chunk.first_line
    ends = [offset for offset, _, _ in chunk.marks[1:]] + [len(chunk.data)]
    for (start, time_ms, stream), end in zip(chunk.marks, ends, strict=True):
        data = chunk.data[start:end]
        piece = Piece(chunk.first_byte + start, line, data, time_ms, stream)
        line += data.count(b"\n")
        if piece.end_byte > from_byte:
            pieces.append(_cut_front(piece, from_byte))
    return pieces
