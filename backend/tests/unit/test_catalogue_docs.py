"""The example of docs/adding-a-command.md is taken as it stands, and runs."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from backend.commands.catalogue import PACKS_FOLDER, Catalogue
from backend.commands.command import Command
from backend.commands.template import BUILTIN_NAMES
from backend.models.commands import Parameter
from backend.tests.unit.test_catalogue import BUILTINS

PAGE = Path(__file__).parents[3] / "docs" / "adding-a-command.md"


@pytest.fixture
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_example_loads_beside_the_built_in_packs_and_runs(text: str, tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    own = tmp_path / "own"
    own.mkdir()
    (own / "house.yaml").write_text(example[1], encoding="utf-8")
    catalogue = Catalogue.load(PACKS_FOLDER, own, BUILTINS)
    assert catalogue.problems == ()

    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "rsync").write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')  # not every machine has rsync
    (tools / "rsync").chmod(0o755)
    command = catalogue.get("backup_photos")
    builtins = {**BUILTINS, "data_dir": str(tmp_path), "path": f"{tools}:{BUILTINS['path']}"}
    assert command.unavailable_reason(builtins, {"RSYNC_PASSWORD"}) is None
    call = command.build(command.validate({"leave_out": "*.raw; rm -rf /", "dry": True}), builtins)
    done = subprocess.run(
        call.argv,
        env={"PATH": builtins["path"], **call.env},
        cwd=call.cwd,
        executable=tools / "rsync",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        f"<--archive><--bwlimit=0><--exclude><*.raw; rm -rf /><--dry-run><{tmp_path}/photos/></mnt/backup/family/>"
    )


def test_the_page_names_every_key_and_every_placeholder(text: str) -> None:
    keys = {field.name for field in fields(Command)} - {"pack", "file", "line"} | {"needs_file_message"}
    missing = [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)]
    missing += [key for key in Parameter.model_fields if not re.search(rf"\b{key}\b", text)]
    missing += [name for name in sorted(BUILTIN_NAMES) if f"{{{name}}}" not in text]
    assert missing == []
