"""Settings and keys: what is accepted, what is refused and how, and that the documents tell the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.config.keys import load_or_create_keys
from backend.config.settings import Settings, load_settings
from backend.database import DatabaseError
from backend.database_session import no_answer
from backend.errors import StartError

PROJECT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


def test_bad_settings_are_named_and_their_values_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv("JWT_SECRET", "too-short-a-secret")
    with pytest.raises(StartError) as caught:
        load_settings()
    assert "PORT" in str(caught.value)
    assert "JWT_SECRET" in str(caught.value)
    assert "too-short-a-secret" not in str(caught.value)


def test_secrets_can_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text("a secret that is long enough for anything\n")
    monkeypatch.setenv("JWT_SECRET_FILE", str(tmp_path / "jwt"))
    secret = load_settings().jwt_secret
    assert secret is not None
    assert secret.get_secret_value() == "a secret that is long enough for anything"
    monkeypatch.setenv("JWT_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(StartError, match="JWT_SECRET_FILE"):
        load_settings()


def test_lists_and_empty_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("COMMANDS_DIR", "")
    settings = load_settings(port=9000)
    assert settings.cors_origins == ["https://a.example", "https://b.example"]
    assert settings.commands_dir is None
    assert settings.port == 9000


def test_keys_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data")
    first = load_or_create_keys(settings)
    assert load_or_create_keys(settings) == first
    for name in ("jwt_secret", "encryption_key"):
        assert (tmp_path / "data" / "keys" / name).stat().st_mode & 0o777 == 0o600
    assert first.jwt_secret not in repr(first)


def test_a_damaged_key_is_never_replaced(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data")
    load_or_create_keys(settings)
    key = tmp_path / "data" / "keys" / "encryption_key"
    key.write_text("damaged")
    with pytest.raises(StartError, match="encryption_key"):
        load_or_create_keys(settings)
    assert key.read_text() == "damaged"


def test_production_demands_explicit_keys(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, environment="production")
    with pytest.raises(StartError, match=r"^JWT_SECRET environment variable is required$"):
        load_or_create_keys(settings)
    settings = load_settings(data_dir=tmp_path, environment="production", jwt_secret="x" * 40)
    with pytest.raises(StartError, match=r"^ENCRYPTION_KEY environment variable is required$"):
        load_or_create_keys(settings)


def test_the_example_file_names_every_setting() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#?\s?([A-Z_]+)=", text, re.M)) == {name.upper() for name in Settings.model_fields}


def test_the_readme_names_every_setting_with_its_meaning() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"| `{name.upper()}` |" in text
        assert str(field.description) in text


def test_a_bad_proxy_is_a_bad_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, ::1, proxy.example")
    with pytest.raises(StartError, match=r"TRUSTED_PROXIES .*entry 3"):
        load_settings()


def test_who_set_no_database_is_not_asked_about_its_address(tmp_path: Path) -> None:
    private = str(no_answer(load_settings(data_dir=tmp_path, mongo_url=None), DatabaseError()))
    own = str(no_answer(load_settings(data_dir=tmp_path, mongo_url="mongodb://x"), DatabaseError()))
    assert ("MONGO_URL" in private, "mongod.log" in private) == (False, True)
    assert ("MONGO_URL" in own, "mongod.log" in own) == (True, False)
