"""A log with what a viewer has to cope with: colours over lines, nested bars, a very long line, two streams, errors."""

import sys
import time


def say(text: str) -> None:
    print(text, flush=True)


say("Reading the squad, 0 errors so far")
say("\x1b[31mred begins here")
say("and is red still\x1b[0m, here no more")
print("This comes from standard error", file=sys.stderr, flush=True)
time.sleep(0.15)
for done in range(0, 101, 4):
    for bar in range(2):
        sys.stderr.write("\n" * bar + f"\rbar {bar}: {done:3d}%" + "\x1b[A" * bar)
    sys.stderr.flush()
    time.sleep(0.01)
sys.stderr.write("\n\n")
sys.stderr.flush()
# What two streams say at the same moment has no order.
time.sleep(0.3)
say("long " + "x" * 12_000 + " end of the long line")
for player in range(400):
    say(f"player {player:03d} scores {player * 7 % 13} points" + (" as captain" if player % 50 == 7 else ""))
say("ERROR the first sign of trouble")
for step in range(30):
    say(f"step {step} after the trouble")
raise ValueError("no squad can be picked")
