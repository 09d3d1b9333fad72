"""Secrets at rest: sealed, write-only, and safe from wrong keys and swapped records."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from motor.motor_asyncio import AsyncIOMotorClient

from backend.config.keys import Keys
from backend.tests.conftest import Console, running_console, test_settings


@pytest.fixture
def records(console: Console, mongo_url: str) -> Any:
    """The stored documents, as somebody with a dump of the database would see them."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    return client[console.settings.db_name]["secrets"]


async def _save(console: Console, key: str, value: str) -> None:
    answer = await console.http.post("/api/secrets", json={"key": key, "value": value})
    assert answer.json() == {"success": True, "key": key}, answer.text


async def _info(console: Console, key: str) -> dict[str, Any]:
    return next(row for row in (await console.http.get("/api/secrets")).json() if row["key"] == key)


async def test_values_go_in_and_never_come_out(console: Console, records: Any) -> None:
    before = await _info(console, "FPL_PASSWORD")
    assert (before["is_set"], before["masked_value"]) == (False, "")
    await _save(console, "FPL_PASSWORD", "canary-value-1")
    await _save(console, "FPL_PASSWORD", "canary-value-2")
    after = await _info(console, "FPL_PASSWORD")
    assert (after["is_set"], after["masked_value"], after["version"]) == (True, "***", 2)
    assert "canary" not in (await console.http.get("/api/secrets")).text
    stored = await records.find_one({"key": "FPL_PASSWORD"})
    assert "canary" not in str(stored)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("lower", "long enough", "key"), ("PATH", "long enough", "key"), ("LD_PRELOAD", "long enough", "key"),
        ("ENCRYPTION_KEY", "long enough", "key"), ("A" * 65, "long enough", "key"), ("", "long enough", "key"),
        ("OK", "", "value"), ("OK", "qx7", "value"), ("OK", "password", "value"), ("OK", "a\0bcdefgh", "value"),
        ("OK", "x" * 66_000, "value"), ("FPL_TEAM_ID", "team", "value"), ("FPL_LOGIN", "nobody", "value"),
        ("APP_ADMIN_EMAIL", "nobody", "value"), ("AIRSENAL_HOME", "relative/path", "value"),
    ],
)  # fmt: skip
async def test_bad_names_and_values_are_refused_with_the_reason(
    console: Console, key: str, value: str, field: str
) -> None:
    """S6."""
    answer = await console.http.post("/api/secrets", json={"key": key, "value": value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert not value or value in ("team", "password") or value not in answer.text


async def test_swapped_records_are_caught(console: Console, records: Any) -> None:
    """S2: Fernet alone would open the other record's token."""
    await _save(console, "TEST_SECRET", "the first secret")
    await _save(console, "OTHER_SECRET", "the second secret")
    first, second = [await records.find_one({"key": key}) for key in ("TEST_SECRET", "OTHER_SECRET")]
    await records.update_one({"key": "TEST_SECRET"}, {"$set": {"sealed": second["sealed"]}})
    assert (await _info(console, "TEST_SECRET"))["readable"] is False
    job = await console.run("environment")
    assert (job["status"], job["cause"]) == ("failed", "could_not_start")
    assert "TEST_SECRET" in job["error"]
    await records.update_one({"key": "TEST_SECRET"}, {"$set": {"sealed": first["sealed"]}})
    assert (await console.run("environment"))["status"] == "completed"


async def test_values_from_before_encryption_are_read_and_sealed_at_first_touch(
    console: Console, records: Any, keys: Keys
) -> None:
    await records.delete_many({"key": {"$in": ["TEST_SECRET", "OTHER_SECRET"]}})
    bare = Fernet(keys.encryption_keys[0]).encrypt(b"sealed long ago").decode()
    await records.insert_many(
        [{"key": "TEST_SECRET", "value": "plain legacy value"}, {"key": "OTHER_SECRET", "value": bare}]
    )
    assert (await _info(console, "TEST_SECRET"))["is_set"] is True
    log = "\n".join((await console.run("environment"))["logs"])
    assert "TEST_SECRET=***" in log
    assert "OTHER_SECRET=***" in log
    for key in ("TEST_SECRET", "OTHER_SECRET"):
        stored = await records.find_one({"key": key})
        assert "value" not in stored
        assert stored["version"] == 1
    assert "legacy" not in str([document async for document in records.find()])


async def test_a_wrong_key_refuses_what_needs_it_and_nothing_else(
    console: Console, mongo_url: str, records: Any, tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """S4, and that bringing the key back brings the secrets back."""
    await _save(console, "TEST_SECRET", "sealed with the first key")
    stored = await records.find_one({"key": "TEST_SECRET"})
    wrong = Keys("other-" * 8, (Fernet.generate_key().decode(),))
    settings = test_settings(tmp_path_factory.mktemp("wrong"), db_name=console.settings.db_name)
    async with running_console(mongo_url, settings, wrong) as other:
        assert "TEST_SECRET" in capsys.readouterr().out
        assert (await _info(other, "TEST_SECRET"))["readable"] is False
        refused = await other.run("environment")
        assert (refused["status"], refused["cause"]) == ("failed", "could_not_start")
        assert "ENCRYPTION_KEY" in refused["error"]
        assert (await other.run("say"))["status"] == "completed"
    assert await records.find_one({"key": "TEST_SECRET"}) == stored
    assert (await _info(console, "TEST_SECRET"))["readable"] is True


async def test_deleting(console: Console) -> None:
    await _save(console, "THROW_AWAY", "some value here")
    assert (await console.http.delete("/api/secrets/THROW_AWAY")).json() == {"success": True, "key": "THROW_AWAY"}
    assert (await console.http.delete("/api/secrets/THROW_AWAY")).status_code == 404
    assert (await console.http.delete("/api/secrets/APP_ADMIN_EMAIL")).status_code == 409
