"""The parsers against every recorded run of AIrsenal, and against text that is none."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.fpl.parsers import PARSERS, parse, progress_reader
from backend.fpl.parsers.rows import plain
from backend.models.reports import LoginReport, OptimisationReport, PredictionReport
from backend.tests.airsenal import goldens

ENDED = datetime(2026, 2, 5, tzinfo=UTC)
NAMES = sorted(goldens.index())
LINES = sorted({line for name in ("run_optimization", "make_squad", "run_pipeline", "check_data", "update_db")
                for line in goldens.rows(name)})  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_run_is_read_as_its_golden_says(name: str) -> None:
    assert goldens.golden(name) == json.loads(goldens.path(name).read_text(encoding="utf-8"))


def test_a_recorded_run_ended_well_exactly_when_nothing_is_missing() -> None:
    """Exit code 0 is no success: these end with it and have done nothing."""
    silent = {name for name, run in goldens.index().items() if run["exit_code"] == 0 and goldens.parsed(name).missing}
    assert silent == {"setup_already_exists", "fail_update_empty_db", "fail_api_down_pipeline_answer_n",
                      "make_transfers_prompt_no", "env_get", "env_names"}  # fmt: skip
    failed = [name for name, run in goldens.index().items() if run["exit_code"] and not goldens.parsed(name).missing]
    assert failed == []


def test_two_players_of_one_name_are_told_by_their_club() -> None:
    rows = [row.replace("Mbeumo (MUN)", "Neto (CHE)").replace("Amad (MUN)", "Neto (BOU)")
            .replace("MID Mbeumo MUN", "MID Neto CHE").replace("MID Amad MUN", "MID Neto BOU")
            for row in goldens.rows("make_squad")]  # fmt: skip
    report = goldens.parsed("make_squad", rows).reports[0]
    assert isinstance(report, OptimisationReport)
    assert report.state == "complete"
    assert [player.club for player in report.starting_lineup if player.name == "Neto"] == ["CHE", "BOU"]


@pytest.mark.parametrize(("end", "state"), [(38, "complete"), (37, "not_understood")])
def test_the_seasons_end_cuts_a_squads_gameweeks_short_without_a_word(end: int, state: str) -> None:
    rows = [
        row.replace("gameweeks 25 to 27", f"gameweeks {end - 1} to {end}").replace("gameweek 25", f"gameweek {end - 1}")
        for row in goldens.rows("make_squad")
    ]
    report = parse("airsenal.squad", rows, {"num_gameweeks": 3}, ENDED).reports[0]
    assert report.state == state


def test_the_newest_of_two_results_counts() -> None:
    rows = [*goldens.rows("run_prediction"), *goldens.rows("run_pipeline")]
    report = parse("airsenal.prediction", rows, {}, ENDED).reports[0]
    assert isinstance(report, PredictionReport)
    assert report.gameweeks == [25]


def test_a_strategy_without_a_transfer_says_so() -> None:
    rows = [row.replace("| Foden       | B.Fernandes |", "| None        | None        |")
            for row in goldens.rows("run_pipeline")]  # fmt: skip
    report = goldens.parsed("run_pipeline", rows).reports[1]
    assert isinstance(report, OptimisationReport)
    assert (report.headline, report.transfers) == ("Make no transfer, captain Gabriel", [])


def test_a_chip_is_to_be_played_by_hand() -> None:
    result = goldens.parsed("optimization_wildcard")
    assert "chip_by_hand" in [warning.code for warning in result.warnings]
    assert result.reports[0].headline.startswith("Play your wildcard on the FPL site first, then change 13 players")


@pytest.mark.parametrize(
    ("chip", "hit", "start"),
    [
        ("bench_boost", 4, "Play your bench boost on the FPL site first, then sell Foden and Keane, buy Rice"),
        ("triple_captain", 4, "Play your triple captain on the FPL site first, then sell Foden"),
        ("free_hit", 0, "Play your free hit on the FPL site first, then sell Foden"),
    ],
)
def test_every_chip_is_known_and_named(chip: str, hit: int, start: str) -> None:
    rows = goldens.rows("run_optimization")
    rows[rows.index("Chip Played: None")] = f"Chip Played: {chip}"
    rows[rows.index("Points Hit: 4pts")] = f"Points Hit: {hit}pts"
    report = goldens.parsed("run_optimization", rows).reports[0]
    assert isinstance(report, OptimisationReport)
    assert (report.state, report.chip, report.hit) == ("complete", chip, hit)
    assert report.headline.startswith(start)


def test_free_transfers_that_were_only_guessed_are_a_warning() -> None:
    """With a squad from the FPL site and another answer that failed: the cost of the moves rests on the guess."""
    rows = goldens.rows("run_optimization")
    rows.insert(1, "/x/utils.py:423: UserWarning: Failed to get actual free transfers from a logged in API:")
    (warning,) = goldens.parsed("run_optimization", rows).reports[0].warnings
    assert (warning.code, warning.line) == ("api_not_used", 1)
    assert "never more than two" in warning.message


def test_the_score_error_of_airsenal_is_a_warning() -> None:
    rows = ["Player scores up-to-date, skipping update for 2526 season", *goldens.rows("update_db")]
    assert [warning.code for warning in goldens.parsed("update_db", rows).warnings] == ["player_scores_missing"]


@pytest.mark.parametrize(
    ("rows", "outcome", "explanation"),
    [
        (
            ["Signing in …", "The FPL site accepts the login.", "FPL login: works"],
            "works",
            "The FPL site accepts the login.",
        ),
        (["Signing in …", "It asks for a captcha.", "FPL login: captcha", ""], "captcha", "It asks for a captcha."),
        (["FPL login: wrong_password"], "wrong_password", ""),
    ],
)
def test_the_login_probe_says_what_came_of_it(rows: list[str], outcome: str, explanation: str) -> None:
    result = parse("airsenal.login", rows, {}, ENDED)
    report = result.reports[0]
    assert isinstance(report, LoginReport)
    assert (report.outcome, report.state, result.missing) == (outcome, "complete", None)
    assert report.explanation == explanation


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)", "a page about maintenance"),
        ("curl_cffi.requests.exceptions.Timeout: Failed to perform, curl: (28) Operation timed out", "in time"),
        ("E: Unable to access FPL API: HTTP Error 429: Too Many Requests", "`HTTP Error 429: Too Many Requests`"),
        (
            "E: Unable to access FPL API: Failed to connect to FPL API when requesting https://x/",
            "could not be reached",
        ),
        ("RuntimeError: Unexpected error in _get_request to https://x/: code=302, content=", "unexpected code 302"),
        ("RuntimeError: Cannot play wildcard and free_hit in the same week", "two chips are set for one gameweek"),
        ("sqlite3.DatabaseError: database disk image is malformed", "database file is damaged"),
        ("sqlite3.OperationalError: database or disk is full", "the disk is full"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/d/airsopt/strategy_a_0.json'", "one at a time"),
        ("ValueError: Failed to find a strategy!", "Allow a larger hit"),
        ("KeyError: 'what is this'", "the error `KeyError: 'what is this'`"),
        ("nothing that looks like a reason", "without its line `OPTIMUM STRATEGY`"),
    ],
)
def test_the_probable_reason_is_told(last: str, reason: str) -> None:
    rows = ["Running optimization with fpl_team_id 1", "Traceback (most recent call last):", '  File "x.py"', last]
    missing = parse("airsenal.optimisation", rows, {}, ENDED).missing
    assert missing
    assert missing.startswith("There is no suggestion: ")
    assert reason in missing


def test_transfers_that_were_sent_and_not_confirmed_are_not_called_unmade() -> None:
    rows = goldens.rows("make_transfers_confirm")
    sent = next(at for at, row in enumerate(rows) if row.startswith("{'confirmed'"))
    silent = goldens.parsed("make_transfers_confirm", rows[: sent + 1])
    assert silent.missing
    assert silent.missing.startswith("It is not certain that the transfers were made")
    assert silent.sent
    assert (silent.sent.transfers_made, silent.sent.lineup_set, len(silent.sent.transfers or [])) == (
        "unknown",
        "no",
        2,
    )
    assert "look at your team on the FPL site" in silent.sent.headline
    refused = "HTTPError: Failed to set transfers. Make the changes manually: HTTP Error 403: Forbidden"
    unmade = goldens.parsed("make_transfers_confirm", [*rows[: sent + 1], refused])
    assert unmade.missing
    assert unmade.missing.startswith("No transfers were made")
    # What failed before the line-up was begun says nothing of it.
    earlier = ["Unable to access FPL API: HTTP Error 403: Forbidden", *rows[: rows.index("Lineup set!")]]
    half = goldens.parsed("make_transfers_confirm", earlier)
    assert half.missing
    assert half.missing.startswith("The transfers were made but it is not certain that the line-up was set")
    assert half.sent
    assert (half.sent.transfers_made, half.sent.lineup_set) == ("yes", "unknown")
    lineup_refused = (
        "HTTPError: Failed to set lineup. Make the changes manually on the web-site if needed: HTTP Error %d: No"
    )
    for code, lineup in ((403, "no"), (502, "unknown")):
        sent_so_far = goldens.parsed("make_transfers_confirm", [*earlier, lineup_refused % code]).sent
        assert sent_so_far
        assert sent_so_far.lineup_set == lineup, code


@pytest.mark.parametrize(
    ("before", "after"),
    [("Status", "State"), ("|  OUT   |  Foden", "|  GOES  |  Foden"), ("Bank Balance After", "Left")],
)
def test_a_list_of_transfers_in_new_words_is_not_half_read(before: str, after: str) -> None:
    """Whether they were made is told by other lines, and stays known."""
    rows = [row.replace(before, after) for row in goldens.rows("make_transfers_confirm")]
    sent = goldens.parsed("make_transfers_confirm", rows).sent
    assert sent
    assert (sent.transfers, sent.bank_after, sent.transfers_made, sent.lineup_set) == (None, None, "yes", "yes")
    assert sent.headline == "The transfers were made; the line-up was set."


def test_words_of_discord_between_the_tables_are_passed_over() -> None:
    rows: list[str] = []
    for row in goldens.rows("run_prediction"):
        rows += [row, "Discord webhook sent, status code: 204"] if row == "-" * 25 else [row]
    assert (
        goldens.as_json(goldens.parsed("run_prediction", rows))["reports"][0]["players"]
        == goldens.as_json(goldens.parsed("run_prediction"))["reports"][0]["players"]
    )


def test_a_login_probe_of_other_words_is_not_understood_and_none_is_missing() -> None:
    odd = parse("airsenal.login", ["FPL login: perhaps"], {}, ENDED)
    assert [report.state for report in odd.reports] == ["not_understood"]
    assert parse("airsenal.login", ["Traceback"], {}, ENDED).missing


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("\x1b[31mGK:\x1b[0m", "GK:"),
        ("strategy: 2-1:  13%|█▎        | 13.33/100 [00:00<00:01, 51.40it/s]\x1b[A", ""),
        (" 24%|██▍       | 93/380 [00:00<00:01, 159.22it/s]Couldn't find player Nobody", "Couldn't find player Nobody"),
        (
            "REPLAY PROGRESS:  50%|█████     | 1/2 [01:09<01:09, 69.91s/it]Using X with {'a': 1}",
            "Using X with {'a': 1}",
        ),
        ("old frame\rGK:", "GK:"),
        ("50% | 3/4 of it", "50% | 3/4 of it"),
        ("  self.login()  ", "  self.login()"),
    ],
)
def test_a_row_is_freed_of_what_only_a_terminal_shows(row: str, text: str) -> None:
    assert plain(row) == text


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), st.lists(st.one_of(st.text(max_size=60), st.sampled_from(LINES)), max_size=40))
def test_no_text_makes_a_parser_fail(parser: str, rows: list[str]) -> None:
    result = parse(parser, rows, {"weeks_ahead": 3, "n_previous": "three"}, ENDED)
    assert result.reports or result.missing or parser in ("airsenal.lineup", "airsenal.transfers")
    reader = progress_reader(parser, {})
    for at in range(0, len(rows), 7):
        news = reader.feed(rows[at : at + 7])
        assert news is None or 0 <= news.done <= news.total


@pytest.mark.parametrize(
    "row",
    [
        "Points Hit: " + "9" * 5000 + "pts", "Optimised total score (gameweeks 1 to 999999999): 1.00",
        "| " + "a" * 60_000, "| a" + " " * 60_000, " " * 60_000 + "%|", "Haaland " * 8000 + "(MCI", "a\nGK:\n",
        "Total progress:  73%|" + "█" * 60_000, "Total progress: " + "9" * 5000 + "it [03:40, ", "\x1b]" + "a" * 60_000,
    ],
)  # fmt: skip
def test_a_monstrous_row_costs_nothing(row: str) -> None:
    start = time.process_time()
    for name in ("run_optimization", "make_squad", "run_prediction", "check_data"):
        rows = goldens.rows(name)
        for old in ("Points Hit: 4pts", "| Keane       | J.Timber   |", "Haaland (MCI)", "GK:", "SUMMARY"):
            changed = [row if text == old else text for text in rows]
            goldens.parsed(name, changed)
        progress_reader(goldens.index()[name]["parser"], {}).feed([row, row])
    assert time.process_time() - start < 5


def test_a_megabyte_is_read_in_a_moment() -> None:
    """50 ms alone on the machine this was made on; the limit leaves room for a busy one."""
    wordy = [f"SCORES 2526 Player {number}" for number in range(40_000)]
    frames = ["strategy: 2:  41%|████      | 40.95238095238092/100 [00:05<00:00, 618.34it/s]\x1b[A"] * 10_000
    heads = [f"| OPTIMUM STRATEGY {number}: PREDICTED TOP" for number in range(20_000)]  # 7 s when each is counted to
    used = 0.0
    for parser, rows in (
        ("airsenal.setup", wordy), ("airsenal.pipeline", wordy), ("airsenal.optimisation", frames),
        ("airsenal.pipeline", heads),
    ):  # fmt: skip
        start = time.process_time()
        parse(parser, rows, {}, ENDED)
        progress_reader(parser, {}).feed(rows)
        used = max(used, time.process_time() - start)
    assert used < 1


def test_progress_survives_split_and_glued_frames_and_a_growing_total() -> None:
    reader = progress_reader("airsenal.optimisation", {})
    bar = "Total progress:  73%|███████▎  | 19/26 [02:11<00:40,  5.7s/it]"
    assert reader.feed([bar[:40]]) is None
    assert reader.feed([bar[:-16]]) is not None
    assert reader.feed([bar]) is None, "no news"
    glued = reader.feed([bar + "\x1b[A<python>/popen_fork.py:66: RuntimeWarning: " + bar.replace("19/26", "20/26")])
    assert glued is not None
    assert (glued.done, glued.total) == (20, 26)
    beyond = reader.feed(["Total progress: 27it [03:40,  8.39s/it]"])
    assert beyond is not None
    assert (beyond.done, beyond.total, beyond.unit) == (27, 27, "strategies")


def test_one_endless_line_costs_no_more_than_its_length() -> None:
    """A pattern that looks for the rest of a line at each of its beginnings would take hours here."""
    start = time.process_time()
    for line in ("Failed to set transfers." * 80_000, "1%|a|1/1 [" * 200_000, "| " + "a " * 1_000_000):
        parse("airsenal.transfers", ["{'transfers': [{", line], {}, ENDED)
    assert time.process_time() - start < 5
