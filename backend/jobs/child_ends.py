"""What a child reads from and writes to: pipes, or a terminal. Standard library only: the runner imports it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import termios
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from backend.jobs.spool import STDERR, STDOUT

PIPE_BYTES = 1024 * 1024
F_SETPIPE_SZ = 1031
TIOCSWINSZ = 0x5414
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Ends:
    """`ours`: descriptors to read from, each with its stream. `theirs` are closed when the child has them, `held` when
    it has ended. `to_type` is what the first of `ours` is to be sent while the child reads: a terminal takes some 10 KB
    ahead."""

    actions: list[tuple[Any, ...]]
    ours: dict[int, int]
    theirs: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    to_type: bytes = b""


def pipes(stdin: str | None) -> Ends:
    """One for each stream. Input is `stdin`, then the end."""
    theirs = [_file_with(stdin)]
    actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_DUP2, theirs[0], 0)]
    ours = {}
    for target, stream in ((1, STDOUT), (2, STDERR)):
        reading, writing = os.pipe2(os.O_CLOEXEC)
        _set_pipe_size(reading)
        os.set_blocking(reading, False)
        ours[reading] = stream
        actions.append((os.POSIX_SPAWN_DUP2, writing, target))
        theirs.append(writing)
    return Ends(actions, ours, tuple(theirs))


def _file_with(text: str | None) -> int:
    """End of input at once, or after `text`. A file, not a pipe: nobody has to write it while the child runs."""
    if not text:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    descriptor = os.memfd_create("stdin")
    os.write(descriptor, text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def terminal(stdin: str | None) -> Ends:
    """A terminal of 120 by 40. The child is a session leader without one, so opening it makes it its own.

    Its input is what `stdin` says and then the end, without echo. Our end of the slave is held open: when the last one
    closes, the kernel hangs up on the child, who may only have redirected its output.
    """
    master, slave = os.openpty()
    modes = termios.tcgetattr(slave)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    text = stdin or ""
    # Each read at the start of a line takes one end-of-file character, and programs ask more than once.
    typed = text.encode() + (b"\x04" if text and not text.endswith("\n") else b"") + b"\x04" * 16
    size = struct.pack("HHHH", 40, 120, 0, 0)
    _libc.ioctl(slave, TIOCSWINSZ, size)
    name = os.ttyname(slave)
    os.set_inheritable(master, False)
    os.set_blocking(master, False)
    actions = [(os.POSIX_SPAWN_OPEN, number, name, os.O_RDWR, 0) for number in (0, 1, 2)]
    return Ends(actions, {master: STDOUT}, held=(slave,), to_type=typed)


def _set_pipe_size(descriptor: int) -> None:
    # Refused when the user's pipe budget is used up (pipe(7)): 64 KiB work too, only slower.
    with suppress(OSError):
        fcntl.fcntl(descriptor, F_SETPIPE_SZ, PIPE_BYTES)
