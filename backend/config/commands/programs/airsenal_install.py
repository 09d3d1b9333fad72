"""Installs AIrsenal into an environment of its own, so that nobody needs a terminal for it.

The stamp (`installed.json`) is written last: with it the environment is whole, without it the next run starts over.
Exit codes: 0 done, 1 something else failed, 3 no network, 4 no disk space, 5 this Python cannot make environments.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

VERSION = "1.17.0"
CONSTRAINTS = Path(__file__).with_name("airsenal_constraints.txt")
NEEDED_BYTES = 2_500_000_000  # 1.1 GB installed, and the downloads and what is unpacked beside it
LOGIN_FILES = ("FPL_LOGIN*", "FPL_PASSWORD*", "FPL_TEAM_ID*")
PROGRAMS = (
    "airsenal_setup_initial_db",
    "airsenal_update_db",
    "airsenal_run_prediction",
    "airsenal_run_optimization",
    "airsenal_run_pipeline",
    "airsenal_make_squad",
    "airsenal_check_data",
    "airsenal_set_lineup",
    "airsenal_make_transfers",
)
# `airsenal` itself is not imported deeper: its modules ask the FPL API for the gameweek while they are imported.
CHECK = """
import importlib.metadata
import airsenal, bpl, curl_cffi, deap, jax, numpyro, pandas, scipy, sqlalchemy
print(importlib.metadata.version("airsenal"))
"""
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Name or service not known|Temporary failure in name resolution"
    r"|Network is unreachable|Connection refused|Connection reset|ConnectTimeout|ReadTimeout|ProxyError|timed out",
    re.IGNORECASE,
)
NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
NO_SUCH_PINS = re.compile(r"ResolutionImpossible|No matching distribution|Could not find a version")
SHOWN = re.compile(r"^\s*(Collecting \S+|Downloading \S+ \(.*\)|Using cached \S+ \(.*\)|Building wheel|ERROR.*)")
BEAT_SECONDS = 10


class Failed(Exception):
    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    print(text, flush=True)


def python_of(home: Path) -> Path:
    return home / "bin" / "python"


def read_stamp(home: Path) -> dict[str, object] | None:
    try:
        stamp = json.loads((home / "installed.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def write_stamp(home: Path, python: str) -> None:
    stamp = {"airsenal": VERSION, "python": python, "installed_at": datetime.now(UTC).isoformat(timespec="seconds")}
    part = home / "installed.json.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(stamp, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(home / "installed.json")


def is_whole(home: Path) -> bool:
    """The stamp is of this version and its Python still starts (it may be gone after an upgrade of the system)."""
    stamp = read_stamp(home)
    if (
        stamp is None
        or stamp.get("airsenal") != VERSION
        or not all((home / "bin" / name).is_file() for name in PROGRAMS)
    ):
        return False
    try:
        return (
            subprocess.run([python_of(home), "-c", "import airsenal"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise Failed(
            f"AIrsenal needs {NEEDED_BYTES / 1e9:.1f} GB of disk, and {free / 1e9:.1f} GB are free: make room.", 4
        )


def check_python() -> None:
    if find_spec("venv") is None or (find_spec("ensurepip") is None and find_spec("pip") is None):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Failed(f"This Python has neither pip nor ensurepip: install the system package python{version}-venv.", 5)


def make_environment(home: Path) -> list[str]:
    """A fresh environment; returns the command that runs pip for it."""
    with_pip = find_spec("ensurepip") is not None
    command = [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()
        if NO_SPACE.search(output):
            raise Failed("The disk is full: make room and run this again.", 4)
        raise Failed(
            f"The environment could not be made: {output.splitlines()[-1] if output else 'no reason given'}", 5
        )
    python = str(python_of(home))
    return [python, "-m", "pip"] if with_pip else [sys.executable, "-m", "pip", "--python", python]


def size_of(folder: Path) -> int:
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(f"{path}/{name}").st_size
            except OSError:
                continue
    return total


def beat(home: Path, stop: threading.Event) -> None:
    """pip is silent while it unpacks 1 GB: say how far it is."""
    start = time.monotonic()
    while not stop.wait(BEAT_SECONDS):
        say(f"  … {size_of(home) / 1e6:,.0f} MB on disk after {time.monotonic() - start:.0f} s")


def run_pip(pip: list[str], home: Path, scratch: Path, *, pinned: bool) -> str:
    """Installs; returns what pip said, as far as it matters, when it failed, else an empty text."""
    command = [
        *pip,
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
        # 20 s of a processor and 90 MB for modules that nobody imports; Python compiles the others when it meets them.
        "--no-compile",
        "--only-binary=:all:",
    ]
    command += ["--retries=3", "--timeout=30", f"--cache-dir={scratch / 'cache'}", f"airsenal=={VERSION}"]
    command += ["--only-binary=:all:", "--constraint", str(CONSTRAINTS)] if pinned else ["--prefer-binary"]
    (scratch / "tmp").mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(scratch / "tmp"), "PYTHONUNBUFFERED": "1"}
    stop = threading.Event()
    watcher = threading.Thread(target=beat, args=(home, stop), daemon=True)
    watcher.start()
    said: list[str] = []
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            match = SHOWN.match(line)
            if match:
                say(f"  {match[1]}")
            elif line.startswith("Installing collected packages"):
                say(f"  Installing {line.count(',') + 1} packages")
    stop.set()
    watcher.join()
    return "" if process.returncode == 0 else "\n".join(said) or f"pip ended with exit code {process.returncode}"


def install(pip: list[str], home: Path, scratch: Path) -> None:
    output = run_pip(pip, home, scratch, pinned=True)
    if output and NO_SUCH_PINS.search(output) and not NO_NETWORK.search(output):
        say("The tested versions of its packages do not all exist for this Python; taking the newest that fit.")
        output = run_pip(pip, home, scratch, pinned=False)
    if not output:
        return
    if NO_SPACE.search(output):
        raise Failed("The disk is full: make room and run this again.", 4)
    if NO_NETWORK.search(output):
        raise Failed(
            "The package index cannot be reached: check the network, or set the secret HTTPS_PROXY or PIP_INDEX_URL.", 3
        )
    if NO_SUCH_PINS.search(output):
        raise Failed(
            f"AIrsenal {VERSION} is not offered for Python {sys.version.split()[0]} on {sysconfig.get_platform()}.", 5
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR")]
    raise Failed(f"pip could not install AIrsenal: {(errors or output.splitlines())[-1]}")


def remove_login_files(home: Path) -> int:
    """The wheel ships files named after somebody's login by mistake. They are removed unread, and before first use:
    AIrsenal takes login details from files of such names."""
    removed = 0
    for data in home.glob("lib/python*/site-packages/airsenal/data"):
        for pattern in LOGIN_FILES:
            for path in data.glob(pattern):
                path.unlink()
                removed += 1
    return removed


def verify(home: Path) -> str:
    missing = [name for name in PROGRAMS if not (home / "bin" / name).is_file()]
    if missing:
        raise Failed(f"The installed AIrsenal lacks the program {missing[0]}: run this again with 'install again'.")
    done = subprocess.run([python_of(home), "-c", CHECK], capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stdout.strip() != VERSION:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise Failed(f"The installed AIrsenal does not start: {last}")
    return done.stdout.strip()


def run(home: Path, *, again: bool) -> None:
    if not again and is_whole(home):
        stamp = read_stamp(home) or {}
        say(f"AIrsenal {VERSION} is installed already (since {stamp.get('installed_at')}). Nothing to do.")
        return
    check_python()
    scratch = home.with_name(home.name + ".tmp")
    home.parent.mkdir(parents=True, exist_ok=True)
    if home.exists():
        say("Removing " + ("the present installation" if again else "a half-made installation"))
        (home / "installed.json").unlink(missing_ok=True)  # first, so that a stop here leaves nothing that looks whole
        shutil.rmtree(home)
    check_room(home.parent)
    say(f"1/4 Making an environment with Python {sys.version.split()[0]} in {home}")
    pip = make_environment(home)
    say(f"2/4 Downloading and installing AIrsenal {VERSION} (about 450 MB to download, 1.1 GB on disk)")
    install(pip, home, scratch)
    say(f"3/4 Removing {remove_login_files(home)} files with login details that the package ships by mistake")
    say("4/4 Checking that it starts")
    version = verify(home)
    shutil.rmtree(scratch, ignore_errors=True)
    write_stamp(home, sys.version.split()[0])
    say(f"AIrsenal {version} is installed: {size_of(home) / 1e9:.1f} GB. Next: set FPL_TEAM_ID and build the database.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the environment")
    parser.add_argument("--again", action="store_true", help="throw away what is there and install afresh")
    arguments = parser.parse_args()
    start = time.monotonic()
    try:
        run(arguments.home.absolute(), again=arguments.again)
    except Failed as error:
        print(str(error), file=sys.stderr, flush=True)
        return error.code
    except OSError as error:
        where = error.filename or arguments.home
        print(
            f"{where} cannot be used ({error.strerror or error}): check the data folder.", file=sys.stderr, flush=True
        )
        return 4 if NO_SPACE.search(str(error)) else 1
    say(f"Took {time.monotonic() - start:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
