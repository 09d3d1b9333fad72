"""Prints the time every 20 ms."""

import sys
import time

for _ in range(int(sys.argv[1])):
    sys.stdout.write(f"{time.time():.6f}\n")
    sys.stdout.flush()
    time.sleep(0.02)
