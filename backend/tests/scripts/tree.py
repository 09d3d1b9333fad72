"""A family that is hard to end: a child that ignores TERM with a grandchild, and a daemon that left the session."""

import os
import signal
import sys
import time


def forever() -> None:
    while True:
        time.sleep(60)


if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        forever()
    forever()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        forever()
    os._exit(0)
print("family is up", flush=True)
sys.stdout.flush()
forever()
