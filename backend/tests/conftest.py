"""Real parts for every test: an embedded mongod (or the server named by MONGO_URL), a real console on a real port."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet

from backend.auth.passwords import PasswordHasher
from backend.config.keys import Keys
from backend.config.settings import Settings
from backend.embedded_mongo import EmbeddedMongo
from backend.listening import listen
from backend.server import create_app
from backend.services import Services
from backend.tests.plugins.ci import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401 - hooks
from backend.web_server import WebServer

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell makes what it starts in the background deaf to Ctrl-C, and the consoles that tests start would be too.
    signal.signal(signal.SIGINT, signal.default_int_handler)

COMMANDS = Path(__file__).parent / "commands"
EMAIL, PASSWORD = "admin@example.org", "correct horse battery"
JSON = dict[str, Any]
ENDED = ("completed", "failed", "cancelled")


@pytest.fixture(scope="session")
async def mongo_url() -> AsyncIterator[str]:
    if url := os.environ.get("MONGO_URL"):
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="console-tests-"))
    mongo = EmbeddedMongo(folder)
    try:
        yield await mongo.start()
    finally:
        await mongo.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Console:
    """A running console and its signed-in client."""

    url: str
    settings: Settings
    services: Services
    http: httpx.AsyncClient
    token: str

    @property
    def ws(self) -> str:
        return self.url.replace("http", "ws", 1)

    async def submit(self, command: str, **parameters: object) -> JSON:
        answer = await self.http.post("/api/jobs", json={"command": command, "parameters": parameters})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def job(self, job_id: str) -> JSON:
        answer = await self.http.get(f"/api/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def ended(self, job_id: str, seconds: float = 20) -> JSON:
        return await self.when(job_id, lambda job: job["status"] in ENDED, seconds)

    async def when(self, job_id: str, condition: Callable[[JSON], bool], seconds: float = 20) -> JSON:
        deadline = time.monotonic() + seconds
        while True:
            job = await self.job(job_id)
            if condition(job):
                return job
            assert time.monotonic() < deadline, f"still {job}"
            await asyncio.sleep(0.02)

    async def run(self, command: str, **parameters: object) -> JSON:
        return await self.ended((await self.submit(command, **parameters))["id"])


def moment(text: str) -> datetime:
    """A time of the API. Compare these, not the texts: a whole second is written without a fraction."""
    return datetime.fromisoformat(text)


def test_settings(data_dir: Path, **changes: object) -> Settings:
    """Settings of their own, whatever the environment of the tests says."""
    defaults = {
        name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()
    }  # fmt: skip
    chosen = {
        "data_dir": data_dir, "db_name": f"test_{uuid.uuid4().hex[:16]}", "commands_dir": COMMANDS, "port": 0,
        "fpl_api_url": "http://127.0.0.1:9/api",  # nobody: tests must not ask the real one
        "rate_limit_enabled": False, "job_retry_delay_seconds": 0.05, "max_job_retries": 0,
    }  # fmt: skip
    return Settings.model_construct(**{**defaults, **chosen, **changes})


test_settings.__test__ = False  # type: ignore[attr-defined]


@asynccontextmanager
async def running_console(
    mongo_url: str, settings: Settings, keys: Keys, *, sign_in: bool = True, new_admin: bool = False
) -> AsyncIterator[Console]:
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(settings, keys, mongo_url, new_admin=new_admin)
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        # Four rounds instead of twelve: 250 ms a sign-in would be most of the suite's time.
        services.auth._hasher = PasswordHasher(rounds=4)
        ready = asyncio.Event()
        server = WebServer(app, ready.set)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await ready.wait()
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            token = ""
            if sign_in and services.setup_token:
                body = {"setup_token": services.setup_token, "email": EMAIL, "password": PASSWORD}
                token = (await http.post("/api/auth/setup", json=body)).json()["token"]
            elif sign_in:
                answer = await http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
                token = answer.json()["token"]
            if token:
                http.headers["Authorization"] = f"Bearer {token}"
            try:
                yield Console(url, settings, services, http, token)
            finally:
                server.should_exit = True
                await serving


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys("test-secret-" * 4, (Fernet.generate_key().decode(),))


@pytest.fixture(scope="module")
async def console(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    """One console a module, with the test commands. Tests of a module run their jobs side by side with others'."""
    settings = test_settings(tmp_path_factory.mktemp("data"))
    async with running_console(mongo_url, settings, keys) as running:
        yield running


def find_setup_token(text: str) -> str:
    found = re.search(r"/setup#token=(\S+)", text)
    assert found, text
    return found[1]
