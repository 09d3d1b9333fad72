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


# ASVS 5.0.0, levels 1 and 2: section, and how many requirements of it, from the first on.
_SECTIONS = {
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "14.1": 2, "14.2": 4, "14.3": 3, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
_RANGE = re.compile(r"^\| (\d+\.\d+)\.(\d+)(?:(?: to |, )\d+\.\d+\.(\d+))?", re.M)


def test_the_tables_hold_every_requirement_of_their_chapters() -> None:
    found = []
    for document in PAGES:
        for section, first, last in _RANGE.findall(document.read_text(encoding="utf-8")):
            found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    wanted = {f"{section}.{number + 1}" for section, count in _SECTIONS.items() for number in range(count)}
    assert set(found) == wanted
    assert len(found) == len(wanted), "a requirement stands there twice"


# Held by there being nothing of the kind, or by the page itself.
_NOTHING_THERE = {"6.2.10", "6.4.2", "7.1.2"}


def test_what_the_sign_in_page_holds_names_its_test() -> None:
    text = (PROJECT / "docs" / "security-signin.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \|.*\| (held[^|]*)\| (.*) \|$", text, re.M)
    assert len(rows) > 30
    for number, _, by in rows:
        named = "::test_" in by or _FRONTEND.search(by) or by.endswith("the same")
        assert named or number in _NOTHING_THERE, f"{number} is held by no test: {by}"


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
