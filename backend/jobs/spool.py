"""The spool: what a runner leaves on disk for the console. Standard library only, the runner imports it.

One folder an attempt, `<data>/spool/<job id>.<attempt>/`:

- `runner`        who runs it (pid, start time, boot id); there before the child is, and who makes it owns the attempt.
                  A symbolic link whose target is the text: made in one system call, so it is whole or absent
- `out.<offset>`  masked output as frames; a new file begins every 16 MiB, named after its first frame's offset
- `outcome.json`  how it ended; renamed into place, so it is there whole or not at all

Offsets count masked output bytes of the attempt, frames' headers excluded: they are the log's byte numbers.
"""

from __future__ import annotations

import itertools
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADER = struct.Struct("<IBxxxQ")  # payload length, stream, time in microseconds since the epoch
SEGMENT_BYTES = 16 * 1024 * 1024
# Reading this much from the page cache takes as long as asking a thread to do it.
MUCH_BYTES = 128 * 1024
STDOUT, STDERR = 1, 2
RUNNER, OUTPUT, OUTCOME = "runner", "out.", "outcome.json"


def folder_of(spool: str | Path, job_id: str, attempt: int) -> Path:
    return Path(spool, f"{job_id}.{attempt}")


def write_note(path: Path, text: str) -> None:
    """Raises FileExistsError when there is one."""
    path.symlink_to(text)


def read_note(path: Path) -> str | None:
    try:
        return str(path.readlink())
    except OSError:
        return None


def write_json(path: Path, value: dict[str, Any]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(value), encoding="utf-8")
    draft.replace(path)


def read_json(path: Path) -> dict[str, Any] | None:
    """The file's object; None when it is absent or damaged (a full disk can leave an empty draft behind)."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


class SpoolWriter:
    """Appends frames. A write that fails (disk full) drops its bytes and says so in the log once it works again: the
    child must never be stopped by its own log."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._file = -1
        self._segment_size = SEGMENT_BYTES
        self._dropped = 0
        self.offset = 0

    def append(self, data: bytes, stream: int, time_us: int) -> bytes:
        """Write one frame; returns the bytes that are really in the spool now (for the running hash)."""
        note = f"\n[console: {self._dropped} bytes of output were not kept: no room on disk]\n".encode()
        payload = note + data if self._dropped else data
        try:
            if self._segment_size >= SEGMENT_BYTES:
                self._next_segment()
            _write_all(self._file, HEADER.pack(len(payload), stream, time_us) + payload)
        except OSError:
            self._dropped += len(data)
            # A frame may have been cut: the next one starts a new file, and the reader skips the damaged end.
            self._segment_size = SEGMENT_BYTES
            return b""
        self._dropped = 0
        self._segment_size += len(payload)
        self.offset += len(payload)
        return payload

    def tell_what_was_dropped(self, time_us: int) -> bytes:
        """At the end, when no further output brings the note; returns what was written."""
        return self.append(b"", STDERR, time_us) if self._dropped else b""

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _next_segment(self) -> None:
        if self.offset > self._limit and self._on_disk() > self._limit:
            raise OSError("the console has not read the spool for too long")
        path = self._folder / f"out.{self.offset:020d}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._segment_size = file, 0

    def _on_disk(self) -> int:
        return sum(entry.stat().st_size for entry in os.scandir(self._folder) if entry.name.startswith("out."))


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


@dataclass(frozen=True)
class Frame:
    offset: int
    stream: int
    time_us: int
    data: bytes


class SpoolReader:
    """Reads frames in order from any offset. Only whole frames: a half-written one is left for the next call."""

    def __init__(self, folder: Path, offset: int = 0) -> None:
        self._folder = folder
        self.offset = offset
        self._file = -1
        self._position = 0
        self._segment_start = -1
        self._frame_offset = 0

    def has_much(self) -> bool:
        """Whether reading on is work for a thread. What a runner has just written is still in the kernel's memory."""
        return self._file >= 0 and os.fstat(self._file).st_size - self._position > MUCH_BYTES

    def read(self, most: int) -> list[Frame]:
        """Frames from `offset` on, about `most` bytes of payload together; empty when there is nothing new."""
        frames: list[Frame] = []
        size = 0
        while size < most:
            if self._file < 0 and not self._open(self.offset):
                break
            batch = self._read_segment(most - size)
            frames += batch
            size += sum(len(frame.data) for frame in batch)
            if not batch and not self._open_following():
                break
        return frames

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def delete_before(self, offset: int) -> None:
        """Free the disk space of files that hold only bytes before `offset`; the newest file stays."""
        starts = self._starts()
        for start, following in itertools.pairwise(starts):
            if following <= offset:
                (self._folder / f"out.{start:020d}").unlink(missing_ok=True)

    def _starts(self) -> list[int]:
        try:
            return sorted(int(e.name[4:]) for e in os.scandir(self._folder) if e.name.startswith("out."))
        except FileNotFoundError:
            return []

    def _open(self, offset: int) -> bool:
        holding = [start for start in self._starts() if start <= offset]
        return bool(holding) and self._open_segment(holding[-1])

    def _open_following(self) -> bool:
        """Go on to the file after this one, if there is one and this one is read to its last whole frame."""
        later = [start for start in self._starts() if start > self._segment_start and start <= self._frame_offset]
        return bool(later) and self._open_segment(later[0])

    def _open_segment(self, start: int) -> bool:
        self.close()
        try:
            self._file = os.open(self._folder / f"out.{start:020d}", os.O_RDONLY)
        except FileNotFoundError:
            return False
        self._position, self._segment_start, self._frame_offset = 0, start, start
        return True

    def _read_segment(self, most: int) -> list[Frame]:
        frames: list[Frame] = []
        block = os.pread(self._file, most + HEADER.size, self._position)
        at = 0
        while at + HEADER.size <= len(block):
            length, stream, time_us = HEADER.unpack_from(block, at)
            end = at + HEADER.size + length
            if end > len(block):
                if frames:
                    break
                # One frame larger than what was asked for: read it alone.
                block = os.pread(self._file, HEADER.size + length, self._position)
                if len(block) < HEADER.size + length:
                    break
                at, end = 0, len(block)
            data = block[at + HEADER.size : end]
            at = end
            skip = max(0, self.offset - self._frame_offset)
            self._frame_offset += length
            if skip < length:
                frames.append(Frame(self._frame_offset - length + skip, stream, time_us, data[skip:]))
                self.offset = self._frame_offset
        self._position += at
        return frames
