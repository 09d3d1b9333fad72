"""Makes lines of a log's bytes: for pages, streams, searches and parsers alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TypeVar

from backend.jobs.feed import Piece

# A line longer than this is cut where it is shown as JSON; the download has it whole.
MAX_LINE = 64 * 1024
# A piece of a megabyte of short lines takes 200 ms to split: above this size a thread does it, below it costs more
# to hand over than to do.
THREAD_BYTES = 16 * 1024
# What a job prints now and then: too short to hold more lines than go into one message.
FEW_BYTES = 1_000

# Of a watcher's piece so much is split at a time, 3 ms at most. Five watchers with a thread each took 30 MB more.
PART_BYTES = 16 * 1024

Row = tuple[int, str, int]
T = TypeVar("T")


async def aside(work: Callable[[Piece], T], piece: Piece) -> T:
    """Do it so that other requests get their turn meanwhile."""
    if len(piece.data) >= THREAD_BYTES:
        return await asyncio.to_thread(work, piece)
    await asyncio.sleep(0)
    return work(piece)


def in_parts(piece: Piece) -> Iterator[Piece]:
    line = piece.first_line
    for at in range(0, len(piece.data), PART_BYTES):
        data = piece.data[at : at + PART_BYTES]
        yield Piece(piece.first_byte + at, line, data, piece.time_ms, piece.stream)
        line += data.count(b"\n")


class LineSplitter:
    """Turns pieces into (number, text, milliseconds) of whole lines. Numbers continue over dropped parts.

    Standard output and error are put together line by line, not byte by byte: a progress bar on one of them that has
    not ended its line does not stick to the next line of the other.
    """

    def __init__(self, first_line: int) -> None:
        self._number = first_line
        self._open: dict[int, _OpenLine] = {}
        self._end_byte: int | None = None

    def feed(self, piece: Piece) -> list[Row]:
        lines: list[Row] = []
        if self._end_byte is not None and piece.first_byte > self._end_byte:
            missing = piece.first_byte - self._end_byte
            lines.append((self._number, f"[console: {missing} bytes dropped here, the log was over its limit]",
                          piece.time_ms))  # fmt: skip
            self._open.clear()
            self._number = piece.first_line
        self._end_byte = piece.end_byte
        line = self._open.setdefault(piece.stream, _OpenLine())
        *ended, rest = piece.data.split(b"\n")
        for part in ended:
            line.add(part)
            lines.append((self._number, line.take(), piece.time_ms))
            self._number += 1
        line.add(rest)
        line.time_ms = piece.time_ms
        return lines

    @property
    def number(self) -> int:
        """Of the next line."""
        return self._number

    def is_between_lines(self, piece: Piece) -> bool:
        """Whether the piece is a few whole lines of their own, that come out the same for everybody who gets here."""
        follows = self._end_byte in (None, piece.first_byte) and self._number == piece.first_line
        whole = piece.data.endswith(b"\n") and len(piece.data) <= FEW_BYTES
        return follows and whole and not any(line.data for line in self._open.values())

    def skip(self, piece: Piece) -> None:
        """Go on behind a piece that `is_between_lines`."""
        self._number += piece.data.count(b"\n")
        self._end_byte = piece.end_byte

    def rest(self) -> list[Row]:
        """What has no line end yet, one row a stream, the newest last."""
        unfinished = sorted((line for line in self._open.values() if line.data), key=lambda line: line.time_ms)
        return [(self._number + at, shown(bytes(line.data)), line.time_ms) for at, line in enumerate(unfinished)]


class _OpenLine:
    """A line without its end. Of what `\\r` draws over only the last frame is kept, so it stays small."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.time_ms = 0

    def add(self, data: bytes) -> None:
        if not data:
            return
        frame = data.rfind(b"\r", 0, len(data) - 1)
        if frame >= 0 or self.data.endswith(b"\r"):
            self.data.clear()
        if len(self.data) <= MAX_LINE:
            self.data += data[frame + 1 :][: MAX_LINE + 1]

    def take(self) -> str:
        text = shown(bytes(self.data))
        self.data.clear()
        return text


def shown(line: bytes) -> str:
    """A line as text: the last frame of what `\\r` redrew, bad UTF-8 and NUL replaced, cut at MAX_LINE."""
    line = line.rstrip(b"\r")
    line = line[line.rfind(b"\r") + 1 :]
    text = line[:MAX_LINE].decode("utf-8", errors="replace").replace("\0", "\ufffd")
    return text + " [console: line cut here, the download has it whole]" if len(line) > MAX_LINE else text
