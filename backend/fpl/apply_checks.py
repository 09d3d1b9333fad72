"""What must hold before the real team is changed. Each check is one sentence for the person who decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from backend.fpl.apply_facts import NEW_SQUAD_CHIPS, Facts, has_made_transfers
from backend.fpl.check_states import OPTIMISE, ok, other_gameweek, stop, warning
from backend.fpl.lineup_checks import lineup, lineup_newer, predicted
from backend.fpl.moved import same_gain
from backend.fpl.season import in_words, season_of
from backend.fpl.suggestions import Suggestion, with_club
from backend.models.airsenal import Check
from backend.models.jobs import Cause, JobStatus
from backend.models.reports import LoginReport

SHORT, TOO_SHORT = timedelta(minutes=10), timedelta(minutes=1)
# Warnings of an optimisation that did not get the free transfers from the FPL site.
_GUESSED = ("no_login", "login_failed", "api_not_used")
_CLUB = re.compile(r" \([A-Z]{3}\)$")


def checks_of(facts: Facts) -> list[Check]:
    checks = [_installed(facts), _team(facts), _login(facts), _database(facts), _lane(facts), _deadline(facts)]
    if facts.command == "make_transfers":
        checks += [_gameweek(facts), _suggestion(facts), _newer(facts)]
        # Of what is not known nothing can be said, and another check stops it.
        return [*checks, _chip(facts), _hit(facts)] if facts.report else checks
    checks += [predicted(facts), lineup(facts), lineup_newer(facts)]
    return [*checks, _chip(facts)] if facts.lineup else checks


# --- both commands ---


def _installed(facts: Facts) -> Check:
    return stop("installed", facts.blocked) if facts.blocked else ok("installed", "AIrsenal is installed.")


def _team(facts: Facts) -> Check:
    if facts.team:
        return ok("team", f"It is {facts.team.name} (team {facts.team_id}), managed by {facts.team.manager}.")
    if facts.team_problem:
        return stop("team", facts.team_problem)
    return stop("team", "No team is chosen: set the secret FPL_TEAM_ID first.")


def _login(facts: Facts) -> Check:
    missing = [
        key for key in ("FPL_LOGIN", "FPL_PASSWORD") if key not in facts.secrets or not facts.secrets[key].is_set
    ]
    if missing:
        return stop("login", f"Set the secret {' and '.join(missing)} first: without a login nothing can be changed.")
    report = facts.login.report if facts.login else None
    changed = max((at for key in ("FPL_LOGIN", "FPL_PASSWORD") if (at := facts.secrets[key].updated_at)), default=None)
    if not facts.login or not isinstance(report, LoginReport) or (changed and changed > facts.login.head.completed_at):
        return warning("login", "The FPL login has not been tested. If it fails, nothing is sent.")
    if report.outcome == "works":
        return ok("login", "The FPL login worked when it was tested last.")
    if report.outcome == "wrong_password":
        return stop("login", "The FPL site refused this password when it was tested. Correct FPL_PASSWORD first.")
    return warning("login", f"The last test of the FPL login failed. {report.explanation}".strip())


def _database(facts: Facts) -> Check:
    if facts.database_problem:
        return stop("database", facts.database_problem)
    return ok("database", "AIrsenal's database passes its integrity check.")


def _lane(facts: Facts) -> Check:
    if facts.busy:
        return stop("lane", f"{facts.busy} It may change what would be sent: wait until it has ended.")
    return ok("lane", "Nothing else of AIrsenal runs or waits.")


def _deadline(facts: Facts) -> Check:
    if facts.deadline is None:
        return stop("deadline", f"The deadline is not known. {facts.deadline_problem or ''}".strip())
    if facts.coming is None:
        return stop("deadline", "The season is over: there is no deadline to come.")
    left = facts.coming.deadline - facts.now
    if left <= timedelta():
        return stop("deadline", f"The deadline of {facts.coming.name} has passed.")
    if left < TOO_SHORT:
        return stop(
            "deadline",
            "Less than a minute is left, and AIrsenal takes some seconds: it might send it after the deadline of "
            f"{facts.coming.name}. Be quick on the FPL site.",
        )
    if left < SHORT:
        return warning("deadline", f"Less than {int(left / timedelta(minutes=1)) + 1} minutes are left.")
    if facts.deadline.stale:
        return warning("deadline", "The FPL API does not answer now: the deadline is from its last good answer.")
    return ok("deadline", f"The deadline of {facts.coming.name} is still to come.")


def _chip(facts: Facts) -> Check:
    chip = facts.plan.chip if facts.plan and facts.shown else None
    if chip is None:
        return ok("chip", "No chip is part of it.")
    name = chip.replace("_", " ")
    if facts.command == "make_transfers" and chip in NEW_SQUAD_CHIPS:
        return stop(
            "chip",
            f"It counts on your {name}, and AIrsenal cannot play chips: sent from here, each transfer above the free "
            f"ones would cost 4 points. Play the {name} on the FPL site and make these transfers there; the line-up "
            "can be set from here afterwards.",
        )
    return warning("chip", f"It counts on your {name}. AIrsenal cannot play chips: play it on the FPL site first.")


# --- make_transfers ---


def _gameweek(facts: Facts) -> Check:
    if facts.coming is None:
        return stop("gameweek", "Which gameweek comes next is not known.")
    if other := other_gameweek(facts, facts.coming):
        return other
    if facts.report and facts.gameweek != facts.coming.id:
        about = f"gameweek {facts.gameweek}" if facts.gameweek else "an unknown gameweek"
        return stop(
            "gameweek", f"The newest optimisation is about {about}, and {facts.coming.name} is next. {OPTIMISE}."
        )
    rows = facts.suggestion
    if rows and facts.moves_somebody:
        season = season_of(facts.coming.deadline)
        if rows.gameweek != facts.coming.id or rows.season != season:
            return stop(
                "gameweek",
                f"The suggestion in AIrsenal's database is for gameweek {rows.gameweek} of {in_words(rows.season)}, "
                f"and {facts.coming.name} of {in_words(season)} is next. {OPTIMISE}.",
            )
    return ok("gameweek", f"It is about {facts.coming.name}, the next one.")


def _suggestion(facts: Facts) -> Check:
    if facts.optimisation is None:
        return stop("suggestion", f"There is no suggestion yet. {OPTIMISE.removesuffix(' again')} first.")
    if facts.report is None:
        return stop("suggestion", "What the newest optimisation printed was not understood in full, so what would be "
                     "sent cannot be checked. Look at its log, and make the transfers on the FPL site.")  # fmt: skip
    if not facts.is_of_team:
        return stop(
            "suggestion",
            f"The newest optimisation was made for another team, or FPL_TEAM_ID was set since. {OPTIMISE}.",
        )
    rows = facts.suggestion
    if not facts.moves_somebody:
        return stop("suggestion", _nothing(facts, rows))
    if rows is None:
        return stop("suggestion", "AIrsenal's database holds no suggestion for this team, or a newer one for another, "
                     f"which is what would be sent. {OPTIMISE}.")  # fmt: skip
    if rows.team_id != facts.team_id:
        return stop("suggestion", f"The suggestion is for team {rows.team_id}, not for {facts.team_id}. {OPTIMISE}.")
    if difference := _difference(facts, rows):
        return stop("suggestion", f"What AIrsenal would send is not what the newest optimisation says: {difference}. "
                     f"Its database holds the suggestion of another run. {OPTIMISE}.")  # fmt: skip
    if rows.transfers_out and len(rows.transfers_out) != len(rows.transfers_in):
        return stop("suggestion", "Not as many players go as come: AIrsenal would leave some out. "
                     f"{OPTIMISE}.")  # fmt: skip
    return ok("suggestion", "What AIrsenal would send is what the newest optimisation says.")


def _nothing(facts: Facts, rows: Suggestion | None) -> str:
    text = "The newest optimisation makes no transfer in its first gameweek, so there is nothing to send."
    if rows and facts.coming and rows.gameweek == facts.coming.id:
        # A best strategy without transfers writes no rows, and AIrsenal takes the newest that it finds.
        text += " AIrsenal would send the transfers of an earlier run instead, which are still in its database."
    return text + ' To send captain and line-up, use "Set the line-up".'


def _difference(facts: Facts, rows: Suggestion) -> str | None:
    assert facts.report
    if facts.report.new_squad:
        squad = [player.name for player in (*facts.report.starting_lineup, *facts.report.bench)]
        same = not rows.transfers_out and _names(squad) == _names(rows.transfers_in)
        return None if same else "other players"
    assert facts.plan
    plan = facts.plan
    if not _same(plan.transfers_out, plan.clubs_out, rows.transfers_out):
        return "other players go out"
    if not _same(plan.transfers_in, plan.clubs_in, rows.transfers_in):
        return "other players come in"
    if rows.chip != facts.plan.chip:
        return "another chip"
    if not same_gain(facts.report, rows):
        return f"a gain of {rows.points_gain:.1f} points instead of {facts.report.points_gain:.1f}"
    return None


def _same(shown: list[str], clubs: list[str | None], rows: list[str]) -> bool:
    """With their clubs where the report knows them: short names repeat."""
    if len(clubs) == len(shown):
        return sorted(map(with_club, shown, clubs)) == sorted(rows)
    return _names(shown) == _names(rows)


def _names(players: Iterable[str]) -> list[str]:
    """Without the clubs, which not every source names."""
    return sorted(_CLUB.sub("", player) for player in players)


def _newer(facts: Facts) -> Check:
    if facts.optimisation is None:
        return stop("newer", "There is no suggestion whose age could be told.")
    made = facts.optimisation.head.completed_at
    for job in facts.applied:
        if job.completed_at is None or job.completed_at <= made:
            continue
        if job.status is JobStatus.COMPLETED:
            return stop(
                "newer", f'"{job.title}" was done after this suggestion was made (job {job.id[:8]}). {OPTIMISE}.'
            )
        if has_made_transfers(job):
            return stop("newer", f"The transfers were made already (job {job.id[:8]}), though not the line-up after "
                         'them. Look at your team on the FPL site, then use "Set the line-up".')  # fmt: skip
        if job.command == "make_transfers" and job.cause is not Cause.COULD_NOT_START and job.attempts:
            return warning("newer", f"An earlier try failed (job {job.id[:8]}): look at your team on the FPL site "
                            "first, since the transfers may be there already.")  # fmt: skip
    if facts.prediction and facts.prediction.completed_at > made:
        return warning("newer", f"There is a newer prediction than the one it rests on. {OPTIMISE}.")
    if facts.updated_at and facts.updated_at > made:
        return warning(
            "newer", "Prices and news were updated after it was made. Predict and optimise again to use them."
        )
    return ok("newer", "It is newer than the last transfers, the last line-up and the newest prediction.")


def _hit(facts: Facts) -> Check:
    if facts.report and facts.report.new_squad:
        first = facts.team.started_gameweek if facts.team else None
        if facts.coming and (first is None or first >= facts.coming.id):
            return warning("hit", "It is a whole squad. Before your team's first deadline transfers are free.")
        return stop("hit", "It is a whole squad from scratch: each transfer above the free ones would cost 4 points. "
                     "Make your choice on the FPL site.")  # fmt: skip
    if facts.plan is None or facts.shown is None:
        return warning("hit", "What it costs is not known: the newest optimisation does not say it for this team's "
                        "next gameweek.")  # fmt: skip
    cost = f"{facts.plan.hit} points" if facts.plan.hit else "no points"
    told = facts.shown.parameters.get("num_free_transfers") is not None
    if not told and any(one.code in _GUESSED for one in facts.shown.warnings):
        return warning(
            "hit",
            f"It costs {cost} if AIrsenal guessed your free transfers right. It did not get them from the FPL site: it "
            "then counts no transfer of this week, and at most two free ones.",
        )
    if facts.plan.hit:
        return warning("hit", f"It costs {cost}.")
    return ok("hit", "It costs no points, if the FPL site counts your free transfers as AIrsenal does.")
