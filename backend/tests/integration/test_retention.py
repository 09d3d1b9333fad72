"""O8: old logs go, by age, number and size; the disk gets its space back; running and pinned jobs keep theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError

from backend.jobs.retention import KeepLogs
from backend.tests.conftest import Console
from backend.utils.clock import utc_now

GENEROUS = KeepLogs(days=1000, jobs=1000, size=10**12)


@pytest.fixture
def database(console: Console, mongo_url: str) -> Any:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    return client[console.settings.db_name]


def _keep(console: Console, **limits: int) -> None:
    console.services.retention._keep = KeepLogs(**{**vars(GENEROUS), **limits})


async def test_by_age(console: Console, database: Any) -> None:
    old, pinned, young = [await console.run("say") for _ in range(3)]
    running = await console.submit("count", lines=1000, pause=0.1)
    await console.when(running["id"], lambda job: job["log_lines"] > 0)
    long_ago = datetime.now(UTC) - timedelta(days=91)
    await database["jobs"].update_many({"_id": {"$ne": young["id"]}}, {"$set": {"completed_at": long_ago}})
    await console.http.post(f"/api/jobs/{pinned['id']}/pin", json={"pinned": True})
    _keep(console, days=90)
    assert await console.services.retention.sweep() == 1
    assert (await console.job(old["id"]))["logs"] == []
    assert (await console.job(old["id"]))["status"] == "completed"
    for kept in (pinned, young):
        assert (await console.job(kept["id"]))["logs"] == ["text=hello"]
    assert (await console.job(running["id"]))["log_lines"] > 0
    await console.http.post(f"/api/jobs/{running['id']}/cancel")
    await console.ended(running["id"])
    await console.http.post(f"/api/jobs/{pinned['id']}/pin", json={"pinned": False})
    assert (await console.http.post("/api/jobs/unknown/pin", json={"pinned": True})).status_code == 404


async def test_by_number_and_size(console: Console) -> None:
    await console.http.delete("/api/jobs/logs")
    jobs = [await console.run("say", text="x" * 100) for _ in range(5)]
    _keep(console, jobs=3)
    assert await console.services.retention.sweep() == 2
    _keep(console, size=2 * 106)
    assert await console.services.retention.sweep() == 1
    left = [bool((await console.job(job["id"]))["logs"]) for job in jobs]
    assert left == [False, False, False, True, True]


async def test_the_disk_gets_its_space_back(console: Console, database: Any) -> None:
    job = await console.run("noise", megabytes=40)
    assert job["status"] == "completed"
    await database.client.admin.command("fsync")
    full = (await database.command("collStats", "log_chunks"))["storageSize"]
    assert full > 30_000_000
    _keep(console, jobs=1)
    await console.run("say")
    await console.services.retention.sweep()
    assert (await database.command("collStats", "log_chunks"))["storageSize"] < full / 4


async def test_chunks_that_nothing_leads_to_are_found(console: Console, database: Any) -> None:
    """What a kill leaves between the two writes of clearing a log, and of jobs deleted by hand."""
    cleared, deleted, kept = [await console.run("say") for _ in range(3)]
    running = await console.submit("count", lines=1000, pause=0.1)
    await console.when(running["id"], lambda job: job["log_lines"] > 0)
    await database["jobs"].update_one({"_id": cleared["id"]}, {"$set": {"log_bytes": 0, "log_lines": 0}})
    await database["jobs"].delete_one({"_id": deleted["id"]})
    _keep(console)
    assert await console.services.retention.sweep() == 0
    for job in (cleared, deleted):
        assert await database["log_chunks"].count_documents({"job_id": job["id"]}) == 0
    assert (await console.job(kept["id"]))["logs"] == ["text=hello"]
    await console.http.post(f"/api/jobs/{running['id']}/cancel")
    assert (await console.ended(running["id"]))["logs"][0] == "line 0"


async def test_maintenance_may_take_longer_than_a_request(mongo_url: str) -> None:
    """The driver's limit of a whole operation gives way to the longer one, also in Motor's threads."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, timeoutMS=300)
    things = client["maintenance"]["things"]
    await things.insert_many([{"n": n} for n in range(1000)])
    # About a second of arithmetic a delete; embedded builds have no JavaScript to sleep in.
    each = {"$map": {"input": {"$range": [0, 5000]}, "in": {"$multiply": ["$$this", "$n"]}}}
    slow = {"$expr": {"$lt": [{"$sum": each}, 0]}}
    with pytest.raises(PyMongoError):
        await things.delete_many(slow)
    with pymongo.timeout(60):
        await things.delete_many(slow)
        await things.aggregate([{"$match": {}}]).to_list(None)
        await things.database.command("compact", "things")
    await client.drop_database("maintenance")


async def test_orphans_are_looked_for_along_the_index(console: Console, database: Any) -> None:
    await console.run("say")
    pipeline = [
        {"$match": {"job_id": {"$gt": ""}}},
        {"$sort": {"job_id": 1, "first_byte": 1}},
        {"$group": {"_id": "$job_id"}},
    ]
    command = {"aggregate": "log_chunks", "pipeline": pipeline, "cursor": {}, "hint": "by_byte"}
    plan = await database.command("explain", command, verbosity="queryPlanner")
    assert "DISTINCT_SCAN" in str(plan)


def test_times_survive_the_database() -> None:
    assert utc_now().microsecond % 1000 == 0


async def test_spoiled_records_keep_no_other_log_on_the_disk(console: Console, database: Any) -> None:
    spoiled, timeless, sound = [await console.run("say") for _ in range(3)]
    await database["jobs"].update_one({"_id": spoiled["id"]}, {"$set": {"attempts": ["what"]}})
    await database["jobs"].update_one({"_id": timeless["id"]}, {"$set": {"completed_at": "yesterday"}})
    _keep(console, jobs=0)
    assert await console.services.retention.sweep() >= 2
    assert (await console.job(sound["id"]))["logs"] == []
    await database["jobs"].delete_many({"_id": {"$in": [spoiled["id"], timeless["id"]]}})


async def test_many_logs_are_cleared_in_few_writes(console: Console, database: Any) -> None:
    """One by one it was a minute for some ten thousand, with somebody waiting for the answer."""
    job = await database["jobs"].find_one({"_id": (await console.run("say"))["id"]})
    copies = [job | {"_id": f"copy {number}", "sequence": number} for number in range(250)]
    await database["jobs"].insert_many(copies)
    before = await database.client.admin.command("serverStatus")
    assert (await console.http.delete("/api/jobs/logs")).json()["cleared"] >= 251
    after = await database.client.admin.command("serverStatus")
    # The console's own beats are among them.
    assert after["opcounters"]["update"] - before["opcounters"]["update"] < 50
    assert await database["jobs"].count_documents({"_id": {"$regex": "^copy"}, "log_bytes": 0}) == 250
    await database["jobs"].delete_many({"_id": {"$regex": "^copy"}})
