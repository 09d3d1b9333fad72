"""A start that cannot go on is one sentence for the person who must act, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path


class Problem(Exception):
    """One sentence that says what is wrong and what to do."""


# With less than this no step of a first start can succeed.
_NEARLY_FULL = 8 * 1024 * 1024
# What pip, npm and node say, and what it means. First match wins: a full disk also makes downloads fail.
_FULL = re.compile(r"No space left on device|ENOSPC|Disk quota exceeded|EDQUOT", re.I)
_READ_ONLY = re.compile(r"Read-only file system|EROFS|Permission denied|EACCES|EPERM", re.I)
_NETWORK = re.compile(
    r"name resolution|Name or service not known|NewConnectionError|ConnectTimeout|ReadTimeout|Connection refused|"
    r"Connection (?:broken|aborted|reset)|Network is unreachable|No route to host|Max retries exceeded|ProxyError|"
    r"SSLError|"
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|"
    r"from versions: none",
    re.I,
)
_PIP_NO_FIT = re.compile(r"No matching distribution found for (\S+)", re.I)
_ERROR_LINE = re.compile(r"^\s*(?:npm (?:ERR!|error)|ERROR:|error\b|.*\berror TS\d+)", re.I)


def from_os_error(error: OSError, doing: str, folder: Path) -> Problem:
    """The sentence for a file operation that failed while `doing` something in `folder`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(doing, folder)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return read_only(doing, folder)
    return Problem(f"{doing} failed: {error}.")


def full_disk(doing: str, folder: Path) -> Problem:
    return Problem(f"{doing} failed because the disk is full: free about 1 GB where {folder} lies and run it again.")


def _full_folder(folder: Path) -> Path | None:
    """Asked as well as read: venv says only that a command of its failed, and pip unpacks in the temporary folder."""
    for place in (folder, Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            if shutil.disk_usage(place).free < _NEARLY_FULL:
                return place
    return None


def read_only(doing: str, folder: Path) -> Problem:
    return Problem(f"{doing} failed because {folder} cannot be written: give yourself write access and run it again.")


def from_output(doing: str, lines: Sequence[str], folder: Path, log: Path) -> Problem:
    """The sentence for a pip or npm that failed, from what it printed."""
    text = "\n".join(lines)
    if (full := _full_folder(folder)) or _FULL.search(text):
        return full_disk(doing, full or folder)
    if _NETWORK.search(text):
        return Problem(
            f"{doing} failed because the download did not work: check the internet connection and run it again."
        )
    if _READ_ONLY.search(text):
        return read_only(doing, folder)
    if no_fit := _PIP_NO_FIT.search(text):
        return Problem(
            f"{doing} failed because {no_fit[1]} does not exist for this Python and platform: use Python 3.11 to 3.14 "
            "on Linux."
        )
    telling = [line.strip() for line in lines if _ERROR_LINE.match(line)]
    said = (telling or [line.strip() for line in lines if line.strip()] or ["no output"])[-1 if not telling else 0]
    return Problem(f"{doing} failed ({said[:200]}): the whole output is in {log}.")
