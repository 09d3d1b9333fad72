"""One call to the FPL API, apart from what its answers mean (`integration/test_team.py`)."""

from __future__ import annotations

import asyncio
import gc

import httpx

from backend.errors import UpstreamFailed
from backend.providers.fpl_call import FplCall, Patience
from backend.utils.clock import utc_now


async def test_calls_that_come_together_share_one_client_and_it_is_closed() -> None:
    call = FplCall("http://127.0.0.1:1", utc_now, Patience(pauses=()))
    answers = await asyncio.gather(*(call.get(f"team/{number}", None) for number in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [UpstreamFailed] * 5
    await call.close()
    assert [client for client in _clients() if not client.is_closed] == []


def _clients() -> list[httpx.AsyncClient]:
    return [thing for thing in gc.get_objects() if type(thing) is httpx.AsyncClient]
