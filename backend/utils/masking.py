"""Removes secrets from a stream of bytes before anyone stores or sees it.

Works with the standard library alone, since the runner imports it in an interpreter without site-packages.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

MASK = b"***"
# Shorter values occur by chance in ordinary output: masking them would destroy the log (actions/runner issue 326).
MIN_LENGTH = 6
# Base64 is written in lines of 64 or 76 letters. A line end counts as part of it only behind that many letters of its
# alphabet in a row: ordinary text has no such lines, so that none of it is held back or masked for this.
WRAP_COLUMNS = 60
MAX_WRAPPED = 400
# Letters of forms in one expression. RE2 gives up at about a million nodes, and a letter that may be wrapped takes
# five; a secret of a thousand lines has half a million letters in its forms.
_ONE_EXPRESSION = 100_000
# Enough of a form's beginning to tell by, before all of it is compared.
_FIRST = 8
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="


def _base64_cores(data: bytes) -> Iterable[bytes]:
    """The part of data's base64 text that does not depend on its neighbours, for each of the three alignments."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift, touched_by_prefix in ((0, 0), (1, 2), (2, 3)):
            text = encode(b"\0" * shift + data).rstrip(b"=")
            last = len(text) - (1 if (shift + len(data)) % 3 else 0)
            yield text[touched_by_prefix:last]


def _wrapped_base64(data: bytes) -> Iterable[bytes]:
    """A very long text as the `base64` program and MIME (76 columns) and `openssl` (64) wrap it when it begins with
    data; shorter ones are found across line ends at any place, see `Finder`."""
    text = next(iter(_base64_cores(data)))
    for columns in (76, 64):
        if len(text) > MAX_WRAPPED:
            lines = [text[at : at + columns] for at in range(0, len(text), columns)]
            yield b"\n".join(lines)
            yield b"\r\n".join(lines)  # what a terminal makes of it


# What is left as it is beside letters, digits and `_.-~`: by Python, JavaScript's encodeURIComponent and encodeURI, and
# in the password and the query of an address as browsers, Node and httpx write it (WHATWG URL §1.3).
_URL_KEPT = ("", "/", "!'()*", "!'()*;,/?:@&=+$#", "!$%&'()*+,", "!$%&()*+,/:;=?@[\\]^`{|}")
# Where LC_ALL=C says that there are no other letters, and in git everywhere, their bytes are written.
_NOT_ASCII = re.compile("[^\0-\x7f]+")
_BASH_QUOTED = re.compile(r"""[ '"\\|&;()<>!{}*\[\]?^$`,]|^[~#]""")


def _json_texts(value: str) -> Iterable[str]:
    for escaped in (True, False):
        text = json.dumps(value, ensure_ascii=escaped)[1:-1]
        yield text
        yield text.replace("/", "\\/")
        yield json.dumps(text, ensure_ascii=escaped)[1:-1]  # in a text of JSON itself: a body in a line of a log
        yield re.sub("[&<>]", lambda sign: f"\\u{ord(sign[0]):04x}", text)  # Go, and what is made for a page


def _url_texts(value: str) -> Iterable[str]:
    for kept in _URL_KEPT:
        yield quote(value, safe=kept)
    yield quote_plus(value)
    yield quote_plus(value, safe="*").replace("~", "%7E")  # a form, as URLSearchParams writes it


def _markup_texts(value: str) -> Iterable[str]:
    bare = html.escape(value, quote=False)
    yield bare
    yield html.escape(value)
    yield bare.replace('"', "&quot;")
    yield bare.replace('"', "&#34;").replace("'", "&#39;")
    yield bare.replace('"', "&quot;").replace("'", "&apos;")


def _octal(found: re.Match[str]) -> str:
    return "".join(f"\\{byte:03o}" for byte in found[0].encode())


def _quoted_texts(value: str) -> Iterable[str]:
    """In shells' quotes of every kind, and doubled as YAML, SQL and CSV do it."""
    yield shlex.quote(value).strip("'") if "'" not in value else value.replace("'", "'\"'\"'")
    yield value.replace("'", "'\\''")
    yield re.sub(r'[\\"$`]', r"\\\g<0>", value)
    yield _BASH_QUOTED.sub(r"\\\g<0>", value)
    yield value.replace("'", "''")
    yield value.replace('"', '""')
    # C, git and bash; Perl; what doubles backslashes only.
    for signs in (r"[\\']", r'[\\"]', r'[\\"$@]', r"\\"):
        text = re.sub(signs, r"\\\g<0>", value)
        yield text
        yield _NOT_ASCII.sub(_octal, text)
    # A file of that name that is not there, as coreutils say it: 'V'$'\303\266''gel'.
    text = _NOT_ASCII.sub(lambda run: f"'$'{_octal(run)}''", value.replace("'", "'\\''"))
    yield text.removeprefix("'$'").removesuffix("''")


def _forms(value: str) -> Iterable[bytes]:
    raw = value.encode()
    yield raw
    yield from _base64_cores(raw)
    yield from _wrapped_base64(raw)
    yield repr(raw)[2:-1].encode()
    markup = list(_markup_texts(value))
    texts = [repr(value)[1:-1], ascii(value)[1:-1], *_json_texts(value), *markup, *_quoted_texts(value)]
    texts += [text.encode("ascii", "xmlcharrefreplace").decode() for text in (value, *markup)]  # XML in ASCII
    for form in ("NFC", "NFD"):  # names of files come back in another one on some systems
        texts.append(unicodedata.normalize(form, value))
    for text in _url_texts(value):
        texts += [text, re.sub("%[0-9A-F]{2}", lambda sign: sign[0].lower(), text)]
    yield from (text.encode() for text in texts)


def patterns(values: Iterable[str]) -> list[bytes]:
    """Every form of every value that has to be masked, longest first, each once."""
    found: set[bytes] = set()
    for value in values:
        lines = [line.strip() for line in value.splitlines()] if "\n" in value.strip() else []
        for part in (value, value.strip(), *lines):
            if len(part) >= MIN_LENGTH:
                found.add(part.replace("\n", "\r\n").encode())  # what a terminal makes of it
                found.update(form for form in _forms(part) if len(form) >= MIN_LENGTH)
    return sorted(found, key=lambda form: (-len(form), form))


def _may_be_wrapped(form: bytes) -> bool:
    return 8 <= len(form) <= MAX_WRAPPED and not form.strip(_ALPHABET)


def _is_wrap(data: bytes, at: int, run: int) -> bool:
    """Whether the line end at `at` stands behind a full line of base64. `run`: how many letters of base64 came directly
    before data."""
    line = data[max(0, at - WRAP_COLUMNS - 1) : at].removesuffix(b"\r")[-WRAP_COLUMNS:]
    letters = len(line) - len(line.rstrip(_ALPHABET))
    return letters == WRAP_COLUMNS or (letters == len(line) and at <= WRAP_COLUMNS and letters + run >= WRAP_COLUMNS)


class Finder:
    """Finds every occurrence of any form; forms in the alphabet of base64 also across the line ends of a wrapped text.

    With RE2 it is one pass, however many forms there are, and a single secret has a dozen; without it, one search a
    form. RE2 is compiled code and not of the standard library: used where it can be imported.
    """

    def __init__(self, forms: Iterable[bytes]) -> None:
        self.forms = list(forms)
        self.wrapped = [form for form in self.forms if _may_be_wrapped(form)]
        # Most forms of a secret begin alike: one search for all of them, the longest first.
        self.by_beginning: dict[bytes, list[bytes]] = {}
        for form in sorted(self.forms, key=len, reverse=True):
            self.by_beginning.setdefault(form[:_FIRST], []).append(form)
        # With a line end of two bytes in each WRAP_COLUMNS letters.
        self.longest = max(map(len, self.forms), default=0) + 2 * (MAX_WRAPPED // WRAP_COLUMNS + 2)

    @cached_property
    def _patterns(self) -> list[Any]:
        # At the first output, not before: it takes milliseconds, and no job's start shall wait for it.
        return _compile(self.forms)

    def spans(self, data: bytes, run: int = 0, first: int = 0, last: int | None = None) -> list[tuple[int, int]]:
        """Where forms occur in data[first:last], overlapping ones joined, in order."""
        found = (self._by_patterns if self._patterns else self._one_by_one)(
            data, run, first, len(data) if last is None else last
        )
        joined: list[tuple[int, int]] = []
        for start, end in found:
            if joined and start < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined

    def _by_patterns(self, data: bytes, run: int, first: int, last: int) -> list[tuple[int, int]]:
        return sorted(span for pattern in self._patterns for span in self._by(pattern, data, run, first, last))

    def _by(self, pattern: Any, data: bytes, run: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        match = pattern.search(data, first, last)
        while match:
            start, end = match.span()
            if self._genuine(data, start, end, run):
                yield start, end
            else:
                yield from ((start, start + len(form)) for form in self.forms if data.startswith(form, start, last))
            # One byte on, not behind the match: the next secret may overlap this one.
            match = pattern.search(data, start + 1, last)

    def _genuine(self, data: bytes, start: int, end: int, run: int) -> bool:
        """A form as it is, or one whose line ends are those of wrapped base64."""
        at = data.find(b"\n", start, end)
        if at < 0 or data[start:end] in self.forms:
            return True
        while at >= 0:
            if not _is_wrap(data, at, run):
                return False
            at = data.find(b"\n", at + 1, end)
        return True

    def _one_by_one(self, data: bytes, run: int, first: int, last: int) -> list[tuple[int, int]]:
        found = []
        for form in self.forms:
            at = data.find(form, first, last)
            while at >= 0:
                found.append((at, at + len(form)))
                at = data.find(form, at + 1, last)
        if self.wrapped and data.find(b"\n", first, last) >= 0:
            found += self._across_lines(data, run, first, last)
        return sorted(found)

    def _across_lines(self, data: bytes, run: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        part = data[first:last]
        flat = part.translate(None, b"\r\n")
        places: list[int] = []
        for form in self.wrapped:
            at = flat.find(form)
            while at >= 0:
                places = places or [first + place for place, byte in enumerate(part) if byte not in b"\r\n"]
                start, end = places[at], places[at + len(form) - 1] + 1
                if self._genuine(data, start, end, run):
                    yield start, end
                at = flat.find(form, at + 1)

    def mask(self, data: bytes, run: int = 0) -> bytes:
        spans = self.spans(data, run) if self.forms else []
        if not spans:
            return data
        starts = [0, *(end for _, end in spans)]
        ends = [*(start for start, _ in spans), len(data)]
        return MASK.join(data[start:end] for start, end in zip(starts, ends, strict=True))


def _compile(forms: list[bytes]) -> list[Any]:
    """Expressions that together find every form; none when RE2 is not there or does not want to hold them."""
    try:
        import re2
    except ImportError:
        return []
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes, not text
    options.longest_match = True
    options.max_mem = 256 * 1024 * 1024
    options.log_errors = False

    def expression(form: bytes) -> bytes:
        if not _may_be_wrapped(form):
            return bytes(re2.escape(form))
        return b"(?:\\r?\\n)?".join(re2.escape(form[at : at + 1]) for at in range(len(form)))

    try:
        return [re2.compile(b"|".join(map(expression, part)), options) for part in _parts(forms)]
    except re2.error:  # more than RE2 wants to hold: hundreds of very long secrets
        return []


def _parts(forms: list[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    letters = 0
    for form in forms:
        if part and letters + len(form) > _ONE_EXPRESSION:
            yield part
            part, letters = [], 0
        part.append(form)
        letters += len(form)
    if part:
        yield part


def _next_beginning(buffer: bytes, beginning: bytes, start: int) -> int:
    """The first place from `start` on where a form with that beginning may begin; -1 when there is none."""
    at = buffer.find(beginning, start)
    return at if at >= 0 else buffer.find(beginning[:1], max(start, len(buffer) - _FIRST + 1))


class StreamMasker:
    """Masks a stream that arrives in pieces cut anywhere.

    Bytes that could be the beginning of a secret are held back until the next piece or `flush` decides; at most twice
    the longest form is ever held. They are not released by a timer: a slow writer would leak its secret piece by piece.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._held = b""
        self._run = 0
        """Letters of base64 at the end of what was released."""

    def feed(self, data: bytes) -> bytes:
        if not self._finder.forms:
            return data
        buffer = self._held + data if self._held else data
        cut = self._settled_until(buffer)
        self._held = buffer[cut:]
        return self._release(buffer[:cut])

    def flush(self) -> bytes:
        rest, self._held = self._held, b""
        return self._release(rest)

    def _release(self, data: bytes) -> bytes:
        masked = self._finder.mask(data, self._run)
        end = data[-WRAP_COLUMNS:]
        letters = len(end) - len(end.rstrip(_ALPHABET))
        self._run = min(WRAP_COLUMNS, letters + (self._run if letters == len(data) else 0))
        return masked

    def _settled_until(self, buffer: bytes) -> int:
        """Where the text begins whose masking still depends on what comes next."""
        size = len(buffer)
        cut = self._wrapped_beginning(buffer)
        for beginning, forms in self._finder.by_beginning.items():
            at = _next_beginning(buffer, beginning, max(0, size - len(forms[0]) + 1))
            while -1 < at < cut:
                rest = buffer[at:]
                if any(form.startswith(rest) for form in forms):
                    cut = at
                    break
                at = _next_beginning(buffer, beginning, at + 1)
        return self._before_matches_over(buffer, cut) if cut < size else size

    def _wrapped_beginning(self, buffer: bytes) -> int:
        """Where a form begins that runs over the end of a full line of base64 and may go on."""
        size = len(buffer)
        # A carriage return at the very end may be the first half of a line end.
        end = size - 1 if buffer.endswith(b"\r") else buffer.rfind(b"\n", max(0, size - MAX_WRAPPED))
        if end < 0 or not self._finder.wrapped or not _is_wrap(buffer, end, self._run):
            return size
        first = max(0, size - self._finder.longest)
        places = [place for place in range(first, size) if buffer[place] not in b"\r\n"]
        flat = buffer[first:].translate(None, b"\r\n")
        cut = size
        for form in self._finder.wrapped:
            for at in range(max(0, len(flat) - len(form) + 1), len(flat)):
                if form.startswith(flat[at:]):
                    cut = min(cut, places[at])
                    break
        return cut

    def _before_matches_over(self, buffer: bytes, cut: int) -> int:
        """Move `cut` left until no complete match lies across it: half a match would leave in clear."""
        reach = self._finder.longest
        while True:
            window = self._finder.spans(buffer, self._run, max(0, cut - reach), min(len(buffer), cut + reach))
            over = [start for start, end in window if start < cut < end]
            if not over:
                return cut
            cut = over[0]
