"""docs/security*.md name the test behind every "held"; a name that no test bears would be an empty promise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.tests.started import PROJECT

PAGES = sorted((PROJECT / "docs").glob("security*.md"))
_NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
_FRONTEND = re.compile(r"`(frontend/src/[\w./-]+\.test\.tsx?)`")
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+)[^|]*\|[^|]*\| *(held) *\|(.*)\|$", re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_every_named_test_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for file, name in _NAMED.findall(text):
        found = list((PROJECT / "backend" / "tests").rglob(file))
        assert found, f"{page.name} names {file}"
        source = "".join(path.read_text(encoding="utf-8") for path in found)
        assert re.search(rf"^(async )?def {name}\(", source, re.M), f"{page.name} names {file}::{name}"
    for path in _FRONTEND.findall(text):
        assert (PROJECT / path).is_file(), f"{page.name} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_every_held_requirement_names_its_test(page: Path) -> None:
    for number, _, by in _ROW.findall(page.read_text(encoding="utf-8")):
        assert _NAMED.search(by) or _FRONTEND.search(by), f"{page.name}: {number} is held by no test"


def test_the_table_holds_every_chapter_that_it_promises() -> None:
    text = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
    chapters = {row.split(".")[0] for row in re.findall(r"^\| (\d+\.\d+\.\d+)", text, re.M)}
    assert chapters >= {"3", "4", "11", "14", "16"}
