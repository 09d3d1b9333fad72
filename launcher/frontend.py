"""Builds the browser pages when they are absent or older than their sources."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from launcher import command, node, stamp
from launcher.environment import Environment
from launcher.lock import folder_lock
from launcher.problem import Problem, from_os_error

# Made by the tools, or not part of the built pages: a change there is no reason to build again.
_NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results", "requirements.txt", "README.md"}


def ensure_built(environment: Environment) -> None:
    """Afterwards `frontend/dist` is what the sources say. Without work to do it only hashes the sources (a few ms)."""
    folder = environment.project / "frontend"
    if not (folder / "package.json").is_file():
        raise Problem(f"{folder} has no package.json: get a complete copy of the project.")
    if stamp.read(_build_stamp(folder)) == _sources(folder):
        return
    with folder_lock(environment.project):
        sources = _sources(folder)
        if stamp.read(_build_stamp(folder)) != sources:
            _build(folder, environment, sources)


def ensure_modules(environment: Environment, least: tuple[int, int]) -> node.Node:
    """Afterwards `node_modules` is what package-lock.json says."""
    with folder_lock(environment.project):
        return _ensure_modules(environment, least)


def _ensure_modules(environment: Environment, least: tuple[int, int]) -> node.Node:
    folder = environment.project / "frontend"
    fitting = node.find(environment, least)
    doing = "Installing browser packages"
    mark = folder / "node_modules" / ".installed"
    try:
        wanted = stamp.digest((name, (folder / name).read_bytes()) for name in ("package.json", "package-lock.json"))
        if stamp.read(mark) != wanted:
            argv = [*fitting.npm, "ci", "--no-audit", "--no-fund"]
            command.run(argv, doing=doing, folder=folder, log=environment.folder / "npm-ci.log", env=fitting.env)
            mark.parent.mkdir(exist_ok=True)  # npm makes no folder when there is nothing to install.
            stamp.write(mark, wanted)
    except OSError as error:
        raise from_os_error(error, doing, folder) from None
    return fitting


def _build(folder: Path, environment: Environment, sources: str) -> None:
    fitting = ensure_modules(environment, node.BUILD)
    doing = "Building the browser pages"
    # Without its stamp a build that is cut short is built again.
    with contextlib.suppress(OSError):
        _build_stamp(folder).unlink()
    argv = [*fitting.npm, "run", "build"]
    command.run(argv, doing=doing, folder=folder, log=environment.folder / "npm-build.log", env=fitting.env)
    if not (folder / "dist" / "index.html").is_file():
        raise Problem(f"{doing} failed: `npm run build` made no dist/index.html in {folder}, look at its output there.")
    try:
        stamp.write(_build_stamp(folder), sources)
    except OSError as error:
        raise from_os_error(error, doing, folder) from None


def _build_stamp(folder: Path) -> Path:
    return folder / "dist" / ".built-from"


def _sources(folder: Path) -> str:
    return stamp.digest((str(path.relative_to(folder)), path.read_bytes()) for path in sorted(_source_files(folder)))


def _source_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _NOT_SOURCES or path.name.startswith(".") or path.name.endswith((".tsbuildinfo", ".gen.ts")):
            continue
        if path.is_dir():
            yield from _source_files(path)
        elif path.is_file():
            yield path
