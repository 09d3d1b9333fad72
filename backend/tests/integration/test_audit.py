"""A13, S7: every deed has its row, no row is forged or changed unseen, and what cannot be recorded does not happen."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bson.datetime_ms import DatetimeMS
from motor.motor_asyncio import AsyncIOMotorClient

from backend.api import audit as api_audit
from backend.audit import check
from backend.audit.check import check_chain
from backend.database import Database
from backend.errors import Unavailable
from backend.models.audit import AuditEntry, Head
from backend.repositories.audit import AuditRepository
from backend.tests.conftest import EMAIL, Console
from backend.tests.started import PROJECT, passed_on


@pytest.fixture
def stored(console: Console, mongo_url: str) -> Any:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    return client[console.settings.db_name]


async def _rows(console: Console, **query: object) -> list[dict[str, Any]]:
    answer = await console.http.get("/api/audit", params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def _row_about(console: Console, kind: str, subject: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            if found := [row for row in await _rows(console, kind=kind, text=subject) if row["subject"] == subject]:
                return found[0]
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _unwritable(stored: Any) -> AsyncIterator[None]:
    """The real storage refuses every new row."""
    await stored.command("collMod", "audit", validator={"never": {"$exists": True}})
    try:
        yield
    finally:
        await stored.command("collMod", "audit", validator={})


async def test_every_deed_has_its_row(console: Console) -> None:
    await console.http.post("/api/secrets", json={"key": "TEST_SECRET", "value": "canary-of-the-audit"})
    await console.http.post("/api/secrets", json={"key": "AUDIT_DELETED", "value": "canary-of-the-audit"})
    await console.http.delete("/api/secrets/AUDIT_DELETED")
    job = await console.run("environment")
    slow = await console.submit("count", lines=1000, pause=0.1)
    await console.http.post(f"/api/jobs/{slow['id']}/cancel", headers={"X-Request-ID": "my.cancel"})
    await console.http.get(f"/api/jobs/{job['id']}/log/download")
    await console.http.delete(f"/api/jobs/{job['id']}/logs")
    await console.http.post("/api/queue/drain")
    await console.http.post("/api/queue/resume")
    for kind, subject in [
        ("secret.change", "TEST_SECRET"), ("secret.delete", "AUDIT_DELETED"), ("secret.use", job["id"]),
        ("job.start", job["id"]), ("job.cancel", slow["id"]), ("log.export", job["id"]), ("log.clear", job["id"]),
        ("queue.drain", ""), ("queue.resume", ""),
    ]:  # fmt: skip
        row = await _row_about(console, kind, subject)
        assert row["who"] == EMAIL, row
        assert row["address"] == ("" if kind == "secret.use" else "127.0.0.1")
        assert datetime.fromisoformat(row["at"]).utcoffset() == UTC.utcoffset(None)
    assert (await _row_about(console, "job.cancel", slow["id"]))["request_id"] == "my.cancel"
    assert "TEST_SECRET" in (await _row_about(console, "secret.use", job["id"]))["text"]
    assert "canary" not in (await console.http.get("/api/audit", params={"limit": 500})).text
    used = next(row for row in (await console.http.get("/api/secrets")).json() if row["key"] == "TEST_SECRET")
    assert used["last_used_by"] == job["id"]
    assert used["last_used_at"]
    await console.ended(slow["id"])


async def test_what_cannot_be_recorded_does_not_happen(console: Console, stored: Any) -> None:
    """S7."""
    await console.http.post("/api/secrets", json={"key": "TEST_SECRET", "value": "before the storage failed"})
    slow = await console.submit("other_lane", lines=1000, pause=0.1)
    await console.when(slow["id"], lambda job: job["status"] == "running")
    before = await stored["secrets"].find_one({"key": "TEST_SECRET"})
    async with _unwritable(stored):
        for method, path, body in [
            ("POST", "/api/secrets", {"key": "TEST_SECRET", "value": "a value without a row"}),
            ("DELETE", "/api/secrets/TEST_SECRET", None),
            ("POST", f"/api/jobs/{slow['id']}/cancel", None),
            ("POST", "/api/queue/drain", None),
            ("GET", "/api/audit/export", None),
        ]:
            answer = await console.http.request(method, path, json=body)
            assert (answer.status_code, "audit log" in answer.text) == (503, True), path
            assert answer.json()["request_id"]
        refused = await console.run("environment")
        assert (refused["status"], refused["cause"]) == ("failed", "could_not_start")
        assert "audit log" in refused["error"]
        without_secrets = await console.run("say")
        assert without_secrets["status"] == "completed"
    after = await stored["secrets"].find_one({"key": "TEST_SECRET"})
    assert {**after, "last_used_at": None} == {**before, "last_used_at": None}
    assert (await console.job(slow["id"]))["status"] == "running"
    assert (await console.http.get("/api/queue")).json()["draining"] is False
    await console.http.post(f"/api/jobs/{slow['id']}/cancel")
    await console.services.jobs._trail.follow()
    await stored["audit_positions"].delete_many({})


async def test_a_jobs_row_that_a_crash_took_is_written_later_and_once(
    console: Console, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.jobs import audit_trail

    monkeypatch.setattr(audit_trail, "_SETTLED_MICROSECONDS", 0)
    async with _unwritable(stored):
        lost = await console.run("say", text="its row is refused")
    seen = await console.run("say", text="its row is written")
    await _row_about(console, "job.start", seen["id"])
    assert await _rows(console, text=lost["id"]) == []
    for _ in range(2):
        await stored["audit_positions"].delete_many({})
        await console.services.jobs._trail.follow()
    for job in (lost, seen):
        assert len(await _rows(console, kind="job.start", text=job["id"])) == 1
    assert (await _rows(console, text=lost["id"]))[0]["at"] == lost["created_at"]


async def test_a_row_cannot_be_forged_by_what_is_in_it(console: Console) -> None:
    ugly = 'x\n2026-01-01 "admin" \x1b[2Jsigned in\r\u2028\u202e,=1+1'
    await console.services.audit.record("test.forged\n", ugly, subject=ugly, who='=HYPERLINK("http://evil")')
    row = (await _rows(console, kind="test.forged"))[0]
    assert "\\n" in row["text"]
    assert row["text"].isprintable()
    for kind in ("ndjson", "csv"):
        answer = await console.http.get("/api/audit/export", params={"format": kind, "kind": "test.forged"})
        assert "attachment" in answer.headers["content-disposition"]
        lines = answer.text.splitlines()
        assert len(lines) == (1 if kind == "ndjson" else 2)
    cells = list(csv.reader(io.StringIO(answer.text)))
    assert cells[1][cells[0].index("who")].startswith("'=")


async def test_filters_and_pages(console: Console) -> None:
    for number in range(5):
        await console.services.audit.record("test.page", f"row {number} 100%", who="somebody@example.org")
    rows = await _rows(console, kind="test.page", limit=2)
    assert [row["text"] for row in rows] == ["row 4 100%", "row 3 100%"]
    rest = await _rows(console, kind="test.page", before=rows[-1]["sequence"])
    assert [row["text"] for row in rest] == ["row 2 100%", "row 1 100%", "row 0 100%"]
    assert len(await _rows(console, who="somebody@example.org")) == 5
    assert len(await _rows(console, text="ROW 3", kind="test")) == 1
    assert await _rows(console, text=".*", kind="test.page") == []
    await console.services.audit.record("test.nul", "a\0b")
    assert [row["text"] for row in await _rows(console, text="A\0", kind="test.nul")] == [r"a\x00b"]
    assert await _rows(console, kind="test.nul\0") == []
    assert len(await _rows(console, since=rest[0]["at"].replace("Z", "+00:00"), kind="test.page")) >= 3
    assert await _rows(console, until="2020-01-01T00:00:00Z") == []
    for wrong in ({"before": "x"}, {"since": "yesterday"}, {"since": "2026-01-01T00:00:00"}, {"limit": 501}):
        assert (await console.http.get("/api/audit", params=wrong)).status_code == 422


async def test_many_at_once_make_one_chain_also_from_two_consoles(console: Console, mongo_url: str) -> None:
    other = Database(mongo_url, console.settings.db_name)
    second = AuditRepository(other.db)
    now = datetime.now(UTC).replace(microsecond=0)

    async def from_elsewhere(number: int) -> None:
        await second.append([AuditEntry(now, "test.elsewhere", str(number))])

    for _ in range(5):
        await asyncio.gather(
            *(console.services.audit.record("test.crowd", str(number)) for number in range(40)),
            *(from_elsewhere(number) for number in range(2)),
        )
    await second.append([AuditEntry(now, "test.once", "1", event="a"), AuditEntry(now, "test.once", "2", event="a")])
    other.close()
    state = (await console.http.get("/api/audit/check")).json()
    assert state["ok"] is True
    assert len(await _rows(console, kind="test.crowd", limit=500)) == 200
    assert len(await _rows(console, kind="test.elsewhere", limit=500)) == 10
    assert [row["text"] for row in await _rows(console, kind="test.once")] == ["1"]


def _verify(console: Console, mongo_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**passed_on(), "MONGO_URL": mongo_url, "DB_NAME": console.settings.db_name}
    return subprocess.run(
        [sys.executable, "-m", "backend.audit", "verify", *arguments], cwd=PROJECT, env=env, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


async def test_a_change_in_any_row_is_found_and_named(console: Console, stored: Any, mongo_url: str) -> None:
    rows = stored["audit"]
    for number in range(6):
        await console.services.audit.record("test.chain", f"row {number}")
    head = await console.services.audit.rows.head()
    whole = await asyncio.to_thread(_verify, console, mongo_url)
    assert whole.returncode == 0, whole.stderr
    assert f"{head.sequence}:{head.hash}" in whole.stdout

    async def broken_at(noted: Head | None = None) -> int | None:
        state = await check_chain(console.services.audit.rows, noted)
        assert state.ok is (state.broken_at is None)
        return state.broken_at

    at = head.sequence - 2
    row = await rows.find_one({"_id": at})
    for field, value in [
        ("text", "another"), ("who", "nobody"), ("at", datetime(2020, 1, 1, tzinfo=UTC)), ("kind", 5),
        ("hash", "0" * 64),
    ]:  # fmt: skip
        await rows.update_one({"_id": at}, {"$set": {field: value}})
        assert await broken_at() == at, field
        await rows.replace_one({"_id": at}, row)
    await rows.update_one({"_id": at}, {"$unset": {"text": ""}})
    assert await broken_at() == at
    await rows.replace_one({"_id": at}, {**row, "more": "than was written"})
    assert await broken_at() == at
    for odd in ("text", 0.5, -1):
        await rows.replace_one({"_id": at}, row)
        await rows.insert_one({**row, "_id": odd, "event": f"odd {odd}"})
        assert await broken_at() == (head.sequence + 1 if odd == "text" else 1), odd
        await rows.delete_one({"_id": odd})
    await rows.delete_one({"_id": at})
    await rows.insert_one({**row, "_id": float(at)})
    assert await broken_at() == at, "a number of another type"
    await rows.delete_one({"_id": at})
    named = await asyncio.to_thread(_verify, console, mongo_url)
    assert named.returncode == 1
    assert f"BROKEN at row {at}" in named.stdout
    await rows.insert_one(row)
    # Cut off at the end: only the noted head tells.
    last = await rows.find_one({"_id": head.sequence})
    await rows.delete_one({"_id": head.sequence})
    assert await broken_at() is None
    assert await broken_at(head) == head.sequence
    cut = await asyncio.to_thread(_verify, console, mongo_url, "--noted", f"{head.sequence}:{head.hash}")
    assert cut.returncode == 1
    await rows.insert_one(last)
    assert await broken_at(head) is None
    assert await broken_at(Head(at, "0" * 64)) == at
    wrong = await asyncio.to_thread(_verify, console, mongo_url, "--noted", "nonsense")
    assert wrong.returncode == 2


async def test_a_folder_that_is_none_of_a_console_has_no_sound_log(console: Console, tmp_path: Path) -> None:
    nowhere = tmp_path / "misspelt"
    wrong = await asyncio.to_thread(_verify, console, "", "--data-dir", str(nowhere))
    assert (wrong.returncode, wrong.stdout, "not a console's data folder" in wrong.stderr) == (2, "", True), wrong
    assert not nowhere.exists()


async def test_a_check_whose_database_goes_away_says_that_nothing_is_known(console: Console, mongo_url: str) -> None:
    gone = False

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watched: bool) -> None:
        nonlocal gone
        while not gone and (data := await reader.read(65536)):
            gone = gone or (watched and b"audit" in data and b"find" in data)
            if not gone:
                writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if gone:
            writer.close()
            return
        server = urlsplit(mongo_url)
        opened = (
            asyncio.open_unix_connection(unquote(server.netloc))
            if server.netloc.endswith(".sock")
            else asyncio.open_connection(server.hostname, server.port or 27017)
        )
        theirs, ours = await opened
        await asyncio.gather(pass_on(reader, ours, True), pass_on(theirs, writer, False), return_exceptions=True)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as relay:
        address = f"mongodb://127.0.0.1:{relay.sockets[0].getsockname()[1]}/?directConnection=true"
        lost = await asyncio.to_thread(_verify, console, address)
    assert (lost.returncode, lost.stdout, "Traceback" in lost.stderr) == (2, "", False), lost.stderr
    assert "the database no longer answers" in lost.stderr
    assert "not known" in lost.stderr


async def test_spoiled_rows_stop_neither_the_list_nor_the_export_nor_the_check(console: Console, stored: Any) -> None:
    for number in range(3):
        await console.services.audit.record("test.spoiled", f"row {number}")
    rows = stored["audit"]
    at = (await console.services.audit.rows.head()).sequence - 1
    row = await rows.find_one({"_id": at})
    for change in (
        {"$set": {"sequence": 5}}, {"$set": {"_fields_set": 5}}, {"$set": {"text": b"\xff\x00"}},
        {"$set": {"who": ["a"]}}, {"$set": {"at": "2020"}}, {"$set": {"at": DatetimeMS(2**62)}},
        {"$unset": {"at": ""}}, {"$unset": {"kind": "", "hash": ""}},
    ):  # fmt: skip
        await rows.update_one({"_id": at}, change)
        assert at in [row["sequence"] for row in await _rows(console, limit=100)], change
        for kind in ("ndjson", "csv"):
            answer = await console.http.get("/api/audit/export", params={"format": kind})
            assert "row 2" in answer.text, change
        state = (await console.http.get("/api/audit/check")).json()
        assert (state["broken_at"], "damaged" in state["problem"]) == (at, True), change
        await rows.replace_one({"_id": at}, row)
    assert (await console.http.get("/api/audit/check")).json()["ok"] is True


async def test_a_spoiled_last_row_keeps_no_row_from_being_written(console: Console, stored: Any) -> None:
    """Else nobody could sign in any more to see what happened."""
    log, rows = console.services.audit, stored["audit"]
    await log.record("test.last", "sound")
    head = await log.rows.head()
    row = await rows.find_one({"_id": head.sequence})
    for odd in ("zzz", float("inf")):
        await rows.insert_one({**row, "_id": odd, "event": f"odd {odd}"})
    await rows.update_one({"_id": head.sequence}, {"$unset": {"hash": ""}})
    log.rows._head = None  # as after a start
    await log.record("test.last", "one more")
    assert (await rows.find_one({"_id": head.sequence + 1}))["text"] == "one more"
    assert (await check_chain(log.rows)).broken_at == head.sequence
    await rows.delete_many({"_id": {"$in": ["zzz", float("inf"), head.sequence + 1]}})
    await rows.replace_one({"_id": head.sequence}, row)
    log.rows._head = None
    assert (await check_chain(log.rows)).ok


async def test_a_check_that_takes_too_long_says_how_far_it_came_and_goes_on(
    console: Console, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million rows take longer than a page may wait."""
    monkeypatch.setattr(check, "_BATCH", 20)
    monkeypatch.setattr(api_audit, "CHECK_SECONDS", 0.0)
    for number in range(50):
        await console.services.audit.record("test.long", f"row {number}")
    end = (await console.services.audit.rows.head()).sequence

    async def pieces() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{"complete": False}]
        while not found[-1]["complete"]:
            after = {"after": f"{found[-1]['rows']}:{found[-1]['head']}"} if len(found) > 1 else {}
            found.append((await console.http.get("/api/audit/check", params=after)).json())
        return found[1:]

    whole = await pieces()
    assert whole[0]["rows"] == 20, "and it says that this is not all"
    assert (whole[-1]["rows"], [piece["ok"] for piece in whole]) == (end, [True] * len(whole))
    assert len(whole) > end // 20
    for at in (end - 5, 20):
        row = await stored["audit"].find_one({"_id": at})
        await stored["audit"].update_one({"_id": at}, {"$set": {"text": "another"}})
        assert (await pieces())[-1]["broken_at"] == at
        await stored["audit"].replace_one({"_id": at}, row)
    # Between two pieces: what was looked at is compared once more where the next one begins.
    other = {"after": f"20:{'0' * 64}"}
    assert (await console.http.get("/api/audit/check", params=other)).json()["broken_at"] == 20
    beyond = {"after": f"{end + 9}:{'0' * 64}"}
    assert (await console.http.get("/api/audit/check", params=beyond)).json()["ok"] is False
    for wrong in ("x", "1:", "1:" + "g" * 64, "-1:" + "0" * 64, "1" * 30):
        assert (await console.http.get("/api/audit/check", params={"after": wrong})).status_code == 422


async def test_the_export_holds_what_a_verifier_needs(console: Console) -> None:
    from backend.models.audit import AuditRow

    # Few at a time: a million rows in the pieces of 16 MB that MongoDB sends by itself kept everybody waiting.
    sizes = [len(rows) async for rows in console.services.audit.rows.oldest_first()]
    assert max(sizes) <= 200
    answer = await console.http.get("/api/audit/export")
    assert len(answer.text.splitlines()) >= sum(sizes)
    rows = [AuditRow.model_validate(json.loads(line)) for line in answer.text.splitlines()]
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.computed_hash() == row.hash for row in rows)


async def test_nobody_gets_in_without_a_row_and_a_refusal_needs_none(console: Console, stored: Any) -> None:
    log = console.services.audit
    await log.front_door("sign_in_refused", "nobody@example.org\nadmin signed in", "203.0.113.7", "wrong password")
    row = (await _rows(console, kind="auth.sign_in_refused"))[0]
    assert (row["address"], "\\n" in row["who"]) == ("203.0.113.7", True)
    async with _unwritable(stored):
        await log.front_door("sign_in_refused", "nobody", "203.0.113.7", "")
        with pytest.raises(Unavailable):
            await log.front_door("signed_in", EMAIL, "203.0.113.7", "password")
