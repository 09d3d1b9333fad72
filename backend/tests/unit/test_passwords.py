"""A1: which passwords are taken. Length counts, composition does not; what a guesser tries first is refused."""

from __future__ import annotations

import bcrypt
import pytest

from backend.auth.passwords import PasswordHasher, check_password
from backend.errors import InvalidInput

EMAIL = "jane.gooner@example.org"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "8 characters"),
        ("x" * 73, "72 bytes"),
        ("ü" * 37, "72 bytes"),
        ("with\0nul-byte", "NUL"),
        ("Football", "guessing programs"),
        ("TRUSTNO1", "guessing programs"),
        ("1qaz2wsx", "guessing programs"),
        ("airsenal2026!", "own words"),
        ("Ops-Console-1", "own words"),
        ("fplAdmin_99", "own words"),
        ("9999999999999", "one or two characters"),
        ("Jane.Gooner@example.org", "e-mail"),
        ("janegooner1", "e-mail"),
    ],
)
def test_what_a_guesser_tries_first_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_password(password, email=EMAIL)
    assert reason in caught.value.detail
    assert password not in caught.value.detail


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "x!Qv7#tz", "all lower case words", "ümläute 12", "9" * 4 + "abcd" + "x", "ä" * 36,
     "arsenal won the league in 1989", "p" + "q" * 70 + "r"],
)  # fmt: skip
def test_anything_else_is_taken_as_it_is(password: str) -> None:
    check_password(password, email=EMAIL)


async def test_it_is_kept_as_a_bcrypt_hash_that_takes_its_time() -> None:
    """ASVS 5.0.0 11.4.2: a cost of 12, a salt of its own each time."""
    first, second = await PasswordHasher().hash("x"), await PasswordHasher().hash("x")
    assert first.startswith("$2b$12$")
    assert first[:29] != second[:29]


@pytest.mark.parametrize(
    ("password", "kept"), [("right", True), ("wrong", True), ("x" * 73, True), ("nul\0", True), ("right", False)]
)
async def test_whatever_is_wrong_takes_the_same_work(
    password: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 5.0.0 6.3.8: one comparison of the same cost, with no admin yet and for a password that bcrypt cannot read
    too; also the first time, and nothing else."""
    hasher = PasswordHasher()
    present = bcrypt.hashpw(b"right", bcrypt.gensalt(12)).decode() if kept else None
    compare, costs = bcrypt.checkpw, []

    def watched(secret: bytes, against: bytes) -> bool:
        costs.append(against[:7])
        return compare(secret, against)

    monkeypatch.setattr(bcrypt, "checkpw", watched)
    monkeypatch.setattr(bcrypt, "hashpw", None)  # making a hash is as much work again
    assert await hasher.matches(password, present) is (kept and password == "right")
    assert costs == [b"$2b$12$"]


def test_the_list_is_long_enough() -> None:
    """ASVS 5.0.0 6.2.4 asks for the 3,000 most common ones that our own rules would let through."""
    from backend.auth.passwords import _common

    assert len([word for word in _common() if len(word) >= 8]) > 10_000
