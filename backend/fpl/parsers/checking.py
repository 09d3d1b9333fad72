"""`check_data`: eight checks one after the other, their summary, and the closing line."""

from __future__ import annotations

import re

from backend.fpl.parsers.rows import Cursor, Drift
from backend.fpl.parsers.run import Run
from backend.models.reports import DataCheck, DataCheckReport, Warning

SEASONS = re.compile(r"Running checks for seasons: \['(\d{4})'.*\]")
TITLE = re.compile(r"Checking (.+)\.\.\.")
NOTE = re.compile(r"Note:|- .*")
UNCOUNTED = re.compile(r"Fixture .* has no player scores")
VERDICT = re.compile(r" (?:(OK)!|FAIL! (\d{1,9}) errors\.)")
SUMMARY = re.compile(r"SUMMARY")
SUMMARY_SEASONS = re.compile(r"Seasons: \[.*\]")
LINE = re.compile(r"(\w+): (?:(OK)!|FAIL! (\d{1,9}) errors\.)")
OVERALL = re.compile(r"OVERALL: Passed (\d{1,4}) out of (\d{1,4}) tests with (\d{1,9}) errors\.")
CLOSING = "OVERALL: Passed"


def read_checks(run: Run) -> DataCheckReport | None:
    """None: it did not come to an end."""
    if run.log.where("OVERALL") is None and run.log.where("SUMMARY") is None:
        return None
    try:
        return _read(run)
    except Drift as drift:
        return run.not_understood(DataCheckReport, drift)


def _read(run: Run) -> DataCheckReport:
    cursor = Cursor(run.log)
    start = run.log.where("Running checks for seasons:")
    cursor.at = start or 0
    season = cursor.take(SEASONS, "`Running checks for seasons: ['2526', '2425']`")[1]
    checks = []
    while not cursor.accept(SUMMARY):
        checks.append(_check(cursor))
    first = cursor.at - 1
    cursor.take(SUMMARY_SEASONS, "`Seasons: ['2526', '2425']`")
    results = {}
    while not (overall := cursor.accept(OVERALL)):
        line = cursor.take(LINE, "`season_num_teams: OK!` or `OVERALL: Passed 6 out of 8 tests with 24 errors.`")
        results[line[1]] = int(line[3] or 0)
    _compare(checks, results, [int(value) for value in overall.groups()], first)
    passed, total, errors = (int(value) for value in overall.groups())
    failed = [check.name for check in checks if not check.passed]
    head = run.head()
    if failed:
        message = f"The data does not add up: {'; '.join(failed)}. Single errors are usual and do little harm."
        head["warnings"].append(Warning(code="data_check", message=message, line=first))
    return DataCheckReport(
        **head,
        headline=f"{passed} of {total} checks passed" + (f", {errors} errors in the others" if errors else ""),
        summary_text=run.log.text(first, cursor.at),
        season=season,
        passed=passed,
        total=total,
        errors=errors,
        checks=checks,
    )


def _check(cursor: Cursor) -> DataCheck:
    title = cursor.take(TITLE, "`Checking seasons have 20 teams...` or `SUMMARY`")[1]
    first, errors = cursor.at - 1, []
    while not (verdict := cursor.accept(VERDICT)):
        row = cursor.peek()
        if row is None or TITLE.fullmatch(row.text) or SUMMARY.fullmatch(row.text):
            cursor.fail("` OK!` or ` FAIL! 3 errors.`")
        elif not NOTE.fullmatch(row.text):
            errors.append(row.text.strip())
        cursor.at += 1
    counted = sum(not UNCOUNTED.fullmatch(error) for error in errors)
    if counted != int(verdict[2] or 0):
        raise Drift(first, f"as many errors as the verdict says, {verdict[0].strip()}", f"{counted} lines")
    return DataCheck(name=title, passed=verdict[1] is not None, errors=errors)


def _compare(checks: list[DataCheck], results: dict[str, int], overall: list[int], row: int) -> None:
    found = [sum(not UNCOUNTED.fullmatch(error) for error in check.errors) for check in checks]
    passed = sum(check.passed for check in checks)
    if found != list(results.values()) or overall != [passed, len(checks), sum(found)]:
        raise Drift(row, "a summary that agrees with the checks above", f"{list(results.values())} and {overall}")
