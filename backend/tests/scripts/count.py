"""Prints `line 0` to `line N-1`, with a pause after each."""

import sys
import time

lines, pause = int(sys.argv[1]), float(sys.argv[2])
if pause == 0:
    sys.stdout.writelines(f"line {number}\n" for number in range(lines))
else:
    for number in range(lines):
        print(f"line {number}", flush=True)
        time.sleep(pause)
