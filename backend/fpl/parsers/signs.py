"""Lines that make a result less certain than it looks, in the words of people."""

from __future__ import annotations

from typing import NamedTuple

from backend.fpl.parsers.rows import Log
from backend.models.reports import Warning


class Sign(NamedTuple):
    code: str
    texts: tuple[str, ...]
    message: str


NO_TEAM_ID = "No team id was given: your squad was left out of the database."
SIGNS = (
    Sign(
        "api_not_used",
        ("Using DB instead, which may be out of date", "Failed to get current squad from API"),
        "Your present squad could not be fetched from the FPL site: the one in the database was used, which may lack "
        "your latest transfers.",
    ),
    Sign(
        "api_not_used",
        ("Database updated failed", "The database update failed."),
        "The database could not be updated from the FPL API: the result rests on old data.",
    ),
    Sign(
        "api_not_used",
        ("Failed to get actual free transfers",),
        "Your free transfers could not be fetched from the FPL site: AIrsenal counted them from past gameweeks, and "
        "never more than two. Tell it how many you have.",
    ),
    Sign(
        "no_login",
        ("UserWarning: Credentials not provided",),
        "No FPL login was used: bank, selling prices and free transfers are estimates.",
    ),
    Sign(
        "login_failed",
        ("Login failed due to the error above", "login previously failed"),
        "The FPL login failed: bank, selling prices and free transfers are estimates. Test the "
        "login on the AIrsenal page.",
    ),
    Sign(
        "player_scores_missing",
        ("Player scores up-to-date, skipping update",),
        "AIrsenal skipped the player scores of this season, an error of versions 1.16.0 and 1.17.0. Predictions may be "
        "far too low for good players.",
    ),
    Sign(
        "attributes_missing",
        ("Could not load player attributes history",),
        "The history of prices and injuries could not be downloaded: past gameweeks of this season count without it.",
    ),
    Sign(
        "new_team",
        (
            "This is the start of the season or a new team",
            "No existing squad or transfers found for team_id",
            "Generating a squad..",
        ),
        "AIrsenal took this for a new team and picked a squad from scratch. If you have a team already, check the "
        "team id.",
    ),
    Sign(
        "fork_after_threads",
        ("os.fork() was called",),
        "AIrsenal started its workers in a way that can make it hang for ever. Predicting and optimising as two jobs "
        "avoids it.",
    ),
    Sign(
        "other",
        ("players in squad None for first gameweek",),
        NO_TEAM_ID,
    ),
    Sign(
        "new_team",
        ("first gameweek so nothing to add",),
        "The FPL API knows no earlier gameweek of this team: no squad was added. If you have a team already, check the "
        "team id.",
    ),
    Sign("other", ("WARN: Last gameweek set to",), "The season ends sooner than the gameweeks asked for."),
    Sign("other", ("Discord webhook url is malformed", "Not sent with "), "The message to Discord was not sent."),
    Sign("other", ("[console: ",), "Part of the log was left out: it is over a limit."),
)  # fmt: skip


def read_warnings(log: Log) -> list[Warning]:
    """One of each, in the order of the log, at the line that says so first."""
    found: dict[str, Warning] = {}
    for sign in SIGNS:
        lines = [line for text in sign.texts if (line := log.where(text)) is not None]
        if lines and (sign.code == "other" or sign.code not in found):
            key = sign.message if sign.code == "other" else sign.code
            found[key] = Warning.model_validate({"code": sign.code, "message": sign.message, "line": min(lines)})
    if "no_login" in found:
        found.pop("login_failed", None)
    if NO_TEAM_ID in found:
        found.pop("new_team", None)
    return sorted(found.values(), key=lambda warning: warning.line or 0)
