"""AIrsenal's next release words its output differently. Then a report is the same as before or says that it is not
understood, and it is never a wrong one: every line of every recorded result is deleted, cut off at, doubled, reworded
and moved here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.fpl.parsers import Parsed, parse
from backend.models.reports import AnyReport
from backend.tests.airsenal import goldens

# The rows of the result, from its first sign on; progress bars between them are left alone.
STARTS = {
    "check_data": r"Running checks", "fail_optimization_unknown_team": r"Best score", "make_squad": r"Best score",
    "optimization_bad_password": r"Starting with", "optimization_buffered": r"Starting with",
    "optimization_no_credentials_stdin_n": r"Starting with", "optimization_wildcard": r"Running optimization",
    "pipeline_apply_transfers_eof": r"Running prediction", "replay_season": r"Running optimization",
    "run_optimization": r"Running optimization", "run_pipeline": r"Running prediction",
    "run_prediction": r"Fitting team model", "setup_initial_db": "", "setup_no_team_id": "", "update_db": "",
}  # fmt: skip
BAR = re.compile(r"%\||^\s*$")
# Rows of which there are hundreds; one more or less is none of ours.
TABLE = re.compile(
    r"PLAYER |ATTRIBUTES |SCORES |Found |Adding (?!player .* GW)|No |Creating |  got | *Couldn't |Failed to get"
    r"| ==>|[A-Z]{3} .* \d{4} \d+$|\d{4}-"
)
UNCOUNTED = re.compile(
    r"Found |Adding new|No |Creating |  got | *Couldn't |Failed to get| ==>|[A-Z]{3} .* \d{4} \d+$|\d{4}-"
)
MOVE = re.compile(r"\| (?!Players)\S.*\|.*\|")
CHECKED = re.compile(r"\d{4} GW\d+ ")  # the text of an error, which is whatever it is
ENDED = datetime(2026, 2, 5, tzinfo=UTC)
LINEUP = re.compile(r"(.+) \(\w{3}\)(\(V?C\))?")
Change = Callable[[list[str], int], list[str]]


def _without(rows: list[str], at: int) -> list[str]:
    return rows[:at] + rows[at + 1 :]


def _cut(rows: list[str], at: int) -> list[str]:
    return rows[:at]


def _doubled(rows: list[str], at: int) -> list[str]:
    return [*rows[: at + 1], *rows[at:]]


def _swapped(rows: list[str], at: int) -> list[str]:
    """With the next row that says something."""
    other = next((number for number in range(at + 1, len(rows)) if not BAR.search(rows[number])), at)
    moved = list(rows)
    moved[at], moved[other] = rows[other], rows[at]
    return moved


def _moved_to_the_front(rows: list[str], at: int) -> list[str]:
    return [rows[at], *rows[:at], *rows[at + 1 :]]


def _reworded(word: Callable[[str], str]) -> Change:
    return lambda rows, at: [*rows[:at], word(rows[at]), *rows[at + 1 :]]


CHANGES: dict[str, Change] = {
    "deleted": _without,
    "cut off": _cut,
    "doubled": _doubled,
    "swapped": _swapped,
    "moved": _moved_to_the_front,
    "a bullet": _reworded(lambda row: f"* {row}"),
    "a number": _reworded(lambda row: f"1) {row}"),
    "a prefix": _reworded(lambda row: f"INFO:airsenal:{row}"),
    "more behind it": _reworded(lambda row: f"{row} [new]"),
    "capitals": _reworded(str.upper),
    "small letters": _reworded(str.lower),
    "no colon": _reworded(lambda row: row.replace(":", " =")),
    "another unit": _reworded(lambda row: row.replace("pts", " points").replace("£", "GBP ")),
    "other brackets": _reworded(lambda row: row.replace("(", "[").replace(")", "]")),
    "other columns": _reworded(lambda row: row.replace("|", "\t")),
    "another decimal sign": _reworded(lambda row: re.sub(r"(\d)\.(\d)", r"\1,\2", row)),
    "a reworded word": _reworded(lambda row: re.sub(r"[A-Za-z]+", "Neuer", row, count=1)),
}  # fmt: skip


def _content(report: AnyReport) -> dict[str, Any]:
    """What a person acts on. Lines, raw text and warnings stand elsewhere after a change; the order within a list that
    has none is AIrsenal's to choose, and so is that of two substitutes."""
    told = report.model_dump(exclude={
        "warnings", "summary_text", "not_understood_text", "not_understood_from", "headline", "seconds", "strategies",
    })  # fmt: skip
    for name in ("starting_lineup", "bench", "transfers"):
        told[name] = sorted(told.get(name) or [], key=str)
    for check in told.get("checks") or []:
        check["errors"].sort()
    for week in told.get("plan") or []:
        week["transfers_in"], week["transfers_out"] = sorted(week["transfers_in"]), sorted(week["transfers_out"])
    return told


def _contents(result: Parsed) -> dict[str, dict[str, Any]]:
    return {report.type: _content(report) for report in result.reports}


def _fault(before: dict[str, dict[str, Any]], after: Parsed) -> str | None:
    """Why the result after a change is one that must not be."""
    for kind, content in before.items():
        same = [report for report in after.reports if report.type == kind]
        if not same and not after.missing:
            return f"the {kind} is gone and nobody says so"
        for report in same:
            if report.state == "complete" and _content(report) != content:
                return f"another {kind}, complete"
            if report.state == "not_understood" and (
                report.not_understood_from is None or report.gameweeks or "read the log from" not in report.headline
            ):
                return "not understood, but it looks like a report"
    return None


def _only_its_own_value(change: str, row: str) -> bool:
    """What nothing in the log contradicts: the row is worded as ever and says another thing. `Neuer` may be a name; a
    row of transfers that is not there was not made; two rows of one list, exchanged, are that list."""
    if CHECKED.match(row):
        return CHANGES[change].__name__ == "<lambda>"
    if change == "a reworded word":
        return LINEUP.fullmatch(row) is not None or re.match(r"\d+\. |(GK|DEF|MID|FWD) ", row) is not None or (
            MOVE.match(row) is not None
        )  # fmt: skip
    if change in ("deleted", "moved"):
        return MOVE.match(row) is not None
    return change in ("capitals", "small letters") and bool(LINEUP.fullmatch(row) or MOVE.match(row))


def _rows_of_result(name: str, rows: list[str]) -> Iterator[int]:
    start = next(at for at, row in enumerate(rows) if re.search(STARTS[name], row))
    return (at for at in range(start, len(rows)) if not BAR.search(rows[at]) and not TABLE.match(rows[at]))


def _short(name: str) -> list[str]:
    """Of bars and of rows that count for nothing only a few: they are what makes it slow."""
    rows = [row for at, row in enumerate(goldens.rows(name)) if at % 20 == 0 or not UNCOUNTED.match(row)]
    rows = rows[max(0, next(_rows_of_result(name, rows)) - 15) :]
    bars = [at for at, row in enumerate(rows) if "strategy: " in row]
    return [row for at, row in enumerate(rows) if at not in set(bars[:-5])]


@pytest.mark.parametrize("name", sorted(STARTS))
def test_no_changed_line_makes_a_wrong_report(name: str) -> None:
    rows, run = _short(name), goldens.index()[name]
    before = parse(run["parser"], rows, run["parameters"], ENDED)
    assert {report.state for report in before.reports} == {"complete"}
    told, faults = _contents(before), []
    for at in _rows_of_result(name, rows):
        for change, make in CHANGES.items():
            changed = make(rows, at)
            if changed == rows or _only_its_own_value(change, rows[at]):
                continue
            fault = _fault(told, parse(run["parser"], changed, run["parameters"], ENDED))
            if fault:
                faults.append(f"{change} at {at} `{rows[at]}`: {fault}")
    assert not faults, "\n".join(faults)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from(["run_optimization", "run_prediction", "make_squad"]),
    st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 80)), min_size=2, max_size=4),
)
def test_nor_do_several(name: str, changes: list[tuple[str, int]]) -> None:
    rows, run = _short(name), goldens.index()[name]
    before = _contents(parse(run["parser"], rows, run["parameters"], ENDED))
    for change, place in changes:
        places = list(_rows_of_result(name, rows)) if any(re.search(STARTS[name], row) for row in rows) else []
        if places and not _only_its_own_value(change, rows[places[place % len(places)]]):
            rows = CHANGES[change](rows, places[place % len(places)])
    assert _fault(before, parse(run["parser"], rows, run["parameters"], ENDED)) is None


def test_a_new_wording_of_everything_is_not_a_success() -> None:
    """Not one line is known: the closing line that never came is the only thing that can be said."""
    for name in STARTS:
        result = parse(goldens.index()[name]["parser"], ["Alles neu", "und anders", "fertig"], {}, ENDED)
        assert result.missing
        assert not result.reports


def test_a_drift_says_what_was_expected_and_keeps_the_raw_lines() -> None:
    rows = goldens.rows("run_optimization")
    at = rows.index("Points Hit: 4pts")
    rows[at] = "Hit: \x1b[1m4 points\x1b[0m"
    result = goldens.parsed("run_optimization", rows)
    report = result.reports[0]
    assert (report.state, report.not_understood_from, result.missing) == ("not_understood", at, None)
    assert report.headline == f"AIrsenal's wording has changed: read the log from line {at + 1}"
    assert report.not_understood_text.startswith("Hit: \x1b[1m4 points")
    assert report.warnings[-1].message == "Expected `Points Hit: 4pts`, but found `Hit: 4 points`."


def test_an_update_that_says_in_new_words_what_became_of_the_team_is_no_failure() -> None:
    rows = [row.replace("Updating db with squad", "Writing your squad") for row in goldens.rows("update_db")]
    result = goldens.parsed("update_db", rows)
    assert result.missing is None
    (report,) = result.reports
    assert report.state == "not_understood"
    assert report.not_understood_text.startswith("Writing your squad")


def test_a_log_that_stops_in_the_middle_is_missing_its_end() -> None:
    rows = goldens.rows("run_optimization")
    result = goldens.parsed("run_optimization", rows[: rows.index("== FWD ==")])
    assert result.missing == "There is no suggestion: the log ends in the middle of the result."
    [report] = result.reports
    assert report.state == "not_understood"
    assert report.headline.startswith("The log ends in the middle of the result: read the log from line")


def test_of_two_results_the_one_with_the_known_head_is_not_taken_for_the_newest() -> None:
    rows = goldens.rows("replay_season")  # a squad from scratch, then a strategy
    changed = [row.replace("OPTIMUM STRATEGY", "BEST STRATEGY") for row in rows]
    [report] = goldens.parsed("replay_season", changed).reports
    assert report.state == "not_understood"
    assert "`Baseline Score: " in report.warnings[-1].message


def test_a_gameweek_without_its_head_is_not_passed_over() -> None:
    """Nobody said how many gameweeks there are; the rows that are left over tell."""
    rows = [row for row in goldens.rows("run_optimization") if row != "GAMEWEEK 27:"]
    report = parse("airsenal.optimisation", rows, {}, ENDED).reports[0]
    assert (report.state, report.not_understood_from) == (
        "not_understood",
        rows.index("| J.Timber    | Chalobah   |") - 2,
    )


def test_a_line_up_of_others_than_were_bought_is_a_drift() -> None:
    rows = ["Leno (FUL)" if row == "Raya (ARS)" else row for row in goldens.rows("make_squad")]
    assert [report.state for report in goldens.parsed("make_squad", rows).reports] == ["not_understood"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Gabriel (ARS)(C)", "Gabriel (ARS)"),
        ("Janelt (BRE)", "Haaland (MCI)"),
        ("Points Hit: 4pts", "Points Hit: 0pts"),
        ("GAMEWEEK 27:", "GAMEWEEK 28:"),
        ("Score with Strategy: 178.7pts", "Score with Strategy: 1178.7pts"),
        ("Team ID: 742663", "Team ID: 742664"),
        ("Starting Lineup for Gameweek 25:", "Starting Lineup for Gameweek 26:"),
        ("| Foden       | Rice       |", "| Foden       | Saka       |"),
        ("Starting with 1 free transfers", "Starting with 2 free transfers"),
    ],
)
def test_a_contradiction_is_a_drift(old: str, new: str) -> None:
    rows = [new if row == old else row for row in goldens.rows("run_optimization")]
    assert rows != goldens.rows("run_optimization")
    assert [report.state for report in goldens.parsed("run_optimization", rows).reports] == ["not_understood"]


@pytest.mark.parametrize(
    ("row", "other"),
    [
        ("Score with Strategy: 178.7pts", "Score with Strategy: 179.7pts"),
        ("Predicted Score: 50.1pts", "Predicted Score: 51.1pts"),
        ("Predicted Score: 80.1pts", "Predicted Score: 80.9pts"),
    ],
)
def test_points_that_do_not_add_up_are_no_result(row: str, other: str) -> None:
    rows = goldens.rows("run_optimization")
    rows[rows.index(row)] = other
    (report,) = goldens.parsed("run_optimization", rows).reports
    assert report.state == "not_understood"
