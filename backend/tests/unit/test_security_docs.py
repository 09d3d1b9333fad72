"""The security documents name a test for what they say is held: those tests exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PROJECT = TESTS.parents[1]
_NAMED = re.compile(r"((?:unit|integration|e2e)/test_\w+\.py)?(?:::(test_\w+))?")


@pytest.mark.parametrize("document", sorted((PROJECT / "docs").glob("security*.md")), ids=lambda path: path.name)
def test_every_test_that_is_named_is_there(document: Path) -> None:
    named, file = 0, ""
    for words in re.findall(r"`([^`]+)`", document.read_text(encoding="utf-8")):
        match = _NAMED.fullmatch(words)
        if match is None or not words:
            continue
        file = match[1] or file  # `::name` alone is in the file named before
        text = (TESTS / file).read_text(encoding="utf-8")
        assert match[2] is None or f"def {match[2]}(" in text, words
        named += 1
    assert named > 10
