"""Removes secrets from a stream of bytes before anyone stores or sees it.

Works with the standard library alone, since the runner imports it in an interpreter without site-packages.
"""

from __future__ import annotations

import base64
import html
import json
import shlex
from collections.abc import Iterable, Iterator
from typing import Any
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


def _wrapped_base64(data: bytes) -> Iterable[bytes]:
    """As the `base64` program and MIME (76 columns) and `openssl` (64) wrap a text that begins with data."""
    text = next(iter(_base64_cores(data)))
    for columns in (76, 64):
        if len(text) > columns:
            lines = [text[at : at + columns] for at in range(0, len(text), columns)]
            yield b"\n".join(lines)
            yield b"\r\n".join(lines)  # what a terminal makes of it


def _forms(value: str) -> Iterable[bytes]:
    raw = value.encode()
    yield raw
    yield from _base64_cores(raw)
    yield from _wrapped_base64(raw)
    yield repr(raw)[2:-1].encode()
    yield repr(value)[1:-1].encode()
    yield ascii(value)[1:-1].encode()
    yield html.escape(value).encode()
    yield html.escape(value, quote=False).encode()
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


class Finder:
    """Finds every occurrence of any form.

    With RE2 it is one pass, however many forms there are, and a single secret has a dozen; without it, one search a
    form. RE2 is compiled code and not of the standard library: used where it can be imported.
    """

    def __init__(self, forms: Iterable[bytes]) -> None:
        self.forms = list(forms)
        self._pattern = _compile(self.forms)

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Where forms occur, overlapping ones joined, in order."""
        found = self._by_pattern(data) if self._pattern else self._one_by_one(data)
        joined: list[tuple[int, int]] = []
        for start, end in found:
            if joined and start < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined

    def _by_pattern(self, data: bytes) -> Iterator[tuple[int, int]]:
        match = self._pattern.search(data)
        while match:
            yield match.span()
            # One byte on, not behind the match: the next secret may overlap this one.
            match = self._pattern.search(data, match.start() + 1)

    def _one_by_one(self, data: bytes) -> list[tuple[int, int]]:
        found = []
        for form in self.forms:
            at = data.find(form)
            while at >= 0:
                found.append((at, at + len(form)))
                at = data.find(form, at + 1)
        return sorted(found)

    def mask(self, data: bytes) -> bytes:
        spans = self.spans(data) if self.forms else []
        if not spans:
            return data
        starts = [0, *(end for _, end in spans)]
        ends = [*(start for start, _ in spans), len(data)]
        return MASK.join(data[start:end] for start, end in zip(starts, ends, strict=True))


def _compile(forms: list[bytes]) -> Any:
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes, not text
    options.longest_match = True
    options.max_mem = 256 * 1024 * 1024
    options.log_errors = False
    try:
        return re2.compile(b"|".join(map(re2.escape, forms)), options) if forms else None
    except re2.error:  # more than RE2 wants to hold: hundreds of very long secrets
        return None


class StreamMasker:
    """Masks a stream that arrives in pieces cut anywhere.

    Bytes that could be the beginning of a secret are held back until the next piece or `flush` decides; at most twice
    the longest form is ever held. They are not released by a timer: a slow writer would leak its secret piece by piece.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        if not self._finder.forms:
            return data
        buffer = self._held + data if self._held else data
        cut = self._settled_until(buffer)
        self._held = buffer[cut:]
        return self._finder.mask(buffer[:cut])

    def flush(self) -> bytes:
        rest, self._held = self._held, b""
        return self._finder.mask(rest)

    def _settled_until(self, buffer: bytes) -> int:
        """Where the text begins whose masking still depends on what comes next."""
        size = len(buffer)
        cut = size
        for form in self._finder.forms:
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
            for form in self._finder.forms:
                at = buffer.find(form, max(0, cut - len(form) + 1), cut + len(form) - 1)
                if -1 < at < cut:
                    cut, moved = at, True
        return cut
