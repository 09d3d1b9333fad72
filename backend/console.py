"""One life of the console: data folder, database, services, web server go up in this order and down in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from backend.config.keys import load_or_create_keys
from backend.config.settings import Settings, load_settings
from backend.data_folder import DataFolder
from backend.embedded_mongo import EmbeddedMongo
from backend.listening import address_of, check_reach, listen
from backend.utils.logging import configure_logging

if TYPE_CHECKING:
    from backend.web_server import WebServer

log = structlog.get_logger(__name__)

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# `run.py --dev` reloads with it: everything stops but the database, which the next console takes over.
_RELOAD_SIGNAL = signal.SIGUSR1
# Closing the services writes the last lines of logs. A database that is away must not hold up the stop for ever.
_CLOSE_SECONDS = 15.0


def run(
    *,
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    listen_fd: int | None,
    address: str | None,
    new_admin: bool,
) -> int:
    """Runs until it is told to stop; returns the exit code. Raises StartError when it cannot start."""
    settings = load_settings(host=host, port=port, data_dir=data_dir.expanduser().absolute() if data_dir else None)
    configure_logging(settings.log_level, settings.log_format)
    folder = DataFolder.open(settings.data_dir, with_database=settings.mongo_url is None)
    try:
        listener = _listener(settings, listen_fd)
        with contextlib.closing(listener):
            check_reach(listener, settings)
            return asyncio.run(_Console(settings, folder, listener, address, new_admin).live())
    finally:
        folder.close()


def _listener(settings: Settings, listen_fd: int | None) -> socket.socket:
    if listen_fd is not None:
        listener = socket.socket(proto=socket.IPPROTO_TCP, fileno=listen_fd)
        listener.set_inheritable(False)  # Jobs and mongod live longer than we do and must not keep the port.
        return listener
    listener = listen(settings.host, settings.port)
    if settings.port not in (0, taken := listener.getsockname()[1]):
        _say(f"Port {settings.port} is taken, using {taken} instead.")
    return listener


class _Console:
    def __init__(
        self, settings: Settings, folder: DataFolder, listener: socket.socket, address: str | None, new_admin: bool
    ) -> None:
        self._new_admin = new_admin
        self._settings = settings
        self._folder = folder
        self._listener = listener
        self._address = address or address_of(settings.host, listener)
        self._server: WebServer | None = None
        self._life: asyncio.Task[None] | None = None
        self._stopping = False
        self._keep_database = False
        self._going_on: list[str] = []
        self._began = time.monotonic()

    async def live(self) -> int:
        """From start to stop. A signal ends it at any moment, also in the middle of its start."""
        loop = asyncio.get_running_loop()
        for number in (*_STOP_SIGNALS, _RELOAD_SIGNAL):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup: the console shall outlive its terminal.
            # Not loop.add_signal_handler: the second Ctrl-C must work even when the loop itself hangs.
            signal.signal(number, lambda number, frame: self._signalled(number, frame, loop))
        self._folder.announce(self._address)
        self._life = asyncio.create_task(self._run(), name="console")
        try:
            await self._life
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        for line in self._going_on:
            _say(f"  goes on, and the next start picks it up: {line}")
        _say("The console has stopped.")
        return 0

    async def _run(self) -> None:
        keys = load_or_create_keys(self._settings)
        async with self._database() as mongo_url:
            from backend.server import create_app
            from backend.web_server import WebServer

            app = create_app(self._settings, keys, mongo_url, address=self._address, new_admin=self._new_admin)
            async with _bounded(app.router.lifespan_context(app)):
                self._server = WebServer(app, self._ready)
                self._server.should_exit = self._stopping
                await self._server.serve(sockets=[self._listener])
                self._going_on = app.state.services.jobs.running_summaries()

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[str]:
        if self._settings.mongo_url is not None:
            yield self._settings.mongo_url.get_secret_value()
            return
        mongo = EmbeddedMongo(self._folder.database)
        # While mongod starts in its own process, this one imports the web framework.
        imported = asyncio.create_task(asyncio.to_thread(importlib.import_module, "backend.server"))
        try:
            url = await mongo.start()
            await imported
            yield url
        finally:
            await asyncio.gather(imported, return_exceptions=True)
            if not self._keep_database:
                await mongo.stop()

    def _ready(self) -> None:
        log.debug("console ready", seconds=round(time.monotonic() - self._began, 3))
        if os.geteuid() == 0:
            log.warning(
                "running as root: every job does too, and can read the keys; run it as a user of its own "
                "(deploy/airsenal-ops-console.service shows how)"
            )
        _say(f"The AIrsenal Ops Console is at {self._address}  (Ctrl-C stops it)")

    def _signalled(self, number: int, _frame: FrameType | None, loop: asyncio.AbstractEventLoop) -> None:
        if self._stopping:
            if number == signal.SIGINT:
                # The database is a process of its own and keeps its files consistent; the next start takes it over.
                os.write(sys.stderr.fileno(), b"\nForced to stop; the next start takes over what still runs.\n")
                os._exit(130)
            return
        self._stopping = True
        self._keep_database = number == _RELOAD_SIGNAL
        loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        _say("\nStopping (Ctrl-C again forces it) ...")
        if self._server is not None:
            self._server.should_exit = True
        elif self._life is not None:
            self._life.cancel()


@contextlib.asynccontextmanager
async def _bounded(services: contextlib.AbstractAsyncContextManager[object]) -> AsyncIterator[None]:
    """The app's lifespan, with its start errors unchanged and a limit on its end."""
    await services.__aenter__()
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await services.__aexit__(None, None, None)
        except TimeoutError:
            log.error("services did not close in time", seconds=_CLOSE_SECONDS)


def _say(text: str) -> None:
    # The terminal may be gone (SIGHUP, a closed pipe); that must not keep us from stopping in order.
    with contextlib.suppress(OSError):
        print(text, flush=True)
