"""`python -m backend`: the console itself. run.py prepares everything and then becomes this."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from types import FrameType

from backend.errors import StartError

_PR_SET_DUMPABLE = 4
# Each connection and each running job holds a few; the customary soft limit of 1,024 is for programs that use select().
_MOST_OPEN_FILES = 65_536


def main() -> int:
    """Exit code 0 after a clean stop, 1 with one sentence when the console cannot start, 130 when it was forced."""
    hide_environment()
    options = _parser().parse_args()
    raise_open_files()
    write_no_cores()
    # Everything the console and its jobs write is for its own user only.
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, _stop_early)
    try:
        # Imported here: `--help` and a wrong option answer at once.
        from backend.console import run

        return run(
            host=options.host,
            port=options.port,
            data_dir=options.data_dir,
            listen_fd=options.listen_fd,
            address=options.address,
            new_admin=options.new_admin,
        )
    except StartError as error:
        print(f"The console cannot start. {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("The console has stopped.", flush=True)
        return 0


def hide_environment() -> None:
    """Jobs run as our user: without this they could read our keys in /proc/<console>/environ. Root still can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # no libc to load: a static build
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS refuses more than its kernel's own limit; then the console runs with what it has.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def write_no_cores() -> None:
    """Services of systemd may write them without a limit, and that of a job holds its secrets."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _stop_early(_number: int, _frame: FrameType | None) -> None:
    """Until the console has handlers of its own there is nothing to stop in order."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend",
        description="The AIrsenal Ops Console. Start it with run.py, which prepares what it needs.",
    )
    parser.add_argument("--host", help="address to listen on (HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, the next free one when it is taken (PORT, 8001)")
    parser.add_argument("--data-dir", type=Path, help="folder for everything the console writes (DATA_DIR, ./data)")
    parser.add_argument(
        "--new-admin", action="store_true", help="forgotten password: remove the admin and print a new set-up link"
    )
    # For `run.py --dev`: its socket outlives the reloads, and people talk to the Vite server in front of it.
    parser.add_argument("--listen-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
