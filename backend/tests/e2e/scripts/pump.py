"""Prints coloured lines of about a hundred bytes, numbered from 0, so many a second."""

import os
import sys
import time

BATCH = 500
COLOURS = ("\x1b[32mINFO\x1b[0m", "\x1b[38;5;208mWARN\x1b[0m", "\x1b[38;2;90;140;255mDEBUG\x1b[0m", "INFO")

lines, rate = int(sys.argv[1]), int(sys.argv[2])
began = time.monotonic()
for first in range(0, lines, BATCH):
    batch = "".join(
        f"{COLOURS[number & 3]} line {number} of the pump, gameweek {number % 38}, "
        + ("with a needle\n" if number % 40_000 == 1234 else "with nothing to be seen in it but words\n")
        for number in range(first, min(first + BATCH, lines))
    ).encode()
    while batch:
        batch = batch[os.write(1, batch) :]
    time.sleep(max(0.0, began + (first + BATCH) / rate - time.monotonic()))
