#!/usr/bin/env python3
"""Starts the AIrsenal Ops Console: `python3 run.py` (`--help` shows the options).

This file is written so that even Python 2.7 can parse it and say what is wrong; everything else is in launcher/.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "The console needs Python 3.11 or newer and this is Python %d.%d: install a newer Python (on Debian and Ubuntu "
        "`sudo apt install python3`) and run it by name, for example `python3.12 run.py`." % sys.version_info[:2]
    )

if __name__ == "__main__":
    from launcher.cli import main

    sys.exit(main(sys.argv[1:]))
