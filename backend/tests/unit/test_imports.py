"""What an idle console has not imported, since it may never need it, and that importing it later holds nobody up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
SCRIPT = """
import asyncio, json, sys
import backend.console, backend.server, backend.web_server
from backend.api import mount_all
from backend.auth.passkeys import Passkeys, Site
from backend.auth.signing import Signer
from backend.database import Database
from backend.repositories.factors import PasskeyRepository
from backend.utils.clock import utc_now
from fastapi import FastAPI

mount_all(FastAPI())
early = sorted({"OpenSSL", "httpx", "segno", "webauthn"} & sys.modules.keys())

async def main():
    unused = Database("mongodb://127.0.0.1:1", "unused")
    passkeys = Passkeys(PasskeyRepository(unused.db), Signer("x" * 40, utc_now), utc_now, [])
    asked = asyncio.create_task(passkeys.assertion(Site("localhost", "http://localhost")))
    turns = 0
    while not asked.done():
        turns += 1
        await asyncio.sleep(0)
    await asked
    print(json.dumps([early, turns]))

asyncio.run(main())
"""


def test_what_few_need_is_imported_late_and_beside_the_loop() -> None:
    """An idle console is 7 MB smaller by it, and the first passkey holds nobody up for 200 ms."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    early, turns = json.loads(done.stdout)
    assert early == []
    assert turns > 20
