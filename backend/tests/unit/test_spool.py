from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.jobs import spool
from backend.jobs.spool import SpoolReader, SpoolWriter


def _data(reader: SpoolReader) -> bytes:
    return b"".join(frame.data for frame in reader.read(1 << 30))


def test_frames_come_back_in_order_from_any_offset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SEGMENT_BYTES", 1000)
    writer = SpoolWriter(tmp_path, 1 << 30)
    whole = b""
    for number in range(100):
        data = os.urandom(number + 1)
        writer.append(data, 1 + number % 2, number)
        whole += data
    assert len(list(tmp_path.iterdir())) > 3
    for offset in (0, 1, 999, 1000, 2500, len(whole) - 1, len(whole)):
        assert _data(SpoolReader(tmp_path, offset)) == whole[offset:]
    small = SpoolReader(tmp_path)
    pieces = []
    while frames := small.read(64):
        pieces += [frame.data for frame in frames]
    assert b"".join(pieces) == whole


def test_a_half_written_frame_is_left_for_later(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, 1 << 30)
    writer.append(b"whole", 1, 0)
    file = next(tmp_path.glob("out.*"))
    size = file.stat().st_size
    writer.append(b"cut in the middle", 1, 0)
    complete = file.read_bytes()
    file.write_bytes(complete[: size + 20])
    reader = SpoolReader(tmp_path)
    assert _data(reader) == b"whole"
    file.write_bytes(complete)
    assert _data(reader) == b"cut in the middle"


def test_read_files_are_freed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SEGMENT_BYTES", 100)
    writer = SpoolWriter(tmp_path, 1 << 30)
    for _ in range(10):
        writer.append(b"x" * 100, 1, 0)
    reader = SpoolReader(tmp_path)
    reader.read(1 << 20)
    reader.delete_before(500)
    assert len(list(tmp_path.glob("out.*"))) == 5
    writer.append(b"more", 1, 0)
    assert _data(reader) == b"more"


def test_a_full_disk_costs_output_but_never_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SpoolWriter(tmp_path, 1 << 30)
    writer.append(b"before\n", 1, 0)
    real = os.write

    def full(_file: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert writer.append(b"lost", 1, 0) == b""
    monkeypatch.setattr(os, "write", real)
    kept = writer.append(b"after\n", 1, 0)
    assert b"4 bytes of output were not kept" in kept
    assert _data(SpoolReader(tmp_path)) == b"before\n" + kept
