"""The filtered list of jobs, the dashboard's counts, and the settings that pages show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from backend.repositories.jobs import sequence_at
from backend.tests.conftest import Console, moment


async def _ids(console: Console, **query: Any) -> list[str]:
    answer = await console.http.get("/api/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json()]


async def test_the_list_is_searched_and_filtered_by_the_server(console: Console) -> None:
    said, failed = await console.run("say"), await console.run("fail")
    title = said["title"].upper()[:6]
    assert said["id"] in await _ids(console, search=title)
    assert failed["id"] not in await _ids(console, search=title)
    assert await _ids(console, search=said["id"][:9]) == [said["id"]]
    assert await _ids(console, search="no such words") == []
    assert await _ids(console, search=said["id"][:9], command="fail") == []
    assert failed["id"] in await _ids(console, status="failed", ended_from=failed["completed_at"])
    later = moment(failed["completed_at"]) + timedelta(seconds=1)
    assert await _ids(console, ended_from=later.isoformat()) == []
    assert failed["id"] in await _ids(console, ended_from="0001-01-02T00:00:00Z")
    created = moment(failed["created_at"])
    window = {"created_from": created.isoformat(), "created_before": (created + timedelta(seconds=1)).isoformat()}
    assert failed["id"] in await _ids(console, **window)
    assert await _ids(console, created_before=(moment(said["created_at"]) - timedelta(days=1)).isoformat()) == []
    # The page after a job holds none that is newer.
    assert failed["id"] not in await _ids(console, before=failed["id"], **window)
    assert (await console.http.get("/api/jobs", params={"created_from": "2026-01-01T00:00:00"})).status_code == 422


async def test_few_that_ended_lately_are_found_without_a_look_at_all_the_others(
    console: Console, mongo_url: str
) -> None:
    job = await console.run("say")
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    jobs = client[console.settings.db_name]["jobs"]
    stored = await jobs.find_one({"_id": job["id"]}) or {}
    long_ago = moment(job["created_at"]) - timedelta(days=100)
    old = {**stored, "sequence": sequence_at(long_ago), "created_at": long_ago, "completed_at": long_ago}
    await jobs.insert_many([old | {"_id": f"old {number}"} for number in range(2_000)])

    async def looked_at() -> int:
        status = await client.admin.command("serverStatus")
        return int(status["metrics"]["queryExecutor"]["scannedObjects"])

    before = await looked_at()
    assert job["id"] in await _ids(console, ended_from=job["completed_at"])
    assert await looked_at() - before < 1_500
    await jobs.delete_many({"_id": {"$regex": "^old"}})
    client.close()


async def test_the_summary_counts_each_day_in_its_zone(console: Console) -> None:
    before = (await console.http.get("/api/jobs/summary")).json()
    await console.run("say")
    await console.run("fail")
    after = (await console.http.get("/api/jobs/summary")).json()
    assert len(after["days"]) == 14
    assert after["days"][-1]["day"] in (datetime.now(UTC).date().isoformat(), before["days"][-1]["day"])
    for name in ("completed", "failed"):
        assert sum(day[name] for day in after["days"]) - sum(day[name] for day in before["days"]) == 1
    assert after["failed_in_24_hours"] == before["failed_in_24_hours"] + 1
    assert (after["running"], after["waiting"]) == (0, 0)
    far = (await console.http.get("/api/jobs/summary", params={"timezone": "Pacific/Kiritimati", "days": 2})).json()
    assert far["days"][-1]["day"] == (datetime.now(UTC) + timedelta(hours=14)).date().isoformat()
    for wrong in ("Mars/Olympus", "../etc/passwd", ""):
        assert (await console.http.get("/api/jobs/summary", params={"timezone": wrong})).status_code == 422


async def test_retention_is_shown_as_it_is_set(console: Console) -> None:
    shown = (await console.http.get("/api/settings/retention")).json()
    assert shown["log_keep_days"] == console.settings.log_keep_days
    assert shown["job_log_max_bytes"] == console.settings.job_log_max_bytes
