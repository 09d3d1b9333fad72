"""Removes secrets from a stream of bytes before anyone stores or sees it.

Standard library only, since the runner imports it in an interpreter without site-packages.
"""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = b"***"
# Shorter values occur by chance in ordinary output: masking them would destroy the log (actions/runner issue 326).
MIN_LENGTH = 6


def _base64_cores(data: bytes) -> Iterable[bytes]:
    """The part of data's base64 text that does not depend on its neighbours, for each of the three alignments."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift, touched_by_prefix in ((0, 0), (1, 2), (2, 3)):
            text = encode(b"\0" * shift + data).rstrip(b"=")
            last = len(text) - (1 if (shift + len(data)) % 3 else 0)
            yield text[touched_by_prefix:last]


def _forms(value: str) -> Iterable[bytes]:
    raw = value.encode()
    yield raw
    yield from _base64_cores(raw)
    for quoted in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield quoted.encode()
        yield quoted.lower().encode() if "%" in quoted else b""
    yield json.dumps(value)[1:-1].encode()
    yield json.dumps(value, ensure_ascii=False)[1:-1].encode()
    yield json.dumps(value)[1:-1].replace("/", "\\/").encode()
    yield shlex.quote(value).encode().strip(b"'") if "'" not in value else value.replace("'", "'\"'\"'").encode()
    yield value.replace("'", "'\\''").encode()


def patterns(values: Iterable[str]) -> list[bytes]:
    """Every form of every value that has to be masked, longest first, each once."""
    found: set[bytes] = set()
    for value in values:
        lines = [line.strip() for line in value.splitlines()] if "\n" in value.strip() else []
        for part in (value, value.strip(), *lines):
            if len(part) >= MIN_LENGTH:
                found.update(form for form in _forms(part) if len(form) >= MIN_LENGTH)
    return sorted(found, key=lambda form: (-len(form), form))


def mask(data: bytes, forms: Iterable[bytes]) -> bytes:
    for form in forms:
        data = data.replace(form, MASK)
    return data


class StreamMasker:
    """Masks a stream that arrives in pieces cut anywhere.

    Bytes that could be the beginning of a secret are held back until the next piece or `flush` decides; at most twice
    the longest form is ever held. They are not released by a timer: a slow writer would leak its secret piece by piece.
    """

    def __init__(self, forms: list[bytes]) -> None:
        self._forms = forms
        self._longest = max(map(len, forms), default=0)
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        if not self._forms:
            return data
        buffer = self._held + data if self._held else data
        cut = self._settled_until(buffer)
        self._held = buffer[cut:]
        return mask(buffer[:cut], self._forms)

    def flush(self) -> bytes:
        rest, self._held = self._held, b""
        return mask(rest, self._forms)

    def _settled_until(self, buffer: bytes) -> int:
        """Where the text begins whose masking still depends on what comes next."""
        size = len(buffer)
        cut = size
        for form in self._forms:
            at = buffer.find(form[:1], max(0, size - len(form) + 1))
            while -1 < at < cut:
                if form.startswith(buffer[at:]):
                    cut = at
                    break
                at = buffer.find(form[:1], at + 1)
        return self._before_matches_over(buffer, cut) if cut < size else size

    def _before_matches_over(self, buffer: bytes, cut: int) -> int:
        """Move `cut` left until no complete match lies across it: half a match would leave in clear."""
        moved = True
        while moved:
            moved = False
            for form in self._forms:
                at = buffer.find(form, max(0, cut - len(form) + 1), cut + len(form) - 1)
                if -1 < at < cut:
                    cut, moved = at, True
        return cut
