"""The house rules of docs/architecture.md, read off the imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2]
# Ground floor first. A module imports only from floors below its own; neighbours do not know each other.
FLOORS: list[set[str]] = [
    {"config", "utils", "errors", "__init__"},
    {"models"},
    {"database", "repositories", "providers", "embedded_mongo", "mongod_program", "private_socket"}
    | {"data_folder", "listening", "database_session", "command_frame"},
    {"audit", "auth", "commands", "vault", "metrics"},
    {"jobs"},
    {"schedules", "notifications", "fpl"},
    {"services", "airsenal_services"},
    {"api", "middleware"},
    {"server", "web_server"},
    {"console", "openapi"},
    {"__main__"},
]
# What these may import beside their own floor's rule: one room, several doors.
SAME_FLOOR = {
    ("config", "errors"),
    ("repositories", "database"),
    ("embedded_mongo", "mongod_program"),
    ("embedded_mongo", "private_socket"),
    ("command_frame", "database_session"),
    ("database_session", "database"),
    ("database_session", "data_folder"),
    ("database_session", "embedded_mongo"),
    ("database_session", "private_socket"),
    ("utils", "errors"),
    ("services", "airsenal_services"),
}
HOMES = {
    "motor": {"database", "repositories"},
    "pymongo": {"database", "repositories"},
    "bson": {"database", "repositories"},
    "fastapi": {"server", "api", "middleware"}, "uvicorn": {"web_server"},
    "subprocess": {"jobs", "embedded_mongo", "mongod_program"}, "httpx": {"providers"}, "aiohttp": {"providers"},
    "urllib.request": {"providers"},
}  # fmt: skip
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
MODULES = [
    path for path in sorted(BACKEND.rglob("*.py"))
    if "tests" not in path.relative_to(BACKEND).parts and "programs" not in path.parts
]  # fmt: skip


def _room(path: Path) -> str:
    return path.relative_to(BACKEND).parts[0].removesuffix(".py")


def _imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BACKEND)))
def test_a_module_imports_only_from_below(path: Path) -> None:
    room = _room(path)
    assert room in FLOOR_OF, f"{room} has no floor: give it one here and in docs/architecture.md"
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] != "backend" or len(parts) < 2 or parts[1] not in FLOOR_OF or parts[1] == room:
            continue
        below = FLOOR_OF[parts[1]] < FLOOR_OF[room] or (room, parts[1]) in SAME_FLOOR
        assert below, f"{room} (floor {FLOOR_OF[room]}) imports {name} (floor {FLOOR_OF[parts[1]]})"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BACKEND)))
def test_what_has_a_home_is_imported_only_there(path: Path) -> None:
    for name in _imports(path):
        for library, homes in HOMES.items():
            if name == library or name.startswith(library + "."):
                assert _room(path) in homes, f"{library} belongs to {', '.join(sorted(homes))}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BACKEND)))
def test_the_environment_is_read_in_config_only(path: Path) -> None:
    if _room(path) != "config":
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text
        assert "getenv" not in text


def test_the_runner_needs_the_standard_library_only() -> None:
    """It runs in an interpreter without site-packages; what it imports of ours must hold to that too."""
    import subprocess
    import sys

    code = f"import sys; sys.path.insert(0, {str(BACKEND.parent)!r}); import backend.jobs.runner_host"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
