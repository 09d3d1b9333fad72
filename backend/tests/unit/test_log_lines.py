"""From bytes to the lines people read."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from backend.database import Database
from backend.jobs.feed import KEEP_BYTES, Feeds, LiveLog, Piece
from backend.jobs.log_lines import MAX_LINE, LineSplitter, shown
from backend.jobs.log_reader import LogReader
from backend.jobs.websocket_manager import WebSocketManager
from backend.models.jobs import Job, JobStatus
from backend.repositories.jobs import JobRepository
from backend.repositories.log_chunks import LogChunkRepository


def _lines(*pieces: tuple[bytes, int]) -> tuple[list[str], list[str]]:
    splitter = LineSplitter(0)
    found, at = [], 0
    for data, stream in pieces:
        found += splitter.feed(Piece(at, 0, data, 0, stream))
        at += len(data)
    return [text for _, text, _ in found], [text for _, text, _ in splitter.rest()]


def test_a_redrawn_line_is_shown_as_it_was_drawn_last() -> None:
    assert _lines((b"  1%\r 50%\r100%\nnext", 1)) == (["100%"], ["next"])
    assert _lines((b"dos line\r\n", 1)) == (["dos line"], [])
    assert _lines((b"dos", 1), (b" line\r", 1), (b"\nx", 1)) == (["dos line"], ["x"])
    assert _lines((b"old\r", 1), (b"new\n", 1)) == (["new"], [])


def test_a_bar_on_one_stream_does_not_stick_to_a_line_of_the_other() -> None:
    assert _lines((b"\r 10%", 2), (b"result\n", 1), (b"\r 20%", 2)) == (["result"], [" 20%"])


def test_an_endless_line_costs_little_memory() -> None:
    splitter = LineSplitter(0)
    for at in range(100):
        splitter.feed(Piece(at * 100_000, 0, b"x" * 100_000, 0, 1))
    assert len(splitter.rest()[0][1]) < MAX_LINE + 100


def test_a_dropped_part_is_said_and_numbers_go_on_behind_it() -> None:
    splitter = LineSplitter(0)
    splitter.feed(Piece(0, 0, b"a\nb\n", 0, 1))
    found = splitter.feed(Piece(1004, 500, b"y\n", 0, 1))
    assert [number for number, _, _ in found] == [2, 500]
    assert "1000 bytes dropped" in found[0][1]


def test_what_is_no_text_is_replaced() -> None:
    assert shown(b"a\0\xff") == "a\ufffd\ufffd"


def test_memory_holds_what_is_not_stored_and_little_more() -> None:
    live = LiveLog(0, 0)
    for _ in range(40):
        live.append(b"x" * 99_999 + b"\n", 0, 1)
    live.stored_until(2_000_000)
    assert live.start_byte == 2_000_000
    live.stored_until(live.end_byte)
    assert live.end_byte - live.start_byte >= KEEP_BYTES
    assert live.end_byte - live.start_byte <= KEEP_BYTES + 100_000
    assert live.lines == 40
    assert next(live.pieces_from(3_950_000)).first_byte == 3_900_000


class _Watcher:
    """Leaves when it has so many lines."""

    def __init__(self, enough: int) -> None:
        self.lines: list[str] = []
        self.sent = asyncio.Event()
        self._enough = enough

    async def send_text(self, text: str) -> None:
        self.lines += json.loads(text).get("lines", [])
        if len(self.lines) >= self._enough:
            self.sent.set()

    async def send_bytes(self, data: bytes) -> None: ...

    async def receive(self) -> str:
        await self.sent.wait()
        raise ConnectionError

    async def close(self, code: int, reason: str) -> None: ...


async def _allowed() -> bool:
    return True


async def test_who_opens_a_log_of_short_lines_does_not_hold_up_everybody_else() -> None:
    """To split a piece of 200 KB of them takes 50 ms: little by little, so that others get their turns."""
    said = [f"line {number}" for number in range(20_000)]
    unused = Database("mongodb://127.0.0.1:1", "unused")
    feeds, watcher, turns = Feeds(lambda _: None), _Watcher(len(said)), 0
    job = Job(
        id="a", command="yes", title="Yes", touches="reads", parameters={}, submitted_by="", status=JobStatus.RUNNING,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    reader = LogReader(LogChunkRepository(unused.db), feeds)
    manager = WebSocketManager(JobRepository(unused.db), feeds, reader)
    with feeds.watch("a") as feed:
        feed.log = LiveLog(0, 0)
        feed.log.append("".join(f"{line}\n" for line in said).encode(), 0, 1)
        feed.job = job
        watching = asyncio.create_task(manager.serve("a", watcher, style="batch", start=0, allowed=_allowed))
        while not watcher.sent.is_set():
            turns += 1
            await asyncio.sleep(0)
        await watching
    assert watcher.lines == said
    assert turns > 10
