"""The files a person meets first: .env.example, the requirement files, the two scripts."""

from __future__ import annotations

import importlib.metadata
import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from backend.config.settings import Settings
from backend.tests.started import PROJECT
from launcher.locked import lock_of

REQUIREMENTS = ("requirements.txt", "backend/tests/requirements.txt", "frontend/requirements.txt")
_SETTING = re.compile(r"^#([A-Z_]+)=(.*)$")


def _example() -> list[tuple[str, str, str]]:
    """Name, value and the line above of every setting in .env.example."""
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = itertools.pairwise(lines)
    return [(found[1], found[2], above) for above, line in pairs if (found := _SETTING.match(line))]


def test_the_example_has_every_setting_once() -> None:
    assert sorted(name for name, _, _ in _example()) == sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_of_the_example_is_explained_above_it() -> None:
    assert [name for name, _, above in _example() if not re.match(r"^# \S.{15,}", above)] == []


def test_the_values_of_the_example_are_the_defaults() -> None:
    for name, text, _ in _example():
        default = Settings.model_fields[name.lower()].get_default(call_default_factory=True)
        shown = "" if default in (None, []) else str(default).lower() if isinstance(default, bool) else str(default)
        assert text == shown, name


def test_the_example_as_it_is_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    without = Settings(_env_file=None)
    taken = (PROJECT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / "as-it-is").write_text(taken)
    assert Settings(_env_file=tmp_path / "as-it-is") == without
    (tmp_path / "all-on").write_text(re.sub(r"(?m)^#(?=[A-Z_]+=)", "", taken))
    assert Settings(_env_file=tmp_path / "all-on") == without


def _pins(name: str) -> list[tuple[Requirement, str]]:
    rows = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return [(Requirement(row.partition("#")[0].strip()), row) for row in rows if row.strip() and row[0] != "#"]


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_and_says_why(name: str) -> None:
    rows = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    for requirement, row in _pins(name):
        assert [part.operator for part in requirement.specifier] == ["=="], row
        assert "#" in row or rows[rows.index(row) - 1].startswith("#"), f"no reason: {row}"


def test_what_is_installed_is_what_is_pinned_down_to_the_last_package() -> None:
    """A package that a pinned one brings along and that is not pinned itself would differ from machine to machine."""
    pins = {_normal(pin.name): pin for pin, _ in _pins("requirements.txt")}
    for pin in pins.values():
        if pin.marker is None or pin.marker.evaluate():
            assert importlib.metadata.version(pin.name) in pin.specifier
            for text in importlib.metadata.requires(pin.name) or []:
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                    assert _normal(needed.name) in pins, f"{pin.name} brings {needed.name}, which is not pinned"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["run.py", "test_runner.sh", ".ci/run"])
def test_scripts_can_be_executed(name: str) -> None:
    assert os.access(PROJECT / name, os.X_OK)


@pytest.mark.parametrize("name", ["test_runner.sh", ".ci/run"])
def test_shell_scripts_parse(name: str) -> None:
    subprocess.run(["bash", "-n", PROJECT / name], check=True)


def test_the_test_runner_explains_itself() -> None:
    asked = subprocess.run([PROJECT / "test_runner.sh", "--help"], capture_output=True, text=True, check=True)
    for part in ("unit", "integration", "e2e", "frontend", "all", "CI=true"):
        assert part in asked.stdout
    refused = subprocess.run([PROJECT / "test_runner.sh", "unti"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "there is no part 'unti'" in refused.stderr


@pytest.mark.parametrize("complete", [True, False])
def test_ci_installs_what_is_missing_and_only_that(tmp_path: Path, complete: bool) -> None:
    """A machine whose whole PATH is one folder; apt-get and ldconfig only tell what they were asked."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(PROJECT / ".ci" / "run", tmp_path / ".ci")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "readlink", "env", "id"):
        (tools / name).symlink_to(shutil.which(name) or name)
    scripts = {
        "bin/apt-get": 'echo "apt-get $*"',
        "bin/sudo": '[ "$1" = -n ] && shift; exec "$@"',
        "bin/ldconfig": f'echo "{"libcurl.so.4" if complete else "libother.so.1"} (libc6,x86-64) => /lib/x"',
        "bin/python3": "exit 0" if complete else "exit 1",
        "test_runner.sh": 'echo "CI=$CI test_runner.sh $*"',
        **({"bin/chromium": "exit 0"} if complete else {}),
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(f"#!{tools / 'bash'}\n{text}\n")
        (tmp_path / name).chmod(0o755)
    asked = subprocess.run(
        [tmp_path / ".ci" / "run", "-x"], env={"PATH": str(tools)}, capture_output=True, text=True, check=True
    )
    installs = [line for line in asked.stdout.splitlines() if line.startswith("apt-get install")]
    assert [line.split()[-3:] for line in installs] == ([] if complete else [["chromium", "python3-venv", "libcurl4"]])
    assert asked.stdout.splitlines()[-1] == "CI=true test_runner.sh all -x"


def test_the_lock_names_the_same_versions_with_hashes_and_no_place() -> None:
    """`python3 -m launcher.locked` makes it anew."""
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert lock_of(PROJECT / "requirements.txt") == PROJECT / "requirements.lock"
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"https?://|--index-url|--find-links|@ file", text)


def test_a_lock_that_was_left_behind_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("some_package==1.0  # why\nother==2; sys_platform == 'linux'\n")
    assert lock_of(tmp_path / "requirements.txt") is None
    lock = tmp_path / "requirements.lock"
    lock.write_text("some-package==1.0 \\\n    --hash=sha256:00\nother==2 ; sys_platform == 'linux' \\\n")
    assert lock_of(tmp_path / "requirements.txt") == lock
    lock.write_text("some-package==1.1\nother==2\n")
    assert lock_of(tmp_path / "requirements.txt") is None


def test_the_example_service_is_sound_and_hardened() -> None:
    unit = PROJECT / "deploy" / "airsenal-ops-console.service"
    settings = dict(line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines()
                    if "=" in line and line[0] not in "#[")  # fmt: skip
    assert settings["User"] not in ("", "root")
    assert settings["KillMode"] == "process", "jobs outlive the console"
    assert settings["UMask"] == "0077"
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables",
                 "RestrictSUIDSGID", "RestrictNamespaces"):  # fmt: skip
        assert settings[name] == "yes", name
    assert settings["ProtectSystem"] == "strict"
    assert settings["CapabilityBoundingSet"] == ""
    assert "run.py" in settings["ExecStart"]
    if shutil.which("systemd-analyze"):
        found = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        assert "Unknown" not in found.stderr, found.stderr
