"""The unix socket in the data folder over which the console and its mongod talk: where it is, and who listens on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import struct
import sys
import tempfile
from pathlib import Path

SOCKET_NAME = "mongod.sock"
# struct sockaddr_un has 108 bytes on Linux and 104 on macOS, with the closing zero.
_LONGEST_PATH = 103
_ANSWER_SECONDS = 10.0
_ACCEPTS = 0x10000  # __SO_ACCEPTCON in /proc/net/unix: listening, not only bound

# `{hello: 1, $db: "admin"}` as one OP_MSG: what a driver sends first. Only a mongod that serves answers it.
_HELLO_BODY = b"\x1f\x00\x00\x00\x10hello\x00\x01\x00\x00\x00\x02$db\x00\x06\x00\x00\x00admin\x00\x00"
_HELLO = struct.pack("<iiiiI", 16 + 4 + 1 + len(_HELLO_BODY), 1, 0, 2013, 0) + b"\x00" + _HELLO_BODY


class PrivateSocket:
    """`file` is its path, short enough for the kernel.

    Data folders can lie deeper than a socket path may be long. Then a link in a private temporary folder leads there:
    the socket itself still lies in the data folder, and a link that a cleaner removed is simply made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / "socket-path"
        self._way = folder

    @property
    def file(self) -> Path:
        return self._way / SOCKET_NAME

    # --- the path ----------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Call it before anything else: decides the path, and makes the link when one is needed."""
        if len(os.fsencode(self._folder / SOCKET_NAME)) <= _LONGEST_PATH:
            return
        if (link := self._noted()) is None:
            link = Path(tempfile.mkdtemp(prefix="console-db-")) / "d"
            link.symlink_to(self._folder, target_is_directory=True)
            self._note.write_text(str(link), encoding="utf-8")
        self._way = link

    def repair(self) -> None:
        """Makes the link anew under the same name when a cleaner of temporary files has taken it."""
        if self._way != self._folder and not self._way.is_symlink():
            with contextlib.suppress(OSError):  # Somebody else has the name: the next start takes another.
                self._way.parent.mkdir(mode=0o700)
                self._way.symlink_to(self._folder, target_is_directory=True)

    def remove(self) -> None:
        """The link, when there is one; the socket itself is its listener's."""
        if self._way != self._folder:
            with contextlib.suppress(OSError):
                self._note.unlink(missing_ok=True)
                shutil.rmtree(self._way.parent)

    def _noted(self) -> Path | None:
        """The link of an earlier start, when nobody else could have changed it."""
        try:
            link = Path(self._note.read_text(encoding="utf-8"))
            about = link.parent.lstat()
            private = about.st_uid == os.getuid() and (about.st_mode & 0o077) == 0 and not link.parent.is_symlink()
            return link if private and link.readlink() == self._folder else None
        except (OSError, UnicodeDecodeError):
            return None

    # --- the other end -----------------------------------------------------------------------------------------------

    def listener(self) -> int | None:
        """The process that listens, or None."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
            client.settimeout(0.5)
            try:
                client.connect(str(self.file))
                return _peer_pid(client)
            except OSError:
                return None

    async def answers(self, pid: int) -> bool:
        """True when the process `pid`, and no other, listens and answers like a MongoDB that serves."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                reader, writer = await asyncio.open_unix_connection(str(self.file))
                try:
                    if _peer_pid(writer.get_extra_info("socket")) not in (pid, None):
                        return False
                    writer.write(_HELLO)
                    return len(await reader.readexactly(16)) == 16
                finally:
                    writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return False

    def lost_by(self, pid: int) -> bool:
        """`pid` listens, but the socket's file is gone or became another's, so nobody can connect to it."""
        try:
            rows = [row.split() for row in Path(f"/proc/{pid}/net/unix").read_text(encoding="utf-8").splitlines()[1:]]
        except OSError:
            return False
        listening = any(len(row) > 7 and int(row[3], 16) & _ACCEPTS and row[7] == str(self.file) for row in rows)
        return listening and self.listener() is None


def _peer_pid(connection: socket.socket) -> int | None:
    """Who listens at the other end; None where the system does not tell."""
    if hasattr(socket, "SO_PEERCRED"):
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[0])
    if sys.platform == "darwin":
        return connection.getsockopt(0, 2)  # SOL_LOCAL, LOCAL_PEERPID: Python has no names for them.
    return None
