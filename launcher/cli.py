"""The command line of run.py: prepare, then become the console."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from launcher import frontend, node
from launcher.environment import Environment
from launcher.problem import Problem, from_os_error

PROJECT = Path(__file__).resolve().parent.parent
# The console's Python packages; those and the checks'; Node and the browser packages; the built browser pages.
PARTS = ("python", "tests", "node", "pages")


def main(arguments: Sequence[str]) -> int:
    """Returns an exit code only when the console could not be started (or with --prepare)."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        environment = Environment(PROJECT)
        node_found = prepare(environment, options.prepare or ("node" if options.dev else "pages"))
        if options.prepare:
            return 0
        _become_console(environment, options, node_found)
    except Problem as problem:
        print(f"run.py: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"run.py: {from_os_error(error, 'Preparing the console', PROJECT)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("run.py: stopped; run it again to go on where it was.", file=sys.stderr)
        return 130
    return 0


def prepare(environment: Environment, what: str) -> node.Node | None:
    """Everything that is slow the first time and next to nothing later. `what` is one of PARTS."""
    if sys.platform not in ("linux", "darwin"):
        raise Problem("The console runs on Linux and macOS: on Windows run it inside WSL (`wsl --install`).")
    requirements = [PROJECT / "requirements.txt"]
    if what == "tests":
        requirements.append(PROJECT / "backend" / "tests" / "requirements.txt")
    environment.ensure(requirements)
    if what == "pages":
        frontend.ensure_built(environment)
    return frontend.ensure_modules(environment, node.TEST) if what == "node" else None


def _become_console(environment: Environment, options: argparse.Namespace, dev_node: node.Node | None) -> None:
    """With --dev (`dev_node` given) the developers' supervisor, which starts the console itself."""
    argv = [str(environment.python), "-m", "launcher.dev" if dev_node else "backend"]
    for name in ("host", "port"):
        if (value := getattr(options, name)) is not None:
            argv += [f"--{name}", str(value)]
    if options.data_dir is not None:
        argv += ["--data-dir", str(options.data_dir.expanduser().absolute())]
    if options.new_admin and not dev_node:
        argv.append("--new-admin")
    if dev_node:
        argv += ["--npm", *dev_node.npm]
    os.chdir(PROJECT)
    # The console takes our place: signals reach it, and its exit code is the one seen.
    os.execve(argv[0], argv, dev_node.env if dev_node else dict(os.environ))  # noqa: S606


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    # A pip or npm under way has to be stopped before we go, as with Ctrl-C.
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Starts the AIrsenal Ops Console. The first start prepares everything it needs "
        "(about two minutes); later ones take seconds.",
        epilog="All settings can also be given in the environment or in a file .env; .env.example explains each.",
    )
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine only)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8001; the next free one when it is taken)")
    parser.add_argument("--data-dir", type=Path, help="folder for everything the console writes (default ./data)")
    parser.add_argument(
        "--new-admin", action="store_true", help="forgotten password: remove the admin and print a new set-up link"
    )
    parser.add_argument("--dev", action="store_true", help="for developers: reload on change, Vite development server")
    parser.add_argument(
        "--prepare", choices=PARTS, help="prepare this part and stop, start nothing (what ./test_runner.sh uses)"
    )
    return parser
