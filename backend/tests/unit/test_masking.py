"""S5: a secret cut anywhere, in every form, is masked; and nothing else is."""

from __future__ import annotations

import base64
import html
import itertools
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.utils import masking
from backend.utils.masking import Finder, StreamMasker, patterns

SECRETS = ["hunter2secret", "päss/w+rd '\"\\ x", "line one is long\nline two is long", "abcabcab"]
FORMS = patterns(SECRETS)
FINDER = Finder(FORMS)


def _masked(pieces: list[bytes]) -> bytes:
    masker = StreamMasker(FINDER)
    return b"".join(masker.feed(piece) for piece in pieces) + masker.flush()


def _encoded(secret: str) -> list[bytes]:
    raw = secret.encode()
    return [
        raw,
        *(base64.b64encode(b"-" * shift + raw + b"tail") for shift in range(3)),
        quote(secret, safe="").encode(),
        json.dumps(secret).encode(),
    ]


def test_every_form_is_masked_wherever_the_stream_is_cut() -> None:
    for secret in SECRETS:
        for form in _encoded(secret):
            text = b"before " + form + b" after"
            whole = FINDER.mask(text)
            assert form not in whole
            assert whole.startswith(b"before ")
            for cut in range(len(text) + 1):
                assert _masked([text[:cut], text[cut:]]) == whole
            assert _masked([text[at : at + 1] for at in range(len(text))]) == whole


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([s.encode() for s in SECRETS])), max_size=8),
       st.lists(st.integers(0, 300), max_size=12))  # fmt: skip
def test_cutting_a_stream_never_shows_a_secret(parts: list[bytes], cuts: list[int]) -> None:
    text = b"".join(parts)
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    shown = _masked([text[a:b] for a, b in itertools.pairwise(edges)])
    assert shown == FINDER.mask(text)
    for secret in SECRETS:
        assert secret.encode() not in shown


def test_output_without_secrets_is_passed_on_at_once() -> None:
    masker = StreamMasker(FINDER)
    assert masker.feed(b"ordinary text\n") == b"ordinary text\n"
    assert StreamMasker(Finder([])).feed(b"anything") == b"anything"


def test_short_values_are_not_masked_blindly() -> None:
    assert patterns(["a", "true", "1234"]) == []


def test_each_long_line_of_a_multi_line_secret_is_masked() -> None:
    assert FINDER.mask(b"only line two is long here") == b"only *** here"


def test_with_and_without_re2_the_same_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FINDER._pattern is not None
    monkeypatch.setattr(masking, "_compile", lambda _forms: None)
    plain = Finder(FORMS)
    for text in (b"hunter2secret", b"abcabcabcabcab", b"x" + b"".join(_encoded(SECRETS[1])) + b"hunter2secre", b""):
        assert plain.mask(text) == FINDER.mask(text)


def test_overlapping_secrets_leave_no_rest() -> None:
    assert Finder([b"secret-one", b"one-secret"]).mask(b"<secret-one-secret>") == b"<***>"


def test_what_programs_make_of_a_secret_is_masked_too() -> None:
    for secret in SECRETS:
        for form in (repr(secret), ascii(secret), repr([secret.encode()]), html.escape(secret)):
            assert secret[-4:] not in FINDER.mask(form.encode()).decode()
            assert FINDER.mask(form.encode()) != form.encode()
    assert b"&quot;" not in FINDER.mask(html.escape(SECRETS[1]).encode())


def test_base64_in_several_lines_is_masked_as_a_whole() -> None:
    long = "".join(f"{number:x}-long" for number in range(20))
    finder = Finder(patterns([long]))
    for text in (base64.encodebytes(long.encode()), base64.encodebytes(long.encode() + b"\n")):
        assert text.count(b"\n") > 1
        assert len(finder.mask(text)) < 12
        assert len(finder.mask(text.replace(b"\n", b"\r\n"))) < 12
    assert patterns([long]) == patterns([long, long])
