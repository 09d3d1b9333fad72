"""The machine as a job sees it. Exit code 1 when something needs attention."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

GIB = 1024**3
OURS = ("JWT_SECRET", "ENCRYPTION_KEY", "MONGO_URL", "APP_ADMIN_PASSWORD_HASH")
"""Settings of the console that no job may ever see."""
OLDEST_CLOCK = 1_700_000_000  # November 2023: a machine before that has lost its time


class Failed(Exception):
    """A check that did not pass, with what to do."""


def python() -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def data_folder(folder: Path) -> str:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".check-") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Failed(f"{folder} cannot be written: {error.strerror}") from error
    if folder.stat().st_mode & 0o077:
        raise Failed(f"{folder} is open to other users of this machine: chmod 700 it")
    return f"{folder} can be written and is private"


def disk(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < GIB:
        raise Failed(f"only {free / GIB:.2f} GiB free: the database needs one to be safe")
    return f"{free / GIB:.1f} GiB free"


def clock() -> str:
    if time.time() < OLDEST_CLOCK:
        raise Failed("the clock is years behind: set it, or every deadline is wrong")
    return time.strftime("%Y-%m-%d %H:%M:%S %Z")


def environment() -> str:
    seen = [name for name in OURS if name in os.environ]
    if seen:
        raise Failed(f"a job can see the console's own {', '.join(seen)}")
    return f"{len(os.environ)} variables, none of the console's own secrets"


def stdin() -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        return "a terminal: somebody runs this by hand"
    try:
        waiting = sys.stdin is not None and sys.stdin.read(1) != ""
    except (OSError, ValueError):
        waiting = False
    if waiting:
        raise Failed("something is fed to the input of this job")
    return "closed, so a question ends the job and never hangs it"


def fpl_api(url: str) -> str:
    address = url.rstrip("/") + "/event-status/"
    if not address.startswith(("http://", "https://")):
        raise Failed(f"FPL_API_URL is no web address: {url}")
    start = time.monotonic()
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 (the scheme is checked above)
            status = answer.status
    except urllib.error.HTTPError as error:
        if error.code != 404:  # a stand-in need not know this one call
            raise Failed(f"{address} answers {error.code}") from error
        status = error.code
    except OSError as error:
        raise Failed(f"{url} cannot be reached: {getattr(error, 'reason', error)}") from error
    return f"{url} answers {status} after {time.monotonic() - start:.1f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--url")
    arguments = parser.parse_args()
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", python),
        ("Data folder", lambda: data_folder(arguments.data_dir)),
        ("Disk", lambda: disk(arguments.data_dir)),
        ("Clock", clock),
        ("Environment", environment),
        ("Input", stdin),
    ]
    if arguments.url:
        checks.append(("FPL API", lambda: fpl_api(arguments.url)))
    failed = 0
    for name, check in checks:
        try:
            print(f"ok      {name:12} {check()}", flush=True)
        except Failed as error:
            failed += 1
            print(f"FAILED  {name:12} {error}", flush=True)
    print(f"{len(checks) - failed} of {len(checks)} checks passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
