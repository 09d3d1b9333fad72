"""With CI=true a skip is a failure: tried with a pytest run of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from backend.tests.started import PROJECT

TESTS = """
import pytest
def test_passes(): pass
@pytest.mark.skip(reason="no browser here")
def test_by_mark(): pass
def test_by_call(): pytest.skip("no service here")
def test_let_through(): pytest.skip("not possible here: this kernel has none")
@pytest.mark.xfail(reason="known")
def test_expected(): assert False
"""
MODULE = "import pytest\npytest.skip('no module here', allow_module_level=True)\n"


def _run(folder: Path, ci: str, **files: str) -> str:
    (folder / "conftest.py").write_text(
        "from backend.tests.plugins.ci import pytest_make_collect_report, pytest_runtest_makereport\n"
    )
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    argv = [sys.executable, "-m", "pytest", "-q", "-ra", "-c", os.devnull, "-p", "no:cacheprovider", str(folder)]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "CI": ci}
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False).stdout


def test_on_a_laptop_skips_are_skips(tmp_path: Path) -> None:
    assert "1 passed, 4 skipped, 1 xfailed" in _run(tmp_path, "", some=TESTS, module=MODULE)


def test_in_ci_skips_are_failures(tmp_path: Path) -> None:
    output = _run(tmp_path, "true", some=TESTS)
    for reason in ("no browser here", "no service here"):
        assert f"skipped, which is a failure with CI=true: {reason}" in output.replace("Skipped: ", "")
    # What no installation could add is still only a skip.
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in output


def test_in_ci_a_skipped_module_is_an_error(tmp_path: Path) -> None:
    output = _run(tmp_path, "true", module=MODULE)
    assert "no module here" in output
    assert "1 error in" in output
