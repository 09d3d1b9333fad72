"""One call to the FPL API: bounded in time and size, tried again when that may help, and every failure named."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend import __version__
from backend.errors import UpstreamFailed
from backend.providers.fpl_failures import not_json, of_answer, timed_out, too_large, unreachable
from backend.utils.clock import Clock

if TYPE_CHECKING:
    import httpx

# A browser's name would get round some blocks; we say who we are.
HEADERS = {"User-Agent": f"airsenal-ops-console/{__version__}", "Accept-Encoding": "gzip, deflate"}
# Packed twice, a few kilobytes unfold to gigabytes at one stroke, before anybody can count them.
_PACKINGS = ("identity", "gzip", "deflate")
_WORTH_ANOTHER_TRY = ("fpl_unreachable", "fpl_failed", "fpl_timeout")


@dataclass(frozen=True)
class Patience:
    """Seconds and bytes. `whole` holds for all tries together: somebody waits for the page meanwhile."""

    connect: float = 5.0
    silence: float = 7.0
    whole: float = 15.0
    pauses: Sequence[float] = (0.5, 1.5)
    max_bytes: int = 20_000_000


@dataclass(frozen=True)
class Answer:
    """Status 200 with its body, 304 (unchanged), or 404."""

    status: int
    body: bytes
    etag: str | None


class FplCall:
    """`httpx` is imported with the first call: many a console never makes one."""

    def __init__(self, base_url: str, now: Clock, patience: Patience) -> None:
        self._url, self._now, self.patience = base_url.rstrip("/"), now, patience
        self._client: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()

    async def get(self, path: str, etag: str | None) -> Answer:
        """Raises UpstreamFailed."""
        try:
            async with asyncio.timeout(self.patience.whole):
                return await self._with_retries(path, etag)
        except TimeoutError:
            raise timed_out(self.patience.whole) from None

    async def _with_retries(self, path: str, etag: str | None) -> Answer:
        for pause in self.patience.pauses:
            try:
                return await self._once(path, etag)
            except UpstreamFailed as error:
                if error.code not in _WORTH_ANOTHER_TRY:
                    raise
            await asyncio.sleep(pause)
        return await self._once(path, etag)

    async def _once(self, path: str, etag: str | None) -> Answer:
        client = await self._opened()
        import httpx

        headers = {"If-None-Match": etag} if etag else {}
        try:
            async with client.stream("GET", f"{self._url}/{path}/", headers=headers) as response:
                body = await self._read(response)
        except httpx.TimeoutException:
            raise timed_out(self.patience.silence) from None
        except httpx.DecodingError:
            raise not_json() from None
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise unreachable(isinstance(error, httpx.ConnectError)) from None
        if failure := of_answer(response.status_code, body, response.headers.get("retry-after"), self._now()):
            raise failure
        return Answer(response.status_code, body, response.headers.get("etag"))

    async def _read(self, response: httpx.Response) -> bytes:
        """Counted after unpacking: a small answer may unfold to a large one."""
        if response.headers.get("content-encoding", "identity").lower() not in _PACKINGS:
            raise not_json()
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self.patience.max_bytes:
                raise too_large(self.patience.max_bytes)
            parts.append(part)
        return b"".join(parts)

    async def _opened(self) -> httpx.AsyncClient:
        async with self._making:  # a team's page asks for several addresses at once
            if self._client is None:  # the import, and the machine's certificate authorities: 60 ms
                self._client = await asyncio.to_thread(self._make_client)
            return self._client

    def _make_client(self) -> httpx.AsyncClient:
        import httpx

        timeout = httpx.Timeout(self.patience.silence, connect=self.patience.connect)
        # trust_env: HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE count, as for every other program on the machine.
        return httpx.AsyncClient(timeout=timeout, headers=HEADERS, trust_env=True)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
