"""AIrsenal's database over HTTP: how it stands, its copies, and a restore that is recorded and can be undone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.config.keys import Keys
from backend.tests.airsenal.databases import build, predict, tags_in
from backend.tests.conftest import EMAIL, Console, running_console, test_settings

COMMANDS = """
pack: Database tests
commands:
  - id: hold
    title: Hold the lane
    description: Runs in AIrsenal's lane until it is cancelled.
    touches: reads
    lane: airsenal
    argv: ["sleep", "60"]
"""
URL = "/api/airsenal/database"


@pytest.fixture
async def own(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    commands = tmp_path_factory.mktemp("commands")
    (commands / "own.yaml").write_text(COMMANDS, encoding="utf-8")
    settings = test_settings(tmp_path_factory.mktemp("data"), commands_dir=commands)
    async with running_console(mongo_url, settings, keys) as running:
        yield running


async def _two_states(own: Console) -> None:
    care, local = own.services.care, own.settings.airsenal_db_path
    await care.copy_in("setup_db", "job-0")
    build(local, tags=["first"])
    await care.copy_back("setup_db", "job-0")
    await care.copy_in("predict", "job-1")
    predict(local, "second", 24)
    await care.copy_back("predict", "job-1")


async def test_how_it_stands_and_a_restore(own: Console) -> None:
    nothing = (await own.http.get(URL)).json()
    assert (nothing["state"]["exists"], nothing["copies"], nothing["keep"], nothing["busy"]) == (False, [], 10, False)
    assert (await own.http.post(f"{URL}/check")).status_code == 400
    await _two_states(own)
    answer = (await own.http.post(f"{URL}/check")).json()
    assert answer["state"]["path"] == "DATA_DIR/airsenal-kept/data.db"
    assert (answer["state"]["integrity"], answer["state"]["predictions"]) == ("ok", 2)
    copy = answer["copies"][0]
    preview = (await own.http.get(f"{URL}/copies/{copy['id']}")).json()
    assert preview["copy"] == copy
    assert preview["lost"][0].startswith("1 prediction, the newest for gameweeks 24 to 26")
    assert "Whatever else was changed since by: Predict points." in preview["lost"]
    for unknown in ("20260205T120000Z-none", "../../keys"):
        assert (await own.http.post(f"{URL}/restore", json={"id": unknown})).status_code == 404
    assert (await own.http.get(f"{URL}/copies/20260205T120000Z-none")).status_code == 404
    changes = own.services.events.number
    restored = (await own.http.post(f"{URL}/restore", json={"id": copy["id"]})).json()
    assert tags_in(own.settings.airsenal_kept_path) == ["first"]
    assert [row["made_before"] for row in restored["copies"]] == ["restore", "predict"]
    assert [change.topic for change in own.services.events.since(changes) or []] == ["airsenal"]
    audit = (await own.http.get("/api/audit", params={"kind": "airsenal.restore"})).json()
    assert [(row["who"], row["subject"]) for row in audit] == [(EMAIL, copy["id"])]


async def test_nothing_is_restored_while_a_job_of_its_lane_runs(own: Console) -> None:
    await _two_states(own)
    copy_id = (await own.http.get(URL)).json()["copies"][0]["id"]
    job = await own.submit("hold")
    await own.when(job["id"], lambda seen: seen["status"] == "running")
    assert (await own.http.get(URL)).json()["busy"] is True
    refused = await own.http.post(f"{URL}/restore", json={"id": copy_id})
    assert refused.status_code == 409
    assert "A job of AIrsenal is running" in refused.json()["detail"]
    assert tags_in(own.settings.airsenal_kept_path) == ["first", "second"]
    await own.http.post(f"/api/jobs/{job['id']}/cancel")
    await own.ended(job["id"])
    assert (await own.http.post(f"{URL}/restore", json={"id": copy_id})).status_code == 200
