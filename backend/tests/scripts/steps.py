"""Draws a bar over itself, then says how it went: `steps` done, exit code `code`."""

import sys
import time

steps, code = int(sys.argv[1]), int(sys.argv[2])
for step in range(1, steps + 1):
    print(f"\rstep {step} of {steps}", end="", file=sys.stderr, flush=True)
    time.sleep(1.5)
print(file=sys.stderr, flush=True)
print(f"sum={sum(range(steps + 1))}", flush=True)
sys.exit(code)
