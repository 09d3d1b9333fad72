"""The console's private MongoDB: a real `mongod` on a unix socket in the data folder, without any TCP port.

It runs in a session of its own, so Ctrl-C does not reach it, and it outlives a console that is killed; the next console
finds it by its socket, makes sure that it is ours, and takes it over.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import structlog

from backend import mongod_program
from backend.errors import StartError
from backend.private_socket import SOCKET_NAME, PrivateSocket
from backend.utils.process import ProcessHandle, all_pids

log = structlog.get_logger(__name__)

_CACHE_GB = "0.25"
# After a power cut mongod replays its journal before it listens; that may take long, and it must not be killed for it.
_START_SECONDS = 300.0
_STOP_SECONDS = 20.0
_LOG_BYTES = 8 * 1024 * 1024
_WATCH_SECONDS = 0.25
_BACKOFF_SECONDS = (0.5, 1, 2, 5, 10, 30)


class EmbeddedMongo:
    """`start` gives the client URL, which stays the same until `stop`, also when mongod had to be started again."""

    def __init__(self, folder: Path, programs: Sequence[Path] | None = None) -> None:
        """`programs`: the mongod programs to try, best first; None looks for them."""
        self._folder = folder
        self._programs = programs
        self._data = folder / "db"
        self._log = folder / "mongod.log"
        self._program_note = folder / "mongod-program"
        self._socket = PrivateSocket(folder)
        self._process: ProcessHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Adopts the mongod that a console before us left, else starts one. Raises StartError with what to do."""
        try:
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._socket.prepare()
        except OSError as error:
            raise StartError(f"The database folder {self._folder} cannot be made ({error.strerror}).") from None
        if not await self._adopt():
            await self._start_new()
        self._watcher = asyncio.create_task(self._watch(), name="embedded mongod watcher")
        return f"mongodb://{quote(str(self._socket.file), safe='')}"

    async def stop(self) -> None:
        """Ends mongod cleanly; kills it when it does not end in time (its journal makes that safe)."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        if self._process is not None:
            await self._end(self._process)
            self._process = None
        self._socket.remove()

    # --- taking over -------------------------------------------------------------------------------------------------

    async def _adopt(self) -> bool:
        """True when a living mongod of ours answers now. A stranger is never attached to and never signalled."""
        self._process = process = self._own_process()
        if process is None:
            return False
        process.signal(signal.SIGCONT)  # One that was stopped (Ctrl-Z, a debugger) only has to go on.
        deadline = time.monotonic() + _START_SECONDS
        while process.alive():
            if await self._socket.answers(process.pid):
                log.info("database found running, taken over", pid=process.pid)
                return True
            # Alive and silent: it is starting or ending (wait), or nobody can ever use it again (end it).
            if self._socket.listener() is not None or self._socket.lost_by(process.pid) or time.monotonic() > deadline:
                log.warning("database found running but silent, ending it", pid=process.pid)
                await self._end(process)
            await asyncio.sleep(0.05)
        self._process = None
        return False

    def _own_process(self) -> ProcessHandle | None:
        """The living mongod on our files, looked for among all processes.

        It must be found before another is started, also when it does not listen yet: mongod binds its socket, and takes
        the path from whoever had it, before it looks whether the files are free.
        """
        listening = self._socket.listener()
        for pid in ([listening] if listening else []) + all_pids():
            try:
                process = ProcessHandle(pid)
            except OSError:
                continue
            arguments = process.arguments()
            # Without /proc the pid of whoever listens in our private folder has to do.
            ours = pid == listening if arguments is None else self._started_by_us(arguments)
            if ours and process.alive():
                return process
        return None

    def _started_by_us(self, arguments: list[str]) -> bool:
        """Not so for a mongod that somebody started by hand on the same files, to look at them or repair them."""
        on_our_socket = any(
            name == "--bind_ip" and value.endswith(SOCKET_NAME) for name, value in itertools.pairwise(arguments)
        )
        return on_our_socket and self._on_our_files(arguments)

    def _on_our_files(self, arguments: list[str]) -> bool:
        return ("--dbpath", str(self._data)) in itertools.pairwise(arguments)

    def _holder(self) -> int | None:
        """Any mongod on our files. Its lock file does not tell: a second mongod that fails on it empties it."""
        for pid in all_pids():
            with contextlib.suppress(OSError):
                if self._on_our_files(ProcessHandle(pid).arguments() or []):
                    return pid
        return None

    # --- starting ----------------------------------------------------------------------------------------------------

    async def _start_new(self) -> None:
        first: StartError | None = None
        for program in self._programs or mongod_program.candidates(self._last_program()):
            try:
                await self._start_program(program)
            except mongod_program.CannotRun as error:
                # The packaged one may run where the one on PATH cannot. Tell about the first: it was meant to be used.
                log.warning("this mongod cannot run here", program=str(program), reason=str(error))
                first = first or error
            else:
                return
        raise first or mongod_program.none_found()

    async def _start_program(self, program: Path) -> None:
        began = time.monotonic()
        self._bound_log()
        process = self._spawn(program)
        told = False
        try:
            while not await self._socket.answers(process.pid):
                if not process.alive():
                    said, holder = _read(self._folder / "mongod.out"), self._holder()
                    raise mongod_program.failed(program, process.exit_code(), said, self._log, self._folder, holder)
                if not told and time.monotonic() - began > 5:
                    told = True
                    log.info("database is still starting, it may be repairing after a power cut", log=str(self._log))
                if time.monotonic() - began > _START_SECONDS:
                    raise StartError(f"The database was not ready in {_START_SECONDS:.0f} s: its log is {self._log}.")
                await asyncio.sleep(0.01)
        except BaseException:
            # Also when the start is cancelled by Ctrl-C: no half-started database stays behind.
            await asyncio.shield(self._end(process))
            raise
        self._process = process
        self._note_program(program)
        log.info("database started", pid=process.pid, program=str(program), seconds=round(time.monotonic() - began, 2))

    def _spawn(self, program: Path) -> ProcessHandle:
        argv = [
            str(program), "--dbpath", str(self._data), "--bind_ip", str(self._socket.file),
            # Without it mongod also makes /tmp/mongodb-27017.sock, for everybody and shared by all consoles.
            "--nounixsocket", "--filePermissions", "0600",
            "--logpath", str(self._log), "--logappend", "--logRotate", "reopen", "--quiet", "--noscripting",
            "--wiredTigerCacheSizeGB", _CACHE_GB,
            # Up to 200 MB of metrics on disk and a wake-up every second, for nobody.
            "--setParameter", "diagnosticDataCollectionEnabled=false",
        ]  # fmt: skip
        try:
            with (self._folder / "mongod.out").open("wb") as out:
                child = subprocess.Popen(
                    argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._folder,
                    start_new_session=True, env={"LC_ALL": "C"},
                )  # fmt: skip
        except OSError as error:
            raise mongod_program.not_executable(program, error) from None
        return ProcessHandle(child.pid, child)

    def _note_program(self, program: Path) -> None:
        with contextlib.suppress(OSError):
            self._program_note.write_text(str(program), encoding="utf-8")

    def _last_program(self) -> Path | None:
        return Path(text) if (text := _read(self._program_note)) else None

    def _bound_log(self) -> None:
        with contextlib.suppress(OSError):
            if self._log.stat().st_size > _LOG_BYTES:
                self._log.replace(self._log.with_suffix(".log.1"))

    # --- keeping it alive --------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Starts mongod again when it ends under us, and keeps its log bounded. Requests answer 503 meanwhile."""
        failures = 0
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                if not await self._is_well():
                    await self._start_new()
                failures = 0
            except Exception as error:  # whatever it is: without this watcher a database that ends stays away
                wait = _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]
                failures += 1
                log.error(
                    "database could not be started again", reason=str(error), next_try_seconds=wait,
                    exc_info=None if isinstance(error, StartError | OSError) else error,
                )  # fmt: skip
                await asyncio.sleep(wait)

    async def _is_well(self) -> bool:
        if (process := self._process) is None:
            return False
        if not process.alive():
            log.error("database ended by itself, starting it again", pid=process.pid)
            self._process = None
            return False
        self._socket.repair()
        if not self._socket.file.exists():
            log.error("the database's socket was removed, starting it again", pid=process.pid)
            await self._end(process)
        self._rotate_log()
        return True

    def _rotate_log(self) -> None:
        with contextlib.suppress(OSError):
            if self._process is not None and self._log.stat().st_size > _LOG_BYTES:
                self._log.replace(self._log.with_suffix(".log.1"))
                self._process.signal(signal.SIGUSR1)  # With --logRotate reopen: it opens the path anew.

    async def _end(self, process: ProcessHandle) -> None:
        process.signal(signal.SIGTERM)
        process.signal(signal.SIGCONT)  # One that is stopped would not notice.
        if not await process.ended(_STOP_SECONDS):
            log.warning("database did not end in time, killing it", pid=process.pid, seconds=_STOP_SECONDS)
            process.signal(signal.SIGKILL)
            await process.ended(_STOP_SECONDS)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
