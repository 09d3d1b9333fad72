"""Output that breaks naive readers."""

import os
import sys
import time


def write(data: bytes, to: int = 1) -> None:
    while data:
        data = data[os.write(to, data) :]


kind = sys.argv[1]
if kind == "no_newline":
    write(b"never ends")
elif kind == "long_line":
    write(b"x" * (10 * 1024 * 1024) + b"\nafter\n")
elif kind == "nul":
    write(b"a\0b\n\0\0\n")
elif kind == "bad_utf8":
    write(b"\xff\xfe ok \xc3\n")
elif kind == "bars":
    for done in range(101):
        for bar in range(5):
            write(b"\n" * bar + b"\rbar %d: %3d%%" % (bar, done) + b"\x1b[A" * bar, 2)
    write(b"\n" * 5, 2)
    write(b"finished\n")
elif kind == "split_utf8":
    for byte in "héllo ✓ 🎉\n".encode():
        write(bytes([byte]))
        time.sleep(0.002)
elif kind == "both":
    write(b"\rworking: 10%", 2)
    time.sleep(0.05)
    write(b"a result line\n")
    time.sleep(0.05)
    write(b"\rworking: 99%\n", 2)
