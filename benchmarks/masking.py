"""Masking ten secrets in ordinary output, on one core, beside ten plain `bytes.replace` of the same values."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable

from backend.utils.masking import Finder, StreamMasker, patterns
from benchmarks.harness import Row, median

# As the runner reads its pipe.
_PIECE = 256 * 1024
_MEGABYTES = 32


def _output(values: list[str]) -> bytes:
    """Log lines, one in a thousand with a secret in it."""
    line = "2026-02-05T12:00:01Z INFO expected points of player {} in gameweek {}: 4.53{}\n"
    lines = [line.format(n, n % 38, f" {values[n % 10]}" if n % 1000 == 0 else "") for n in range(_MEGABYTES * 14_000)]
    return "".join(lines).encode()[: _MEGABYTES * 1_000_000]


async def run() -> list[Row]:
    values = [f"secret-{number}-{secrets.token_urlsafe(12)}" for number in range(10)]
    pieces = [data[at : at + _PIECE] for data in [_output(values)] for at in range(0, len(data), _PIECE)]
    finder = Finder(patterns(values))
    encoded = [value.encode() for value in values]

    def masked() -> Iterable[bytes]:
        masker = StreamMasker(finder)
        return (masker.feed(piece) for piece in pieces)

    def replaced() -> Iterable[bytes]:
        for piece in pieces:
            for value in encoded:
                piece = piece.replace(value, b"***")
            yield piece

    speeds, ratios = [], []
    for _ in range(5):
        ours, theirs = _megabytes_a_second(masked), _megabytes_a_second(replaced)
        speeds.append(ours)
        ratios.append(ours / theirs)
    return [
        Row("masking ten secrets in all their forms, one core", median(speeds), 200, "MB/s", at_least=True),
        Row("the same, to ten bytes.replace of the bare values", median(ratios), 0.3, "times", at_least=True),
    ]


def _megabytes_a_second(work: Callable[[], Iterable[bytes]]) -> float:
    began = time.perf_counter()
    for _ in work():
        pass
    return _MEGABYTES / (time.perf_counter() - began)
