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


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.name))
def test_every_named_test_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for file, name in _NAMED.findall(text):
        found = list((PROJECT / "backend" / "tests").rglob(file))
        assert found, f"{document.name} names {file}"
        source = "".join(path.read_text(encoding="utf-8") for path in found)
        assert re.search(rf"^(async )?def {name}\(", source, re.M), f"{document.name} names {file}::{name}"
    for path in _FRONTEND.findall(text):
        assert (PROJECT / path).is_file(), f"{document.name} names {path}"


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.name))
def test_every_held_requirement_names_its_test(document: Path) -> None:
    for number, _, by in _ROW.findall(document.read_text(encoding="utf-8")):
        assert _NAMED.search(by) or _FRONTEND.search(by), f"{document.name}: {number} is held by no test"


def test_the_table_holds_every_chapter_that_it_promises() -> None:
    text = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
    chapters = {row.split(".")[0] for row in re.findall(r"^\| (\d+\.\d+\.\d+)", text, re.M)}
    assert chapters >= {"3", "4", "11", "14", "16"}


def test_every_test_that_the_sign_in_page_names_is_there() -> None:
    """Its form: `integration/test_file.py`, and after that `::test_name` for tests of the same file."""
    tests, file, named = PROJECT / "backend" / "tests", "", 0
    for words in re.findall(r"`([^`]+)`", (PROJECT / "docs" / "security-signin.md").read_text(encoding="utf-8")):
        match = re.fullmatch(r"((?:unit|integration|e2e)/test_\w+\.py)?(?:::(test_\w+))?", words)
        if match is None:
            continue
        file = match[1] or file
        text = (tests / file).read_text(encoding="utf-8")
        assert match[2] is None or f"def {match[2]}(" in text, words
        named += 1
    assert named > 10
