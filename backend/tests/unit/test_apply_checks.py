"""Every check before the real team is changed, in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.fpl.apply_checks import checks_of
from backend.fpl.apply_facts import Facts
from backend.fpl.suggestions import Suggestion
from backend.models.airsenal import Check
from backend.models.jobs import Attempt, Cause, Job, JobStatus
from backend.models.reports import (
    GameweekPlan,
    LineupPlayer,
    LoginReport,
    OptimisationReport,
    ReportHead,
    ReportType,
    StoredReport,
    Warning,
)  # fmt: skip
from backend.models.secrets import SecretInfo
from backend.models.team import Deadline, FoundTeam, GameweekInfo

NOW = datetime(2026, 2, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEYS = ("FPL_TEAM_ID", "FPL_LOGIN", "FPL_PASSWORD")
NAMES = ["Raya", "Gabriel", "Rice", "Haaland", *(f"Player {n}" for n in range(11))]
SQUAD = [LineupPlayer(name=name, club="ARS", position_group="MID") for name in NAMES]


def secret(key: str, *, is_set: bool = True, updated_at: datetime = NOW - 48 * HOUR) -> SecretInfo:
    return SecretInfo(
        key=key, is_set=is_set, masked_value="", updated_at=updated_at, version=1, readable=True, masked_in_logs=True,
        description="", last_used_at=None, last_used_by=None,
    )  # fmt: skip


def head(kind: ReportType, ago: timedelta, **changes: Any) -> ReportHead:
    shape: dict[str, Any] = {
        "id": f"{kind}-1", "job_id": "j", "command": "x", "type": kind, "completed_at": NOW - ago, "headline": "",
        "state": "complete", "gameweeks": [25, 26], "season": "2526",
    }  # fmt: skip
    return ReportHead(**{**shape, **changes})


def optimisation(
    ago: timedelta = HOUR, *, plan: dict[str, Any] | None = None, parameters: dict[str, Any] | None = None,
    **changes: Any,
) -> StoredReport:  # fmt: skip
    first: dict[str, Any] = {
        "gameweek": 25, "transfers_out": ["Foden (MCI)"], "transfers_in": ["B.Fernandes (MUN)"], "hit": 0,
        "chip": None, "bank": 1.5, "expected_points": 53.3,
    }  # fmt: skip
    shape: dict[str, Any] = {
        "generated_at": NOW, "headline": "", "summary_text": "", "parser": "", "gameweeks": [25, 26],
        "points_gain": 2.7, "captain": "Gabriel", "starting_lineup": SQUAD[:11], "bench": SQUAD[11:],
        "plan": [GameweekPlan(**{**first, **(plan or {})}), GameweekPlan(**{**first, "gameweek": 26})],
    }  # fmt: skip
    found = head("optimisation", ago, parameters=parameters or {})
    return StoredReport(head=found, report=OptimisationReport(**{**shape, **changes}))


def login(outcome: str, ago: timedelta = HOUR) -> StoredReport:
    report = LoginReport(
        generated_at=NOW, headline="", summary_text="", parser="", outcome=outcome, explanation="It shows a riddle.",
    )  # fmt: skip
    return StoredReport(head=head("login", ago), report=report)


ROWS = Suggestion(
    timestamp="2026-02-06 11:00:00.1", season="2526", gameweek=25, transfers_out=["Foden (MCI)"],
    transfers_in=["B.Fernandes"], points_gain=2.66, chip=None, team_id=742663,
)  # fmt: skip


def deadline(left: timedelta, *, gameweek: int = 25, stale: bool = False) -> Deadline:
    week = GameweekInfo(id=gameweek, name=f"Gameweek {gameweek}", deadline=NOW + left, is_current=False)
    return Deadline(gameweek=week, season_state="between", fetched_at=NOW, stale=stale)


TRANSFERS = Facts(
    command="make_transfers", title="Make transfers", now=NOW,
    secrets={key: secret(key) for key in KEYS}, team_id=742663,
    team=FoundTeam(team_id=742663, name="AIrsenal FC", manager="A", total_points=1, started_gameweek=1),
    deadline=deadline(5 * HOUR), optimisation=optimisation(), prediction=head("prediction", 2 * HOUR),
    login=login("works"), suggestion=ROWS, updated_at=NOW - 3 * HOUR,
)  # fmt: skip
LINEUP = replace(
    TRANSFERS, command="set_lineup", optimisation=optimisation(plan={"transfers_out": [], "transfers_in": []}),
    suggestion=None,
)  # fmt: skip


def job(command: str, status: JobStatus, ended_ago: timedelta, **changes: Any) -> Job:
    return Job(
        id="27b89d68-86da-4d40-8641-c5108446140e", command=command, title=command, touches="irreversible",
        parameters={}, status=status, created_at=NOW - ended_ago, completed_at=NOW - ended_ago, submitted_by="a",
        attempts=[Attempt(number=1, started_at=NOW)], **changes,
    )  # fmt: skip


def check(facts: Facts, name: str) -> Check:
    (found,) = [check for check in checks_of(facts) if check.name == name]
    return found


@pytest.mark.parametrize("facts", [TRANSFERS, LINEUP])
def test_when_all_is_well_nothing_stands_in_the_way(facts: Facts) -> None:
    assert [(check.name, check.detail) for check in checks_of(facts) if check.state != "ok"] == []


def test_what_was_not_understood_makes_it_wait() -> None:
    unclear = optimisation(state="not_understood")
    assert check(replace(TRANSFERS, optimisation=unclear), "suggestion").state == "stop"


Change = Callable[[Facts], Facts]


def with_(**changes: Any) -> Change:
    return lambda facts: replace(facts, **changes)


BOTH: list[tuple[str, str, str, Change]] = [
    ("installed", "stop", "is not installed", with_(blocked="AIrsenal is not installed yet.")),
    ("team", "stop", "set the secret FPL_TEAM_ID", with_(team=None, team_id=None)),
    ("team", "stop", "no such team", with_(team=None, team_problem="There is no such team.")),
    ("login", "stop", "Set the secret FPL_LOGIN and FPL_PASSWORD", with_(secrets={})),
    ("login", "warning", "has not been tested", with_(login=None)),
    ("login", "warning", "has not been tested", with_(secrets={key: secret(key, updated_at=NOW) for key in KEYS})),
    ("login", "stop", "refused this password", with_(login=login("wrong_password"))),
    ("login", "warning", "It shows a riddle", with_(login=login("captcha"))),
    ("database", "stop", "is damaged", with_(database_problem="AIrsenal's database is damaged.")),
    ("lane", "stop", "running. It may change what would be sent", with_(busy='"Predict points" is running.')),
    ("deadline", "stop", "not known. The FPL API", with_(deadline=None, deadline_problem="The FPL API is down.")),
    ("deadline", "stop", "Gameweek 25 has passed", with_(deadline=deadline(-HOUR))),
    ("deadline", "stop", "has passed", with_(deadline=deadline(timedelta()))),
    ("deadline", "stop", "Less than a minute is left", with_(deadline=deadline(timedelta(seconds=59)))),
    ("deadline", "warning", "Less than 2 minutes", with_(deadline=deadline(timedelta(minutes=1)))),
    ("deadline", "warning", "Less than 10 minutes", with_(deadline=deadline(timedelta(minutes=9, seconds=59)))),
    ("deadline", "ok", "still to come", with_(deadline=deadline(timedelta(minutes=10)))),
    ("deadline", "warning", "last good answer", with_(deadline=deadline(HOUR, stale=True))),
    ("deadline", "stop", "season is over", with_(deadline=deadline(HOUR).model_copy(update={"gameweek": None}))),
    ("gameweek", "stop", "26", with_(deadline=deadline(HOUR, gameweek=27))),
    # From a deadline to the first kick-off AIrsenal still acts for the gameweek that is over for managers.
    ("gameweek", "stop", "act for gameweek 24", with_(own_gameweek=24)),
    ("gameweek", "ok", "", with_(own_gameweek=25)),
]


@pytest.mark.parametrize(("name", "state", "words", "change"), BOTH)
@pytest.mark.parametrize("facts", [TRANSFERS, LINEUP])
def test_checks_of_both(facts: Facts, name: str, state: str, words: str, change: Change) -> None:
    found = check(change(facts), name)
    assert found.state == state
    if name != "gameweek" or words.startswith("act for"):
        assert words in found.detail


EMPTY: dict[str, Any] = {"transfers_out": [], "transfers_in": []}
FROM_SCRATCH = {
    "optimisation": optimisation(new_squad=True, plan={}, points_gain=None),
    "suggestion": replace(ROWS, transfers_out=[], transfers_in=NAMES, points_gain=58.0),
}
OTHER = "What AIrsenal would send is not what the newest optimisation says"
OF_TRANSFERS: list[tuple[str, str, str, Change]] = [
    ("suggestion", "stop", "There is no suggestion yet", with_(optimisation=None)),
    ("suggestion", "stop", "was made for another team", with_(
        optimisation=optimisation(parameters={"fpl_team_id": 7}))),
    ("suggestion", "ok", "", with_(optimisation=optimisation(parameters={"fpl_team_id": 742663}))),
    # What the run printed counts more than when the secret was set: it may have been set again, or during the run.
    ("suggestion", "stop", "was made for another team", with_(optimisation=optimisation(team_id=7))),
    ("suggestion", "ok", "", with_(
        optimisation=optimisation(team_id=742663), secrets={key: secret(key, updated_at=NOW) for key in KEYS})),
    ("suggestion", "stop", "was made for another team", with_(
        secrets={key: secret(key, updated_at=NOW) for key in KEYS})),
    ("suggestion", "stop", "holds no suggestion for this team", with_(suggestion=None)),
    ("suggestion", "stop", "for team 7, not for 742663", with_(suggestion=replace(ROWS, team_id=7))),
    ("suggestion", "stop", OTHER, with_(suggestion=replace(ROWS, transfers_out=["Palmer (CHE)"]))),
    ("suggestion", "stop", OTHER, with_(suggestion=replace(ROWS, transfers_in=["Palmer", "Rice"]))),
    # Two players of one short name.
    ("suggestion", "stop", "other players go out", with_(optimisation=optimisation(
        plan={"transfers_out": ["Anderson"], "clubs_out": ["NFO"], "clubs_in": ["MUN"]}),
        suggestion=replace(ROWS, transfers_out=["Anderson (SUN)"], transfers_in=["B.Fernandes (MUN)"]))),
    ("suggestion", "ok", "", with_(optimisation=optimisation(
        plan={"transfers_out": ["Anderson"], "transfers_in": ["B.Fernandes"], "clubs_out": ["NFO"],
              "clubs_in": ["MUN"]}),
        suggestion=replace(ROWS, transfers_out=["Anderson (NFO)"], transfers_in=["B.Fernandes (MUN)"]))),
    ("suggestion", "stop", "another chip", with_(suggestion=replace(ROWS, chip="wildcard"))),
    ("suggestion", "stop", "a gain of 4.0 points instead of 2.7", with_(suggestion=replace(ROWS, points_gain=4.0))),
    # The best strategy without transfers wrote no row: those of the run before are still there.
    ("suggestion", "stop", "would send the transfers of an earlier run", with_(optimisation=optimisation(plan=EMPTY))),
    ("suggestion", "stop", "nothing to send", with_(optimisation=optimisation(plan=EMPTY), suggestion=None)),
    ("suggestion", "stop", "nothing to send. To send", with_(
        optimisation=optimisation(plan=EMPTY), suggestion=replace(ROWS, gameweek=26))),
    ("suggestion", "stop", "Not as many players go as come", with_(
        optimisation=optimisation(plan={"transfers_in": ["Rice", "Raya"]}),
        suggestion=replace(ROWS, transfers_in=["Rice", "Raya"]))),
    ("gameweek", "stop", "is about gameweek 25, and Gameweek 26 is next", with_(deadline=deadline(HOUR, gameweek=26))),
    ("gameweek", "stop", "gameweek 26 of 2025/26", with_(suggestion=replace(ROWS, gameweek=26))),
    ("gameweek", "stop", "of 2024/25, and Gameweek 25 of 2025/26", with_(suggestion=replace(ROWS, season="2425"))),
    ("newer", "stop", '"make_transfers" was done after', with_(
        applied=[job("make_transfers", JobStatus.COMPLETED, HOUR / 2)])),
    ("newer", "stop", '"set_lineup" was done after', with_(applied=[job("set_lineup", JobStatus.COMPLETED, HOUR / 2)])),
    ("newer", "ok", "", with_(applied=[job("make_transfers", JobStatus.COMPLETED, 2 * HOUR)])),
    ("newer", "warning", "An earlier try failed (job 27b89d68)", with_(
        applied=[job("make_transfers", JobStatus.FAILED, HOUR / 2)])),
    ("newer", "stop", "were made already (job 27b89d68), though not the line-up", with_(
        applied=[job("make_transfers", JobStatus.FAILED, HOUR / 2, output={"transfers_made": "yes"})])),
    ("newer", "ok", "", with_(applied=[
        job("make_transfers", JobStatus.FAILED, HOUR / 2, cause=Cause.COULD_NOT_START)])),
    ("newer", "warning", "newer prediction", with_(prediction=head("prediction", HOUR / 2))),
    ("newer", "warning", "updated after it was made", with_(updated_at=NOW)),
    ("chip", "stop", "It counts on your free hit, and AIrsenal cannot play chips", with_(
        optimisation=optimisation(plan={"chip": "free_hit"}))),
    ("chip", "stop", "Play the wildcard on the FPL site and make these transfers there", with_(
        optimisation=optimisation(plan={"chip": "wildcard"}))),
    ("chip", "warning", "triple captain. AIrsenal cannot play chips", with_(
        optimisation=optimisation(plan={"chip": "triple_captain"}))),
    ("hit", "warning", "It costs 8 points.", with_(optimisation=optimisation(plan={"hit": 8}))),
    ("hit", "warning", "no points if AIrsenal guessed your free transfers right", with_(
        optimisation=optimisation(warnings=[Warning(code="no_login", message="No FPL login was used.")]))),
    ("hit", "warning", "What it costs is not known", with_(optimisation=optimisation(plan={"gameweek": 24}))),
    ("hit", "stop", "a whole squad from scratch", with_(**FROM_SCRATCH)),
    ("hit", "warning", "Before your team's first deadline transfers are free", with_(
        **FROM_SCRATCH, team=FoundTeam(team_id=1, name="N", manager="A", total_points=None, started_gameweek=25))),
    ("suggestion", "ok", "", with_(**FROM_SCRATCH)),
    ("suggestion", "stop", "other players", with_(
        **{**FROM_SCRATCH, "suggestion": replace(ROWS, transfers_out=[], transfers_in=NAMES[1:])})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "words", "change"), OF_TRANSFERS)
def test_checks_of_transfers(name: str, state: str, words: str, change: Change) -> None:
    found = check(change(TRANSFERS), name)
    assert found.state == state
    assert words in found.detail


OF_THE_LINEUP: list[tuple[str, str, str, Change]] = [
    ("gameweek", "stop", "no prediction to choose by", with_(prediction=None)),
    ("gameweek", "stop", "is about gameweeks 23 to 24, and Gameweek 25 is next", with_(
        prediction=head("prediction", HOUR, gameweeks=[23, 24]))),
    ("gameweek", "stop", "was not understood", with_(
        prediction=head("prediction", HOUR, gameweeks=[], state="not_understood"))),
    ("gameweek", "stop", "of the season 2024/25", with_(prediction=head("prediction", HOUR, season="2425"))),
    ("gameweek", "stop", "does not hold the newest prediction", with_(
        prediction=head("prediction", HOUR, tag="new"), newest_tag="old")),
    ("gameweek", "ok", "", with_(prediction=head("prediction", HOUR, tag="new"), newest_tag="new")),
    ("suggestion", "warning", "No optimisation of this gameweek", with_(optimisation=None)),
    ("suggestion", "warning", "No optimisation of this gameweek", with_(
        optimisation=optimisation(plan=EMPTY, parameters={"fpl_team_id": 7}))),
    ("suggestion", "warning", "No optimisation of this gameweek", with_(optimisation=optimisation(
        plan={**EMPTY, "gameweek": 24}, gameweeks=[24]))),
    ("suggestion", "warning", "rests on an earlier prediction", with_(prediction=head("prediction", HOUR / 2))),
    ("suggestion", "warning", "counts on the suggested transfers", with_(optimisation=optimisation())),
    ("suggestion", "ok", "expects the one shown", with_(
        optimisation=optimisation(), applied=[job("make_transfers", JobStatus.COMPLETED, HOUR / 2)])),
    ("suggestion", "ok", "expects the one shown", with_(optimisation=optimisation(), applied=[
        job("make_transfers", JobStatus.FAILED, HOUR / 2, output={"transfers_made": "yes"})])),
    ("newer", "warning", "updated after the newest prediction", with_(updated_at=NOW)),
    ("newer", "warning", "4 days old", with_(prediction=head("prediction", 97 * HOUR), updated_at=None)),
    ("newer", "warning", "set by this prediction already", with_(
        applied=[job("set_lineup", JobStatus.COMPLETED, HOUR)])),
    ("chip", "warning", "wildcard. AIrsenal cannot play chips", with_(
        optimisation=optimisation(plan={**EMPTY, "chip": "wildcard"}))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "words", "change"), OF_THE_LINEUP)
def test_checks_of_the_lineup(name: str, state: str, words: str, change: Change) -> None:
    found = check(change(LINEUP), name)
    assert found.state == state
    assert words in found.detail


FINGERPRINT = TRANSFERS.fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        with_(team_id=7),
        with_(deadline=deadline(HOUR, gameweek=26)),
        with_(suggestion=replace(ROWS, transfers_in=["Rice"])),
        with_(suggestion=replace(ROWS, timestamp="2026-02-06 11:00:00.2")),
        with_(suggestion=None),
        with_(optimisation=optimisation(plan={"hit": 4})),
        with_(optimisation=optimisation(starting_lineup=SQUAD[:10])),
        with_(prediction=head("prediction", HOUR, id="prediction-2")),
        with_(command="set_lineup"),
        with_(newest_tag="another"),
        with_(optimisation=optimisation(parameters={"fpl_team_id": 7})),
        with_(applied=[job("make_transfers", JobStatus.FAILED, HOUR / 2)]),
    ],
)
def test_another_thing_to_send_has_another_fingerprint(change: Change) -> None:
    assert change(TRANSFERS).fingerprint() not in (FINGERPRINT, None)


def test_the_fingerprint_is_of_what_is_shown_and_not_of_when_it_is_looked_at() -> None:
    later = replace(TRANSFERS, now=NOW + HOUR, busy="x", login=None, deadline=deadline(HOUR))
    assert later.fingerprint() == FINGERPRINT
    assert replace(TRANSFERS, team_id=None).fingerprint() is None
    assert replace(TRANSFERS, deadline=None).fingerprint() is None
