"""`run.py --dev`: the console is started again when its sources change, behind Vite's development server.

Unlike the rest of launcher/ this runs inside `.venv` (`python -m launcher.dev`), so it may use the console's modules.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from backend.config.settings import load_settings
from backend.errors import StartError
from backend.listening import address_of, listen

PROJECT = Path(__file__).resolve().parent.parent
_LOOK_SECONDS = 0.5
_VITE_PORT = 5173
# What the console is made of; a change in the tests is no reason to start it again.
_WATCHED = {".py", ".yaml"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m launcher.dev")
    parser.add_argument("--npm", required=True)
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    try:
        return _Supervisor(options).live()
    except StartError as error:
        print(f"The console cannot start. {error}", file=sys.stderr)
        return 1


class _Supervisor:
    """Owns the listening socket: while the console restarts, requests wait in its queue instead of failing."""

    def __init__(self, options: argparse.Namespace) -> None:
        settings = load_settings(host=options.host, port=options.port)
        self._listener = listen(settings.host, settings.port)
        self._backend = address_of(settings.host, self._listener)
        self._npm: str = options.npm
        self._data_dir: Path | None = options.data_dir
        self._vite_port = _free_port(_VITE_PORT)
        self._console: subprocess.Popen[bytes] | None = None
        self._stop_signals = 0

    def live(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signalled)
        vite = self._start_vite()
        try:
            self._start_console()
            self._watch(vite)
            return self._end_console()
        finally:
            # The group: npm does not pass the signal on to the Vite below it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(vite.pid, signal.SIGTERM)
            vite.wait()

    def _start_vite(self) -> subprocess.Popen[bytes]:
        argv = [self._npm, "run", "dev", "--", "--host", "127.0.0.1", "--port", str(self._vite_port), "--strictPort"]
        # A session of its own: Ctrl-C reaches us, and we end our children in order.
        return subprocess.Popen(
            argv, cwd=PROJECT / "frontend", start_new_session=True, env={**os.environ, "BACKEND_URL": self._backend}
        )

    def _start_console(self) -> None:
        number = self._listener.fileno()
        argv = [sys.executable, "-m", "backend", "--listen-fd", str(number)]
        argv += ["--address", f"http://127.0.0.1:{self._vite_port}"]
        if self._data_dir is not None:
            argv += ["--data-dir", str(self._data_dir)]
        self._console = subprocess.Popen(argv, cwd=PROJECT, pass_fds=(number,), start_new_session=True)

    def _watch(self, vite: subprocess.Popen[bytes]) -> None:
        """Until a stop signal, or until Vite ends."""
        seen = _fingerprint()
        while not self._stop_signals and vite.poll() is None:
            time.sleep(_LOOK_SECONDS)
            if (now := _fingerprint()) == seen:
                continue
            changed, seen = {path.name for path, _ in seen ^ now}, now
            print(f"\n--dev: {', '.join(sorted(changed)[:5])} changed, starting the console again", flush=True)
            if self._console is not None and self._console.poll() is None:
                # Everything stops but the database, which the next console takes over.
                self._console.send_signal(signal.SIGUSR1)
                self._console.wait()
            self._start_console()

    def _end_console(self) -> int:
        if self._console is None:
            return 0
        if self._console.poll() is None:
            self._console.terminate()
        while self._console.poll() is None:
            time.sleep(0.1)
            if self._stop_signals > 1:
                self._console.send_signal(signal.SIGINT)
        return self._console.returncode

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_signals += 1


def _fingerprint() -> frozenset[tuple[Path, int]]:
    return frozenset((path, path.stat().st_mtime_ns) for path in _watched_files(PROJECT / "backend") if path.exists())


def _watched_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in ("tests", "__pycache__"):
                yield from _watched_files(path)
        elif path.suffix in _WATCHED:
            yield path


def _free_port(wanted: int) -> int:
    """Vite binds it a moment later; with --strictPort it says so when somebody was quicker."""
    listener: socket.socket = listen("127.0.0.1", wanted)
    try:
        return int(listener.getsockname()[1])
    finally:
        listener.close()


if __name__ == "__main__":
    sys.exit(main())
