"""With CI=true a skipped test is a failed test.

A skip means that something is missing here: a service, a browser. On a laptop that is fine and the summary says so; in
CI it would be a check that silently stopped checking. Only a reason that begins with "not possible here:" is let
through: it names something that no installation could add, such as a kernel without user namespaces.
"""

import os
from collections.abc import Generator

import pytest

_NOTE = "skipped, which is a failure with CI=true: "
_NOT_POSSIBLE = "not possible here:"


def _forbidden() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not _forbidden() or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if reason.removeprefix("Skipped: ").startswith(_NOT_POSSIBLE):
        return
    report.outcome = "failed"
    report.longrepr = _NOTE + reason


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report
