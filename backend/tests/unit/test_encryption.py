from __future__ import annotations

import re

import pytest
from cryptography.fernet import Fernet

from backend.tests.started import PROJECT
from backend.utils.encryption import Sealer, SealError, looks_sealed

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_value_opens_in_its_own_record_only() -> None:
    """S2: Fernet alone would open a token in any record."""
    sealer = Sealer([OLD])
    sealed = sealer.seal("FPL_PASSWORD", 3, "s3cret value")
    assert "s3cret" not in sealed
    assert looks_sealed(sealed)
    assert sealer.open(sealed, "FPL_PASSWORD", 3) == "s3cret value"
    for name, version in [("FPL_LOGIN", 3), ("FPL_PASSWORD", 2)]:
        with pytest.raises(SealError, match="another record or version"):
            sealer.open(sealed, name, version)


def test_the_first_key_seals_and_every_key_opens() -> None:
    sealed = Sealer([OLD]).seal("A", 1, "value")
    both = Sealer([NEW, OLD])
    assert both.open(sealed, "A", 1) == "value"
    with pytest.raises(SealError, match="no key at hand"):
        Sealer([NEW]).open(sealed, "A", 1)
    with pytest.raises(SealError):
        Sealer([OLD]).open(both.seal("A", 2, "value"), "A", 2)


def test_what_another_program_sealed_with_our_key_is_no_value_of_ours() -> None:
    for text in ("null", "5", "[]", '{"name": "A"}', "plain"):
        with pytest.raises(SealError):
            Sealer([OLD]).open(Fernet(OLD).encrypt(text.encode()).decode(), "A", 1)


def test_a_value_of_a_record_does_not_pass_for_an_old_one_of_another() -> None:
    """S2: whoever may write to the database could else read one secret through a command that is given another."""
    sealer = Sealer([OLD])
    assert sealer.open_bare(sealer.seal("FPL_PASSWORD", 3, "s3cret value")) is None
    for text in ("sealed long ago", '{"a": "secret in JSON"}', "12345678", "null"):
        assert sealer.open_bare(Fernet(OLD).encrypt(text.encode()).decode()) == text


def test_no_weak_hash_is_used() -> None:
    """ASVS 5.0.0 11.4.1. The codes of authenticator apps are HMAC-SHA-1 by their own standard (RFC 6238)."""
    for path in (PROJECT / "backend").rglob("*.py"):
        if "tests" not in path.parts:
            assert not re.search(r"\b(md5|sha1|md4)\b", path.read_text(encoding="utf-8")), path


def test_damage_is_noticed() -> None:
    sealer = Sealer([OLD])
    sealed = sealer.seal("A", 1, "value")
    for damaged in (sealed[:-4], sealed[:30] + ("B" if sealed[30] == "A" else "A") + sealed[31:], "", "plain"):
        with pytest.raises(SealError):
            sealer.open(damaged, "A", 1)
